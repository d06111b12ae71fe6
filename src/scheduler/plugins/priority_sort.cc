// The order of the queue: higher priority first, then who has waited longer.
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class PrioritySort final : public QueueSortPlugin {
 public:
  bool Less(const QueuedPod& a, const QueuedPod& b) const override {
    if (a.pod->priority() != b.pod->priority()) return a.pod->priority() > b.pod->priority();
    return a.timestamp < b.timestamp;
  }
};

}  // namespace

absl::StatusOr<PluginInstance> NewPrioritySort(const PluginArgs&, const PluginContext&) {
  return MakePlugin("PrioritySort", std::make_shared<PrioritySort>());
}

}  // namespace drydock::scheduler
