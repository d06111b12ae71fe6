// Conditions of pods that controllers outside the kubelet set.
#include "src/controllers/taints/disruption_target.h"

#include <memory>
#include <utility>

#include "src/api/status.h"
#include "src/api/time.h"

namespace drydock::controllers {
namespace {

constexpr int kAttempts = 5;

void Assign(absl::string_view value, std::string* to) { to->assign(value.data(), value.size()); }

}  // namespace

bool SetPodCondition(absl::string_view type, absl::string_view status, absl::string_view reason,
                     absl::string_view message, absl::Time now, api::PodStatus* pod) {
  api::PodCondition* condition = nullptr;
  for (api::PodCondition& candidate : *pod->mutable_conditions()) {
    if (candidate.type() == type) condition = &candidate;
  }
  if (condition == nullptr) {
    condition = pod->add_conditions();
    Assign(type, condition->mutable_type());
  } else if (condition->status() == status && condition->reason() == reason &&
             condition->message() == message) {
    return false;
  }
  if (condition->status() != status)
    *condition->mutable_last_transition_time() = api::MakeTime(now);
  Assign(status, condition->mutable_status());
  Assign(reason, condition->mutable_reason());
  Assign(message, condition->mutable_message());
  return true;
}

api::ObjectRef WithStatus(const api::Ref<api::Pod>& pod, api::PodStatus status) {
  api::MessagePtr copy = api::CopyWithoutSpec(*pod.object());
  *static_cast<api::Pod&>(*copy).mutable_status() = std::move(status);
  return api::MakeObjectSharingSpec(std::move(copy), pod.object());
}

rt::Task<absl::Status> MarkDisrupted(client::Client& client, api::Ref<api::Pod> pod,
                                     std::string reason, std::string message) {
  const std::string ns = pod->metadata().namespace_();
  const std::string name = pod->metadata().name();
  const std::string uid = pod->metadata().uid();
  absl::Status result;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    api::PodStatus status = pod->status();
    if (!SetPodCondition("DisruptionTarget", "True", reason, message,
                         client.env().executor().WallNow(), &status)) {
      co_return absl::OkStatus();
    }
    absl::StatusOr<api::ObjectRef> updated =
        co_await client.UpdateSubresource(WithStatus(pod, std::move(status)), "status");
    result = updated.status();
    if (!api::IsConflict(result)) co_return result;
    absl::StatusOr<api::Ref<api::Pod>> live = co_await client.Get<api::Pod>(ns, name);
    if (!live.ok()) co_return live.status();
    if ((*live)->metadata().uid() != uid) co_return api::NotFound("", "pods", name);
    pod = *std::move(live);
  }
  co_return result;
}

}  // namespace drydock::controllers
