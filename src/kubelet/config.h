// How a kubelet is set up: what its node offers, and the periods by which it works.
// Defaults are those of KubeletConfiguration (kubelet.config.k8s.io/v1beta1).
#ifndef DRYDOCK_SRC_KUBELET_CONFIG_H_
#define DRYDOCK_SRC_KUBELET_CONFIG_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace drydock::kubelet {

// Resource names and canonical quantities, sorted by name.
using ResourceValues = std::vector<std::pair<std::string, std::string>>;

struct NodeTaint {
  std::string key;
  std::string value;
  std::string effect;
};

struct KubeletConfig {
  std::string node_name;
  std::string host_ip;
  std::string provider_id;
  std::vector<std::pair<std::string, std::string>> labels;  // Besides the well-known ones.
  std::vector<std::pair<std::string, std::string>> annotations;
  std::vector<NodeTaint> taints;  // registerWithTaints.
  bool register_node = true;

  // cpu, memory, ephemeral-storage, pods (else max_pods), hugepages, extended resources.
  ResourceValues capacity;
  // systemReserved, kubeReserved and hard eviction thresholds together.
  ResourceValues reserved;
  int max_pods = 110;

  std::string machine_id;
  std::string boot_id;
  std::string architecture = "amd64";
  std::string operating_system = "linux";
  std::string os_image = "Debian GNU/Linux 12 (bookworm)";
  std::string kernel_version = "6.1.0";
  std::string container_runtime_version = "containerd://2.1.4";
  std::string kubelet_version = "v1.35.0";
  int32_t port = 10250;

  absl::Duration node_status_update_frequency = absl::Seconds(10);
  absl::Duration node_status_report_frequency = absl::Minutes(5);
  absl::Duration node_lease_duration = absl::Seconds(40);
  // 0.25 of the duration, as in Kubernetes.
  absl::Duration node_lease_renew_interval = absl::Seconds(10);
  int node_status_max_images = 50;

  absl::Duration crash_loop_initial = absl::Seconds(10);
  absl::Duration crash_loop_max = absl::Minutes(5);
  absl::Duration image_pull_initial = absl::Seconds(10);
  absl::Duration image_pull_max = absl::Minutes(5);
  // After a runtime call failed: sandboxes and containers that could not be made or stopped.
  absl::Duration runtime_retry = absl::Seconds(10);
  int max_parallel_image_pulls = 1;  // 1: serializeImagePulls.

  // The first status of a pod is held back this long, so that a pod that starts quickly
  // costs one write and not two. Kubernetes does not wait.
  absl::Duration first_status_delay = absl::ZeroDuration();
  bool record_events = true;
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_CONFIG_H_
