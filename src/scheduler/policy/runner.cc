// Loading what expressions read.
#include "src/scheduler/policy/runner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace drydock::scheduler::policy {

using cel::Value;

Runner::Runner(const cel::Program& program, Cluster& cluster)
    : cluster_(cluster),
      prices_(cluster),
      node_(rt::MakeRef<NodeView>(cluster, prices_)),
      pod_(rt::MakeRef<PodView>(cluster)),
      evaluation_(program, kBudget),
      lanes_(cel::Lanes::Make(program)) {
  evaluation_.Set(kNodeVariable, Value::Borrowed(*node_));
  evaluation_.Set(kPodVariable, Value::Borrowed(*pod_));
  for (size_t i = 0; i < program.attributes().size(); ++i) {
    const std::vector<std::string>& path = program.attributes()[i].path;
    Load load = MakeLoad(path, cluster);
    load.attribute = i;
    (path[0] == "node" ? of_node_ : of_pod_).push_back(std::move(load));
  }
  // What is read by way of the objects may be anything of them.
  depends_on_name_ = depends_on_name_ || program.UsesVariable(kPodVariable);
  depends_on_pods_ = depends_on_pods_ || program.UsesVariable(kNodeVariable);
}

Runner::Load Runner::MakeLoad(const std::vector<std::string>& path, Cluster& cluster) {
  Load load;
  const bool node = path[0] == "node";
  const std::string& field = path[1];
  if (field == "labels") {
    load.what = Load::What::kLabel;
    load.key = path[2];
    if (node) load.label = cluster.symbols.Intern(path[2]);
    load.missing = Value::Error(absl::StrCat("no such key: ", path[2]));
  } else if (field == "name") {
    load.what = Load::What::kName;
    depends_on_name_ = depends_on_name_ || !node;
  } else if (field == "namespace") {
    load.what = Load::What::kNamespace;
  } else if (field == "priority") {
    load.what = Load::What::kPriority;
  } else if (field == "pods") {
    load.what = Load::What::kPods;
    depends_on_pods_ = true;
  } else if (field == "price") {
    load.what = Load::What::kPrice;
  } else if (field == "unschedulable") {
    load.what = Load::What::kOff;
  } else {
    load.amount = field == "requested" ? Amount::kRequested
                  : field == "free"    ? Amount::kFree
                                       : Amount::kAllocatable;
    depends_on_pods_ = depends_on_pods_ || load.amount != Amount::kAllocatable;
    load.resource = FindResource(cluster.resource_names, path[2]);
    if (load.resource.kind == ResourceKey::Kind::kUnknown) {
      // Nodes with it may come later.
      load.resource = {ResourceKey::Kind::kExtended, cluster.resource_names.Intern(path[2])};
    }
  }
  return load;
}

void Runner::SetPod(const PodInfo& pod) {
  pod_->Show(pod);
  for (const Load& load : of_pod_) LoadPod(load, pod);
}

const Value& Runner::Run(NodeIndex node) {
  node_->Show(node);
  for (const Load& load : of_node_) LoadNode(load, node);
  return evaluation_.Run();
}

double Runner::Number(NodeIndex node) {
  const Value& value = Run(node);
  switch (value.kind()) {
    case Value::Kind::kBool:
      return value.bool_value() ? 1 : 0;
    case Value::Kind::kDouble:
      return std::isnan(value.double_value()) ? 0 : value.double_value();
    case Value::Kind::kInt:
      return static_cast<double>(value.int_value());
    case Value::Kind::kUint:
      return static_cast<double>(value.uint_value());
    default:
      return 0;
  }
}

void Runner::Numbers(const NodeIndex* nodes, size_t count, double* numbers) {
  if (lanes_ == nullptr) {
    for (size_t i = 0; i < count; ++i) numbers[i] = Number(nodes[i]);
    return;
  }
  while (count > 0) {
    const size_t some = std::min(count, cel::Lanes::kCount);
    for (const Load& load : of_node_) LoadLanes(load, nodes, some);
    const double* results = lanes_->Run();
    for (size_t i = 0; i < some; ++i) numbers[i] = std::isnan(results[i]) ? 0 : results[i];
    nodes += some;
    numbers += some;
    count -= some;
  }
}

void Runner::LoadLanes(const Load& load, const NodeIndex* nodes, size_t count) {
  double* const lane = lanes_->Attribute(load.attribute);
  const NodeTable& table = cluster_.nodes;
  switch (load.what) {
    case Load::What::kAmount:
      AmountsOn(table, nodes, count, load.resource, load.amount, lane);
      break;
    case Load::What::kPods:
      for (size_t i = 0; i < count; ++i) {
        lane[i] = static_cast<double>(table.pods(nodes[i]).size());
      }
      break;
    case Load::What::kPrice:
      for (size_t i = 0; i < count; ++i) lane[i] = prices_.Of(nodes[i]);
      break;
    case Load::What::kOff:
      for (size_t i = 0; i < count; ++i) lane[i] = table.spec(nodes[i]).unschedulable ? 1 : 0;
      break;
    case Load::What::kLabel:
    case Load::What::kName:
    case Load::What::kNamespace:
    case Load::What::kPriority:
      break;  // Texts have no lanes; the others are of pods.
  }
}

void Runner::LoadNode(const Load& load, NodeIndex node) {
  const NodeTable& nodes = cluster_.nodes;
  switch (load.what) {
    case Load::What::kAmount:
      evaluation_.SetAttributeDouble(load.attribute,
                                     AmountOn(nodes, node, load.resource, load.amount));
      break;
    case Load::What::kLabel: {
      const Symbol value = FindLabel(nodes.spec(node).labels, load.label);
      evaluation_.SetAttribute(
          load.attribute,
          value == kNoSymbol ? load.missing : Value::BorrowedString(cluster_.symbols.Text(value)));
      break;
    }
    case Load::What::kName:
      evaluation_.SetAttribute(load.attribute, Value::BorrowedString(nodes.name(node)));
      break;
    case Load::What::kPods:
      evaluation_.SetAttribute(load.attribute,
                               Value::Int(static_cast<int64_t>(nodes.pods(node).size())));
      break;
    case Load::What::kPrice:
      evaluation_.SetAttributeDouble(load.attribute, prices_.Of(node));
      break;
    case Load::What::kOff:
      evaluation_.SetAttribute(load.attribute, Value::Bool(nodes.spec(node).unschedulable));
      break;
    case Load::What::kNamespace:
    case Load::What::kPriority:
      break;  // Of pods.
  }
}

void Runner::FillLanes(const Load& load, double number) {
  if (lanes_ != nullptr) std::fill_n(lanes_->Attribute(load.attribute), cel::Lanes::kCount, number);
}

void Runner::LoadPod(const Load& load, const PodInfo& pod) {
  switch (load.what) {
    case Load::What::kAmount: {
      const double amount = RequestOf(*pod.shape, load.resource);
      evaluation_.SetAttributeDouble(load.attribute, amount);
      FillLanes(load, amount);
      break;
    }
    case Load::What::kLabel: {
      const std::string* value = FindLabel(pod.shape->labels, load.key);
      evaluation_.SetAttribute(load.attribute,
                               value == nullptr ? load.missing : Value::BorrowedString(*value));
      break;
    }
    case Load::What::kName:
      evaluation_.SetAttribute(load.attribute, Value::BorrowedString(pod.name));
      break;
    case Load::What::kNamespace:
      evaluation_.SetAttribute(load.attribute, Value::BorrowedString(pod.ns()));
      break;
    case Load::What::kPriority:
      evaluation_.SetAttribute(load.attribute, Value::Int(pod.priority()));
      FillLanes(load, pod.priority());
      break;
    case Load::What::kPods:
    case Load::What::kPrice:
    case Load::What::kOff:
      break;  // Of nodes.
  }
}

}  // namespace drydock::scheduler::policy
