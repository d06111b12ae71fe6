// Services, endpoints, ingresses, policies and addresses.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/core/v1/service.h"
#include "src/api/discovery_v1.h"
#include "src/api/networking_v1.h"
#include "src/apiserver/printing/printer.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

constexpr Column kServiceColumns[] = {
    kNameColumn,
    {"Type", "string", "How the service is reached."},
    {"Cluster-IP", "string", "The address of the service inside the cluster."},
    {"External-IP", "string", "The addresses of the service for the outside."},
    {"Port(s)", "string", "The ports, and the nodes' ports behind them."},
    kAgeColumn,
    kSelectorColumn,
};

// The addresses of a load balancer. Tables are always made for the wide form, which has all.
template <typename Status>
std::string LoadBalancerText(const Status& status) {
  std::set<std::string> addresses;
  for (const auto& ingress : status.ingress()) {
    const absl::string_view address = TextOr(ingress.ip(), ingress.hostname());
    if (!address.empty()) addresses.emplace(address);
  }
  return absl::StrJoin(addresses, ",");
}

std::string ExternalAddresses(const api::Service& service) {
  const api::ServiceSpec& spec = service.spec();
  const std::string given = absl::StrJoin(spec.external_ips(), ",");
  if (spec.type() == "ClusterIP" || spec.type() == "NodePort") {
    return std::string(TextOr(given, kNone));
  }
  if (spec.type() == "LoadBalancer") {
    std::string balanced = LoadBalancerText(service.status().load_balancer());
    if (given.empty()) return balanced.empty() ? "<pending>" : balanced;
    return balanced.empty() ? given : absl::StrCat(balanced, ",", given);
  }
  if (spec.type() == "ExternalName") return spec.external_name();
  return kUnknown;
}

std::string PortsText(const api::Service& service) {
  std::vector<std::string> ports;
  for (const api::ServicePort& port : service.spec().ports()) {
    const std::string node_port = port.node_port() > 0 ? absl::StrCat(":", port.node_port()) : "";
    ports.push_back(absl::StrCat(port.port(), node_port, "/", port.protocol()));
  }
  return ports.empty() ? kNone : absl::StrJoin(ports, ",");
}

void PrintService(const api::Service& service, Row& row) {
  const api::ServiceSpec& spec = service.spec();
  row.Text(service.metadata().name())
      .Text(spec.type())
      .Text(spec.cluster_ips_size() > 0 ? absl::string_view(spec.cluster_ips(0)) : kNone)
      .Text(ExternalAddresses(service))
      .Text(PortsText(service))
      .Age(service.metadata())
      .Text(LabelsText(spec.selector()));
}

constexpr Column kEndpointsColumns[] = {
    kNameColumn,
    {"Endpoints", "string", "Some of the addresses."},
    kAgeColumn,
};

// "10.0.0.1:80", "[fd00::1]:80".
std::string HostPort(const std::string& host, int32_t port) {
  if (host.find(':') == std::string::npos) return absl::StrCat(host, ":", port);
  return absl::StrCat("[", host, "]:", port);
}

void PrintEndpoints(const api::Endpoints& endpoints, Row& row) {
  ShortList list;
  for (const api::EndpointSubset& subset : endpoints.subsets()) {
    if (subset.ports().empty()) {  // Of a headless service.
      for (const api::EndpointAddress& address : subset.addresses()) list.Add(address.ip());
    }
    for (const api::corev1::EndpointPort& port : subset.ports()) {
      for (const api::EndpointAddress& address : subset.addresses()) {
        list.Add(HostPort(address.ip(), port.port()));
      }
    }
  }
  row.Text(endpoints.metadata().name())
      .Text(list.ToString(endpoints.subsets().empty() ? kNone : ""))
      .Age(endpoints.metadata());
}

constexpr Column kEndpointSliceColumns[] = {
    kNameColumn,
    {"AddressType", "string", "What kind of addresses the slice has."},
    {"Ports", "string", "Some of the ports."},
    {"Endpoints", "string", "Some of the addresses."},
    kAgeColumn,
};

void PrintEndpointSlice(const api::EndpointSlice& slice, Row& row) {
  ShortList ports;
  for (const api::discoveryv1::EndpointPort& port : slice.ports()) {
    ports.Add(port.has_port() ? absl::StrCat(port.port()) : port.has_name() ? port.name() : "*");
  }
  ShortList addresses;
  for (const api::Endpoint& endpoint : slice.endpoints()) {
    for (const std::string& address : endpoint.addresses()) addresses.Add(address);
  }
  row.Text(slice.metadata().name())
      .Text(slice.address_type())
      .Text(ports.ToString(kUnset))
      .Text(addresses.ToString(kUnset))
      .Age(slice.metadata());
}

constexpr Column kIngressColumns[] = {
    kNameColumn,
    {"Class", "string", "The class, which says who implements the ingress."},
    {"Hosts", "string", "Some of the hosts that the rules are for."},
    {"Address", "string", "The addresses of the load balancer."},
    {"Ports", "string", "The ports on which it listens."},
    kAgeColumn,
};

// Of the first three rules; rules without a host count, but have nothing to show.
std::string HostsText(const api::IngressSpec& spec) {
  std::vector<std::string> hosts;
  bool more = false;
  for (const api::IngressRule& rule : spec.rules()) {
    if (hosts.size() == 3) more = true;
    if (!more && !rule.host().empty()) hosts.push_back(rule.host());
  }
  if (hosts.empty()) return "*";
  std::string text = absl::StrJoin(hosts, ",");
  if (more) absl::StrAppend(&text, " + ", spec.rules_size() - 3, " more...");
  return text;
}

void PrintIngress(const api::Ingress& ingress, Row& row) {
  const api::IngressSpec& spec = ingress.spec();
  row.Text(ingress.metadata().name())
      .Text(spec.has_ingress_class_name() ? absl::string_view(spec.ingress_class_name()) : kNone)
      .Text(HostsText(spec))
      .Text(LoadBalancerText(ingress.status().load_balancer()))
      .Text(spec.tls().empty() ? "80" : "80, 443")
      .Age(ingress.metadata());
}

constexpr Column kIngressClassColumns[] = {
    kNameColumn,
    {"Controller", "string", "Who implements ingresses of the class."},
    {"Parameters", "string", "The object that has further settings."},
    kAgeColumn,
};

std::string ParametersText(const api::IngressClassSpec& spec) {
  if (!spec.has_parameters()) return kNone;
  const api::IngressClassParametersReference& parameters = spec.parameters();
  const std::string group =
      parameters.has_api_group() ? absl::StrCat(".", parameters.api_group()) : "";
  return absl::StrCat(parameters.kind(), group, "/", parameters.name());
}

void PrintIngressClass(const api::IngressClass& ingress_class, Row& row) {
  row.Text(ingress_class.metadata().name())
      .Text(ingress_class.spec().controller())
      .Text(ParametersText(ingress_class.spec()))
      .Age(ingress_class.metadata());
}

constexpr Column kNetworkPolicyColumns[] = {
    kNameColumn,
    {"Pod-Selector", "string", "The pods that the policy is for."},
    kAgeColumn,
};

void PrintNetworkPolicy(const api::NetworkPolicy& policy, Row& row) {
  row.Text(policy.metadata().name())
      .Text(SelectorText(&policy.spec().pod_selector()))
      .Age(policy.metadata());
}

constexpr Column kServiceCidrColumns[] = {
    kNameColumn,
    {"CIDRs", "string", "The ranges from which services get addresses."},
    kAgeColumn,
};

void PrintServiceCidr(const api::ServiceCIDR& range, Row& row) {
  row.Text(range.metadata().name())
      .Text(absl::StrJoin(range.spec().cidrs(), ","))
      .Age(range.metadata());
}

constexpr Column kIpAddressColumns[] = {
    kNameColumn,
    {"ParentRef", "string", "Whose address it is."},
};

// "services/default/kubernetes", "gateways.networking.example.com/gateway".
std::string ParentText(const api::IPAddressSpec& spec) {
  if (!spec.has_parent_ref()) return kNone;
  const api::ParentReference& parent = spec.parent_ref();
  std::string text = parent.resource();
  if (!parent.group().empty()) absl::StrAppend(&text, ".", parent.group());
  text = absl::AsciiStrToLower(text);
  if (!parent.namespace_().empty()) absl::StrAppend(&text, "/", parent.namespace_());
  return absl::StrCat(text, "/", parent.name());
}

void PrintIpAddress(const api::IPAddress& address, Row& row) {
  row.Text(address.metadata().name()).Text(ParentText(address.spec()));
}

}  // namespace

void AddNetworkPrinters(PrinterTable& table) {
  table.Add<api::Service>(kServiceColumns, PrintService);
  table.Add<api::Endpoints>(kEndpointsColumns, PrintEndpoints);
  table.Add<api::EndpointSlice>(kEndpointSliceColumns, PrintEndpointSlice);
  table.Add<api::Ingress>(kIngressColumns, PrintIngress);
  table.Add<api::IngressClass>(kIngressClassColumns, PrintIngressClass);
  table.Add<api::NetworkPolicy>(kNetworkPolicyColumns, PrintNetworkPolicy);
  table.Add<api::ServiceCIDR>(kServiceCidrColumns, PrintServiceCidr);
  table.Add<api::IPAddress>(kIpAddressColumns, PrintIpAddress);
}

}  // namespace drydock::apiserver
