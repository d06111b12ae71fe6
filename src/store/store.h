// The cluster's memory: etcd v3's data model behind one interface.
//
// Every write transaction has a revision, one more than the one before it. A key
// has versions; a read sees the newest, or those of an older revision until
// compaction has discarded them. A watch sees every change after a revision, in
// order and without a gap, or says that it cannot (kOutOfRange: compacted).
// Source: etcd API v3 (KV, Watch, Lease, Compact).
//
// Values are payloads. The memory form keeps the handles; forms on a disk or behind
// a wire encode them with the ValueCodec that the API server provides.
#ifndef DRYDOCK_SRC_STORE_STORE_H_
#define DRYDOCK_SRC_STORE_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/rt/payload.h"
#include "src/rt/task.h"

namespace drydock::store {

using Revision = int64_t;
using LeaseId = int64_t;  // 0: none.

// How payloads become bytes and back, and how they learn their revision.
class ValueCodec {
 public:
  virtual ~ValueCodec() = default;
  virtual std::string Encode(const rt::Payload& value) const = 0;
  virtual absl::StatusOr<rt::PayloadRef> Decode(absl::string_view key,
                                                absl::string_view bytes) const = 0;
  // Called once for each value that a transaction puts, when its revision is known
  // and before anybody else can see it.
  virtual void Stamp(const rt::Payload& value, Revision revision) const = 0;
};

struct KeyValue {
  std::string key;
  rt::PayloadRef value;
  Revision create_revision = 0;
  Revision mod_revision = 0;
  int64_t version = 0;  // Puts since the key was created; 1 for the first.
  LeaseId lease = 0;
};

struct RangeRequest {
  std::string key;
  std::string end;        // Exclusive; empty: the one key. PrefixEnd(key): all that begin with key.
  Revision revision = 0;  // 0: the newest.
  int64_t limit = 0;      // 0: no limit.
  bool count_only = false;
};

struct RangeResponse {
  std::vector<KeyValue> items;  // In the order of their keys.
  int64_t count = 0;            // All that match, whatever the limit.
  bool more = false;
  Revision revision = 0;  // Of the store when it answered.
};

// A condition of a transaction. An absent key has mod_revision, create_revision and
// version 0.
struct Compare {
  enum class Target { kModRevision, kCreateRevision, kVersion };
  enum class Op { kEqual, kNotEqual, kLess, kGreater };
  std::string key;
  Target target = Target::kModRevision;
  Op op = Op::kEqual;
  int64_t operand = 0;
};

struct Write {
  enum class Kind { kPut, kDelete };
  Kind kind = Kind::kPut;
  std::string key;
  rt::PayloadRef value;  // Of a put.
  LeaseId lease = 0;
};

// All compares hold: the writes happen, all at one revision. Otherwise nothing
// changes. A transaction writes each key at most once.
struct Txn {
  std::vector<Compare> compares;
  std::vector<Write> writes;
  // Keys to read when the compares fail, so that the caller need not ask again.
  std::vector<std::string> else_get;
};

struct TxnResult {
  bool succeeded = false;
  Revision revision = 0;        // Of the writes, or of the store when nothing was written.
  std::vector<KeyValue> items;  // else_get's, absent keys left out.
};

struct Event {
  enum class Type { kPut, kDelete };
  Type type = Type::kPut;
  KeyValue kv;              // After the event; for a delete the key and its revision only.
  rt::PayloadRef previous;  // Null for a creation.
};

// Destroying it cancels the watch.
class Watch {
 public:
  virtual ~Watch() = default;
  // Waits for the next events: one or more, all of a revision together, revisions
  // in order. An empty batch is a progress notice: see `progress`. Errors are final:
  // kOutOfRange (compacted), kUnavailable (the store went away), kResourceExhausted
  // (this reader fell behind the bounded buffer; watch again from where it was).
  struct Batch {
    std::vector<Event> events;
    Revision progress = 0;  // Every change up to it has been delivered.
  };
  virtual rt::Task<absl::StatusOr<Batch>> Next() = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // kOutOfRange for a compacted revision, and for one in the future.
  virtual rt::Task<absl::StatusOr<RangeResponse>> Range(RangeRequest request) = 0;
  // An OK answer means: durable, and in every later read. kUnavailable and
  // kDeadlineExceeded: it may or may not have happened.
  virtual rt::Task<absl::StatusOr<TxnResult>> Commit(Txn txn) = 0;
  // Watches keys in [key, end) for changes after `after`; end as in RangeRequest.
  virtual rt::Task<absl::StatusOr<std::unique_ptr<Watch>>> StartWatch(std::string key,
                                                                      std::string end,
                                                                      Revision after) = 0;
  // Forgets what is older than `revision`, except each key's newest version then.
  virtual rt::Task<absl::Status> Compact(Revision revision) = 0;

  virtual rt::Task<absl::StatusOr<LeaseId>> GrantLease(absl::Duration ttl) = 0;
  virtual rt::Task<absl::Status> KeepAlive(LeaseId lease) = 0;
  // Deletes the keys bound to it, at one revision.
  virtual rt::Task<absl::Status> RevokeLease(LeaseId lease) = 0;

  virtual Revision current_revision() const = 0;
  virtual Revision compacted_revision() const = 0;
};

// The end of the range of all keys that begin with `prefix`. Where no key can be the
// end (prefix "" or "\xff"), it is "\0": as in etcd, an end of one zero byte means that
// the range has none.
std::string PrefixEnd(absl::string_view prefix);

// Whether `end` is the "\0" of PrefixEnd.
bool IsUnbounded(absl::string_view end);

// Whether `key` is in the range [begin, end), with RangeRequest's meaning of `end`.
bool InRange(absl::string_view key, absl::string_view begin, absl::string_view end);

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_STORE_H_
