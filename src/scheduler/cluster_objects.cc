// From API objects to the tables that plugins read.
#include "src/scheduler/cluster_objects.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "src/api/apps_v1.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/replication_controller.h"
#include "src/api/core/v1/service.h"
#include "src/api/maps.h"
#include "src/api/policy_v1.h"
#include "src/scheduler/parse.h"

namespace drydock::scheduler {
namespace {

template <typename Entries>
LabelSelector SelectorOf(const Entries& labels) {
  LabelSelector selector;
  for (const auto& label : labels) {
    selector.requirements.push_back({label.key(), SelectorOp::kIn, {label.value()}});
  }
  selector.nothing = selector.requirements.empty();
  return selector;
}

}  // namespace

bool ClusterObjects::Set(const api::ObjectRef& object, bool gone) {
  const std::string& ns = object->metadata().namespace_();
  const std::string& name = object->metadata().name();
  if (api::As<api::Namespace>(object)) {
    SetNamespace(object, gone);
  } else if (api::As<api::PodDisruptionBudget>(object)) {
    SetBudget(object, gone);
  } else if (const auto service = api::As<api::Service>(object); service) {
    selectors_.SetService(ns, name,
                          SelectorOf(gone ? api::StringMap() : service->spec().selector()));
  } else if (const auto rc = api::As<api::ReplicationController>(object); rc) {
    selectors_.SetController("ReplicationController", ns, name,
                             SelectorOf(gone ? api::StringMap() : rc->spec().selector()));
  } else if (api::As<api::ReplicaSet>(object)) {
    SetController<api::ReplicaSet>(object, gone);
  } else if (api::As<api::StatefulSet>(object)) {
    SetController<api::StatefulSet>(object, gone);
  } else {
    return false;
  }
  return true;
}

void ClusterObjects::SetNamespace(const api::ObjectRef& object, bool gone) {
  Labels labels;
  if (!gone) {
    for (const auto& label : object->metadata().labels()) {
      labels.emplace_back(label.key(), label.value());
    }
    std::sort(labels.begin(), labels.end());
  }
  cluster_.counts.SetNamespace(object->metadata().name(), std::move(labels));
}

void ClusterObjects::SetBudget(const api::ObjectRef& object, bool gone) {
  std::vector<DisruptionBudget>& budgets = cluster_.budgets;
  const std::string& ns = object->metadata().namespace_();
  const std::string& name = object->metadata().name();
  auto at =
      std::lower_bound(budgets.begin(), budgets.end(), 0, [&](const DisruptionBudget& budget, int) {
        return std::tie(budget.ns, budget.name) < std::tie(ns, name);
      });
  const bool known = at != budgets.end() && at->ns == ns && at->name == name;
  if (gone) {
    if (known) budgets.erase(at);
  } else if (known) {
    *at = ParseBudget(object);
  } else {
    budgets.insert(at, ParseBudget(object));
  }
}

template <typename T>
void ClusterObjects::SetController(const api::ObjectRef& object, bool gone) {
  const auto& spec = api::Ref<T>(object)->spec();
  selectors_.SetController(
      std::string(object->kind().kind), object->metadata().namespace_(), object->metadata().name(),
      ParseSelector(!gone && spec.has_selector() ? &spec.selector() : nullptr));
}

}  // namespace drydock::scheduler
