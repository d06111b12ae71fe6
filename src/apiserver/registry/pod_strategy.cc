// Facts: pkg/registry/core/pod/strategy.go, pkg/apis/core/v1/helper/qos.
#include "src/apiserver/registry/pod_strategy.h"

#include <array>

#include "absl/strings/string_view.h"
#include "src/api/maps.h"

namespace drydock::apiserver {
namespace {

constexpr std::array<absl::string_view, 2> kQosResources = {"cpu", "memory"};

bool IsSet(const std::string* quantity) { return quantity != nullptr && *quantity != "0"; }

void Classify(const api::Container& container, bool* any, bool* guaranteed) {
  for (const absl::string_view resource : kQosResources) {
    const std::string* request = api::Find(container.resources().requests(), resource);
    const std::string* limit = api::Find(container.resources().limits(), resource);
    if (IsSet(request) || IsSet(limit)) *any = true;
    if (!IsSet(limit) || (IsSet(request) && *request != *limit)) *guaranteed = false;
  }
}

}  // namespace

std::string QosClassOf(const api::PodSpec& spec) {
  bool any = false;
  bool guaranteed = true;
  for (const api::Container& container : spec.init_containers()) {
    Classify(container, &any, &guaranteed);
  }
  for (const api::Container& container : spec.containers()) {
    Classify(container, &any, &guaranteed);
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}

absl::Status PodStrategy::PrepareForCreate(google::protobuf::Message* object) {
  auto& pod = static_cast<api::Pod&>(*object);
  api::PodStatus& status = *pod.mutable_status();
  status.Clear();
  status.set_phase("Pending");
  status.set_qos_class(QosClassOf(pod.spec()));
  if (!pod.spec().scheduling_gates().empty()) {
    api::PodCondition& condition = *status.add_conditions();
    condition.set_type("PodScheduled");
    condition.set_status("False");
    condition.set_reason("SchedulingGated");
    condition.set_message("Scheduling is blocked due to non-empty scheduling gates");
  }
  return absl::OkStatus();
}

void PodStrategy::PrepareForStatusUpdate(const google::protobuf::Message& before,
                                         google::protobuf::Message* after) {
  auto& status = *static_cast<api::Pod&>(*after).mutable_status();
  if (status.qos_class().empty()) {
    status.set_qos_class(static_cast<const api::Pod&>(before).status().qos_class());
  }
}

std::optional<int64_t> PodStrategy::GracePeriod(const api::Object& object,
                                                std::optional<int64_t> asked) const {
  constexpr int64_t kDefault = 30;
  const auto& pod = static_cast<const api::Pod&>(object.message());
  int64_t period = kDefault;
  if (asked.has_value()) {
    period = *asked;
  } else if (pod.spec().has_termination_grace_period_seconds()) {
    period = pod.spec().termination_grace_period_seconds();
  }
  if (pod.spec().node_name().empty()) period = 0;  // Nobody is there to stop it.
  if (pod.status().phase() == "Succeeded" || pod.status().phase() == "Failed") period = 0;
  return period < 0 ? 1 : period;
}

}  // namespace drydock::apiserver
