// What writers know of a store that is killed under them: what was acknowledged, what was
// refused, what is open; and whether what a store has agrees with it.
#ifndef DRYDOCK_TESTS_STORE_LEDGER_H_
#define DRYDOCK_TESTS_STORE_LEDGER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/rt/random.h"
#include "src/store/store.h"
#include "tests/store/contract.h"

namespace drydock::store {

// Values are written once each, so that a write that happened twice is seen.
class Ledger {
 public:
  // What a transaction writes: "put key=value", "delete key".
  using Lines = std::vector<std::string>;
  static Lines LinesOf(const Txn& txn);

  void Submitted(const Txn& txn);
  void Acknowledged(Revision revision, const Lines& lines) { acknowledged_[revision] = lines; }
  // The store said that it did not happen.
  void Refused(const Lines& lines) { refused_.insert(lines.begin(), lines.end()); }
  void Compacted(Revision revision) { compacted_ = revision; }

  // After a disk that lied, what was acknowledged may be gone; nothing else may be wrong.
  void ForgetPromises();

  size_t acknowledged() const { return acknowledged_.size(); }

  // Compares all that the store has: adds a failure to the test for what is wrong.
  void Check(SyncStore& store, rt::Random& random) const;

 private:
  std::set<std::string> submitted_;
  std::set<std::string> refused_;
  std::map<Revision, Lines> acknowledged_;
  Revision compacted_ = 0;
};

}  // namespace drydock::store

#endif  // DRYDOCK_TESTS_STORE_LEDGER_H_
