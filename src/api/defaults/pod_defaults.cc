// Follows pkg/apis/core/v1/defaults.go of Kubernetes.
#include "src/api/defaults/pod_defaults.h"

#include "absl/strings/string_view.h"
#include "src/api/quantity.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

constexpr int32_t kReadableByAll = 0644;

// The tag of an image: "latest" when there is neither a tag nor a digest.
string_view TagOf(string_view image) {
  const size_t digest = image.find('@');
  const string_view name = image.substr(0, digest);
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  if (colon != string_view::npos && (slash == string_view::npos || colon > slash)) {
    return name.substr(colon + 1);
  }
  return digest == string_view::npos ? "latest" : "";
}

void DefaultHttpGet(HTTPGetAction* action) {
  if (action->path().empty()) action->set_path("/");
  if (action->scheme().empty()) action->set_scheme("HTTP");
}

void DefaultProbe(Probe* probe) {
  if (probe->timeout_seconds() == 0) probe->set_timeout_seconds(1);
  if (probe->period_seconds() == 0) probe->set_period_seconds(10);
  if (probe->success_threshold() == 0) probe->set_success_threshold(1);
  if (probe->failure_threshold() == 0) probe->set_failure_threshold(3);
  if (probe->handler().has_http_get()) {
    DefaultHttpGet(probe->mutable_handler()->mutable_http_get());
  }
}

void DefaultHandler(LifecycleHandler* handler) {
  if (handler->has_http_get()) DefaultHttpGet(handler->mutable_http_get());
}

// Containers, init containers and ephemeral ones have the same fields in different messages.
template <typename C>
void DefaultContainer(C* container) {
  if (container->image_pull_policy().empty()) {
    const bool latest = TagOf(container->image()) == "latest";
    container->set_image_pull_policy(latest ? "Always" : "IfNotPresent");
  }
  if (container->termination_message_path().empty()) {
    container->set_termination_message_path("/dev/termination-log");
  }
  if (container->termination_message_policy().empty()) {
    container->set_termination_message_policy("File");
  }
  for (EnvVar& variable : *container->mutable_env()) {
    if (!variable.value_from().has_field_ref()) continue;
    ObjectFieldSelector* const field = variable.mutable_value_from()->mutable_field_ref();
    if (field->api_version().empty()) field->set_api_version("v1");
  }
  if (container->has_liveness_probe()) DefaultProbe(container->mutable_liveness_probe());
  if (container->has_readiness_probe()) DefaultProbe(container->mutable_readiness_probe());
  if (container->has_startup_probe()) DefaultProbe(container->mutable_startup_probe());
  if (container->has_lifecycle()) {
    Lifecycle* const lifecycle = container->mutable_lifecycle();
    if (lifecycle->has_post_start()) DefaultHandler(lifecycle->mutable_post_start());
    if (lifecycle->has_pre_stop()) DefaultHandler(lifecycle->mutable_pre_stop());
  }
  if (container->has_resources()) {
    RoundToMilli(container->mutable_resources()->mutable_limits());
    RoundToMilli(container->mutable_resources()->mutable_requests());
  }
}

void DefaultDownwardItems(google::protobuf::RepeatedPtrField<DownwardAPIVolumeFile>* items) {
  for (DownwardAPIVolumeFile& item : *items) {
    if (!item.has_field_ref() || !item.field_ref().api_version().empty()) continue;
    item.mutable_field_ref()->set_api_version("v1");
  }
}

void DefaultProjection(VolumeProjection* source) {
  if (source->has_downward_api()) {
    DefaultDownwardItems(source->mutable_downward_api()->mutable_items());
  }
  if (source->has_service_account_token() &&
      !source->service_account_token().has_expiration_seconds()) {
    source->mutable_service_account_token()->set_expiration_seconds(3600);
  }
}

void DefaultVolume(Volume* volume) {
  VolumeSource* const source = volume->mutable_volume_source();
  if (source->ByteSizeLong() == 0) source->mutable_empty_dir();
  if (source->has_secret() && !source->secret().has_default_mode()) {
    source->mutable_secret()->set_default_mode(kReadableByAll);
  }
  if (source->has_config_map() && !source->config_map().has_default_mode()) {
    source->mutable_config_map()->set_default_mode(kReadableByAll);
  }
  if (source->has_downward_api()) {
    DownwardAPIVolumeSource* const downward = source->mutable_downward_api();
    if (!downward->has_default_mode()) downward->set_default_mode(kReadableByAll);
    DefaultDownwardItems(downward->mutable_items());
  }
  if (source->has_projected()) {
    ProjectedVolumeSource* const projected = source->mutable_projected();
    if (!projected->has_default_mode()) projected->set_default_mode(kReadableByAll);
    for (VolumeProjection& part : *projected->mutable_sources()) DefaultProjection(&part);
  }
  if (source->has_host_path() && !source->host_path().has_type()) {
    source->mutable_host_path()->set_type("");
  }
  if (source->has_ephemeral() && source->ephemeral().has_volume_claim_template()) {
    DefaultPersistentVolumeClaimSpec(
        source->mutable_ephemeral()->mutable_volume_claim_template()->mutable_spec());
  }
}

// On the host's network a port of a container is one of the host.
void DefaultHostPorts(google::protobuf::RepeatedPtrField<Container>* containers) {
  for (Container& container : *containers) {
    for (ContainerPort& port : *container.mutable_ports()) {
      if (port.host_port() == 0) port.set_host_port(port.container_port());
    }
  }
}

// What a container may use at most it requests, unless it says otherwise.
void DefaultRequests(google::protobuf::RepeatedPtrField<Container>* containers) {
  for (Container& container : *containers) {
    if (container.resources().limits().empty()) continue;
    ResourceRequirements* const resources = container.mutable_resources();
    for (const QuantityEntry& limit : resources->limits()) {
      if (!Contains(resources->requests(), limit.key())) {
        Set(resources->mutable_requests(), limit.key(), limit.value().string());
      }
    }
  }
}

}  // namespace

void RoundToMilli(ResourceMap* resources) {
  for (QuantityEntry& entry : *resources) {
    const Quantity exact = QuantityOrZero(entry.value().string());
    const Quantity rounded = Quantity::FromMilli(exact.MilliValue(), exact.format());
    // Beyond the range of int64 thousandths nothing is rounded.
    if (rounded > exact) entry.mutable_value()->set_string(rounded.ToString());
  }
}

void DefaultPersistentVolumeClaimSpec(PersistentVolumeClaimSpec* spec) {
  if (!spec->has_volume_mode()) spec->set_volume_mode("Filesystem");
}

void DefaultPodSpec(PodSpec* spec) {
  if (spec->dns_policy().empty()) spec->set_dns_policy("ClusterFirst");
  if (spec->restart_policy().empty()) spec->set_restart_policy("Always");
  if (spec->host_network()) {
    DefaultHostPorts(spec->mutable_containers());
    DefaultHostPorts(spec->mutable_init_containers());
  }
  spec->mutable_security_context();
  if (!spec->has_termination_grace_period_seconds()) {
    spec->set_termination_grace_period_seconds(30);
  }
  if (spec->scheduler_name().empty()) spec->set_scheduler_name("default-scheduler");
  for (Volume& volume : *spec->mutable_volumes()) DefaultVolume(&volume);
  for (Container& container : *spec->mutable_containers()) DefaultContainer(&container);
  for (Container& container : *spec->mutable_init_containers()) DefaultContainer(&container);
  for (EphemeralContainer& container : *spec->mutable_ephemeral_containers()) {
    DefaultContainer(container.mutable_ephemeral_container_common());
  }
  RoundToMilli(spec->mutable_overhead());
}

void DefaultPod(Pod* pod) {
  PodSpec* const spec = pod->mutable_spec();
  DefaultPodSpec(spec);
  DefaultRequests(spec->mutable_containers());
  DefaultRequests(spec->mutable_init_containers());
  if (!spec->has_enable_service_links()) spec->set_enable_service_links(true);
}

}  // namespace drydock::api
