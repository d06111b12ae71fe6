// A controller's work queue: each key at most once in the queue and at most once
// in work; a key that is added while in work is taken up again afterwards. Retries
// back off per key, and all retries together are limited. Semantics of client-go's
// rate-limiting work queue.
#ifndef DRYDOCK_SRC_CLIENT_WORK_QUEUE_H_
#define DRYDOCK_SRC_CLIENT_WORK_QUEUE_H_

#include <cstdint>
#include <deque>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "src/client/object_key.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::client {

struct WorkQueueOptions {
  absl::Duration base_delay = absl::Milliseconds(5);  // Of the first retry; doubles.
  absl::Duration max_delay = absl::Seconds(1000);
  // Token bucket on all AddRateLimited together; qps 0: none.
  double retry_qps = 10;
  int retry_burst = 100;
};

// Bounded by the number of distinct keys, which is that of the objects they name.
class WorkQueue {
 public:
  WorkQueue(rt::Executor& executor, WorkQueueOptions options);
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void Add(ObjectKey key);
  // The earlier of this and what is already planned for the key.
  void AddAfter(ObjectKey key, absl::Duration delay);
  void AddRateLimited(ObjectKey key);  // After the key's back-off, which grows.
  void Forget(const ObjectKey& key);   // Ends the key's back-off.
  int Retries(const ObjectKey& key) const;

  // The next key to work on. Every Get is followed by a Done for the key.
  rt::Task<ObjectKey> Get();
  void Done(const ObjectKey& key);

  size_t size() const { return ready_.size(); }       // Ready to be worked on.
  size_t delayed() const { return planned_.size(); }  // Planned for later.
  uint64_t adds() const { return adds_; }

  // Moves delayed keys into the queue when they are due. Runs until destroyed;
  // whoever owns the queue spawns it.
  rt::Task<> RunTimers();

 private:
  rt::Executor& executor_;
  const WorkQueueOptions options_;
  std::deque<ObjectKey> ready_;
  // The hash containers are looked up, never iterated.
  absl::flat_hash_set<ObjectKey> dirty_;       // Waiting for work.
  absl::flat_hash_set<ObjectKey> processing_;  // In work.
  absl::flat_hash_map<ObjectKey, int> retries_;
  absl::flat_hash_map<ObjectKey, rt::Instant> planned_;               // Delayed keys: due when.
  absl::btree_set<std::pair<rt::Instant, ObjectKey>> planned_order_;  // The same, by time.
  double retry_tokens_;
  rt::Instant retry_refilled_;
  rt::Signal available_;
  rt::Signal replanned_;
  uint64_t adds_ = 0;
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_WORK_QUEUE_H_
