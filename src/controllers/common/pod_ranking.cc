// The order of deletion. What is compared is worked out once for each pod.
#include "src/controllers/common/pod_ranking.h"

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

// Ages are compared by their magnitude only, so that which of several pods of about
// one age goes is left to their uids, that is to chance: always deleting the
// youngest would keep an uneven spread uneven.
int AgeMagnitude(absl::Time since, absl::Time now) {
  const int64_t age = absl::ToInt64Nanoseconds(now - since);
  return age <= 0 ? -1 : std::bit_width(static_cast<uint64_t>(age)) - 1;
}

int PhaseOrder(const api::Pod& pod) {
  if (pod.status().phase() == kPodRunning) return 2;
  if (pod.status().phase() == kPodUnknown) return 1;
  return 0;
}

int32_t DeletionCost(const api::Pod& pod) {
  const std::string* const text = api::Find(pod.metadata().annotations(), kPodDeletionCost);
  int32_t cost = 0;
  if (text == nullptr || !absl::SimpleAtoi(*text, &cost)) return 0;
  return cost;
}

int32_t MaxRestarts(const api::Pod& pod) {
  int32_t restarts = 0;
  for (const api::ContainerStatus& container : pod.status().container_statuses()) {
    restarts = std::max(restarts, container.restart_count());
  }
  return restarts;
}

struct Candidate {
  api::Ref<api::Pod> pod;
  bool assigned = false;
  int phase = 0;
  bool ready = false;
  int32_t cost = 0;
  int neighbours = 0;
  int64_t ready_since = 0;  // 0: unknown.
  int ready_age = 0;
  int32_t restarts = 0;
  int64_t created = 0;
  int age = 0;
};

Candidate Measure(api::Ref<api::Pod> pod, int neighbours, absl::Time now) {
  Candidate candidate;
  candidate.assigned = !pod->spec().node_name().empty();
  candidate.phase = PhaseOrder(*pod);
  candidate.cost = DeletionCost(*pod);
  candidate.neighbours = neighbours;
  if (const api::PodCondition* ready = FindCondition(*pod, "Ready");
      ready != nullptr && ready->status() == "True") {
    candidate.ready = true;
    candidate.ready_since = ready->last_transition_time().seconds();
    candidate.ready_age = AgeMagnitude(api::ToAbslTime(ready->last_transition_time()), now);
  }
  candidate.restarts = MaxRestarts(*pod);
  candidate.created = pod->metadata().creation_timestamp().seconds();
  candidate.age = AgeMagnitude(api::ToAbslTime(pod->metadata().creation_timestamp()), now);
  candidate.pod = std::move(pod);
  return candidate;
}

// By age: the younger by magnitude first, then by uid. `a_time` 0 is unknown, which
// counts as youngest.
std::strong_ordering CompareAges(const Candidate& a, const Candidate& b, int64_t a_time,
                                 int64_t b_time, int a_age, int b_age) {
  if (a_time == b_time) return std::strong_ordering::equal;
  if (a_time == 0 || b_time == 0) {
    return a_time == 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (a_age != b_age) return a_age <=> b_age;
  return a.pod->metadata().uid() <=> b.pod->metadata().uid();
}

bool GoesBefore(const Candidate& a, const Candidate& b) {
  const auto first = [](const Candidate& c) {
    return std::make_tuple(c.assigned, c.phase, c.ready, c.cost, -c.neighbours);
  };
  if (first(a) != first(b)) return first(a) < first(b);
  if (a.ready && b.ready) {
    const std::strong_ordering by_readiness =
        CompareAges(a, b, a.ready_since, b.ready_since, a.ready_age, b.ready_age);
    if (by_readiness != 0) return by_readiness < 0;
  }
  if (a.restarts != b.restarts) return a.restarts > b.restarts;
  const std::strong_ordering by_creation = CompareAges(a, b, a.created, b.created, a.age, b.age);
  if (by_creation != 0) return by_creation < 0;
  // Kubernetes leaves what is equal until here to its unstable sort.
  return a.pod->metadata().uid() < b.pod->metadata().uid();
}

}  // namespace

std::vector<api::Ref<api::Pod>> ChooseForDeletion(std::vector<api::Ref<api::Pod>> pods,
                                                  const std::vector<api::Ref<api::Pod>>& related,
                                                  size_t count, absl::Time now) {
  if (count >= pods.size()) return pods;
  absl::flat_hash_map<std::string, int> on_node;
  for (const api::Ref<api::Pod>& pod : related) {
    if (IsActive(*pod)) ++on_node[pod->spec().node_name()];
  }
  std::vector<Candidate> candidates;
  candidates.reserve(pods.size());
  for (api::Ref<api::Pod>& pod : pods) {
    const int neighbours = on_node[pod->spec().node_name()];
    candidates.push_back(Measure(std::move(pod), neighbours, now));
  }
  std::partial_sort(candidates.begin(), candidates.begin() + count, candidates.end(), GoesBefore);
  std::vector<api::Ref<api::Pod>> chosen;
  chosen.reserve(count);
  for (size_t i = 0; i < count; ++i) chosen.push_back(std::move(candidates[i].pod));
  return chosen;
}

}  // namespace drydock::controllers
