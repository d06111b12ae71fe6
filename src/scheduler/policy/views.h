// Nodes and pods as values of expressions: views of the scheduler's columns, without a copy. They
// serve what an expression does with whole maps, lists and objects; what it reads by name is loaded
// into registers by the runner.
#ifndef DRYDOCK_SRC_SCHEDULER_POLICY_VIEWS_H_
#define DRYDOCK_SRC_SCHEDULER_POLICY_VIEWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/cel/value.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/policy/language.h"

namespace drydock::scheduler::policy {

// A resource that expressions name.
struct ResourceKey {
  enum class Kind : uint8_t { kCpu, kMemory, kEphemeralStorage, kPods, kExtended, kUnknown };
  Kind kind = Kind::kUnknown;
  ResourceId id = 0;  // Of kExtended.
};

// kUnknown when nobody has heard of the resource.
ResourceKey FindResource(const ResourceNames& names, absl::string_view name);

enum class Amount : uint8_t { kAllocatable, kRequested, kFree };

// In base units: cores, bytes, pieces.
inline double Cores(int64_t millis) { return static_cast<double>(millis) / 1000.0; }
double AmountOn(const NodeTable& table, NodeIndex node, ResourceKey resource, Amount amount);
// The same for many nodes at a time.
void AmountsOn(const NodeTable& table, const NodeIndex* nodes, size_t count, ResourceKey resource,
               Amount amount, double* amounts);
double RequestOf(const PodShape& shape, ResourceKey resource);

// The numbers in the label kPriceLabel, read once for each value.
class Prices {
 public:
  explicit Prices(Cluster& cluster);
  double Of(NodeIndex node) const;

 private:
  const Symbols& symbols_;
  const TopologyColumn& column_;
  mutable std::vector<double> by_domain_;
};

class NodeView final : public cel::ObjectValue {
 public:
  // Both outlive the view, and all values got from it.
  NodeView(const Cluster& cluster, const Prices& prices);
  ~NodeView() override;

  void Show(NodeIndex node) { node_ = node; }

  const cel::ObjectType& type() const override { return NodeType(); }
  cel::Value Get(int field) const override;
  bool Has(int) const override { return true; }

 private:
  class AmountsView;
  class LabelsView;
  class TaintsView;

  const Cluster& cluster_;
  const Prices& prices_;
  NodeIndex node_ = kNoNode;
  const rt::Ref<AmountsView> allocatable_, requested_, free_;
  const rt::Ref<LabelsView> labels_;
  const rt::Ref<TaintsView> taints_;
};

class PodView final : public cel::ObjectValue {
 public:
  explicit PodView(const Cluster& cluster);
  ~PodView() override;

  // `pod` must live as long as it is shown.
  void Show(const PodInfo& pod) { pod_ = &pod; }

  const cel::ObjectType& type() const override { return PodType(); }
  cel::Value Get(int field) const override;
  bool Has(int) const override { return true; }

 private:
  class RequestsView;
  class LabelsView;

  const PodInfo* pod_ = nullptr;
  const rt::Ref<RequestsView> requests_;
  const rt::Ref<LabelsView> labels_;
};

}  // namespace drydock::scheduler::policy

#endif  // DRYDOCK_SRC_SCHEDULER_POLICY_VIEWS_H_
