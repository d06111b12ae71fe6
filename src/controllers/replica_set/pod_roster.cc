// Merging two lists that have the same order and, mostly, the same elements.
#include "src/controllers/replica_set/pod_roster.h"

#include <algorithm>
#include <utility>

#include "src/api/maps.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

bool HasAllLabels(const api::StringMap& labels, const api::StringMap& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&labels](const api::StringEntry& entry) {
    const std::string* const value = api::Find(labels, entry.key());
    return value != nullptr && *value == entry.value();
  });
}

}  // namespace

void PodRoster::Update(const api::Ref<api::ReplicaSet>& set, const api::Selector& selector,
                       std::vector<api::Ref<api::Pod>> pods) {
  const api::ObjectMeta& metadata = set->metadata();
  if (metadata.uid() != uid_ || metadata.generation() != generation_) entries_.clear();
  uid_ = metadata.uid();
  generation_ = metadata.generation();

  const auto make = [&](api::Ref<api::Pod> pod) {
    const api::StringMap& labels = pod->metadata().labels();
    RosterEntry entry{
        .matches = selector.Matches(labels),
        .fully_labeled = HasAllLabels(labels, set->spec().template_().metadata().labels()),
        .active = IsActive(*pod),
        .terminating = IsTerminating(*pod),
        .ready = IsReady(*pod),
    };
    entry.pod = std::move(pod);
    return entry;
  };
  std::vector<RosterEntry> entries;
  entries.reserve(pods.size());
  auto known = entries_.begin();
  for (api::Ref<api::Pod>& pod : pods) {
    // Names are read only where the lists differ.
    while (known != entries_.end() && known->pod != pod &&
           known->pod->metadata().name() < pod->metadata().name()) {
      ++known;
    }
    if (known != entries_.end() && known->pod == pod) {
      entries.push_back(std::move(*known++));
    } else {
      entries.push_back(make(std::move(pod)));
    }
  }
  entries_ = std::move(entries);
}

bool PodRoster::AllMatch() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const RosterEntry& entry) { return entry.matches; });
}

}  // namespace drydock::controllers
