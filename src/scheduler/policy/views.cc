// The views.
#include "src/scheduler/policy/views.h"

#include <algorithm>

#include "absl/strings/numbers.h"

namespace drydock::scheduler::policy {
namespace {

using cel::Value;
using Kind = ResourceKey::Kind;

// Those with columns of their own; extended ones come after them, in the order of their ids. A pod
// requests no `pods`.
constexpr absl::string_view kNamed[] = {"cpu", "memory", "ephemeral-storage", "pods"};
constexpr size_t kNamedOfNodes = 4;
constexpr size_t kNamedOfPods = 3;

// Keys of a map of resources of which the first `named` are of kNamed.
Value ResourceAt(const ResourceNames& names, size_t named, size_t index) {
  if (index < named) return Value::BorrowedString(kNamed[index]);
  return Value::BorrowedString(names.Name(static_cast<ResourceId>(index - named)));
}

absl::string_view EffectName(TaintEffect effect) {
  switch (effect) {
    case TaintEffect::kNoSchedule:
      return "NoSchedule";
    case TaintEffect::kPreferNoSchedule:
      return "PreferNoSchedule";
    case TaintEffect::kNoExecute:
      return "NoExecute";
  }
  return "";
}

class TaintView final : public cel::ObjectValue {
 public:
  explicit TaintView(const Taint& taint) : taint_(taint) {}
  const cel::ObjectType& type() const override { return TaintType(); }
  Value Get(int field) const override {
    switch (field) {
      case kTaintKey:
        return Value::BorrowedString(taint_.key);
      case kTaintValue:
        return Value::BorrowedString(taint_.value);
      default:
        return Value::BorrowedString(EffectName(taint_.effect));
    }
  }
  bool Has(int) const override { return true; }
  bool Equals(const ObjectValue& other) const override {
    return taint_ == static_cast<const TaintView&>(other).taint_;
  }

 private:
  const Taint& taint_;
};

}  // namespace

ResourceKey FindResource(const ResourceNames& names, absl::string_view name) {
  if (name == "cpu") return {Kind::kCpu, 0};
  if (name == "memory") return {Kind::kMemory, 0};
  if (name == "ephemeral-storage") return {Kind::kEphemeralStorage, 0};
  if (name == "pods") return {Kind::kPods, 0};
  for (size_t i = 0; i < names.size(); ++i) {
    const auto id = static_cast<ResourceId>(i);
    if (names.Name(id) == name) return {Kind::kExtended, id};
  }
  return {};
}

double AmountOn(const NodeTable& table, NodeIndex node, ResourceKey resource, Amount amount) {
  double result = 0;
  AmountsOn(table, &node, 1, resource, amount, &result);
  return result;
}

void AmountsOn(const NodeTable& table, const NodeIndex* nodes, size_t count, ResourceKey resource,
               Amount amount, double* amounts) {
  // Integers are subtracted before they become a double: amounts of bytes are exact up to 2^53.
  const auto fill = [&](auto allocatable, auto requested, auto convert) {
    switch (amount) {
      case Amount::kAllocatable:
        for (size_t i = 0; i < count; ++i) amounts[i] = convert(allocatable(nodes[i]));
        break;
      case Amount::kRequested:
        for (size_t i = 0; i < count; ++i) amounts[i] = convert(requested(nodes[i]));
        break;
      case Amount::kFree:
        for (size_t i = 0; i < count; ++i) {
          amounts[i] = convert(allocatable(nodes[i]) - requested(nodes[i]));
        }
        break;
    }
  };
  const auto column = [](const int64_t* values) {
    return [values](NodeIndex node) { return values[node]; };
  };
  const auto whole = [](int64_t units) { return static_cast<double>(units); };
  switch (resource.kind) {
    case Kind::kCpu:
      fill(column(table.allocatable_cpu()), column(table.requested_cpu()), Cores);
      break;
    case Kind::kMemory:
      fill(column(table.allocatable_memory()), column(table.requested_memory()), whole);
      break;
    case Kind::kEphemeralStorage:
      fill(column(table.allocatable_storage()), column(table.requested_storage()), whole);
      break;
    case Kind::kPods:
      fill(
          column(table.allowed_pods()),
          [&](NodeIndex node) { return static_cast<int64_t>(table.pods(node).size()); }, whole);
      break;
    case Kind::kExtended:
      fill([&](NodeIndex node) { return table.allocatable_extended(node, resource.id); },
           [&](NodeIndex node) { return table.requested_extended(node, resource.id); }, whole);
      break;
    case Kind::kUnknown:
      std::fill_n(amounts, count, 0.0);
      break;
  }
}

double RequestOf(const PodShape& shape, ResourceKey resource) {
  const Resources& requests = shape.requests;
  switch (resource.kind) {
    case Kind::kCpu:
      return Cores(requests.cpu_millis);
    case Kind::kMemory:
      return static_cast<double>(requests.memory);
    case Kind::kEphemeralStorage:
      return static_cast<double>(requests.ephemeral_storage);
    case Kind::kExtended:
      return static_cast<double>(requests.Extended(resource.id));
    case Kind::kPods:
    case Kind::kUnknown:
      return 0;
  }
  return 0;
}

Prices::Prices(Cluster& cluster)
    : symbols_(cluster.symbols),
      column_(cluster.nodes.Topology(cluster.symbols.Intern(kPriceLabel))) {}

double Prices::Of(NodeIndex node) const {
  const uint32_t domain = column_.domain[node];
  if (domain == TopologyColumn::kNone) return 0;
  while (by_domain_.size() <= domain) {
    double price = 0;
    if (!absl::SimpleAtod(symbols_.Text(column_.values[by_domain_.size()]), &price)) price = 0;
    by_domain_.push_back(price);
  }
  return by_domain_[domain];
}

// A map of resources to amounts. It has every name as a key, most of them with 0; loops see the
// resources that some node or pod has mentioned.
class NodeView::AmountsView final : public cel::MapValue {
 public:
  AmountsView(const NodeView& node, Amount amount) : view_(node), amount_(amount) {}
  size_t size() const override { return kNamedOfNodes + names().size(); }
  Value KeyAt(size_t index) const override { return ResourceAt(names(), kNamedOfNodes, index); }
  bool Find(const Value& key, Value* value) const override {
    if (key.kind() != Value::Kind::kString) return false;
    *value = Value::Double(
        AmountOn(view_.cluster_.nodes, view_.node_, FindResource(names(), key.text()), amount_));
    return true;
  }

 private:
  const ResourceNames& names() const { return view_.cluster_.resource_names; }

  const NodeView& view_;
  const Amount amount_;
};

class NodeView::LabelsView final : public cel::MapValue {
 public:
  explicit LabelsView(const NodeView& node) : view_(node) {}
  size_t size() const override { return labels().size(); }
  // By number of first use of the key, which is the same in every run.
  Value KeyAt(size_t index) const override {
    return Value::BorrowedString(view_.cluster_.symbols.Text(labels()[index].first));
  }
  bool Find(const Value& key, Value* value) const override {
    if (key.kind() != Value::Kind::kString) return false;
    const Symbol symbol = view_.cluster_.symbols.Find(key.text());
    if (symbol == kNoSymbol) return false;
    const Symbol found = FindLabel(labels(), symbol);
    if (found == kNoSymbol) return false;
    *value = Value::BorrowedString(view_.cluster_.symbols.Text(found));
    return true;
  }

 private:
  const NodeLabels& labels() const { return view_.cluster_.nodes.spec(view_.node_).labels; }

  const NodeView& view_;
};

class NodeView::TaintsView final : public cel::ListValue {
 public:
  explicit TaintsView(const NodeView& node) : view_(node) {}
  size_t size() const override { return taints().size(); }
  Value At(size_t index) const override {
    return Value::Of(rt::Ref<const cel::ObjectValue>(rt::MakeRef<TaintView>(taints()[index])));
  }

 private:
  const std::vector<Taint>& taints() const { return view_.cluster_.nodes.spec(view_.node_).taints; }

  const NodeView& view_;
};

NodeView::NodeView(const Cluster& cluster, const Prices& prices)
    : cluster_(cluster),
      prices_(prices),
      allocatable_(rt::MakeRef<AmountsView>(*this, Amount::kAllocatable)),
      requested_(rt::MakeRef<AmountsView>(*this, Amount::kRequested)),
      free_(rt::MakeRef<AmountsView>(*this, Amount::kFree)),
      labels_(rt::MakeRef<LabelsView>(*this)),
      taints_(rt::MakeRef<TaintsView>(*this)) {}

NodeView::~NodeView() = default;

Value NodeView::Get(int field) const {
  switch (static_cast<NodeField>(field)) {
    case kNodeName:
      return Value::BorrowedString(cluster_.nodes.name(node_));
    case kNodeLabels:
      return Value::Borrowed(*labels_);
    case kNodeTaints:
      return Value::Borrowed(*taints_);
    case kNodeUnschedulable:
      return Value::Bool(cluster_.nodes.spec(node_).unschedulable);
    case kNodeAllocatable:
      return Value::Borrowed(*allocatable_);
    case kNodeRequested:
      return Value::Borrowed(*requested_);
    case kNodeFree:
      return Value::Borrowed(*free_);
    case kNodePods:
      return Value::Int(static_cast<int64_t>(cluster_.nodes.pods(node_).size()));
    case kNodePrice:
      return Value::Double(prices_.Of(node_));
  }
  return Value::Error("no such field");
}

class PodView::RequestsView final : public cel::MapValue {
 public:
  RequestsView(const PodView& pod, const ResourceNames& names) : view_(pod), names_(names) {}
  size_t size() const override { return kNamedOfPods + names_.size(); }
  Value KeyAt(size_t index) const override { return ResourceAt(names_, kNamedOfPods, index); }
  bool Find(const Value& key, Value* value) const override {
    if (key.kind() != Value::Kind::kString) return false;
    *value = Value::Double(RequestOf(*view_.pod_->shape, FindResource(names_, key.text())));
    return true;
  }

 private:
  const PodView& view_;
  const ResourceNames& names_;
};

class PodView::LabelsView final : public cel::MapValue {
 public:
  explicit LabelsView(const PodView& pod) : view_(pod) {}
  size_t size() const override { return labels().size(); }
  Value KeyAt(size_t index) const override { return Value::BorrowedString(labels()[index].first); }
  bool Find(const Value& key, Value* value) const override {
    if (key.kind() != Value::Kind::kString) return false;
    const std::string* found = FindLabel(labels(), key.text());
    if (found == nullptr) return false;
    *value = Value::BorrowedString(*found);
    return true;
  }

 private:
  const Labels& labels() const { return view_.pod_->shape->labels; }

  const PodView& view_;
};

PodView::PodView(const Cluster& cluster)
    : requests_(rt::MakeRef<RequestsView>(*this, cluster.resource_names)),
      labels_(rt::MakeRef<LabelsView>(*this)) {}

PodView::~PodView() = default;

Value PodView::Get(int field) const {
  switch (static_cast<PodField>(field)) {
    case kPodName:
      return Value::BorrowedString(pod_->name);
    case kPodNamespace:
      return Value::BorrowedString(pod_->ns());
    case kPodLabels:
      return Value::Borrowed(*labels_);
    case kPodRequests:
      return Value::Borrowed(*requests_);
    case kPodPriority:
      return Value::Int(pod_->priority());
  }
  return Value::Error("no such field");
}

}  // namespace drydock::scheduler::policy
