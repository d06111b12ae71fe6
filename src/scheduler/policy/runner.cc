// Loading what expressions read.
#include "src/scheduler/policy/runner.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace drydock::scheduler::policy {

using cel::Value;

Runner::Runner(const cel::Program& program, Cluster& cluster)
    : cluster_(cluster),
      prices_(cluster),
      node_(rt::MakeRef<NodeView>(cluster, prices_)),
      pod_(rt::MakeRef<PodView>(cluster)),
      evaluation_(program, kBudget) {
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

void Runner::LoadPod(const Load& load, const PodInfo& pod) {
  switch (load.what) {
    case Load::What::kAmount:
      evaluation_.SetAttributeDouble(load.attribute, RequestOf(*pod.shape, load.resource));
      break;
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
      break;
    case Load::What::kPods:
    case Load::What::kPrice:
    case Load::What::kOff:
      break;  // Of nodes.
  }
}

}  // namespace drydock::scheduler::policy
