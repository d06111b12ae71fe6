#include "src/api/patch/patch.h"

#include "src/api/codec/json.h"
#include "src/api/meta_v1.h"
#include "src/api/patch/json_patch.h"
#include "src/api/patch/merge_patch.h"
#include "src/api/patch/strategic_merge_patch.h"
#include "src/api/scheme.h"
#include "src/api/status.h"
#include "src/rt/status_macros.h"

namespace drydock::api {

namespace {

// Places in a patched tree are of several texts, so errors do without.
void ForgetPlaces(Value* value) {
  value->position = {};
  value->begin = value->end = 0;
  for (Value& item : value->items()) ForgetPlaces(&item);
  for (Value::Member& member : value->members()) {
    member.position = {};
    ForgetPlaces(&member.value);
  }
}

bool Says(const Value& tree, absl::string_view key, absl::string_view text) {
  const Value* const value = tree.Find(key);
  return value != nullptr && value->is_string() && value->text() == text;
}

// As kube-apiserver, which tells the client no more than this (with details, but empty ones:
// kubectl looks whether there are any).
absl::Status DoesNotApply() {
  metav1::Status status;
  status.set_status("Failure");
  status.set_reason("Invalid");
  status.set_code(422);
  status.set_message("the server rejected our request due to an error in our request");
  status.mutable_details();
  return FromMetaStatus(status);
}

}  // namespace

absl::StatusOr<DecodedObject> PatchObject(const google::protobuf::Message& current, PatchKind kind,
                                          absl::string_view patch, const DecodeOptions& options) {
  const absl::StatusOr<Value> change = ParseJson(patch);
  if (!change.ok()) return change.status();
  Value tree = ToTree(current);
  switch (kind) {
    case PatchKind::kJson:
      if (!ApplyJsonPatch(*change, &tree).ok()) return DoesNotApply();
      break;
    case PatchKind::kMerge:
      ApplyMergePatch(*change, &tree);
      break;
    case PatchKind::kStrategicMerge:
      RETURN_IF_ERROR(ApplyStrategicMergePatch(*change, *current.GetDescriptor(), &tree));
      break;
  }
  ForgetPlaces(&tree);
  const KindInfo& same = *FindKind(*current.GetDescriptor());
  if (!Says(tree, "kind", same.kind) || !Says(tree, "apiVersion", same.ApiVersion())) {
    return absl::InvalidArgumentError("a patch cannot change the kind of an object");
  }
  return DecodeTree(tree, "", options);
}

}  // namespace drydock::api
