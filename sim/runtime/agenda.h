// What a simulated runtime will do, and when: callbacks in the order of time, then
// of planning. One coroutine serves all of a node's containers from it, so that a
// container that just runs costs an entry at most.
#ifndef DRYDOCK_SIM_RUNTIME_AGENDA_H_
#define DRYDOCK_SIM_RUNTIME_AGENDA_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "src/rt/executor.h"

namespace drydock::sim {

class Agenda {
 public:
  using Entry = std::pair<rt::Instant, uint64_t>;
  static constexpr Entry kNone = {absl::ZeroDuration(), 0};

  Entry Add(rt::Instant at, std::function<void()> run) {
    const Entry entry = {at, ++last_};
    entries_.emplace(entry, std::move(run));
    return entry;
  }
  // Does nothing when `entry` has run or is kNone. Leaves kNone there.
  void Cancel(Entry* entry) {
    entries_.erase(*entry);
    *entry = kNone;
  }
  void Clear() { entries_.clear(); }

  rt::Instant next() const {
    return entries_.empty() ? absl::InfiniteDuration() : entries_.begin()->first.first;
  }

  // Runs what is due at `now`, what it plans for `now` included.
  void RunDue(rt::Instant now) {
    while (!entries_.empty() && entries_.begin()->first.first <= now) {
      const std::function<void()> run = std::move(entries_.begin()->second);
      entries_.erase(entries_.begin());
      run();
    }
  }

 private:
  absl::btree_map<Entry, std::function<void()>> entries_;
  uint64_t last_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_AGENDA_H_
