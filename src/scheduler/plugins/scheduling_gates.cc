// Keeps pods with scheduling gates out of the queue.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class SchedulingGates final : public PreEnqueuePlugin {
 public:
  std::string PreEnqueue(const PodInfo& pod) const override {
    if (pod.shape->scheduling_gates.empty()) return "";
    return absl::StrCat("waiting for scheduling gates: [",
                        absl::StrJoin(pod.shape->scheduling_gates, " "), "]");
  }
};

}  // namespace

absl::StatusOr<PluginInstance> NewSchedulingGates(const PluginArgs&, const PluginContext&) {
  return MakePlugin("SchedulingGates", std::make_shared<SchedulingGates>());
}

}  // namespace drydock::scheduler
