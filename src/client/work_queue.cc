// Keys that wait for work, are in work, or are planned for later.
#include "src/client/work_queue.h"

#include <algorithm>

namespace drydock::client {

WorkQueue::WorkQueue(rt::Executor& executor, WorkQueueOptions options)
    : executor_(executor),
      options_(options),
      retry_tokens_(options.retry_burst),
      retry_refilled_(executor.Now()),
      available_(executor),
      replanned_(executor) {}

void WorkQueue::Add(ObjectKey key) {
  if (!dirty_.insert(key).second) return;
  ++adds_;
  if (processing_.contains(key)) return;  // Done puts it back.
  ready_.push_back(std::move(key));
  available_.RaiseOne();
}

void WorkQueue::AddAfter(ObjectKey key, absl::Duration delay) {
  if (delay <= absl::ZeroDuration()) {
    Add(std::move(key));
    return;
  }
  const rt::Instant due = executor_.Now() + delay;
  const auto [planned, added] = planned_.try_emplace(key, due);
  if (!added) {
    if (planned->second <= due) return;
    planned_order_.erase({planned->second, key});
    planned->second = due;
  }
  const bool first = planned_order_.empty() || due < planned_order_.begin()->first;
  planned_order_.insert({due, std::move(key)});
  if (first) replanned_.Raise();
}

void WorkQueue::AddRateLimited(ObjectKey key) {
  const int retries = retries_[key]++;
  absl::Duration delay = options_.max_delay;
  if (retries < 40) delay = std::min(delay, options_.base_delay * (int64_t{1} << retries));

  if (options_.retry_qps > 0) {
    const rt::Instant now = executor_.Now();
    retry_tokens_ = std::min<double>(
        options_.retry_burst,
        retry_tokens_ + absl::ToDoubleSeconds(now - retry_refilled_) * options_.retry_qps);
    retry_refilled_ = now;
    retry_tokens_ -= 1;
    if (retry_tokens_ < 0) {
      delay = std::max(delay, absl::Seconds(-retry_tokens_ / options_.retry_qps));
    }
  }
  AddAfter(std::move(key), delay);
}

void WorkQueue::Forget(const ObjectKey& key) { retries_.erase(key); }

int WorkQueue::Retries(const ObjectKey& key) const {
  const auto found = retries_.find(key);
  return found == retries_.end() ? 0 : found->second;
}

rt::Task<ObjectKey> WorkQueue::Get() {
  while (ready_.empty()) co_await available_.Wait();
  ObjectKey key = std::move(ready_.front());
  ready_.pop_front();
  dirty_.erase(key);
  processing_.insert(key);
  co_return key;
}

void WorkQueue::Done(const ObjectKey& key) {
  processing_.erase(key);
  if (!dirty_.contains(key)) return;
  ready_.push_back(key);
  available_.RaiseOne();
}

rt::Task<> WorkQueue::RunTimers() {
  for (;;) {
    while (!planned_order_.empty() && planned_order_.begin()->first <= executor_.Now()) {
      ObjectKey key = planned_order_.begin()->second;
      planned_order_.erase(planned_order_.begin());
      planned_.erase(key);
      Add(std::move(key));
    }
    const rt::Instant next =
        planned_order_.empty() ? absl::InfiniteDuration() : planned_order_.begin()->first;
    co_await replanned_.WaitUntil(next);
  }
}

}  // namespace drydock::client
