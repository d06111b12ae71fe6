// Probes of simulated containers: what was drawn for a container says from when on it is
// ready, and until when it is ready and healthy (sim.drydock.dev/ready-after,
// unready-after, unhealthy-after).
#ifndef DRYDOCK_SIM_RUNTIME_SIM_PROBER_H_
#define DRYDOCK_SIM_RUNTIME_SIM_PROBER_H_

#include "sim/runtime/container_runtime.h"
#include "src/kubelet/prober.h"

namespace drydock::sim {

class SimProber final : public kubelet::Prober {
 public:
  // `runtime` outlives the prober.
  explicit SimProber(const SimContainerRuntime& runtime) : runtime_(runtime) {}

  // Answers at once. A startup probe passes when the container is ready.
  rt::Task<kubelet::ProbeOutcome> Probe(kubelet::ProbeTarget target) override;

 private:
  const SimContainerRuntime& runtime_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_SIM_PROBER_H_
