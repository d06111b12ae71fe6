// Patches: what an object becomes by one is then treated as an update to it. A patch
// that meets a conflict is applied to the newer object, unless it names a revision.
#include "src/api/patch/patch.h"

#include <utility>

#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

// REQUIRES: no apply, which is no patch of this kind.
api::PatchKind KindOfPatch(api::PatchType type) {
  switch (type) {
    case api::PatchType::kJson:
      return api::PatchKind::kJson;
    case api::PatchType::kStrategicMerge:
      return api::PatchKind::kStrategicMerge;
    case api::PatchType::kMerge:
    case api::PatchType::kApply:
      return api::PatchKind::kMerge;
  }
  return api::PatchKind::kMerge;
}

api::DecodeOptions::Unknown UnknownFields(api::FieldValidation validation) {
  switch (validation) {
    case api::FieldValidation::kStrict:
      return api::DecodeOptions::Unknown::kRefuse;
    case api::FieldValidation::kWarn:
      return api::DecodeOptions::Unknown::kWarn;
    case api::FieldValidation::kIgnore:
      return api::DecodeOptions::Unknown::kIgnore;
  }
  return api::DecodeOptions::Unknown::kRefuse;
}

}  // namespace

absl::StatusOr<api::ObjectRef> Registry::Patched(const api::Request& request,
                                                 const api::Object& current,
                                                 std::vector<std::string>* warnings) const {
  api::DecodeOptions options;
  options.unknown = UnknownFields(request.field_validation);
  absl::StatusOr<api::DecodedObject> patched =
      api::PatchObject(current.message(), KindOfPatch(request.patch_type), request.patch, options);
  if (!patched.ok()) return patched.status();
  *warnings = std::move(patched->warnings);
  return api::ObjectRef(api::MakeObject(std::move(patched->message)));
}

rt::Task<absl::StatusOr<Answer>> Registry::Patch(const Resource& resource,
                                                 const api::Request& request) {
  if (request.patch_type == api::PatchType::kApply) co_return co_await Apply(resource, request);
  const bool status_only = request.subresource == "status" || request.subresource == "approval";
  std::vector<std::string> warnings;
  absl::StatusOr<api::ObjectRef> patched = co_await Modify(
      resource, request.ns, request.name, request.dry_run,
      [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
        const absl::StatusOr<api::ObjectRef> wanted = Patched(request, *current, &warnings);
        if (!wanted.ok()) return wanted.status();
        const absl::Status names = CheckNames(request, **wanted);
        if (!names.ok()) return names;
        return status_only ? ChangeStatusTo(resource, request, *wanted, current)
                           : ChangeTo(resource, request, *wanted, current);
      });
  if (!patched.ok()) co_return patched.status();
  Answer answer = AnswerWith(200, *std::move(patched));
  answer.response->warnings = std::move(warnings);
  co_return answer;
}

}  // namespace drydock::apiserver
