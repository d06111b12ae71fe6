// Asks a container whether it is healthy: an HTTP, TCP, gRPC or exec probe.
//
// The answer says how long it is known to hold, so that a simulated container whose
// answer never changes is asked once, and not every ten seconds of virtual time.
#ifndef DRYDOCK_SRC_KUBELET_PROBER_H_
#define DRYDOCK_SRC_KUBELET_PROBER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "src/rt/task.h"

namespace k8s::io::api::core::v1 {
class Probe;
}  // namespace k8s::io::api::core::v1

namespace drydock::kubelet {

enum class ProbeKind : uint8_t { kStartup, kReadiness, kLiveness };
inline constexpr int kProbeKinds = 3;

struct ProbeOutcome {
  bool success = true;
  std::string output;  // Of a failure, for the event.
  // The same answer would be given during this time; zero: ask again at the next tick.
  absl::Duration holds_for = absl::ZeroDuration();
};

struct ProbeTarget {
  std::string container_id;
  std::string pod_ip;
  ProbeKind kind = ProbeKind::kReadiness;
  const k8s::io::api::core::v1::Probe* probe = nullptr;  // Valid until the answer.
};

class Prober {
 public:
  virtual ~Prober() = default;
  virtual rt::Task<ProbeOutcome> Probe(ProbeTarget target) = 0;
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_PROBER_H_
