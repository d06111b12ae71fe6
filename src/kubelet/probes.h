// When to probe a container, and what the answers mean: thresholds and periods of
// startup, readiness and liveness probes. Pure.
#ifndef DRYDOCK_SRC_KUBELET_PROBES_H_
#define DRYDOCK_SRC_KUBELET_PROBES_H_

#include "src/api/core/v1/pod.h"
#include "src/kubelet/pod_record.h"
#include "src/kubelet/prober.h"
#include "src/rt/executor.h"

namespace drydock::kubelet {

// Null when the container has no such probe.
const api::Probe* ProbeOf(const api::Container& spec, ProbeKind kind);

// Sets up `container`, which has just been started or found running.
void BeginProbes(const api::Container& spec, rt::Instant now, ContainerRecord* container);

// The next time at which one of the container's probes is due; infinite when none will be.
rt::Instant NextProbe(const ContainerRecord& container);

// Whether `kind` is due. Readiness and liveness wait for the startup probe.
bool ProbeDue(const ContainerRecord& container, ProbeKind kind, rt::Instant now);

// What an answer has changed.
struct ProbeEffect {
  bool changed = false;    // started or ready.
  bool condemned = false;  // The container is to be killed and restarted.
};
ProbeEffect TakeProbeOutcome(const api::Probe& probe, ProbeKind kind, const ProbeOutcome& outcome,
                             rt::Instant now, ContainerRecord* container);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_PROBES_H_
