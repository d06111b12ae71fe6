// Round robin: the first feasible node after the one that took the last pod, in the order
// in which the scheduler came to know the nodes. (Next fit, as bin packing calls it, is the
// same but begins at the last one.) No other score counts.
#include <algorithm>

#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class RoundRobin final : public ScorePlugin, public TieBreak, public ReservePlugin {
 public:
  Scope score_scope() const override { return Scope::kNode; }
  bool exclusive() const override { return true; }
  int64_t Score(const PodInfo&, NodeIndex) const override { return 0; }

  NodeIndex Choose(const std::vector<NodeIndex>& best) override {
    const auto next = std::lower_bound(best.begin(), best.end(), next_);
    return next == best.end() ? best.front() : *next;
  }

  // The turn passes on when a pod is placed, not when it is only asked where it would be.
  absl::Status Reserve(const PodInfo&, NodeIndex node) override {
    next_ = node + 1;
    return absl::OkStatus();
  }
  void Unreserve(const PodInfo&, NodeIndex) override {}

 private:
  NodeIndex next_ = 0;
};

}  // namespace

absl::StatusOr<PluginInstance> NewRoundRobin(const PluginArgs&, const PluginContext&) {
  return MakePlugin("RoundRobin", std::make_shared<RoundRobin>());
}

}  // namespace drydock::scheduler
