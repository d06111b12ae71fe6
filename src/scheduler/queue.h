// The scheduling queue: which pod is tried next, and when one that failed is tried
// again.
//
//   active         ready, highest priority first
//   backoff        waits out its back-off (1 s, doubling to 10 s)
//   unschedulable  waits for an event that could help, or five minutes; gated pods too
//   in flight      popped: in a cycle or being bound
//
// No wake-up is lost: an event that comes while a pod is in flight counts when the
// pod comes back. Pure: time is an argument, and every pod is held exactly once, so
// that its size is that of the pods pending in the cluster.
#ifndef DRYDOCK_SRC_SCHEDULER_QUEUE_H_
#define DRYDOCK_SRC_SCHEDULER_QUEUE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "src/scheduler/events.h"
#include "src/scheduler/queued_pod.h"

namespace drydock::scheduler {

// What the queue asks the plugins.
class QueuePolicy {
 public:
  virtual ~QueuePolicy() = default;
  // Whether `a` comes before `b`.
  virtual bool Less(const QueuedPod& a, const QueuedPod& b) const = 0;
  // Why the pod must not be queued; empty when it may be.
  virtual std::string PreEnqueue(const PodInfo& pod) const = 0;
  // The events by which the plugins that rejected the pod may change their mind.
  virtual uint32_t EventsFor(const QueuedPod& pod) const = 0;
  // Whether this one may, asked only of events in EventsFor.
  virtual bool MayHelp(const QueuedPod& pod, const ClusterEvent& event) const = 0;
};

struct QueueOptions {
  absl::Duration initial_backoff = absl::Seconds(1);
  absl::Duration max_backoff = absl::Seconds(10);
  absl::Duration max_unschedulable = absl::Minutes(5);
  // When nothing is active, a pod that backs off after a rejection (not after an
  // error) is tried early.
  bool pop_from_backoff = true;
};

class SchedulingQueue {
 public:
  // `policy` outlives the queue.
  SchedulingQueue(const QueuePolicy& policy, QueueOptions options);
  SchedulingQueue(const SchedulingQueue&) = delete;
  SchedulingQueue& operator=(const SchedulingQueue&) = delete;

  // A pod that waits for a node. One that is known by its uid is updated.
  void Add(const PodRef& pod, rt::Instant now);
  // The pod has changed: `by_owner` when more than its status did, which may make it
  // schedulable.
  void Update(const PodRef& pod, bool by_owner, rt::Instant now);
  // Bound, deleted or nobody's any more.
  void Remove(const std::string& uid);

  // The next pod to try, now in flight; null when there is none.
  QueuedPodRef Pop(rt::Instant now);
  // It could not be scheduled: rejected by `plugins`, or, when they are none, an error
  // came in the way. Ignored when the pod has been removed meanwhile.
  void PutBack(const QueuedPodRef& pod, std::vector<std::string> plugins, rt::Instant now);
  // What PreEnqueue had against the pod may be over: asks again.
  void Ungate(const std::string& uid);
  // In flight no more, and not to be tried again.
  void Done(const QueuedPodRef& pod);

  // Something happened: wakes those whom it could help.
  void Move(const ClusterEvent& event, rt::Instant now);
  // Moves on what is due by `now`.
  void Flush(rt::Instant now);
  // When Flush has something to do next; InfiniteDuration when never.
  rt::Instant NextFlush() const;

  size_t active() const { return active_.size(); }
  size_t backing_off() const { return backoff_.size() + errored_.size(); }
  size_t unschedulable() const { return waiting_.size(); }
  size_t gated() const { return gated_.size(); }
  bool Contains(const std::string& uid) const { return by_uid_.contains(uid); }
  QueuedPodRef Find(const std::string& uid) const;

 private:
  // A binary heap that knows where each pod is.
  using Heap = std::vector<QueuedPodRef>;
  bool Before(const Heap& heap, const QueuedPod& a, const QueuedPod& b) const;
  void HeapPush(Heap& heap, const QueuedPodRef& pod);
  void HeapErase(Heap& heap, size_t index);
  void SiftUp(Heap& heap, size_t index);
  void SiftDown(Heap& heap, size_t index);

  void Take(QueuedPod& pod);  // Out of where it is.
  void ToActive(const QueuedPodRef& pod);
  void ToWaiting(const QueuedPodRef& pod);
  // Active when its back-off is over, else backoff.
  void Wake(const QueuedPodRef& pod, rt::Instant now);
  absl::Duration BackoffOf(const QueuedPod& pod) const;
  Heap& BackoffHeapOf(const QueuedPod& pod) { return pod.errored ? errored_ : backoff_; }

  const QueuePolicy& policy_;
  const QueueOptions options_;
  absl::flat_hash_map<std::string, QueuedPodRef> by_uid_;  // Looked up, never iterated.
  Heap active_;
  Heap backoff_;  // After rejections.
  Heap errored_;  // After errors: never popped early.
  // In the order in which they came there: unschedulable pods, and those that a
  // PreEnqueue plugin holds.
  using Waiting = absl::btree_map<uint64_t, QueuedPodRef>;
  Waiting waiting_;
  Waiting gated_;
  Waiting& WaitingOf(const QueuedPod& pod) { return pod.gated_by.empty() ? waiting_ : gated_; }
  absl::flat_hash_map<std::string, uint64_t> waiting_at_;  // By uid. Never iterated.
  uint64_t next_sequence_ = 1;
  uint64_t next_waiting_ = 1;
  // When each kind of event last came, in events counted from the start; and when each
  // pod in flight was popped. Enough to know what a pod has missed.
  uint64_t events_seen_ = 0;
  std::array<uint64_t, 32> last_seen_ = {};
  absl::flat_hash_map<std::string, uint64_t> popped_at_;  // By uid. Never iterated.
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_QUEUE_H_
