// What a simulated container does once it has been started: how long it runs, how it
// ends, what it uses, how it takes SIGTERM, when it is ready.
//
// The scenario gives defaults; annotations of the pod under sim.drydock.dev/ override
// them (docs/simulated-containers.md lists them).
#ifndef DRYDOCK_SIM_RUNTIME_WORKLOAD_MODEL_H_
#define DRYDOCK_SIM_RUNTIME_WORKLOAD_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sim/runtime/duration_model.h"
#include "src/rt/container_runtime.h"
#include "src/rt/random.h"

namespace drydock::sim {

inline constexpr char kSimAnnotationPrefix[] = "sim.drydock.dev/";

// Scenario-level defaults.
struct WorkloadDefaults {
  DurationModel service_run_for = DurationModel::Never();  // restartPolicy Always, sidecars.
  DurationModel job_run_for = DurationModel::Fixed(absl::Seconds(30));  // Never, OnFailure.
  DurationModel init_run_for = DurationModel::Fixed(absl::Seconds(1));
  DurationModel start_latency =
      DurationModel::LogNormal(absl::Milliseconds(150), 0.4);  // StartContainer.
  DurationModel stop_latency =
      DurationModel::Uniform(absl::Milliseconds(50), absl::Milliseconds(500));
  DurationModel ready_after = DurationModel::Fixed(absl::ZeroDuration());
  double fail_probability = 0;
  double usage_cpu_of_request = 0.5;  // Used when nothing is said: share of the request.
  double usage_memory_of_request = 0.7;
};

// One incarnation's lot, drawn when it is created.
struct ContainerFate {
  absl::Duration start_latency;
  absl::Duration runs_for = absl::InfiniteDuration();
  int32_t exit_code = 0;
  bool out_of_memory = false;   // It is how it ends after runs_for.
  absl::Duration stop_latency;  // From SIGTERM; infinite: only SIGKILL ends it.
  int32_t stop_exit_code = 0;
  absl::Duration ready_after;
  absl::Duration unready_after = absl::InfiniteDuration();    // Readiness fails from then on.
  absl::Duration unhealthy_after = absl::InfiniteDuration();  // Liveness fails from then on.
  int64_t usage_cpu_millis = 0;
  int64_t usage_memory_bytes = 0;
};

// `random` is of this incarnation. Errors name the annotation.
absl::StatusOr<ContainerFate> DrawFate(const rt::ContainerConfig& config,
                                       const WorkloadDefaults& defaults, rt::Random random);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_WORKLOAD_MODEL_H_
