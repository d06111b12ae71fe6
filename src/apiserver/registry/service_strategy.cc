// Facts: pkg/registry/core/service/storage/alloc.go.
#include "src/apiserver/registry/service_strategy.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/status.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::apiserver {
namespace {

std::optional<uint32_t> ParseAddress(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() != 4) return std::nullopt;
  uint32_t address = 0;
  for (const absl::string_view part : parts) {
    uint32_t byte = 0;
    if (!absl::SimpleAtoi(part, &byte) || byte > 255) return std::nullopt;
    address = address << 8 | byte;
  }
  return address;
}

std::string FormatAddress(uint32_t address) {
  return absl::StrCat(address >> 24, ".", address >> 16 & 255, ".", address >> 8 & 255, ".",
                      address & 255);
}

// All addresses of the network but its own and the broadcast address.
std::unique_ptr<NumberAllocator> AddressesOf(absl::string_view cidr) {
  const std::vector<absl::string_view> parts = absl::StrSplit(cidr, '/');
  uint32_t bits = 0;
  DRYDOCK_CHECK(parts.size() == 2 && absl::SimpleAtoi(parts[1], &bits) && bits <= 30,
                "service_cidr ", cidr);
  const std::optional<uint32_t> network = ParseAddress(parts[0]);
  DRYDOCK_CHECK(network.has_value(), "service_cidr ", cidr);
  const uint32_t host = bits == 0 ? ~uint32_t{0} : (uint32_t{1} << (32 - bits)) - 1;
  const uint32_t base = *network & ~host;
  return std::make_unique<NumberAllocator>(base + 1, base + host - 1);
}

bool WantsAddress(const api::ServiceSpec& spec) {
  return spec.type() != "ExternalName" && spec.cluster_ip() != "None";
}

bool WantsPorts(const api::ServiceSpec& spec) {
  if (spec.type() == "NodePort") return true;
  return spec.type() == "LoadBalancer" && (!spec.has_allocate_load_balancer_node_ports() ||
                                           spec.allocate_load_balancer_node_ports());
}

absl::Status Refuse(const api::Service& service, std::string field, std::string message) {
  return api::Invalid("", "Service", service.metadata().name(),
                      {{"FieldValueInvalid", std::move(message), std::move(field)}});
}

}  // namespace

ServiceStrategy::ServiceStrategy(rt::Random random, const ServerOptions& options)
    : random_(std::move(random)),
      addresses_(AddressesOf(options.service_cidr)),
      ports_(static_cast<uint32_t>(options.first_node_port),
             static_cast<uint32_t>(options.last_node_port)) {}

absl::Status ServiceStrategy::TakeAddress(api::Service* service) {
  api::ServiceSpec& spec = *service->mutable_spec();
  if (spec.type() == "ExternalName") return absl::OkStatus();
  if (spec.cluster_ip().empty() && !spec.cluster_ips().empty()) {
    spec.set_cluster_ip(spec.cluster_ips(0));
  }
  if (spec.cluster_ip().empty()) {
    const std::optional<uint32_t> address = addresses_->TakeAny(random_);
    if (!address.has_value()) {
      return api::InternalError("failed to allocate a serviceIP: range is full");
    }
    spec.set_cluster_ip(FormatAddress(*address));
  } else if (spec.cluster_ip() != "None") {
    const std::optional<uint32_t> address = ParseAddress(spec.cluster_ip());
    const std::string prefix = absl::StrCat("Invalid value: [\"", spec.cluster_ip(),
                                            "\"]: failed to allocate IP ", spec.cluster_ip(), ": ");
    if (!address.has_value() || !addresses_->Contains(*address)) {
      return Refuse(*service, "spec.clusterIPs",
                    absl::StrCat(prefix, "the provided IP is not in the valid range"));
    }
    if (!addresses_->Take(*address)) {
      return Refuse(*service, "spec.clusterIPs",
                    absl::StrCat(prefix, "provided IP is already allocated"));
    }
  }
  spec.clear_cluster_ips();
  spec.add_cluster_ips(spec.cluster_ip());
  if (spec.ip_families().empty()) spec.add_ip_families("IPv4");
  if (spec.ip_family_policy().empty()) spec.set_ip_family_policy("SingleStack");
  return absl::OkStatus();
}

absl::Status ServiceStrategy::TakePorts(api::Service* service) {
  api::ServiceSpec& spec = *service->mutable_spec();
  std::vector<uint32_t> taken;
  const auto give_up = [&](absl::Status why) {
    for (const uint32_t port : taken) ports_.Release(port);
    return why;
  };
  for (int i = 0; i < spec.ports_size(); ++i) {
    api::ServicePort& port = *spec.mutable_ports(i);
    if (port.node_port() != 0) {
      const auto asked = static_cast<uint32_t>(port.node_port());
      if (!ports_.Take(asked)) {
        return give_up(Refuse(
            *service, absl::StrCat("spec.ports[", i, "].nodePort"),
            absl::StrCat("Invalid value: ", asked,
                         ports_.Contains(asked) ? ": provided port is already allocated"
                                                : ": provided port is not in the valid range")));
      }
      taken.push_back(asked);
    } else if (WantsPorts(spec)) {
      const std::optional<uint32_t> any = ports_.TakeAny(random_);
      if (!any.has_value()) {
        return give_up(api::InternalError("failed to allocate a nodePort: range is full"));
      }
      port.set_node_port(static_cast<int32_t>(*any));
      taken.push_back(*any);
    }
  }
  return absl::OkStatus();
}

absl::Status ServiceStrategy::PrepareForCreate(google::protobuf::Message* object) {
  auto& service = static_cast<api::Service&>(*object);
  RETURN_IF_ERROR(TakeAddress(&service));
  const absl::Status ports = TakePorts(&service);
  if (!ports.ok()) {
    const std::optional<uint32_t> address = ParseAddress(service.spec().cluster_ip());
    if (address.has_value()) addresses_->Release(*address);
  }
  return ports;
}

absl::Status ServiceStrategy::PrepareForUpdate(const google::protobuf::Message& before,
                                               google::protobuf::Message* after) {
  const auto& old_service = static_cast<const api::Service&>(before);
  auto& service = static_cast<api::Service&>(*after);
  const api::ServiceSpec& old_spec = old_service.spec();
  api::ServiceSpec& spec = *service.mutable_spec();
  // What was allocated stays when the writer leaves it out.
  if (WantsAddress(old_spec) && WantsAddress(spec)) {
    if (spec.cluster_ip().empty()) {
      spec.set_cluster_ip(old_spec.cluster_ip());
      *spec.mutable_cluster_ips() = old_spec.cluster_ips();
    } else if (spec.cluster_ip() != old_spec.cluster_ip() && !old_spec.cluster_ip().empty()) {
      return Refuse(
          service, "spec.clusterIPs[0]",
          absl::StrCat("Invalid value: [\"", spec.cluster_ip(), "\"]: may not change once set"));
    }
    if (spec.ip_families().empty()) *spec.mutable_ip_families() = old_spec.ip_families();
    if (spec.ip_family_policy().empty()) spec.set_ip_family_policy(old_spec.ip_family_policy());
  } else if (WantsAddress(spec)) {
    RETURN_IF_ERROR(TakeAddress(&service));
  }
  if (WantsPorts(old_spec) && WantsPorts(spec)) {
    for (api::ServicePort& port : *spec.mutable_ports()) {
      for (const api::ServicePort& known : old_spec.ports()) {
        if (port.node_port() == 0 && known.port() == port.port() &&
            known.protocol() == port.protocol()) {
          port.set_node_port(known.node_port());
        }
      }
    }
  }
  // Ports that are new are taken; those that went are free again.
  for (const api::ServicePort& known : old_spec.ports()) {
    ports_.Release(static_cast<uint32_t>(known.node_port()));
  }
  const absl::Status ports = TakePorts(&service);
  if (!ports.ok()) {
    for (const api::ServicePort& known : old_spec.ports()) {
      if (known.node_port() != 0) ports_.Take(static_cast<uint32_t>(known.node_port()));
    }
  }
  return ports;
}

void ServiceStrategy::Released(const google::protobuf::Message& object) {
  const api::ServiceSpec& spec = static_cast<const api::Service&>(object).spec();
  const std::optional<uint32_t> address = ParseAddress(spec.cluster_ip());
  if (address.has_value()) addresses_->Release(*address);
  for (const api::ServicePort& port : spec.ports()) {
    if (port.node_port() != 0) ports_.Release(static_cast<uint32_t>(port.node_port()));
  }
}

void ServiceStrategy::Loaded(const google::protobuf::Message& object) {
  const api::ServiceSpec& spec = static_cast<const api::Service&>(object).spec();
  const std::optional<uint32_t> address = ParseAddress(spec.cluster_ip());
  if (address.has_value()) addresses_->Take(*address);
  for (const api::ServicePort& port : spec.ports()) {
    if (port.node_port() != 0) ports_.Take(static_cast<uint32_t>(port.node_port()));
  }
}

}  // namespace drydock::apiserver
