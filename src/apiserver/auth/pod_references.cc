#include "src/apiserver/auth/pod_references.h"

#include <algorithm>

namespace drydock::apiserver {
namespace {

// An empty name is any.
bool Is(absl::string_view named, absl::string_view name) {
  return !named.empty() && (name.empty() || named == name);
}

// Whether `test` holds for the environment of one of the containers.
template <typename Test>
bool AnyContainer(const api::PodSpec& spec, const Test& test) {
  const auto any = [&test](const auto& containers) {
    return std::any_of(containers.begin(), containers.end(), test);
  };
  return any(spec.init_containers()) || any(spec.containers()) ||
         std::any_of(spec.ephemeral_containers().begin(), spec.ephemeral_containers().end(),
                     [&test](const api::EphemeralContainer& container) {
                       return test(container.ephemeral_container_common());
                     });
}

template <typename Volumes, typename Test>
bool AnyProjection(const Volumes& volumes, const Test& test) {
  for (const api::Volume& volume : volumes) {
    for (const api::VolumeProjection& source : volume.volume_source().projected().sources()) {
      if (test(source)) return true;
    }
  }
  return false;
}

}  // namespace

bool NamesSecret(const api::Pod& pod, absl::string_view name) {
  const api::PodSpec& spec = pod.spec();
  for (const api::LocalObjectReference& secret : spec.image_pull_secrets()) {
    if (Is(secret.name(), name)) return true;
  }
  for (const api::Volume& volume : spec.volumes()) {
    if (Is(volume.volume_source().secret().secret_name(), name)) return true;
  }
  if (AnyProjection(spec.volumes(), [&](const api::VolumeProjection& source) {
        return Is(source.secret().local_object_reference().name(), name);
      })) {
    return true;
  }
  return AnyContainer(spec, [&](const auto& container) {
    for (const api::EnvFromSource& source : container.env_from()) {
      if (Is(source.secret_ref().local_object_reference().name(), name)) return true;
    }
    for (const api::EnvVar& variable : container.env()) {
      const auto& key = variable.value_from().secret_key_ref();
      if (Is(key.local_object_reference().name(), name)) return true;
    }
    return false;
  });
}

bool NamesConfigMap(const api::Pod& pod, absl::string_view name) {
  const api::PodSpec& spec = pod.spec();
  for (const api::Volume& volume : spec.volumes()) {
    if (Is(volume.volume_source().config_map().local_object_reference().name(), name)) return true;
  }
  if (AnyProjection(spec.volumes(), [&](const api::VolumeProjection& source) {
        return Is(source.config_map().local_object_reference().name(), name);
      })) {
    return true;
  }
  return AnyContainer(spec, [&](const auto& container) {
    for (const api::EnvFromSource& source : container.env_from()) {
      if (Is(source.config_map_ref().local_object_reference().name(), name)) return true;
    }
    for (const api::EnvVar& variable : container.env()) {
      const auto& key = variable.value_from().config_map_key_ref();
      if (Is(key.local_object_reference().name(), name)) return true;
    }
    return false;
  });
}

bool NamesClaim(const api::Pod& pod, absl::string_view name) {
  for (const api::Volume& volume : pod.spec().volumes()) {
    if (Is(volume.volume_source().persistent_volume_claim().claim_name(), name)) return true;
  }
  return false;
}

absl::string_view ServiceAccountOf(const api::Pod& pod) {
  const std::string& name = pod.spec().service_account_name();
  return name.empty() ? absl::string_view("default") : name;
}

}  // namespace drydock::apiserver
