// The rules by which Kubernetes sums up a pod (printPod in pkg/printers/internalversion): the
// status is the phase, unless there is something that tells more, later rules over earlier ones.
#include "src/apiserver/printing/pod_printer.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/api/time.h"
#include "src/apiserver/printing/human_duration.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

using api::Container;
using api::ContainerStatus;
using api::Pod;
using api::PodCondition;

const PodCondition* FindCondition(const Pod& pod, absl::string_view type) {
  for (const PodCondition& condition : pod.status().conditions()) {
    if (condition.type() == type) return &condition;
  }
  return nullptr;
}

bool IsTrue(const PodCondition* condition) {
  return condition != nullptr && condition->status() == "True";
}

// Whether `name` is a sidecar: an init container that is restarted when it ends.
bool IsSidecar(const Pod& pod, absl::string_view name) {
  for (const Container& container : pod.spec().init_containers()) {
    if (container.name() == name) return container.restart_policy() == "Always";
  }
  return false;
}

// "OOMKilled", "Signal:9", "ExitCode:1".
std::string EndText(const api::ContainerStateTerminated& end) {
  if (!end.reason().empty()) return end.reason();
  if (end.signal() != 0) return absl::StrCat("Signal:", end.signal());
  return absl::StrCat("ExitCode:", end.exit_code());
}

struct Restarts {
  int64_t count = 0;
  absl::Time last = absl::InfinitePast();

  void Add(const ContainerStatus& container) {
    count += container.restart_count();
    if (!container.last_state().has_terminated()) return;
    const api::metav1::Time& finished = container.last_state().terminated().finished_at();
    if (!api::IsZero(finished)) last = std::max(last, api::ToAbslTime(finished));
  }
};

class Summary {
 public:
  explicit Summary(const Pod& pod)
      : pod_(pod), status_(pod.status().phase()), total_(pod.spec().containers_size()) {
    for (const Container& container : pod.spec().init_containers()) {
      if (container.restart_policy() == "Always") ++total_;
    }
    if (!pod.status().reason().empty()) status_ = pod.status().reason();
    for (const PodCondition& condition : pod.status().conditions()) {
      if (condition.type() == "PodScheduled" && condition.reason() == "SchedulingGated") {
        status_ = "SchedulingGated";
      }
    }
    const bool initializing = SumUpInitContainers();
    if (!initializing || IsTrue(FindCondition(pod, "Initialized"))) SumUpContainers();
    if (pod.metadata().has_deletion_timestamp()) SumUpDeletion();
  }

  std::string Ready() const { return absl::StrCat(ready_, "/", total_); }
  const std::string& Status() const { return status_; }

  std::string RestartsText(absl::Time now) const {
    if (restarts_.count == 0 || restarts_.last == absl::InfinitePast()) {
      return absl::StrCat(restarts_.count);
    }
    return absl::StrCat(restarts_.count, " (", HumanDuration(now - restarts_.last), " ago)");
  }

 private:
  // Whether an init container has yet to do its work.
  bool SumUpInitContainers() {
    int index = 0;
    for (const ContainerStatus& container : pod_.status().init_container_statuses()) {
      const bool sidecar = IsSidecar(pod_, container.name());
      restarts_.Add(container);
      if (sidecar) sidecar_restarts_.Add(container);
      const api::ContainerState& state = container.state();
      const bool done = state.has_terminated() && state.terminated().exit_code() == 0;
      const bool runs_along = !done && sidecar && container.started();
      if (done || runs_along) {
        if (runs_along && container.ready()) ++ready_;
        ++index;
        continue;
      }
      if (state.has_terminated()) {
        status_ = absl::StrCat("Init:", EndText(state.terminated()));
      } else if (!state.waiting().reason().empty() &&
                 state.waiting().reason() != "PodInitializing") {
        status_ = absl::StrCat("Init:", state.waiting().reason());
      } else {
        status_ = absl::StrCat("Init:", index, "/", pod_.spec().init_containers_size());
      }
      return true;
    }
    return false;
  }

  // The first container that has something to say has the last word.
  void SumUpContainers() {
    restarts_ = sidecar_restarts_;
    bool running = false;
    std::string failure;
    const auto& containers = pod_.status().container_statuses();
    for (auto container = containers.rbegin(); container != containers.rend(); ++container) {
      restarts_.Add(*container);
      const api::ContainerState& state = container->state();
      if (!state.waiting().reason().empty()) {
        status_ = state.waiting().reason();
      } else if (state.has_terminated()) {
        status_ = EndText(state.terminated());
        if (state.terminated().exit_code() != 0) failure = status_;
      } else if (container->ready() && state.has_running()) {
        running = true;
        ++ready_;
      }
    }
    // One container's end is not the pod's while others run, nor does it hide another's failure.
    if (status_ != "Completed") return;
    if (running && IsTrue(FindCondition(pod_, "Ready"))) {
      status_ = "Running";
    } else if (!failure.empty()) {
      status_ = failure;
    } else if (running) {
      status_ = "NotReady";
    }
  }

  void SumUpDeletion() {
    const std::string& phase = pod_.status().phase();
    if (pod_.status().reason() == "NodeLost") {
      status_ = "Unknown";
    } else if (phase != "Succeeded" && phase != "Failed") {
      status_ = "Terminating";
    }
  }

  const Pod& pod_;
  std::string status_;
  int total_;
  int ready_ = 0;
  Restarts restarts_;
  Restarts sidecar_restarts_;
};

std::string ReadinessGates(const Pod& pod) {
  const int total = pod.spec().readiness_gates_size();
  if (total == 0) return kNone;
  int open = 0;
  for (const api::PodReadinessGate& gate : pod.spec().readiness_gates()) {
    if (IsTrue(FindCondition(pod, gate.condition_type()))) ++open;
  }
  return absl::StrCat(open, "/", total);
}

}  // namespace

void PrintPod(const Pod& pod, Row& row) {
  if (pod.status().phase() == "Succeeded") {
    row.Complete("Succeeded", "The pod has completed successfully.");
  } else if (pod.status().phase() == "Failed") {
    row.Complete("Failed", "The pod failed.");
  }
  const Summary summary(pod);
  row.Text(pod.metadata().name())
      .Text(summary.Ready())
      .Text(summary.Status())
      .Text(summary.RestartsText(row.now()))
      .Age(pod.metadata());
  const bool has_address = pod.status().pod_ips_size() > 0;
  row.Text(TextOr(has_address ? pod.status().pod_ips(0).ip() : "", kNone))
      .Text(TextOr(pod.spec().node_name(), kNone))
      .Text(TextOr(pod.status().nominated_node_name(), kNone))
      .Text(ReadinessGates(pod));
}

}  // namespace drydock::apiserver
