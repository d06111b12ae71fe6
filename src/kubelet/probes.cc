// Counts answers and plans the next questions, skipping those whose answer is known.
#include "src/kubelet/probes.h"

#include <algorithm>
#include <limits>

namespace drydock::kubelet {
namespace {

constexpr std::array<ProbeKind, kProbeKinds> kKinds = {ProbeKind::kStartup, ProbeKind::kReadiness,
                                                       ProbeKind::kLiveness};

absl::Duration PeriodOf(const api::Probe& probe) {
  return absl::Seconds(probe.period_seconds() > 0 ? probe.period_seconds() : 10);
}

int32_t SuccessesNeeded(const api::Probe& probe) { return std::max(probe.success_threshold(), 1); }

int32_t FailuresNeeded(const api::Probe& probe) {
  return probe.failure_threshold() > 0 ? probe.failure_threshold() : 3;
}

ProbeRecord& RecordOf(ContainerRecord& container, ProbeKind kind) {
  return (*container.probes)[static_cast<size_t>(kind)];
}

}  // namespace

const api::Probe* ProbeOf(const api::Container& spec, ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kStartup:
      return spec.has_startup_probe() ? &spec.startup_probe() : nullptr;
    case ProbeKind::kReadiness:
      return spec.has_readiness_probe() ? &spec.readiness_probe() : nullptr;
    case ProbeKind::kLiveness:
      return spec.has_liveness_probe() ? &spec.liveness_probe() : nullptr;
  }
  return nullptr;
}

void BeginProbes(const api::Container& spec, rt::Instant now, ContainerRecord* container) {
  container->started = !spec.has_startup_probe();
  container->ready = container->started && !spec.has_readiness_probe();
  container->probes.reset();
  for (const ProbeKind kind : kKinds) {
    const api::Probe* const probe = ProbeOf(spec, kind);
    if (probe == nullptr) continue;
    if (container->probes == nullptr) container->probes = std::make_unique<ProbeRecords>();
    ProbeRecord& record = RecordOf(*container, kind);
    record.configured = true;
    record.next = now + absl::Seconds(std::max(probe->initial_delay_seconds(), 0));
  }
}

rt::Instant NextProbe(const ContainerRecord& container) {
  rt::Instant next = absl::InfiniteDuration();
  if (container.probes == nullptr || container.state != ContainerRunState::kRunning) return next;
  for (const ProbeKind kind : kKinds) {
    const ProbeRecord& record = (*container.probes)[static_cast<size_t>(kind)];
    const bool waits = (kind == ProbeKind::kStartup) == container.started;
    if (record.configured && !record.in_flight && !waits) next = std::min(next, record.next);
  }
  return next;
}

bool ProbeDue(const ContainerRecord& container, ProbeKind kind, rt::Instant now) {
  if (container.probes == nullptr || container.state != ContainerRunState::kRunning) return false;
  const ProbeRecord& record = (*container.probes)[static_cast<size_t>(kind)];
  const bool waits = (kind == ProbeKind::kStartup) == container.started;
  return record.configured && !record.in_flight && !waits && record.next <= now;
}

ProbeEffect TakeProbeOutcome(const api::Probe& probe, ProbeKind kind, const ProbeOutcome& outcome,
                             rt::Instant now, ContainerRecord* container) {
  ProbeEffect effect;
  ProbeRecord& record = RecordOf(*container, kind);
  if (record.succeeding != outcome.success) record.run = 0;
  record.succeeding = outcome.success;
  record.run = std::min(record.run, std::numeric_limits<int32_t>::max() - 1) + 1;
  const int32_t needed = outcome.success ? SuccessesNeeded(probe) : FailuresNeeded(probe);

  // While the answer is known, only the question that reaches the threshold matters.
  const absl::Duration period = PeriodOf(probe);
  if (outcome.holds_for == absl::InfiniteDuration()) {
    record.next = record.run < needed ? now + period : absl::InfiniteDuration();
  } else if (record.run < needed) {
    record.next = now + period;
  } else {
    record.next =
        now + period * std::max<int64_t>(absl::Ceil(outcome.holds_for, period) / period, 1);
  }

  if (record.run < needed) return effect;
  switch (kind) {
    case ProbeKind::kStartup:
      if (outcome.success) {
        effect.changed = !container->started;
        container->started = true;
        const ProbeRecord& readiness = RecordOf(*container, ProbeKind::kReadiness);
        if (!readiness.configured) container->ready = true;
      } else {
        effect.condemned = true;
      }
      break;
    case ProbeKind::kReadiness:
      effect.changed = container->ready != outcome.success;
      container->ready = outcome.success;
      break;
    case ProbeKind::kLiveness:
      effect.condemned = !outcome.success;
      break;
  }
  return effect;
}

}  // namespace drydock::kubelet
