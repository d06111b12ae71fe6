// Containers: names, images, ports, environment, mounts, probes, resources.
// Rules of pkg/apis/core/validation of Kubernetes.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/int_or_string.h"
#include "src/api/quantity.h"
#include "src/api/validation/metadata_validation.h"
#include "src/api/validation/pod_validation.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

bool IsStandardContainerResource(string_view name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" ||
         absl::StartsWith(name, "hugepages-");
}

bool IsExtendedResource(string_view name) {
  return absl::StrContains(name, '/') && !absl::StartsWith(name, "requests.") &&
         !absl::StrContains(name, "kubernetes.io/");
}

void ValidateAmounts(const ResourceMap& amounts, const std::string& path, FieldErrors* errors) {
  for (const QuantityEntry& entry : amounts) {
    const std::string at = absl::StrCat(path, "[", entry.key(), "]");
    errors->AddComplaints(at, entry.key(), CheckQualifiedName(entry.key()));
    if (!absl::StrContains(entry.key(), '/') && !IsStandardContainerResource(entry.key())) {
      errors->Invalid(at, Quoted(entry.key()), "must be a standard resource for containers");
    }
    const Quantity amount = QuantityOrZero(entry.value().string());
    if (amount.Sign() < 0) errors->Invalid(at, Quoted(amount.ToString()), kNotNegative);
    if (IsExtendedResource(entry.key()) && amount.MilliValue() % 1000 != 0) {
      errors->Invalid(at, Quoted(amount.ToString()), "must be an integer");
    }
  }
}

void ValidateHttpGet(const HTTPGetAction& action, const std::string& path, FieldErrors* errors);

void ValidatePort(const IntOrString& port, const std::string& path, FieldErrors* errors) {
  if (IsString(port)) {
    errors->AddComplaints(path, port.str_val(), CheckPortName(port.str_val()));
  } else {
    for (const std::string& complaint : CheckPortNumber(port.int_val())) {
      errors->Invalid(path, port.int_val(), complaint);
    }
  }
}

void ValidateHttpGet(const HTTPGetAction& action, const std::string& path, FieldErrors* errors) {
  if (action.path().empty()) errors->Required(path + ".path");
  ValidatePort(action.port(), path + ".port", errors);
  errors->CheckSupported(path + ".scheme", action.scheme(), {"HTTP", "HTTPS"});
}

void ValidateExec(const ExecAction& action, const std::string& path, FieldErrors* errors) {
  if (action.command().empty()) errors->Required(path + ".command");
}

// Counts a handler; there may be one.
bool IsFirst(const std::string& path, int* handlers, FieldErrors* errors) {
  if (++*handlers == 1) return true;
  errors->Forbidden(path, "may not specify more than 1 handler type");
  return false;
}

void ValidateProbe(const Probe& probe, const std::string& path, bool only_once,
                   FieldErrors* errors) {
  const ProbeHandler& handler = probe.handler();
  int handlers = 0;
  if (handler.has_exec() && IsFirst(path + ".exec", &handlers, errors)) {
    ValidateExec(handler.exec(), path + ".exec", errors);
  }
  if (handler.has_http_get() && IsFirst(path + ".httpGet", &handlers, errors)) {
    ValidateHttpGet(handler.http_get(), path + ".httpGet", errors);
  }
  if (handler.has_tcp_socket() && IsFirst(path + ".tcpSocket", &handlers, errors)) {
    ValidatePort(handler.tcp_socket().port(), path + ".tcpSocket.port", errors);
  }
  if (handler.has_grpc() && IsFirst(path + ".grpc", &handlers, errors)) {
    for (const std::string& complaint : CheckPortNumber(handler.grpc().port())) {
      errors->Invalid(path + ".grpc.port", handler.grpc().port(), complaint);
    }
  }
  if (handlers == 0) errors->Required(path, "must specify a handler type");
  errors->CheckNonNegative(path + ".initialDelaySeconds", probe.initial_delay_seconds());
  errors->CheckNonNegative(path + ".timeoutSeconds", probe.timeout_seconds());
  errors->CheckNonNegative(path + ".periodSeconds", probe.period_seconds());
  errors->CheckNonNegative(path + ".successThreshold", probe.success_threshold());
  errors->CheckNonNegative(path + ".failureThreshold", probe.failure_threshold());
  if (probe.has_termination_grace_period_seconds() &&
      probe.termination_grace_period_seconds() <= 0) {
    errors->Invalid(path + ".terminationGracePeriodSeconds",
                    probe.termination_grace_period_seconds(), "must be greater than 0");
  }
  if (only_once && probe.success_threshold() != 1) {
    errors->Invalid(path + ".successThreshold", probe.success_threshold(), "must be 1");
  }
}

void ValidateHandler(const LifecycleHandler& handler, const std::string& path,
                     FieldErrors* errors) {
  int handlers = 0;
  if (handler.has_exec() && IsFirst(path + ".exec", &handlers, errors)) {
    ValidateExec(handler.exec(), path + ".exec", errors);
  }
  if (handler.has_http_get() && IsFirst(path + ".httpGet", &handlers, errors)) {
    ValidateHttpGet(handler.http_get(), path + ".httpGet", errors);
  }
  if (handler.has_tcp_socket() && IsFirst(path + ".tcpSocket", &handlers, errors)) {
    ValidatePort(handler.tcp_socket().port(), path + ".tcpSocket.port", errors);
  }
  if (handler.has_sleep() && IsFirst(path + ".sleep", &handlers, errors)) {
    errors->CheckNonNegative(path + ".sleep.seconds", handler.sleep().seconds());
  }
  if (handlers == 0) errors->Required(path, "must specify a handler type");
}

void ValidateEnv(const EnvVar& variable, const std::string& path, FieldErrors* errors) {
  if (variable.name().empty()) {
    errors->Required(path + ".name");
  } else {
    errors->AddComplaints(path + ".name", variable.name(), CheckEnvVarName(variable.name()));
  }
  if (!variable.has_value_from()) return;
  const EnvVarSource& source = variable.value_from();
  const int sources = source.has_field_ref() + source.has_resource_field_ref() +
                      source.has_config_map_key_ref() + source.has_secret_key_ref() +
                      source.has_file_key_ref();
  if (sources == 0) {
    errors->Invalid(path + ".valueFrom", "\"\"",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                    "`secretKeyRef` or `fileKeyRef`");
  } else if (!variable.value().empty()) {
    errors->Invalid(path + ".valueFrom", "\"\"", "may not be specified when `value` is not empty");
  } else if (sources > 1) {
    errors->Invalid(path + ".valueFrom", "\"\"",
                    "may not have more than one field specified at a "
                    "time");
  }
}

struct Seen {
  std::set<std::string> names;    // Of containers of all sorts.
  std::set<std::string> volumes;  // That the pod has.
};

template <typename C>
void ValidatePorts(const C& container, const std::string& path, FieldErrors* errors) {
  std::set<std::string> names;
  for (int i = 0; i < container.ports_size(); ++i) {
    const ContainerPort& port = container.ports(i);
    const std::string at = absl::StrCat(path, ".ports[", i, "]");
    if (!port.name().empty()) {
      const Complaints complaints = CheckPortName(port.name());
      errors->AddComplaints(at + ".name", port.name(), complaints);
      if (complaints.empty() && !names.insert(port.name()).second) {
        errors->Duplicate(at + ".name", Quoted(port.name()));
      }
    }
    if (port.container_port() == 0) {
      errors->Required(at + ".containerPort");
    } else {
      for (const std::string& complaint : CheckPortNumber(port.container_port())) {
        errors->Invalid(at + ".containerPort", port.container_port(), complaint);
      }
    }
    if (port.host_port() != 0) {
      for (const std::string& complaint : CheckPortNumber(port.host_port())) {
        errors->Invalid(at + ".hostPort", port.host_port(), complaint);
      }
    }
    if (port.protocol().empty()) {
      errors->Required(at + ".protocol");
    } else {
      errors->CheckSupported(at + ".protocol", port.protocol(), {"TCP", "UDP", "SCTP"});
    }
  }
}

template <typename C>
void ValidateMounts(const C& container, const std::string& path, const Seen& seen,
                    FieldErrors* errors) {
  std::set<std::string> paths;
  for (int i = 0; i < container.volume_mounts_size(); ++i) {
    const VolumeMount& mount = container.volume_mounts(i);
    const std::string at = absl::StrCat(path, ".volumeMounts[", i, "]");
    if (mount.name().empty()) errors->Required(at + ".name");
    if (!mount.name().empty() && seen.volumes.count(mount.name()) == 0) {
      errors->NotFound(at + ".name", Quoted(mount.name()));
    }
    if (mount.mount_path().empty()) errors->Required(at + ".mountPath");
    if (!paths.insert(mount.mount_path()).second) {
      errors->Invalid(at + ".mountPath", Quoted(mount.mount_path()), "must be unique");
    }
    if (!mount.sub_path().empty() && !mount.sub_path_expr().empty()) {
      errors->Invalid(at + ".subPathExpr", Quoted(mount.sub_path_expr()),
                      "subPathExpr and subPath are mutually exclusive");
    }
    if (mount.has_mount_propagation()) {
      errors->CheckSupported(at + ".mountPropagation", mount.mount_propagation(),
                             {"Bidirectional", "HostToContainer", "None"});
    }
  }
}

template <typename C>
void ValidateContainer(const C& container, const std::string& path, Seen* seen,
                       FieldErrors* errors) {
  if (container.name().empty()) {
    errors->Required(path + ".name");
  } else {
    errors->AddComplaints(path + ".name", container.name(), CheckDns1123Label(container.name()));
  }
  if (!container.name().empty() && !seen->names.insert(container.name()).second) {
    errors->Duplicate(path + ".name", Quoted(container.name()));
  }
  const std::string& image = container.image();
  if (!image.empty() && (image.front() == ' ' || image.back() == ' ')) {
    errors->Invalid(path + ".image", Quoted(image), "must not have leading or trailing whitespace");
  }
  errors->CheckSupported(path + ".terminationMessagePolicy", container.termination_message_policy(),
                         {"FallbackToLogsOnError", "File"});
  if (container.image_pull_policy().empty()) {
    errors->Required(path + ".imagePullPolicy");
  } else {
    errors->CheckSupported(path + ".imagePullPolicy", container.image_pull_policy(),
                           {"Always", "IfNotPresent", "Never"});
  }
  ValidatePorts(container, path, errors);
  for (int i = 0; i < container.env_size(); ++i) {
    ValidateEnv(container.env(i), absl::StrCat(path, ".env[", i, "]"), errors);
  }
  ValidateMounts(container, path, *seen, errors);
  ValidateResources(container.resources(), path + ".resources", errors);
}

void ValidateHooks(const Container& container, const std::string& path, FieldErrors* errors) {
  if (container.has_lifecycle()) {
    const Lifecycle& lifecycle = container.lifecycle();
    if (lifecycle.has_post_start()) {
      ValidateHandler(lifecycle.post_start(), path + ".lifecycle.postStart", errors);
    }
    if (lifecycle.has_pre_stop()) {
      ValidateHandler(lifecycle.pre_stop(), path + ".lifecycle.preStop", errors);
    }
  }
  if (container.has_liveness_probe()) {
    ValidateProbe(container.liveness_probe(), path + ".livenessProbe", true, errors);
  }
  if (container.has_readiness_probe()) {
    ValidateProbe(container.readiness_probe(), path + ".readinessProbe", false, errors);
  }
  if (container.has_startup_probe()) {
    ValidateProbe(container.startup_probe(), path + ".startupProbe", true, errors);
  }
}

// Two ports of one pod on the same port of the host.
void ValidateHostPortConflicts(const PodSpec& spec, const std::string& path, FieldErrors* errors) {
  std::set<std::string> taken;
  for (int c = 0; c < spec.containers_size(); ++c) {
    for (int p = 0; p < spec.containers(c).ports_size(); ++p) {
      const ContainerPort& port = spec.containers(c).ports(p);
      if (port.host_port() == 0) continue;
      const std::string key =
          absl::StrCat(port.protocol(), "/", port.host_ip(), "/", port.host_port());
      if (taken.insert(key).second) continue;
      errors->Duplicate(absl::StrCat(path, ".containers[", c, "].ports[", p, "].hostPort"),
                        Quoted(key));
    }
  }
}

}  // namespace

void ValidateResources(const ResourceRequirements& resources, const std::string& path,
                       FieldErrors* errors) {
  ValidateAmounts(resources.limits(), path + ".limits", errors);
  ValidateAmounts(resources.requests(), path + ".requests", errors);
  for (const QuantityEntry& entry : resources.requests()) {
    const std::string* const limit_text = Find(resources.limits(), entry.key());
    const std::string at = absl::StrCat(path, ".requests");
    const Quantity request = QuantityOrZero(entry.value().string());
    const bool fixed =
        IsExtendedResource(entry.key()) || absl::StartsWith(entry.key(), "hugepages-");
    if (limit_text == nullptr) {
      if (fixed)
        errors->Required(path + ".limits", "Limit must be set for non overcommitable resources");
      continue;
    }
    const Quantity limit = QuantityOrZero(*limit_text);
    if (fixed && !(request == limit)) {
      errors->Invalid(
          at, Quoted(request.ToString()),
          absl::StrCat("must be equal to ", entry.key(), " limit of ", limit.ToString()));
    } else if (!fixed && request > limit) {
      errors->Invalid(at, Quoted(request.ToString()),
                      absl::StrCat("must be less than or equal to ", entry.key(), " limit of ",
                                   limit.ToString()));
    }
  }
}

void ValidateContainers(const PodSpec& spec, const std::string& path, FieldErrors* errors) {
  Seen seen;
  for (const Volume& volume : spec.volumes()) seen.volumes.insert(volume.name());
  if (spec.containers().empty()) errors->Required(path + ".containers");
  for (int i = 0; i < spec.containers_size(); ++i) {
    const std::string at = absl::StrCat(path, ".containers[", i, "]");
    ValidateContainer(spec.containers(i), at, &seen, errors);
    ValidateHooks(spec.containers(i), at, errors);
    if (spec.containers(i).image().empty()) errors->Required(at + ".image");
  }
  for (int i = 0; i < spec.init_containers_size(); ++i) {
    const Container& container = spec.init_containers(i);
    const std::string at = absl::StrCat(path, ".initContainers[", i, "]");
    ValidateContainer(container, at, &seen, errors);
    if (container.image().empty()) errors->Required(at + ".image");
    const bool sidecar = container.restart_policy() == "Always";
    if (sidecar) {
      ValidateHooks(container, at, errors);
      continue;
    }
    const auto forbid = [&](bool there, const char* field) {
      if (there) {
        errors->Forbidden(absl::StrCat(at, ".", field),
                          "may not be set for init containers without restartPolicy=Always");
      }
    };
    forbid(container.has_lifecycle(), "lifecycle");
    forbid(container.has_liveness_probe(), "livenessProbe");
    forbid(container.has_readiness_probe(), "readinessProbe");
    forbid(container.has_startup_probe(), "startupProbe");
  }
  for (int i = 0; i < spec.ephemeral_containers_size(); ++i) {
    ValidateContainer(spec.ephemeral_containers(i).ephemeral_container_common(),
                      absl::StrCat(path, ".ephemeralContainers[", i, "]"), &seen, errors);
  }
  ValidateHostPortConflicts(spec, path, errors);
}

}  // namespace drydock::api
