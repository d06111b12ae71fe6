// The moves between the parts of the queue.
#include "src/scheduler/queue.h"

#include <algorithm>
#include <utility>

namespace drydock::scheduler {

SchedulingQueue::SchedulingQueue(const QueuePolicy& policy, QueueOptions options)
    : policy_(policy), options_(options) {}

QueuedPodRef SchedulingQueue::Find(const std::string& uid) const {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : found->second;
}

void SchedulingQueue::Add(const PodRef& pod, rt::Instant now) {
  if (by_uid_.contains(pod->uid)) {
    Update(pod, /*by_owner=*/true, now);
    return;
  }
  auto queued = rt::MakeRef<QueuedPod>();
  queued->pod = pod;
  queued->timestamp = queued->first_seen = now;
  queued->sequence = next_sequence_++;
  by_uid_.emplace(pod->uid, queued);
  ToActive(queued);
}

void SchedulingQueue::Update(const PodRef& pod, bool by_owner, rt::Instant now) {
  const QueuedPodRef queued = Find(pod->uid);
  if (!queued) {
    Add(pod, now);
    return;
  }
  switch (queued->place) {
    case QueuedPod::Place::kActive: {
      // Its priority may be another now.
      Take(*queued);
      queued->pod = pod;
      queued->place = QueuedPod::Place::kActive;
      HeapPush(active_, queued);
      return;
    }
    case QueuedPod::Place::kUnschedulable: {
      queued->pod = pod;
      if (!by_owner) return;
      if (!queued->gated_by.empty()) {
        Take(*queued);
        ToActive(queued);
        return;
      }
      ClusterEvent event;
      event.kinds = kPodScheduled;
      event.pod = nullptr;
      if (queued->unschedulable_plugins.empty() ||
          ((policy_.EventsFor(*queued) & kPodScheduled) != 0 && policy_.MayHelp(*queued, event))) {
        Take(*queued);
        Wake(queued, now);
      }
      return;
    }
    case QueuedPod::Place::kBackoff:
    case QueuedPod::Place::kInFlight:
    case QueuedPod::Place::kNone:
      queued->pod = pod;
      return;
  }
}

void SchedulingQueue::Remove(const std::string& uid) {
  const QueuedPodRef queued = Find(uid);
  if (!queued) return;
  Take(*queued);
  by_uid_.erase(uid);
  popped_at_.erase(uid);
}

QueuedPodRef SchedulingQueue::Pop(rt::Instant now) {
  Heap* from = &active_;
  if (active_.empty()) {
    if (!options_.pop_from_backoff || backoff_.empty()) return nullptr;
    from = &backoff_;
  }
  QueuedPodRef queued = from->front();
  HeapErase(*from, 0);
  queued->place = QueuedPod::Place::kInFlight;
  ++queued->attempts;
  popped_at_[queued->pod->uid] = events_seen_;
  return queued;
}

void SchedulingQueue::PutBack(const QueuedPodRef& pod, std::vector<std::string> plugins,
                              rt::Instant now) {
  if (pod->place != QueuedPod::Place::kInFlight) return;
  const auto popped = popped_at_.find(pod->pod->uid);
  const uint64_t since = popped->second;
  popped_at_.erase(popped);
  pod->timestamp = now;
  pod->errored = plugins.empty();
  pod->unschedulable_plugins = std::move(plugins);
  ++pod->failures;
  pod->backoff_until = now + BackoffOf(*pod);
  uint32_t missed = 0;
  for (size_t kind = 0; kind < last_seen_.size(); ++kind) {
    if (last_seen_[kind] > since) missed |= 1u << kind;
  }
  if (pod->errored || (policy_.EventsFor(*pod) & missed) != 0) {
    Wake(pod, now);
  } else {
    ToWaiting(pod);
  }
}

void SchedulingQueue::Ungate(const std::string& uid) {
  const QueuedPodRef queued = Find(uid);
  if (!queued || queued->gated_by.empty()) return;
  Take(*queued);
  ToActive(queued);
}

void SchedulingQueue::Done(const QueuedPodRef& pod) {
  if (pod->place != QueuedPod::Place::kInFlight) return;
  Remove(pod->pod->uid);
}

void SchedulingQueue::Move(const ClusterEvent& event, rt::Instant now) {
  ++events_seen_;
  for (size_t kind = 0; kind < last_seen_.size(); ++kind) {
    if ((event.kinds & (1u << kind)) != 0) last_seen_[kind] = events_seen_;
  }
  if (waiting_.empty()) return;
  std::vector<QueuedPodRef> helped;
  for (const auto& [order, queued] : waiting_) {
    if ((policy_.EventsFor(*queued) & event.kinds) == 0) continue;
    if (policy_.MayHelp(*queued, event)) helped.push_back(queued);
  }
  for (const QueuedPodRef& queued : helped) {
    Take(*queued);
    Wake(queued, now);
  }
}

void SchedulingQueue::Flush(rt::Instant now) {
  for (Heap* heap : {&backoff_, &errored_}) {
    while (!heap->empty() && heap->front()->backoff_until <= now) {
      const QueuedPodRef queued = heap->front();
      HeapErase(*heap, 0);
      ToActive(queued);
    }
  }
  std::vector<QueuedPodRef> due;
  for (const auto& [order, queued] : waiting_) {
    // They are in the order in which they came.
    if (queued->timestamp + options_.max_unschedulable > now) break;
    due.push_back(queued);
  }
  for (const QueuedPodRef& queued : due) {
    Take(*queued);
    Wake(queued, now);
  }
}

rt::Instant SchedulingQueue::NextFlush() const {
  rt::Instant next = absl::InfiniteDuration();
  if (!backoff_.empty()) next = backoff_.front()->backoff_until;
  if (!errored_.empty()) next = std::min(next, errored_.front()->backoff_until);
  if (!waiting_.empty()) {
    next = std::min(next, waiting_.begin()->second->timestamp + options_.max_unschedulable);
  }
  return next;
}

void SchedulingQueue::Take(QueuedPod& pod) {
  switch (pod.place) {
    case QueuedPod::Place::kActive:
      HeapErase(active_, pod.heap_index);
      break;
    case QueuedPod::Place::kBackoff:
      HeapErase(BackoffHeapOf(pod), pod.heap_index);
      break;
    case QueuedPod::Place::kUnschedulable: {
      const auto at = waiting_at_.find(pod.pod->uid);
      WaitingOf(pod).erase(at->second);
      waiting_at_.erase(at);
      break;
    }
    case QueuedPod::Place::kInFlight:
    case QueuedPod::Place::kNone:
      break;
  }
  pod.place = QueuedPod::Place::kNone;
}

void SchedulingQueue::ToActive(const QueuedPodRef& pod) {
  pod->gated_by = policy_.PreEnqueue(*pod->pod);
  if (!pod->gated_by.empty()) {
    ToWaiting(pod);
    return;
  }
  pod->place = QueuedPod::Place::kActive;
  HeapPush(active_, pod);
}

void SchedulingQueue::ToWaiting(const QueuedPodRef& pod) {
  pod->place = QueuedPod::Place::kUnschedulable;
  Waiting& waiting = WaitingOf(*pod);
  waiting.emplace_hint(waiting.end(), next_waiting_, pod);
  waiting_at_[pod->pod->uid] = next_waiting_++;
}

void SchedulingQueue::Wake(const QueuedPodRef& pod, rt::Instant now) {
  if (pod->backoff_until <= now) {
    ToActive(pod);
    return;
  }
  pod->place = QueuedPod::Place::kBackoff;
  HeapPush(BackoffHeapOf(*pod), pod);
}

absl::Duration SchedulingQueue::BackoffOf(const QueuedPod& pod) const {
  absl::Duration backoff = options_.initial_backoff;
  for (int i = 1; i < pod.failures && backoff < options_.max_backoff; ++i) backoff *= 2;
  return std::min(backoff, options_.max_backoff);
}

bool SchedulingQueue::Before(const Heap& heap, const QueuedPod& a, const QueuedPod& b) const {
  if (&heap != &active_ && a.backoff_until != b.backoff_until) {
    return a.backoff_until < b.backoff_until;
  }
  if (policy_.Less(a, b)) return true;
  if (policy_.Less(b, a)) return false;
  return a.sequence < b.sequence;
}

void SchedulingQueue::HeapPush(Heap& heap, const QueuedPodRef& pod) {
  pod->heap_index = heap.size();
  heap.push_back(pod);
  SiftUp(heap, heap.size() - 1);
}

void SchedulingQueue::HeapErase(Heap& heap, size_t index) {
  if (index + 1 != heap.size()) {
    heap[index] = std::move(heap.back());
    heap[index]->heap_index = index;
    heap.pop_back();
    SiftDown(heap, index);
    SiftUp(heap, index);
  } else {
    heap.pop_back();
  }
}

void SchedulingQueue::SiftUp(Heap& heap, size_t index) {
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (!Before(heap, *heap[index], *heap[parent])) return;
    std::swap(heap[index], heap[parent]);
    heap[index]->heap_index = index;
    heap[parent]->heap_index = parent;
    index = parent;
  }
}

void SchedulingQueue::SiftDown(Heap& heap, size_t index) {
  for (;;) {
    size_t first = index;
    for (const size_t child : {2 * index + 1, 2 * index + 2}) {
      if (child < heap.size() && Before(heap, *heap[child], *heap[first])) first = child;
    }
    if (first == index) return;
    std::swap(heap[index], heap[first]);
    heap[index]->heap_index = index;
    heap[first]->heap_index = first;
    index = first;
  }
}

}  // namespace drydock::scheduler
