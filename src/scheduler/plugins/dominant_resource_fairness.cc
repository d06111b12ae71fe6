// The order of the queue: higher priority first, then fair among namespaces by the largest
// share of any resource that their pods ask for (dominant resource fairness), then who has
// waited longer.
//
// The shares are kept as fair queueing does it ("Multi-Resource Fair Queueing for Packet
// Processing", SIGCOMM 2012, after start-time fair queueing): a pod starts, in virtual time,
// where the pod before it of its namespace ends, and ends its dominant share later; pods are
// tried in the order of their starts, and virtual time is the start of the pod placed last. So
// a namespace that asked for nothing for a while has saved nothing up, a flood of one does not
// delay the others, and a pod's place in the queue does not change while it waits.
//
// Arguments: weights.NAMESPACE, a number above 0 (1): a namespace of weight 2 gets twice as much.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/parameters.h"

namespace drydock::scheduler {
namespace {

constexpr char kName[] = "DominantResourceFairness";
// Beyond it the pod that has waited longest loses its place and is tried first.
constexpr size_t kMaxWaiting = size_t{1} << 18;
constexpr size_t kMinSweep = 1024;

class DominantResourceFairness final : public PreEnqueuePlugin,
                                       public QueueSortPlugin,
                                       public NodeListener {
 public:
  DominantResourceFairness(const Cluster& cluster, std::map<std::string, double> weights)
      : nodes_(cluster.nodes), weights_(std::move(weights)) {}

  // Holds nothing back; it is where a pod comes by before it is compared with others. One
  // that comes back keeps its place.
  std::string PreEnqueue(const PodInfo& pod) const override {
    if (places_.contains(pod.uid)) return "";
    double& end = ends_[pod.ns()];
    const double start = std::max(virtual_time_, end);
    end = start + DominantShare(*pod.shape) / WeightOf(pod.ns());
    places_[pod.uid] = {start, next_};
    by_age_.emplace(next_++, pod.uid);
    while (places_.size() > kMaxWaiting) Forget(by_age_.begin()->second);
    Sweep();
    return "";
  }

  bool Less(const QueuedPod& a, const QueuedPod& b) const override {
    if (a.pod->priority() != b.pod->priority()) return a.pod->priority() > b.pod->priority();
    const double a_start = StartOf(*a.pod);
    const double b_start = StartOf(*b.pod);
    if (a_start != b_start) return a_start < b_start;
    return a.timestamp < b.timestamp;
  }

  void OnPodAdded(const PodInfo& pod, NodeIndex) override {
    const auto place = places_.find(pod.uid);
    if (place == places_.end()) return;
    virtual_time_ = std::max(virtual_time_, place->second.start);
    Forget(pod.uid);
  }

 private:
  struct Place {
    double start = 0;
    uint64_t number = 0;  // Of its arrival: the key in by_age_.
  };

  double WeightOf(const std::string& ns) const {
    const auto weight = weights_.find(ns);
    return weight == weights_.end() ? 1 : weight->second;
  }

  double StartOf(const PodInfo& pod) const {
    const auto place = places_.find(pod.uid);
    return place == places_.end() ? 0 : place->second.start;
  }

  void Forget(const std::string& uid) const {
    const auto place = places_.find(uid);
    const uint64_t number = place->second.number;
    places_.erase(place);
    by_age_.erase(number);
  }

  double DominantShare(const PodShape& shape) const {
    if (totals_version_ != nodes_.node_version()) {
      totals_ = Resources();
      for (NodeIndex node = 0; node < nodes_.size(); ++node) {
        if (nodes_.Exists(node)) totals_.Add(nodes_.spec(node).allocatable);
      }
      totals_version_ = nodes_.node_version();
    }
    double share = 0;
    const auto add = [&share](int64_t asked, int64_t total) {
      if (asked > 0 && total > 0) {
        share = std::max(share, static_cast<double>(asked) / static_cast<double>(total));
      }
    };
    add(shape.requests.cpu_millis, totals_.cpu_millis);
    add(shape.requests.memory, totals_.memory);
    add(shape.requests.ephemeral_storage, totals_.ephemeral_storage);
    for (const auto& [id, asked] : shape.requests.extended) add(asked, totals_.Extended(id));
    return share;
  }

  // Namespaces that virtual time has overtaken are as if they had never been.
  void Sweep() const {
    if (ends_.size() < sweep_at_) return;
    for (auto end = ends_.begin(); end != ends_.end();) {
      end = end->second <= virtual_time_ ? ends_.erase(end) : std::next(end);
    }
    sweep_at_ = std::max(kMinSweep, 2 * ends_.size());
  }

  const NodeTable& nodes_;
  const std::map<std::string, double> weights_;
  double virtual_time_ = 0;
  // The framework's PreEnqueue is const because most plugins only look.
  mutable absl::flat_hash_map<std::string, Place> places_;  // By pod uid. Never iterated.
  mutable absl::btree_map<uint64_t, std::string> by_age_;   // Uids, the oldest first.
  mutable std::map<std::string, double> ends_;              // By namespace.
  mutable uint64_t next_ = 0;
  mutable size_t sweep_at_ = kMinSweep;
  mutable Resources totals_;  // Of all nodes.
  mutable uint64_t totals_version_ = 0;
};

}  // namespace

absl::StatusOr<PluginInstance> NewDominantResourceFairness(const PluginArgs& args,
                                                           const PluginContext& context) {
  Parameters parameters(args, kName);
  std::map<std::string, double> weights;
  for (const auto& [ns, text] : parameters.Group("weights")) {
    double weight = 0;
    if (!absl::SimpleAtod(text, &weight) || !(weight > 0) || weight > 1e9) {
      return absl::InvalidArgumentError(
          absl::StrCat("weights.", ns, ": expected a number above 0, got \"", text, "\""));
    }
    weights[ns] = weight;
  }
  if (absl::Status known = parameters.Finish(); !known.ok()) return known;
  return MakePlugin(
      kName, std::make_shared<DominantResourceFairness>(context.cluster, std::move(weights)));
}

}  // namespace drydock::scheduler
