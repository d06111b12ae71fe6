// Zones' states and eviction queues.
#include "src/controllers/node_lifecycle/zone_disruption.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/api/maps.h"

namespace drydock::controllers {
namespace {

const std::string* Label(const api::Node& node, absl::string_view key, absl::string_view legacy) {
  const std::string* value = api::Find(node.metadata().labels(), key);
  return value != nullptr ? value : api::Find(node.metadata().labels(), legacy);
}

}  // namespace

std::string ZoneKey(const api::Node& node) {
  const std::string* region =
      Label(node, "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region");
  const std::string* zone =
      Label(node, "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");
  if ((region == nullptr || region->empty()) && (zone == nullptr || zone->empty())) return "";
  return absl::StrCat(region != nullptr ? *region : "", "/", zone != nullptr ? *zone : "");
}

ZoneState ComputeZoneState(const ZoneCounts& counts, double unhealthy_threshold) {
  if (counts.ready == 0 && counts.not_ready > 0) return ZoneState::kFullDisruption;
  if (counts.not_ready > 2 &&
      static_cast<double>(counts.not_ready) / counts.size() >= unhealthy_threshold) {
    return ZoneState::kPartialDisruption;
  }
  return ZoneState::kNormal;
}

bool EvictionQueue::Add(const std::string& node) {
  if (!known_.emplace(node, next_).second) return false;
  waiting_.emplace(next_++, node);
  return true;
}

void EvictionQueue::Remove(const std::string& node) {
  if (known_.empty()) return;  // As on most days: spares a look-up for every node.
  const auto known = known_.find(node);
  if (known == known_.end()) return;
  waiting_.erase(known->second);
  known_.erase(known);
}

void EvictionQueue::Refill(rt::Instant now) {
  tokens_ = std::min(1.0, tokens_ + absl::ToDoubleSeconds(now - refilled_) * rate_);
  refilled_ = now;
}

void EvictionQueue::SetRate(double rate, rt::Instant now) {
  if (rate == rate_) return;
  Refill(now);
  // A new limiter begins full, unless the old one was empty.
  tokens_ = tokens_ >= 1 ? 1 : 0;
  rate_ = rate;
}

std::string EvictionQueue::Take(rt::Instant now) {
  if (waiting_.empty() || rate_ <= 0) return "";
  Refill(now);
  // A hair's breadth below one is one: sums of fractions of a second do not meet it.
  if (tokens_ < 1 - 1e-9) return "";
  tokens_ = std::max(0.0, tokens_ - 1);
  const auto first = waiting_.begin();
  std::string node = std::move(first->second);
  waiting_.erase(first);
  return node;
}

void EvictionQueue::PutBack(const std::string& node) {
  const auto known = known_.find(node);
  if (known == known_.end() || waiting_.contains(known->second)) return;
  known->second = next_;
  waiting_.emplace(next_++, node);
}

}  // namespace drydock::controllers
