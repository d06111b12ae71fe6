// Follows pods and nodes incrementally: each change costs the same, however large
// the cluster is.
#include "sim/measure/recorder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/measure/pod_usage.h"
#include "src/api/apps_v1.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"

namespace drydock::sim {
namespace {

template <typename Conditions>
bool ConditionIsTrue(const Conditions& conditions, absl::string_view type) {
  for (const auto& condition : conditions) {
    if (condition.type() == type) return condition.status() == "True";
  }
  return false;
}

// The workload kinds whose status checks ask for.
bool IsWorkload(absl::string_view resource) {
  return resource == "deployments" || resource == "replicasets" || resource == "daemonsets" ||
         resource == "jobs";
}

// "deployment/web" and "kube-system/daemonset/agent" as "resource/namespace/name".
absl::StatusOr<std::string> WorkloadKey(const std::string& argument) {
  const std::vector<std::string> parts = absl::StrSplit(argument, '/');
  if (parts.size() == 2) return absl::StrCat(parts[0], "s/default/", parts[1]);
  if (parts.size() == 3) return absl::StrCat(parts[1], "s/", parts[0], "/", parts[2]);
  return absl::InvalidArgumentError(
      absl::StrCat("expected kind/name or namespace/kind/name, got \"", argument, "\""));
}

bool IsConverged(const api::Deployment& deployment) {
  const auto& status = deployment.status();
  const int32_t wanted = deployment.spec().replicas();
  return status.observed_generation() >= deployment.metadata().generation() &&
         status.updated_replicas() == wanted && status.replicas() == wanted &&
         status.available_replicas() == wanted;
}

bool IsConverged(const api::DaemonSet& set) {
  const auto& status = set.status();
  return status.observed_generation() >= set.metadata().generation() &&
         status.updated_number_scheduled() == status.desired_number_scheduled() &&
         status.number_available() == status.desired_number_scheduled();
}

}  // namespace

void Recorder::Observe(const api::ObjectRef& before, const api::ObjectRef& after,
                       absl::Duration now) {
  const api::ObjectRef& any = after ? after : before;
  const absl::string_view resource = any->kind().resource;
  if (resource == "leases") return;  // The most frequent of all changes, and of no interest.
  uint64_t& count = counts_[std::string(resource)];
  if (!before) ++count;
  if (!after) --count;
  if (resource == "pods") {
    ObservePod(before, after, now);
  } else if (resource == "nodes") {
    ObserveNode(before, after);
  } else if (IsWorkload(resource)) {
    std::string key =
        absl::StrCat(resource, "/", any->metadata().namespace_(), "/", any->metadata().name());
    if (after) {
      workloads_[std::move(key)] = after;
    } else {
      workloads_.erase(key);
    }
  }
}

void Recorder::ObservePod(const api::ObjectRef& before, const api::ObjectRef& after,
                          absl::Duration now) {
  const api::ObjectRef& any = after ? after : before;
  const std::string& uid = any->metadata().uid();
  if (!before) {
    Pod pod;
    pod.created = now;
    const PodUsage usage = RequestsOf(static_cast<const api::Pod&>(any->message()));
    pod.cpu_millis = usage.cpu_millis;
    pod.memory_bytes = usage.memory_bytes;
    live_pods_.emplace(uid, pod);
    ++pods_.created;
    ++phases_[kPending];
  }
  const auto found = live_pods_.find(uid);
  if (found == live_pods_.end()) return;
  Pod& pod = found->second;
  if (!after) {
    Hold(pod, -1);
    --phases_[pod.phase];
    if (pod.deleting) --deleting_;
    ++pods_.deleted;
    live_pods_.erase(found);
    return;
  }
  const auto& object = static_cast<const api::Pod&>(after->message());
  if (!pod.bound && !object.spec().node_name().empty()) {
    pod.bound = true;
    NodeNamed(object.spec().node_name(), &pod.node);
    Hold(pod, 1);
    ++pods_.scheduled;
    pods_.pending.Add(now - pod.created);
  }
  if (!pod.deleting && object.metadata().has_deletion_timestamp()) {
    pod.deleting = true;
    ++deleting_;
  }
  const std::string& name = object.status().phase();
  const Phase phase = name == "Running"     ? kRunning
                      : name == "Succeeded" ? kSucceeded
                      : name == "Failed"    ? kFailed
                                            : kPending;
  if (phase == pod.phase) return;
  --phases_[pod.phase];
  ++phases_[phase];
  if (pod.phase == kPending && phase != kFailed) {
    ++pods_.started;
    pods_.start.Add(now - pod.created);
  }
  if (phase == kSucceeded) ++pods_.succeeded;
  if (phase == kFailed) ++pods_.failed;
  if (phase == kSucceeded || phase == kFailed) Hold(pod, -1);
  pod.phase = phase;
}

void Recorder::Hold(Pod& pod, int sign) {
  if (!pod.bound || pod.holds_node == (sign > 0)) return;
  pod.holds_node = sign > 0;
  Node& node = nodes_[pod.node];
  node.cpu_requested += sign * pod.cpu_millis;
  node.memory_requested += sign * pod.memory_bytes;
  node.pods += sign;
}

Recorder::Node& Recorder::NodeNamed(const std::string& name, uint32_t* index) {
  const auto [found, inserted] =
      node_index_.try_emplace(name, static_cast<uint32_t>(nodes_.size()));
  if (inserted) {
    nodes_.emplace_back();
    nodes_.back().name = name;
  }
  *index = found->second;
  return nodes_[found->second];
}

void Recorder::ObserveNode(const api::ObjectRef& before, const api::ObjectRef& after) {
  uint32_t index = 0;
  Node& node = NodeNamed((after ? after : before)->metadata().name(), &index);
  node.present = static_cast<bool>(after);
  node.ready = false;
  if (!after) return;
  const auto& object = static_cast<const api::Node&>(after->message());
  node.ready = ConditionIsTrue(object.status().conditions(), "Ready");
  const PodUsage allocatable = AmountsOf(object.status().allocatable());
  node.cpu_allocatable = allocatable.cpu_millis;
  node.memory_allocatable = allocatable.memory_bytes;
  node.pods_allocatable = allocatable.pods;
}

void Recorder::Sample(absl::Duration now) {
  Node sum;
  double ready = 0;
  for (const Node& node : nodes_) {
    if (!node.present) continue;
    ready += node.ready ? 1 : 0;
    sum.cpu_allocatable += node.cpu_allocatable;
    sum.memory_allocatable += node.memory_allocatable;
    sum.pods_allocatable += node.pods_allocatable;
    sum.cpu_requested += node.cpu_requested;
    sum.memory_requested += node.memory_requested;
    sum.pods += node.pods;
  }
  const auto part = [](int64_t used, int64_t all) {
    return all == 0 ? 0.0 : static_cast<double>(used) / static_cast<double>(all);
  };
  series_.seconds.push_back(absl::ToDoubleSeconds(now));
  series_.pods_running.push_back(static_cast<double>(phases_[kRunning]));
  series_.pods_pending.push_back(static_cast<double>(phases_[kPending]));
  series_.cpu.push_back(part(sum.cpu_requested, sum.cpu_allocatable));
  series_.memory.push_back(part(sum.memory_requested, sum.memory_allocatable));
  series_.pods.push_back(part(sum.pods, sum.pods_allocatable));
  series_.nodes_ready.push_back(ready);
  series_.cpu_fragmentation.push_back(CpuFragmentation());
}

double Recorder::CpuFragmentation() const {
  int64_t held = 0;
  int64_t pods = 0;
  for (const Node& node : nodes_) {
    held += node.cpu_requested;
    pods += node.pods;
  }
  if (pods == 0) return 0;
  const int64_t mean = held / pods;
  int64_t free = 0;
  int64_t stranded = 0;
  for (const Node& node : nodes_) {
    if (!node.present) continue;
    const int64_t left = std::max<int64_t>(0, node.cpu_allocatable - node.cpu_requested);
    free += left;
    if (left < mean || node.pods >= node.pods_allocatable) stranded += left;
  }
  return free == 0 ? 0 : static_cast<double>(stranded) / static_cast<double>(free);
}

bool Recorder::Converged() const {
  if (deleting_ > 0 || phases_[kPending] > 0) return false;
  for (const auto& [key, object] : workloads_) {
    if (const auto deployment = api::As<api::Deployment>(object)) {
      if (!IsConverged(*deployment)) return false;
    } else if (const auto set = api::As<api::DaemonSet>(object)) {
      if (!IsConverged(*set)) return false;
    } else if (const auto job = api::As<api::Job>(object)) {
      if (!ConditionIsTrue(job->status().conditions(), "Complete") &&
          !ConditionIsTrue(job->status().conditions(), "Failed")) {
        return false;
      }
    }
  }
  return true;
}

absl::StatusOr<double> Recorder::StatusValue(const std::string& field,
                                             const std::string& argument) const {
  const absl::StatusOr<std::string> key = WorkloadKey(argument);
  if (!key.ok()) return key.status();
  const auto found = workloads_.find(*key);
  if (found == workloads_.end()) return 0;
  const api::ObjectRef& object = found->second;
  if (const auto deployment = api::As<api::Deployment>(object)) {
    const auto& status = deployment->status();
    if (field == "available") return status.available_replicas();
    if (field == "updated") return status.updated_replicas();
    if (field == "ready") return status.ready_replicas();
  } else if (const auto set = api::As<api::ReplicaSet>(object)) {
    if (field == "available") return set->status().available_replicas();
    if (field == "ready") return set->status().ready_replicas();
  } else if (const auto daemons = api::As<api::DaemonSet>(object)) {
    const auto& status = daemons->status();
    if (field == "available") return status.number_available();
    if (field == "updated") return status.updated_number_scheduled();
    if (field == "ready") return status.number_ready();
  } else if (const auto job = api::As<api::Job>(object)) {
    if (field == "succeeded") return job->status().succeeded();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(field, "(", argument, "): that kind has no such status"));
}

absl::StatusOr<double> Recorder::Value(const std::string& name, const std::string& argument) const {
  if (name == "converged" && argument.empty()) return Converged() ? 1 : 0;
  if (name == "pending" && argument == "pods") return static_cast<double>(phases_[kPending]);
  if (name == "running" && argument == "pods") return static_cast<double>(phases_[kRunning]);
  if (name == "ready" && argument == "nodes") {
    return static_cast<double>(std::count_if(
        nodes_.begin(), nodes_.end(), [](const Node& node) { return node.present && node.ready; }));
  }
  if (name == "succeeded" && argument == "jobs") {
    double complete = 0;
    for (const auto& [key, object] : workloads_) {
      const auto job = api::As<api::Job>(object);
      if (job && ConditionIsTrue(job->status().conditions(), "Complete")) complete += 1;
    }
    return complete;
  }
  if (name == "count") {
    const auto found = counts_.find(argument);
    return found == counts_.end() ? 0 : static_cast<double>(found->second);
  }
  if (name == "available" || name == "updated" || name == "ready" || name == "succeeded") {
    return StatusValue(name, argument);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "expected one of available, updated, ready, pending, running, succeeded, count, converged; "
      "got \"",
      name, "(", argument, ")\""));
}

}  // namespace drydock::sim
