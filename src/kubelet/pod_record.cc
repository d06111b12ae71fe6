// Builds pod records, and answers the questions that need only one.
#include "src/kubelet/pod_record.h"

#include <algorithm>
#include <utility>

namespace drydock::kubelet {
namespace {

constexpr absl::Duration kDefaultGrace = absl::Seconds(30);

}  // namespace

RestartPolicy RestartPolicyOf(const api::Pod& pod) {
  const std::string& policy = pod.spec().restart_policy();
  if (policy == "Never") return RestartPolicy::kNever;
  if (policy == "OnFailure") return RestartPolicy::kOnFailure;
  return RestartPolicy::kAlways;
}

bool Restarts(const PodRecord& pod, const ContainerRecord& container, int32_t exit_code) {
  if (container.sidecar) return true;
  const RestartPolicy policy = RestartPolicyOf(*pod.pod);
  if (container.init) return exit_code != 0 && policy != RestartPolicy::kNever;
  if (policy == RestartPolicy::kAlways) return true;
  return policy == RestartPolicy::kOnFailure && exit_code != 0;
}

bool HasFinalPhase(const api::Pod& pod) {
  const std::string& phase = pod.status().phase();
  return phase == "Succeeded" || phase == "Failed";
}

absl::Duration SpecGrace(const api::Pod& pod) {
  return pod.spec().has_termination_grace_period_seconds()
             ? absl::Seconds(std::max<int64_t>(pod.spec().termination_grace_period_seconds(), 0))
             : kDefaultGrace;
}

PodRecord NewPodRecord(api::Ref<api::Pod> pod) {
  PodRecord record;
  record.pod = std::move(pod);
  const api::PodSpec& spec = record.pod->spec();
  record.uid = record.pod->metadata().uid();
  record.init_containers = static_cast<uint8_t>(spec.init_containers_size());
  record.containers.resize(
      static_cast<size_t>(spec.init_containers_size() + spec.containers_size()));
  for (int i = 0; i < record.size(); ++i) {
    ContainerRecord& container = record.containers[i];
    container.init = i < record.init_containers;
    container.sidecar = container.init && record.spec(i).restart_policy() == "Always";
  }
  return record;
}

}  // namespace drydock::kubelet
