// Patches: what an object becomes by one is then treated as an update to it. A patch
// that meets a conflict is applied to the newer object, unless it names a revision.
#include "src/api/patch/patch.h"

#include <utility>

#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

absl::StatusOr<api::PatchKind> KindOfPatch(const api::Request& request) {
  switch (request.patch_type) {
    case api::PatchType::kJson:
      return api::PatchKind::kJson;
    case api::PatchType::kMerge:
      return api::PatchKind::kMerge;
    case api::PatchType::kStrategicMerge:
      return api::PatchKind::kStrategicMerge;
    case api::PatchType::kApply:
      break;
  }
  return api::MakeStatus("UnsupportedMediaType", "server-side apply is not served", {});
}

}  // namespace

absl::StatusOr<api::ObjectRef> Registry::Patched(const api::Request& request,
                                                 const api::Object& current) const {
  const absl::StatusOr<api::PatchKind> kind = KindOfPatch(request);
  if (!kind.ok()) return kind.status();
  absl::StatusOr<api::DecodedObject> patched =
      api::PatchObject(current.message(), *kind, request.patch);
  if (!patched.ok()) return patched.status();
  return api::ObjectRef(api::MakeObject(std::move(patched->message)));
}

rt::Task<absl::StatusOr<Answer>> Registry::Patch(const Resource& resource,
                                                 const api::Request& request) {
  // Before the object is looked for: what is not served is refused whether it is there or not.
  if (const absl::StatusOr<api::PatchKind> kind = KindOfPatch(request); !kind.ok()) {
    co_return kind.status();
  }
  const bool status_only = request.subresource == "status" || request.subresource == "approval";
  absl::StatusOr<api::ObjectRef> patched =
      co_await Modify(resource, request.ns, request.name, request.dry_run,
                      [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
                        const absl::StatusOr<api::ObjectRef> wanted = Patched(request, *current);
                        if (!wanted.ok()) return wanted.status();
                        const absl::Status names = CheckNames(request, **wanted);
                        if (!names.ok()) return names;
                        return status_only ? ChangeStatusTo(resource, request, *wanted, current)
                                           : ChangeTo(resource, request, *wanted, current);
                      });
  if (!patched.ok()) co_return patched.status();
  co_return AnswerWith(200, *std::move(patched));
}

}  // namespace drydock::apiserver
