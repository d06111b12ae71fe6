// Prefers the node where the pod costs least: the node's price times the largest part that
// the pod takes of any of its resources (a node is used up when one of them is). Prices are
// node labels, so anything that is the less the better will do: carbon intensity, wear.
//
// Nodes without a price score 0, as the dearest one does. Arguments: label
// (drydock.dev/price-per-hour).
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/parameters.h"
#include "src/scheduler/plugins/requested_resources.h"

namespace drydock::scheduler {
namespace {

constexpr char kName[] = "PriceAware";
constexpr char kDefaultLabel[] = "drydock.dev/price-per-hour";
constexpr int64_t kUnknown = std::numeric_limits<int64_t>::max();
constexpr double kScale = 1e9;  // Costs are integers, so that ties are exact.
constexpr double kMaxPrice = 1e6;

class PriceAware final : public ScorePlugin, public NodeListener {
 public:
  PriceAware(Cluster& cluster, absl::string_view label)
      : nodes_(cluster.nodes), symbols_(cluster.symbols), label_(symbols_.Intern(label)) {}

  Scope score_scope() const override { return Scope::kCluster; }

  // The cost; Normalize makes it a score.
  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    if (prices_[node] < 0) return kUnknown;
    double part = 0;
    ForEachRequested(nodes_, *pod.shape, node, [&part](const ResourceAccount& account) {
      part = std::max(
          part, static_cast<double>(account.asked) / static_cast<double>(account.allocatable));
    });
    // Who asks for nothing takes a place all the same.
    if (part == 0)
      part = 1 / static_cast<double>(std::max<int64_t>(1, nodes_.allowed_pods()[node]));
    return std::llround(prices_[node] * std::min(part, 1.0) * kScale);
  }

  // The cheapest gets 100, the dearest 0.
  void Normalize(const PodInfo&, const std::vector<NodeIndex>& nodes,
                 int64_t* scores) const override {
    int64_t low = kUnknown;
    int64_t high = 0;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (scores[i] == kUnknown) continue;
      low = std::min(low, scores[i]);
      high = std::max(high, scores[i]);
    }
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (scores[i] == kUnknown) {
        scores[i] = 0;
      } else if (low == high) {
        scores[i] = kMaxNodeScore;
      } else {
        const double above =
            static_cast<double>(high - scores[i]) / static_cast<double>(high - low);
        scores[i] = static_cast<int64_t>(above * static_cast<double>(kMaxNodeScore));
      }
    }
  }

  void OnNodeChanged(NodeIndex node) override {
    if (node >= prices_.size()) prices_.resize(node + 1, -1);
    double price = 0;
    const Symbol value = FindLabel(nodes_.spec(node).labels, label_);
    const bool known = value != kNoSymbol && absl::SimpleAtod(symbols_.Text(value), &price) &&
                       price >= 0 && price <= kMaxPrice;
    prices_[node] = known ? price : -1;
  }

 private:
  const NodeTable& nodes_;
  Symbols& symbols_;
  const Symbol label_;
  std::vector<double> prices_;  // By node; below 0: not known.
};

}  // namespace

absl::StatusOr<PluginInstance> NewPriceAware(const PluginArgs& args, const PluginContext& context) {
  Parameters parameters(args, kName);
  const std::string label = parameters.Text("label", kDefaultLabel);
  if (absl::Status known = parameters.Finish(); !known.ok()) return known;
  return MakePlugin(kName, std::make_shared<PriceAware>(context.cluster, label));
}

}  // namespace drydock::scheduler
