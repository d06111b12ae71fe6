// What every form of the store decides, and says, in the same way.
#ifndef DRYDOCK_SRC_STORE_RULES_H_
#define DRYDOCK_SRC_STORE_RULES_H_

#include "absl/status/status.h"
#include "src/store/store.h"

namespace drydock::store {

// Of a key as a compare sees it; all 0 when it is absent.
struct KeyState {
  Revision create_revision = 0;
  Revision mod_revision = 0;
  int64_t version = 0;
};
bool Holds(const Compare& compare, const KeyState& state);

absl::Status CompactedError(Revision asked, Revision compacted);
absl::Status FutureError(Revision asked, Revision newest);
absl::Status NoSuchLease(LeaseId lease);

// kOutOfRange unless a compaction to `revision` goes forward and not into the future.
absl::Status CheckCompaction(Revision revision, Revision compacted, Revision newest);

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_RULES_H_
