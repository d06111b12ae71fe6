// Reads a container's drawn health.
#include "sim/runtime/sim_prober.h"

#include <optional>
#include <utility>

namespace drydock::sim {
namespace {

kubelet::ProbeOutcome Succeeds(absl::Duration holds_for) { return {true, "", holds_for}; }

kubelet::ProbeOutcome Fails(absl::Duration holds_for) {
  return {false, "HTTP probe failed with statuscode: 503", holds_for};
}

}  // namespace

rt::Task<kubelet::ProbeOutcome> SimProber::Probe(kubelet::ProbeTarget target) {
  const std::optional<SimContainerRuntime::Health> health = runtime_.HealthOf(target.container_id);
  if (!health.has_value()) co_return Fails(absl::ZeroDuration());
  if (target.kind == kubelet::ProbeKind::kLiveness) {
    if (health->running_for >= health->unhealthy_after) co_return Fails(absl::InfiniteDuration());
    co_return Succeeds(health->unhealthy_after - health->running_for);
  }
  if (health->running_for < health->ready_after) {
    co_return Fails(health->ready_after - health->running_for);
  }
  if (target.kind == kubelet::ProbeKind::kStartup) co_return Succeeds(absl::InfiniteDuration());
  if (health->running_for >= health->unready_after) co_return Fails(absl::InfiniteDuration());
  co_return Succeeds(health->unready_after - health->running_for);
}

}  // namespace drydock::sim
