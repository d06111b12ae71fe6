// Zones: how disrupted they are, and the pace of NoExecute taints in them.
#include <utility>

#include "src/api/status.h"
#include "src/controllers/node_lifecycle/node_lifecycle_controller.h"

namespace drydock::controllers {
namespace {

constexpr absl::Duration kTaintPeriod = absl::Milliseconds(100);

}  // namespace

ZoneState NodeLifecycleController::zone_state(const std::string& zone_key) const {
  const auto zone = zones_.find(zone_key);
  return zone == zones_.end() ? ZoneState::kInitial : zone->second.state;
}

void NodeLifecycleController::SetRate(Zone& zone, ZoneState state) {
  double rate = options_.eviction_rate;
  if (state == ZoneState::kPartialDisruption) {
    rate = zone.counts.size() > options_.large_zone ? options_.secondary_eviction_rate : 0;
  }
  zone.tainting.SetRate(rate, env_.executor().Now());
}

rt::Task<> NodeLifecycleController::HandleDisruption() {
  for (auto& [key, zone] : zones_) zone.counts = {};
  for (auto& [name, health] : health_) {
    if (health.excluded) continue;
    // A node that was marked unknown a moment ago may still look ready in the cache.
    const bool silent = env_.executor().Now() > health.probed + options_.monitor_grace_period;
    ZoneCounts& counts = ZoneOf(health).counts;
    ++(health.readiness == Readiness::kTrue && !silent ? counts.ready : counts.not_ready);
  }
  std::erase_if(zones_, [](const auto& entry) {
    return entry.second.counts.size() == 0 && entry.second.tainting.waiting() == 0;
  });

  bool all_are_full = true;
  bool all_were_full = true;
  std::map<std::string, ZoneState> states;
  for (const auto& [key, zone] : zones_) {
    if (zone.counts.size() == 0) continue;
    const ZoneState state = ComputeZoneState(zone.counts, options_.unhealthy_zone_threshold);
    states[key] = state;
    if (state != ZoneState::kFullDisruption) all_are_full = false;
    if (zone.state != ZoneState::kFullDisruption) all_were_full = false;
  }
  if (states.empty() || (all_are_full && all_were_full)) co_return;

  if (all_are_full) {
    // Every node is gone: more likely it is us who are cut off. Stop all evictions.
    std::vector<Work> work;
    for (auto& [name, health] : health_) {
      ZoneOf(health).tainting.Remove(name);
      if (health.no_execute) work.push_back({.node = name, .untaint = true});
    }
    for (auto& [key, zone] : zones_) {
      zone.tainting.SetRate(0, env_.executor().Now());
      zone.state = ZoneState::kFullDisruption;
    }
    size_t next = 0;
    co_await DoWork(work, next);
    co_return;
  }
  if (all_were_full) {
    // We hear again: everybody gets a whole grace period to speak.
    for (auto& [name, health] : health_) health.probed = env_.executor().Now();
  }
  for (const auto& [key, state] : states) {
    Zone& zone = zones_.at(key);
    if (zone.state == state && !all_were_full) continue;
    SetRate(zone, state);
    zone.state = state;
  }
}

rt::Task<> NodeLifecycleController::Taint() {
  for (;;) {
    co_await env_.executor().SleepFor(kTaintPeriod);
    // Nodes first, then requests: zones may come and go while they are under way.
    std::vector<std::pair<std::string, std::string>> taken;
    for (auto& [key, zone] : zones_) {
      for (;;) {
        std::string node = zone.tainting.Take(env_.executor().Now());
        if (node.empty()) break;
        taken.emplace_back(key, std::move(node));
      }
    }
    for (const auto& [zone, node] : taken) co_await TaintOne(zone, node);
  }
}

rt::Task<> NodeLifecycleController::TaintOne(std::string zone, std::string node) {
  const auto health = by_name_.find(node);
  if (health == by_name_.end()) co_return;
  const Readiness readiness = health->second->readiness;
  if (readiness == Readiness::kTrue || readiness == Readiness::kNone) co_return;
  const bool unknown = readiness == Readiness::kUnknown;
  const absl::Status status = co_await ChangeTaints(
      client_, nodes_, node, {{unknown ? kTaintUnreachable : kTaintNotReady, kNoExecute}},
      {{unknown ? kTaintNotReady : kTaintUnreachable, kNoExecute}});
  if (status.ok()) {
    ++metrics_.no_execute_taints;
  } else if (!api::IsNotFound(status)) {
    ++metrics_.failures;
    const auto found = zones_.find(zone);
    if (found != zones_.end()) found->second.tainting.PutBack(node);
  }
}

}  // namespace drydock::controllers
