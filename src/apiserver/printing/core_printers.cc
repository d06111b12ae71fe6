// Nodes, namespaces, configuration, quota, events and what else there is in core.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/event.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/quota.h"
#include "src/api/events_v1.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/apiserver/printing/printer.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

constexpr Column kNodeColumns[] = {
    kNameColumn,
    {"Status", "string", "Whether the node is ready, and whether pods may be bound to it."},
    {"Roles", "string", "The roles that the node's labels give it."},
    kAgeColumn,
    {"Version", "string", "The version of the node's kubelet."},
    {"Internal-IP", "string", "The address of the node in its own network.", 1},
    {"External-IP", "string", "The address of the node for the outside.", 1},
    {"OS-Image", "string", "The operating system.", 1},
    {"Kernel-Version", "string", "The version of the kernel.", 1},
    {"Container-Runtime", "string", "The container runtime and its version.", 1},
};

std::string NodeStatusText(const api::Node& node) {
  std::string text = "Unknown";
  for (const api::NodeCondition& condition : node.status().conditions()) {
    if (condition.type() != "Ready") continue;
    text = condition.status() == "True" ? "Ready" : "NotReady";
  }
  if (node.spec().unschedulable()) absl::StrAppend(&text, ",SchedulingDisabled");
  return text;
}

std::string NodeRoles(const api::Node& node) {
  std::set<std::string> roles;
  for (const api::StringEntry& label : node.metadata().labels()) {
    absl::string_view role = label.key();
    if (absl::ConsumePrefix(&role, "node-role.kubernetes.io/")) {
      if (!role.empty()) roles.emplace(role);
    } else if (role == "kubernetes.io/role" && !label.value().empty()) {
      roles.insert(label.value());
    }
  }
  return roles.empty() ? kNone : absl::StrJoin(roles, ",");
}

absl::string_view NodeAddressText(const api::Node& node, absl::string_view type) {
  for (const api::NodeAddress& address : node.status().addresses()) {
    if (address.type() == type) return address.address();
  }
  return kNone;
}

void PrintNode(const api::Node& node, Row& row) {
  const api::NodeSystemInfo& info = node.status().node_info();
  row.Text(node.metadata().name())
      .Text(NodeStatusText(node))
      .Text(NodeRoles(node))
      .Age(node.metadata())
      .Text(info.kubelet_version())
      .Text(NodeAddressText(node, "InternalIP"))
      .Text(NodeAddressText(node, "ExternalIP"))
      .Text(TextOr(info.os_image(), kUnknown))
      .Text(TextOr(info.kernel_version(), kUnknown))
      .Text(TextOr(info.container_runtime_version(), kUnknown));
}

constexpr Column kNamespaceColumns[] = {
    kNameColumn,
    {"Status", "string", "Whether the namespace is in use or on its way out."},
    kAgeColumn,
};

void PrintNamespace(const api::Namespace& ns, Row& row) {
  row.Text(ns.metadata().name()).Text(ns.status().phase()).Age(ns.metadata());
}

constexpr Column kConfigMapColumns[] = {
    kNameColumn,
    {"Data", "string", "The number of entries."},
    kAgeColumn,
};

void PrintConfigMap(const api::ConfigMap& map, Row& row) {
  row.Text(map.metadata().name())
      .Number(map.data_size() + map.binary_data_size())
      .Age(map.metadata());
}

constexpr Column kSecretColumns[] = {
    kNameColumn,
    {"Type", "string", "What the secret is for."},
    {"Data", "string", "The number of entries."},
    kAgeColumn,
};

void PrintSecret(const api::Secret& secret, Row& row) {
  row.Text(secret.metadata().name())
      .Text(secret.type())
      .Number(secret.data_size())
      .Age(secret.metadata());
}

constexpr Column kServiceAccountColumns[] = {kNameColumn, kAgeColumn};

void PrintServiceAccount(const api::ServiceAccount& account, Row& row) {
  row.Text(account.metadata().name()).Age(account.metadata());
}

constexpr Column kResourceQuotaColumns[] = {
    kNameColumn,
    {"Request", "string", "What is used and what is allowed, of all but limits."},
    {"Limit", "string", "What is used and what is allowed, of limits."},
    kAgeColumn,
};

void PrintResourceQuota(const api::ResourceQuota& quota, Row& row) {
  std::vector<std::string> requests;
  std::vector<std::string> limits;
  for (const api::QuantityEntry& hard : quota.status().hard()) {
    std::vector<std::string>& column = absl::StartsWith(hard.key(), "limits.") ? limits : requests;
    column.push_back(absl::StrCat(hard.key(), ": ", QuantityText(quota.status().used(), hard.key()),
                                  "/", TextOr(hard.value().string(), "0")));
  }
  row.Text(quota.metadata().name())
      .Text(absl::StrJoin(requests, ", "))
      .Text(absl::StrJoin(limits, ", "))
      .Age(quota.metadata());
}

constexpr Column kComponentStatusColumns[] = {
    kNameColumn,
    {"Status", "string", "Whether the component is healthy."},
    {"Message", "string", "What the component says of its health."},
    {"Error", "string", "The error with which it was asked."},
};

void PrintComponentStatus(const api::ComponentStatus& component, Row& row) {
  row.Text(component.metadata().name());
  for (const api::ComponentCondition& condition : component.conditions()) {
    if (condition.type() != "Healthy") continue;
    row.Text(condition.status() == "True" ? "Healthy" : "Unhealthy")
        .Text(condition.message())
        .Text(condition.error());
    return;
  }
  row.Text("Unknown").Text("").Text("");
}

constexpr Column kEventColumns[] = {
    {"Last Seen", "string", "The time since the event was last seen."},
    {"Type", "string", "Normal or Warning."},
    {"Reason", "string", "Why it happened, in a word."},
    {"Object", "string", "What it happened to."},
    {"Subobject", "string", "The part of the object that it happened to.", 1},
    {"Source", "string", "Who reported it.", 1},
    {"Message", "string", "What happened."},
    {"First Seen", "string", "The time since the event was first seen.", 1},
    {"Count", "string", "How often it was seen.", 1},
    {"Name", "string", "The name of the event.", 1, "name"},
};

// What both groups' Events say.
struct EventView {
  const api::ObjectMeta& metadata;
  const api::corev1::ObjectReference& object;
  const std::string& type;
  const std::string& reason;
  const std::string& message;
  const api::EventSource& source;
  const std::string& reporting_controller;
  const std::string& reporting_instance;
  const api::metav1::Time& first;
  const api::metav1::Time& last;
  const api::metav1::MicroTime& event_time;
  int32_t count;
};

std::string ObjectText(const api::corev1::ObjectReference& object) {
  const std::string kind = absl::AsciiStrToLower(object.kind());
  return object.name().empty() ? kind : absl::StrCat(kind, "/", object.name());
}

std::string SourceText(const EventView& event) {
  const absl::string_view component = TextOr(event.source.component(), event.reporting_controller);
  const absl::string_view instance = TextOr(event.source.host(), event.reporting_instance);
  return instance.empty() ? std::string(component) : absl::StrCat(component, ", ", instance);
}

// `series` is null for an event that was seen once, or is counted in the older way.
template <typename Series>
void PrintEventView(const EventView& event, const Series* series, Row& row) {
  const std::string first =
      api::IsZero(event.first) ? row.Since(event.event_time) : row.Since(event.first);
  std::string last = api::IsZero(event.last) ? first : row.Since(event.last);
  int32_t count = event.count == 0 ? 1 : event.count;
  if (series != nullptr) {
    last = row.Since(series->last_observed_time());
    count = series->count();
  }
  row.Text(last)
      .Text(event.type)
      .Text(event.reason)
      .Text(ObjectText(event.object))
      .Text(event.object.field_path())
      .Text(SourceText(event))
      .Text(absl::StripAsciiWhitespace(event.message))
      .Text(first)
      .Number(count)
      .Text(event.metadata.name());
}

void PrintCoreEvent(const api::corev1::Event& event, Row& row) {
  PrintEventView(
      {event.metadata(), event.involved_object(), event.type(), event.reason(), event.message(),
       event.source(), event.reporting_component(), event.reporting_instance(),
       event.first_timestamp(), event.last_timestamp(), event.event_time(), event.count()},
      event.has_series() ? &event.series() : nullptr, row);
}

void PrintEvent(const api::eventsv1::Event& event, Row& row) {
  PrintEventView({event.metadata(), event.regarding(), event.type(), event.reason(), event.note(),
                  event.deprecated_source(), event.reporting_controller(),
                  event.reporting_instance(), event.deprecated_first_timestamp(),
                  event.deprecated_last_timestamp(), event.event_time(), event.deprecated_count()},
                 event.has_series() ? &event.series() : nullptr, row);
}

}  // namespace

void AddCorePrinters(PrinterTable& table) {
  table.Add<api::Node>(kNodeColumns, PrintNode);
  table.Add<api::Namespace>(kNamespaceColumns, PrintNamespace);
  table.Add<api::ConfigMap>(kConfigMapColumns, PrintConfigMap);
  table.Add<api::Secret>(kSecretColumns, PrintSecret);
  table.Add<api::ServiceAccount>(kServiceAccountColumns, PrintServiceAccount);
  table.Add<api::ResourceQuota>(kResourceQuotaColumns, PrintResourceQuota);
  table.Add<api::ComponentStatus>(kComponentStatusColumns, PrintComponentStatus);
  table.Add<api::corev1::Event>(kEventColumns, PrintCoreEvent);
  table.Add<api::eventsv1::Event>(kEventColumns, PrintEvent);
}

}  // namespace drydock::apiserver
