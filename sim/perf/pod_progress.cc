// Counting by the difference between two versions of a pod.
#include "sim/perf/pod_progress.h"

#include <algorithm>
#include <utility>

#include "src/rt/check.h"

namespace drydock::sim {

bool IsScheduled(const api::Pod& pod) { return !pod.spec().node_name().empty(); }

namespace {

// The condition that says whether a pod has a node; null before anybody has looked for one.
const api::PodCondition* FindVerdict(const api::Pod& pod) {
  for (const api::PodCondition& condition : pod.status().conditions()) {
    if (condition.type() == "PodScheduled") return &condition;
  }
  return nullptr;
}

PodProgress::Counts Contribution(const api::Ref<api::Pod>& pod) {
  PodProgress::Counts counts;
  if (!pod || pod->metadata().has_deletion_timestamp()) return counts;
  counts.live = 1;
  counts.unscheduled = IsScheduled(*pod) ? 0 : 1;
  counts.unattempted = IsAttempted(*pod) ? 0 : 1;
  return counts;
}

}  // namespace

bool IsAttempted(const api::Pod& pod) { return IsScheduled(pod) || FindVerdict(pod) != nullptr; }

void PodProgress::Observe(const api::ObjectRef& before, const api::ObjectRef& after) {
  const auto old_pod = api::As<api::Pod>(before);
  const auto new_pod = api::As<api::Pod>(after);
  if (!old_pod && !new_pod) return;
  Counts& counts = counts_[(new_pod ? *new_pod : *old_pod).metadata().namespace_()];
  const Counts gone = Contribution(old_pod);
  const Counts came = Contribution(new_pod);
  counts.live += came.live - gone.live;
  counts.unscheduled += came.unscheduled - gone.unscheduled;
  counts.unattempted += came.unattempted - gone.unattempted;

  if (new_pod && !IsScheduled(*new_pod)) {
    const api::PodCondition* const verdict = FindVerdict(*new_pod);
    if (verdict != nullptr) last_refusal_ = verdict->message();
  }
  if (collecting() == nullptr || !new_pod || !IsScheduled(*new_pod)) return;
  if (old_pod && IsScheduled(*old_pod)) return;
  Collection& collection = collections_.back();
  const std::vector<std::string>& namespaces = collection.namespaces;
  if (std::find(namespaces.begin(), namespaces.end(), new_pod->metadata().namespace_()) ==
      namespaces.end()) {
    return;
  }
  if (collection.selector.Matches(new_pod->metadata().labels())) ++collection.scheduled;
}

PodProgress::Counts PodProgress::Of(const std::string& ns) const {
  const auto found = counts_.find(ns);
  return found == counts_.end() ? Counts() : found->second;
}

const Collection* PodProgress::collecting() const {
  return collections_.empty() || !collections_.back().open ? nullptr : &collections_.back();
}

void PodProgress::StartCollecting(Collection collection) {
  DRYDOCK_CHECK(collecting() == nullptr, collections_.back().name);
  collections_.push_back(std::move(collection));
  boundary_();
}

void PodProgress::StopCollecting() {
  DRYDOCK_CHECK(collecting() != nullptr, "nothing is being collected");
  collections_.back().open = false;
  boundary_();
}

}  // namespace drydock::sim
