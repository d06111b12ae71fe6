// Pods' creation and deletion, with events.
#include "src/controllers/common/pod_control.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"

namespace drydock::controllers {

bool IsNamespaceTerminating(const absl::Status& status) {
  if (!api::IsForbidden(status)) return false;
  for (const api::StatusCause& cause : api::DetailsOf(status).causes) {
    if (cause.reason == "NamespaceTerminating") return true;
  }
  return false;
}

rt::Task<absl::Status> PodControl::Create(api::Pod pod, api::ObjectRef owner) {
  const absl::StatusOr<api::Ref<api::Pod>> created = co_await client_.Create(std::move(pod));
  if (created.ok()) {
    recorder_.Event(owner, client::kEventNormal, "SuccessfulCreate",
                    absl::StrCat("Created pod: ", (*created)->metadata().name()));
  } else if (!IsNamespaceTerminating(created.status())) {
    recorder_.Event(owner, client::kEventWarning, "FailedCreate",
                    absl::StrCat("Error creating: ", created.status().message()));
  }
  co_return created.status();
}

rt::Task<absl::Status> PodControl::Delete(api::Ref<api::Pod> pod, api::ObjectRef owner) {
  client::DeleteOptions options;
  options.precondition_uid = pod->metadata().uid();
  const absl::Status deleted = co_await client_.Delete<api::Pod>(
      pod->metadata().namespace_(), pod->metadata().name(), std::move(options));
  if (deleted.ok()) {
    recorder_.Event(owner, client::kEventNormal, "SuccessfulDelete",
                    absl::StrCat("Deleted pod: ", pod->metadata().name()));
  } else if (!api::IsNotFound(deleted)) {
    recorder_.Event(owner, client::kEventWarning, "FailedDelete",
                    absl::StrCat("Error deleting: ", deleted.message()));
  }
  co_return deleted;
}

}  // namespace drydock::controllers
