// Bookkeeping of open creations and deletions.
#include "src/controllers/common/expectations.h"

#include <utility>

namespace drydock::controllers {

void Expectations::Expect(const client::ObjectKey& owner, int creations,
                          const std::vector<std::string>& uids) {
  if (creations <= 0 && uids.empty()) {
    open_.erase(owner);
    return;
  }
  Open open;
  open.creations = creations;
  open.deletions.insert(uids.begin(), uids.end());
  open.since = executor_.Now();
  open_[owner] = std::move(open);
}

void Expectations::CreationObserved(const client::ObjectKey& owner) {
  const auto entry = open_.find(owner);
  if (entry == open_.end() || entry->second.creations == 0) return;
  --entry->second.creations;
  DropIfMet(entry);
}

void Expectations::DeletionObserved(const client::ObjectKey& owner, const std::string& uid) {
  const auto entry = open_.find(owner);
  if (entry == open_.end() || entry->second.deletions.erase(uid) == 0) return;
  DropIfMet(entry);
}

void Expectations::DropIfMet(absl::btree_map<client::ObjectKey, Open>::iterator entry) {
  if (entry->second.creations == 0 && entry->second.deletions.empty()) open_.erase(entry);
}

bool Expectations::Satisfied(const client::ObjectKey& owner) const {
  return TimeLeft(owner) <= absl::ZeroDuration();
}

absl::Duration Expectations::TimeLeft(const client::ObjectKey& owner) const {
  const auto entry = open_.find(owner);
  if (entry == open_.end()) return absl::ZeroDuration();
  return entry->second.since + kTimeout - executor_.Now();
}

}  // namespace drydock::controllers
