#include "src/api/patch/patch.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/codec/json.h"
#include "src/api/meta_v1.h"
#include "src/api/patch/go_text.h"
#include "src/api/patch/json_patch.h"
#include "src/api/patch/merge_patch.h"
#include "src/api/patch/strategic_merge_patch.h"
#include "src/api/scheme.h"
#include "src/api/status.h"

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

// As kube-apiserver, which tells a client no more than this about a JSON patch that does not apply.
// The details are there, but empty: kubectl looks whether there are any.
absl::Status DoesNotApply() {
  metav1::Status status;
  status.set_status("Failure");
  status.set_reason("Invalid");
  status.set_code(422);
  status.set_message("the server rejected our request due to an error in our request");
  status.mutable_details();
  return FromMetaStatus(status);
}

absl::Status JsonPatchError(const absl::Status& status) {
  if (absl::IsFailedPrecondition(status)) return DoesNotApply();
  if (absl::IsResourceExhausted(status)) {
    return MakeStatus("RequestEntityTooLarge", status.message(), {});
  }
  return BadRequest(status.message());
}

// What is wrong with the result of a patch. `text`: the patch or the result, as Kubernetes quotes
// it.
absl::Status BadResult(absl::string_view text, absl::string_view why) {
  return Invalid(
      "", "", "",
      {{"FieldValueInvalid",
        absl::StrCat("Invalid value: \"", absl::Utf8SafeCEscape(text), "\": ", why), "patch"}});
}

void TakeDuplicates(Value* value, std::string path, std::vector<std::string>* duplicates) {
  for (size_t i = 0; i < value->items().size(); ++i) {
    TakeDuplicates(&value->items()[i], absl::StrCat(path, "[", i, "]"), duplicates);
  }
  absl::flat_hash_set<std::string> later;  // Look-up only.
  std::vector<Value::Member>& members = value->members();
  for (size_t i = members.size(); i-- > 0;) {
    const std::string inside = absl::StrCat(path, path.empty() ? "" : ".", members[i].key);
    if (later.insert(members[i].key).second) {
      TakeDuplicates(&members[i].value, inside, duplicates);
      continue;
    }
    duplicates->push_back(absl::StrCat("duplicate field \"", inside, "\""));
    members.erase(members.begin() + static_cast<ptrdiff_t>(i));
  }
}

}  // namespace

std::vector<std::string> TakeDuplicateFields(Value* document) {
  std::vector<std::string> duplicates;
  TakeDuplicates(document, "", &duplicates);
  std::sort(duplicates.begin(), duplicates.end());
  duplicates.erase(std::unique(duplicates.begin(), duplicates.end()), duplicates.end());
  return duplicates;
}

absl::StatusOr<DecodedObject> PatchObject(const google::protobuf::Message& current, PatchKind kind,
                                          absl::string_view patch, const DecodeOptions& options) {
  absl::StatusOr<Value> change = ParseJson(patch);
  if (!change.ok()) {
    return BadRequest(absl::StrCat("error decoding patch: ", change.status().message()));
  }
  std::vector<std::string> faults = TakeDuplicateFields(&*change);
  Value tree = ToTree(current);
  switch (kind) {
    case PatchKind::kJson:
      for (std::string& fault : faults) fault = absl::StrCat("json patch ", fault);
      if (const absl::Status applied = ApplyJsonPatch(*change, &tree); !applied.ok()) {
        return JsonPatchError(applied);
      }
      break;
    case PatchKind::kMerge:
      if (!change->is_object()) return BadRequest("error decoding patch: expected an object");
      ApplyMergePatch(*change, &tree);
      break;
    case PatchKind::kStrategicMerge:
      if (const absl::Status applied =
              ApplyStrategicMergePatch(*change, *current.GetDescriptor(), &tree);
          !applied.ok()) {
        return BadRequest(applied.message());
      }
      break;
  }
  ForgetPlaces(&tree);
  const KindInfo& same = *FindKind(*current.GetDescriptor());
  if (!Says(tree, "kind", same.kind) || !Says(tree, "apiVersion", same.ApiVersion())) {
    return BadRequest("a patch cannot change the kind of an object");
  }
  const auto quoted = [&] {
    return kind == PatchKind::kStrategicMerge ? GoText(*change)
                                              : WriteJson(tree, KeyOrder::kSorted);
  };
  DecodeOptions lenient = options;
  if (options.unknown == DecodeOptions::Unknown::kRefuse) {
    lenient.unknown = DecodeOptions::Unknown::kWarn;
  }
  absl::StatusOr<DecodedObject> decoded = DecodeTree(tree, "", lenient);
  if (!decoded.ok()) return BadResult(quoted(), decoded.status().message());
  faults.insert(faults.end(), decoded->warnings.begin(), decoded->warnings.end());
  if (options.unknown == DecodeOptions::Unknown::kRefuse && !faults.empty()) {
    return BadResult(quoted(),
                     absl::StrCat("strict decoding error: ", absl::StrJoin(faults, ", ")));
  }
  if (options.unknown == DecodeOptions::Unknown::kIgnore) faults.clear();
  decoded->warnings = std::move(faults);
  return decoded;
}

}  // namespace drydock::api
