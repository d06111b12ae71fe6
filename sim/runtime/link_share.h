// A link whose rate is shared evenly by the transfers in progress (processor
// sharing), each of them no faster than a cap of its own.
//
// All transfers of a link run at the same speed, so one counter, the bytes that each
// of them has received since the beginning, tells who ends next: a transfer costs a
// logarithm, however many there are.
#ifndef DRYDOCK_SIM_RUNTIME_LINK_SHARE_H_
#define DRYDOCK_SIM_RUNTIME_LINK_SHARE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "src/rt/executor.h"

namespace drydock::sim {

class LinkShare {
 public:
  // `rate` in bytes per second, above 0.
  explicit LinkShare(double rate) : rate_(rate) {}

  // Times never go back from call to call.
  void Add(rt::Instant now, uint64_t transfer, int64_t bytes);
  void SetRate(rt::Instant now, double rate);
  // The most that one transfer may get; infinite at first.
  void SetCap(rt::Instant now, double cap);

  // When the next transfer ends if nothing changes; infinite when there is none.
  rt::Instant NextDone() const;
  // Those that have ended by `now`, in the order of their ends, then of their numbers.
  std::vector<uint64_t> TakeDone(rt::Instant now);
  // Forgets all transfers.
  void Clear() { transfers_.clear(); }

  size_t active() const { return transfers_.size(); }

 private:
  double Speed() const;  // Of each transfer.
  void Advance(rt::Instant now);

  double rate_;
  double cap_ = 1e18;
  rt::Instant updated_ = absl::ZeroDuration();
  double served_ = 0;  // Bytes that a transfer present all the time would have received.
  absl::btree_set<std::pair<double, uint64_t>> transfers_;  // The value of served_ at the end.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_LINK_SHARE_H_
