// Verdicts on nodes, and their sums.
#include "src/controllers/daemon_set/daemon_view.h"

#include <algorithm>

#include "src/api/maps.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

constexpr absl::Duration kFirstDelay = absl::Seconds(1);
constexpr absl::Duration kMaxDelay = absl::Minutes(15);

bool IsUpdated(const api::Pod& pod, const std::string& revision_hash) {
  const std::string* const hash = api::Find(pod.metadata().labels(), kRevisionHash);
  return hash != nullptr && *hash == revision_hash;
}

bool IsOlder(const api::Ref<api::Pod>& a, const api::Ref<api::Pod>& b) {
  // Those that run somewhere before those that wait for it, then by age, then by name.
  const bool placed_a = !a->spec().node_name().empty();
  const bool placed_b = !b->spec().node_name().empty();
  if (placed_a != placed_b) return placed_a;
  const int64_t created_a = a->metadata().creation_timestamp().seconds();
  const int64_t created_b = b->metadata().creation_timestamp().seconds();
  if (created_a != created_b) return created_a < created_b;
  return a->metadata().name() < b->metadata().name();
}

struct Judgement {
  const api::DaemonSet& set;
  const std::string& revision_hash;
  bool surges;
  absl::Time now;

  bool Available(const api::Pod& pod) const {
    return IsAvailable(pod, set.spec().min_ready_seconds(), now);
  }
};

// Sorts active pods into those that stay and those that go. `running` is oldest first.
void FindExcess(const Judgement& by, DaemonPods running, NodeVerdict* verdict) {
  if (running.size() <= 1) return;
  if (!by.surges) {
    verdict->excess.insert(verdict->excess.end(), running.begin() + 1, running.end());
    return;
  }
  api::Ref<api::Pod> newest_revision;
  api::Ref<api::Pod> old_revision;
  for (const api::Ref<api::Pod>& pod : running) {
    api::Ref<api::Pod>& kept = IsUpdated(*pod, by.revision_hash) ? newest_revision : old_revision;
    if (!kept) {
      kept = pod;
    } else {
      verdict->excess.push_back(pod);
    }
  }
  if (!newest_revision || !old_revision) return;
  // The old one stays for the sake of availability only.
  if (!IsReady(*old_revision) || by.Available(*newest_revision)) {
    verdict->excess.push_back(old_revision);
  }
}

RolloutState JudgeRollout(const Judgement& by, const DaemonPods& pods, NodeVerdict* verdict) {
  if (pods.empty()) return RolloutState::kNone;
  DaemonPods updated;
  for (const api::Ref<api::Pod>& pod : pods) {
    if (IsDeleting(pod->metadata())) continue;
    (IsUpdated(*pod, by.revision_hash) ? updated : verdict->old).push_back(pod);
  }
  if (updated.size() > 1 || verdict->old.size() > 1) {
    return by.surges ? RolloutState::kSurged : RolloutState::kUpdating;
  }
  if (!by.surges) {
    if (updated.empty() == verdict->old.empty()) return RolloutState::kUpdating;
    if (!updated.empty()) {
      return by.Available(*updated[0]) ? RolloutState::kUpdated : RolloutState::kUpdating;
    }
  } else {
    if (verdict->old.empty()) return RolloutState::kNone;
    if (!updated.empty()) {
      return by.Available(*updated[0]) ? RolloutState::kReplaced : RolloutState::kSurged;
    }
  }
  return by.Available(*verdict->old[0]) ? RolloutState::kOldAvailable
                                        : RolloutState::kOldUnavailable;
}

void JudgeNeeds(const Judgement& by, const Eligibility& eligibility, const DaemonPods& pods,
                NodeVerdict* verdict) {
  if (pods.empty()) {
    verdict->needs_pod = eligibility.should_run;
    return;
  }
  DaemonPods running;
  for (const api::Ref<api::Pod>& pod : pods) {
    if (IsDeleting(pod->metadata())) continue;
    if (!eligibility.should_continue) {
      verdict->excess.push_back(pod);
    } else if (IsFailed(*pod)) {
      verdict->excess.push_back(pod);
      verdict->failed.push_back(pod);
    } else if (IsSucceeded(*pod)) {
      verdict->excess.push_back(pod);
      verdict->succeeded.push_back(pod);
    } else {
      running.push_back(pod);
    }
  }
  if (eligibility.should_continue) FindExcess(by, std::move(running), verdict);
}

void JudgeCounts(const Judgement& by, const DaemonPods& pods, NodeVerdict* verdict) {
  if (pods.empty()) return;
  verdict->scheduled = true;
  // The oldest stands for the node.
  const auto oldest = std::min_element(
      pods.begin(), pods.end(), [](const api::Ref<api::Pod>& a, const api::Ref<api::Pod>& b) {
        const int64_t created_a = a->metadata().creation_timestamp().seconds();
        const int64_t created_b = b->metadata().creation_timestamp().seconds();
        if (created_a != created_b) return created_a < created_b;
        return a->metadata().name() < b->metadata().name();
      });
  verdict->ready = IsReady(**oldest);
  verdict->available = by.Available(**oldest);
  verdict->updated = IsUpdated(**oldest, by.revision_hash);
}

bool IsUnavailable(RolloutState state) {
  return state == RolloutState::kUpdating || state == RolloutState::kOldUnavailable;
}

}  // namespace

NodeVerdict JudgeNode(const api::DaemonSet& set, const std::string& revision_hash, bool surges,
                      const api::Node* node, DaemonPods pods, absl::Time now) {
  const Judgement by{set, revision_hash, surges, now};
  NodeVerdict verdict;
  // A finished pod that is on its way out is as good as gone.
  pods.erase(std::remove_if(pods.begin(), pods.end(),
                            [](const api::Ref<api::Pod>& pod) {
                              return IsFinished(*pod) && IsDeleting(pod->metadata());
                            }),
             pods.end());
  std::sort(pods.begin(), pods.end(), IsOlder);
  if (node == nullptr) {
    // Bound pods of a node that is gone are collected with it; others would wait forever.
    for (const api::Ref<api::Pod>& pod : pods) {
      if (pod->spec().node_name().empty() && !IsDeleting(pod->metadata())) {
        verdict.excess.push_back(pod);
      }
    }
    return verdict;
  }
  const Eligibility eligibility = EligibilityOf(set, *node);
  verdict.desired = eligibility.should_run;
  verdict.misscheduled = !eligibility.should_run && !pods.empty();
  if (verdict.desired) JudgeCounts(by, pods, &verdict);
  JudgeNeeds(by, eligibility, pods, &verdict);
  verdict.rollout = JudgeRollout(by, pods, &verdict);
  for (const api::Ref<api::Pod>& pod : pods) {
    const std::optional<absl::Time> available =
        AvailableAt(*pod, set.spec().min_ready_seconds(), now);
    if (!available.has_value()) continue;
    verdict.again = verdict.again.has_value() ? std::min(*verdict.again, *available) : *available;
  }
  return verdict;
}

absl::Duration FailedPodBackoff::Take(const std::string& node, absl::Time now) {
  const auto [entry, first] = entries_.try_emplace(node, Entry{kFirstDelay, now});
  if (first) return absl::ZeroDuration();
  Entry& known = entry->second;
  const absl::Duration since = now - known.last;
  if (since < known.delay) return known.delay - since;
  known.delay = since > 2 * kMaxDelay ? kFirstDelay : std::min(2 * known.delay, kMaxDelay);
  known.last = now;
  return absl::ZeroDuration();
}

bool DaemonView::IsStale(const api::DaemonSet& set, const std::string& revision_hash) const {
  return uid_ != set.metadata().uid() || generation_ != set.metadata().generation() ||
         revision_hash_ != revision_hash;
}

void DaemonView::Reset(const api::DaemonSet& set, const std::string& revision_hash) {
  FailedPodBackoff backoff = std::move(backoff_);
  *this = DaemonView();
  backoff_ = std::move(backoff);
  uid_ = set.metadata().uid();
  generation_ = set.metadata().generation();
  revision_hash_ = revision_hash;
}

absl::btree_set<std::string> DaemonView::TakeDirty(absl::Time now) {
  while (!timed_.empty() && timed_.begin()->first <= now) {
    dirty_.insert(timed_.begin()->second);
    timed_.erase(timed_.begin());
  }
  absl::btree_set<std::string> taken;
  taken.swap(dirty_);
  return taken;
}

std::optional<absl::Time> DaemonView::NextChange() const {
  if (timed_.empty()) return std::nullopt;
  return timed_.begin()->first;
}

void DaemonView::Record(const std::string& node, NodeVerdict verdict) {
  NodeVerdict& known = verdicts_[node];
  Add(node, known, -1);
  known = std::move(verdict);
  Add(node, known, +1);
  const bool empty = !known.desired && !known.misscheduled && known.excess.empty();
  if (empty) verdicts_.erase(node);
}

void DaemonView::Add(const std::string& node, const NodeVerdict& verdict, int sign) {
  const auto file = [&node, sign](bool member, absl::btree_set<std::string>* set) {
    if (!member) return;
    if (sign > 0) {
      set->insert(node);
    } else {
      set->erase(node);
    }
  };
  sums_.desired += sign * verdict.desired;
  sums_.misscheduled += sign * verdict.misscheduled;
  sums_.scheduled += sign * verdict.scheduled;
  sums_.ready += sign * verdict.ready;
  sums_.available += sign * verdict.available;
  sums_.updated += sign * verdict.updated;
  sums_.unavailable_nodes += sign * IsUnavailable(verdict.rollout);
  sums_.surged_nodes += sign * (verdict.rollout == RolloutState::kSurged);
  file(verdict.needs_pod, &needing_);
  file(!verdict.excess.empty(), &with_excess_);
  file(verdict.rollout != RolloutState::kNone, &by_state_[static_cast<size_t>(verdict.rollout)]);
  if (!verdict.again.has_value()) return;
  if (sign > 0) {
    timed_.emplace(*verdict.again, node);
  } else {
    timed_.erase({*verdict.again, node});
  }
}

}  // namespace drydock::controllers
