// From pods to endpoints and ports.
#include "src/controllers/endpoint_slice/endpoints_of_service.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/core/v1/selection.h"
#include "src/api/int_or_string.h"

namespace drydock::controllers {
namespace {

bool IsPodReady(const api::Pod& pod) {
  return std::any_of(pod.status().conditions().begin(), pod.status().conditions().end(),
                     [](const api::PodCondition& condition) {
                       return condition.type() == "Ready" && condition.status() == "True";
                     });
}

bool IsFinished(const api::Pod& pod) {
  return pod.status().phase() == "Succeeded" || pod.status().phase() == "Failed";
}

bool IsIpv6(absl::string_view address) { return address.find(':') != absl::string_view::npos; }

const std::string& ProtocolOf(const std::string& protocol) {
  static const auto& tcp = *new std::string("TCP");
  return protocol.empty() ? tcp : protocol;
}

template <typename Containers>
std::optional<int32_t> NamedPort(const Containers& containers, const std::string& name,
                                 const std::string& protocol) {
  for (const api::Container& container : containers) {
    for (const api::ContainerPort& port : container.ports()) {
      if (port.name() == name && ProtocolOf(port.protocol()) == protocol) {
        return port.container_port();
      }
    }
  }
  return std::nullopt;
}

std::optional<int32_t> TargetPort(const api::ServicePort& port, const api::Pod& pod) {
  if (!port.has_target_port()) return port.port();
  if (!api::IsString(port.target_port())) {
    const int32_t number = port.target_port().int_val();
    return number != 0 ? number : port.port();
  }
  const std::string& name = port.target_port().str_val();
  const std::string& protocol = ProtocolOf(port.protocol());
  std::optional<int32_t> number = NamedPort(pod.spec().containers(), name, protocol);
  if (!number.has_value()) {
    // Sidecars run as long as the pod.
    for (const api::Container& container : pod.spec().init_containers()) {
      if (container.restart_policy() != "Always") continue;
      for (const api::ContainerPort& candidate : container.ports()) {
        if (candidate.name() == name && ProtocolOf(candidate.protocol()) == protocol) {
          return candidate.container_port();
        }
      }
    }
  }
  return number;
}

}  // namespace

bool HasEndpoint(const api::Pod& pod) {
  return !IsFinished(pod) && (!pod.status().pod_ip().empty() || pod.status().pod_ips_size() > 0);
}

bool EndpointChanged(const api::Pod& before, const api::Pod& after) {
  if (HasEndpoint(before) != HasEndpoint(after)) return true;
  if (!HasEndpoint(after)) return false;
  const auto same_ip = [](const auto& a, const auto& b) { return a.ip() == b.ip(); };
  const auto& x = before.status().pod_ips();
  const auto& y = after.status().pod_ips();
  return IsPodReady(before) != IsPodReady(after) ||
         before.metadata().has_deletion_timestamp() != after.metadata().has_deletion_timestamp() ||
         before.spec().node_name() != after.spec().node_name() ||
         before.status().pod_ip() != after.status().pod_ip() ||
         !std::equal(x.begin(), x.end(), y.begin(), y.end(), same_ip);
}

std::vector<std::string> AddressTypesOf(const api::Service& service) {
  std::vector<std::string> types(service.spec().ip_families().begin(),
                                 service.spec().ip_families().end());
  if (types.empty()) types.push_back(IsIpv6(service.spec().cluster_ip()) ? "IPv6" : "IPv4");
  return types;
}

api::Endpoint EndpointOf(const api::Service& service, const api::Pod& pod,
                         absl::string_view address_type) {
  const bool ready = IsPodReady(pod);
  const bool terminating = pod.metadata().has_deletion_timestamp();
  api::Endpoint endpoint;
  for (const api::PodIP& ip : pod.status().pod_ips()) {
    if (IsIpv6(ip.ip()) == (address_type == "IPv6")) endpoint.add_addresses(ip.ip());
  }
  if (pod.status().pod_ips_size() == 0 &&
      IsIpv6(pod.status().pod_ip()) == (address_type == "IPv6")) {
    endpoint.add_addresses(pod.status().pod_ip());
  }
  api::EndpointConditions& conditions = *endpoint.mutable_conditions();
  conditions.set_ready(service.spec().publish_not_ready_addresses() || (ready && !terminating));
  conditions.set_serving(ready);
  conditions.set_terminating(terminating);
  if (!pod.spec().hostname().empty() && pod.spec().subdomain() == service.metadata().name()) {
    endpoint.set_hostname(pod.spec().hostname());
  }
  if (!pod.spec().node_name().empty()) endpoint.set_node_name(pod.spec().node_name());
  api::corev1::ObjectReference& target = *endpoint.mutable_target_ref();
  target.set_kind("Pod");
  target.set_namespace_(pod.metadata().namespace_());
  target.set_name(pod.metadata().name());
  target.set_uid(pod.metadata().uid());
  return endpoint;
}

std::vector<api::discoveryv1::EndpointPort> PortsOf(const api::Service& service,
                                                    const api::Pod& pod) {
  std::vector<api::discoveryv1::EndpointPort> ports;
  for (const api::ServicePort& port : service.spec().ports()) {
    const std::optional<int32_t> number = TargetPort(port, pod);
    if (!number.has_value()) continue;  // The pod has no port of that name.
    api::discoveryv1::EndpointPort& added = ports.emplace_back();
    added.set_name(port.name());
    added.set_port(*number);
    added.set_protocol(ProtocolOf(port.protocol()));
    if (port.has_app_protocol()) added.set_app_protocol(port.app_protocol());
  }
  return ports;
}

std::string PortsKey(const std::vector<api::discoveryv1::EndpointPort>& ports) {
  std::vector<std::string> texts;
  for (const api::discoveryv1::EndpointPort& port : ports) {
    texts.push_back(absl::StrCat(port.name(), "/", port.port(), "/", port.protocol(), "/",
                                 port.app_protocol()));
  }
  std::sort(texts.begin(), texts.end());
  return absl::StrJoin(texts, ",");
}

}  // namespace drydock::controllers
