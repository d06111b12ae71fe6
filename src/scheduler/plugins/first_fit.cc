// First fit: the first feasible node, in the order in which the scheduler came to know the
// nodes. (A node that takes the place of one that is gone has its turn.) No other score
// counts.
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class FirstFit final : public ScorePlugin, public TieBreak {
 public:
  Scope score_scope() const override { return Scope::kNode; }
  bool exclusive() const override { return true; }
  int64_t Score(const PodInfo&, NodeIndex) const override { return 0; }

  NodeIndex Choose(const std::vector<NodeIndex>& best) override { return best.front(); }
};

}  // namespace

absl::StatusOr<PluginInstance> NewFirstFit(const PluginArgs&, const PluginContext&) {
  return MakePlugin("FirstFit", std::make_shared<FirstFit>());
}

}  // namespace drydock::scheduler
