// What a watch sends, in this order: initial state, changes, bookmarks, the end.
#include "src/apiserver/watcher.h"

#include <algorithm>

#include "src/api/status.h"
#include "src/apiserver/watch_cache.h"

namespace drydock::apiserver {
namespace {

// So many initial objects go into one message.
constexpr size_t kInitialChunk = 500;
// A last bookmark goes out so long before the watch times out.
constexpr absl::Duration kBeforeDeadline = absl::Seconds(2);

}  // namespace

Watcher::Watcher(rt::Executor& executor, WatchCache& cache, Selection selection,
                 WatcherOptions options)
    : executor_(executor),
      cache_(&cache),
      selection_(std::move(selection)),
      options_(options),
      announces_end_(options.initial_events_end),
      next_bookmark_(absl::InfiniteDuration()),
      changed_(executor) {
  if (options_.bookmarks) {
    const rt::Instant now = executor_.Now();
    next_bookmark_ = now + options_.bookmark_interval;
    const rt::Instant last = options_.deadline - kBeforeDeadline;
    if (last > now) next_bookmark_ = std::min(next_bookmark_, last);
  }
}

Watcher::~Watcher() {
  if (cache_ != nullptr) cache_->Remove(*this);
}

void Watcher::Begin(std::vector<api::ObjectRef> initial, int64_t revision) {
  initial_ = std::move(initial);
  initial_revision_ = revision;
}

void Watcher::Push(const rt::Ref<const api::WatchEvents>& message) {
  if (ended_ || message->events.back().revision <= after_) return;
  if (pending_.size() >= options_.buffer) {
    // As Kubernetes does: the client sees the end and watches again from the last
    // revision that it has.
    pending_.clear();
    initial_.clear();
    End();
    return;
  }
  pending_.push_back(message);
  changed_.RaiseOne();
}

void Watcher::End() {
  ended_ = true;
  changed_.Raise();
}

void Watcher::Fail(const absl::Status& why) {
  if (ended_) return;
  rt::Ref<api::WatchEvents> message = rt::MakeRef<api::WatchEvents>();
  message->events.push_back(
      {.type = api::EventType::kError, .object = api::MakeObject(api::ToMetaStatus(why)).object()});
  pending_.push_back(std::move(message));
  End();
}

void Watcher::CacheIsGone() {
  cache_ = nullptr;
  unavailable_ = true;
  End();
}

rt::PayloadRef Watcher::NextInitial() {
  rt::Ref<api::WatchEvents> message = rt::MakeRef<api::WatchEvents>();
  const size_t end = std::min(initial_.size(), initial_sent_ + kInitialChunk);
  message->events.reserve(end - initial_sent_);
  for (; initial_sent_ < end; ++initial_sent_) {
    api::ObjectRef& object = initial_[initial_sent_];
    message->events.push_back({.type = api::EventType::kAdded, .object = std::move(object)});
  }
  // Until all of the state has been sent nothing has been sent up to any revision.
  if (initial_sent_ == initial_.size()) {
    message->events.back().revision = initial_revision_;
    initial_.clear();
    initial_.shrink_to_fit();
    initial_sent_ = 0;
  }
  return message;
}

rt::PayloadRef Watcher::TakePending() {
  if (pending_.size() == 1) {
    const rt::PayloadRef message = std::move(pending_.front());
    pending_.clear();
    return message;
  }
  rt::Ref<api::WatchEvents> merged = rt::MakeRef<api::WatchEvents>();
  merged->events.reserve(pending_.size());
  for (const rt::Ref<const api::WatchEvents>& message : pending_) {
    merged->events.insert(merged->events.end(), message->events.begin(), message->events.end());
  }
  pending_.clear();
  return merged;
}

rt::PayloadRef Watcher::Bookmark(bool initial_events_end) {
  rt::Ref<api::WatchEvents> message = rt::MakeRef<api::WatchEvents>();
  message->events.push_back(
      {.type = api::EventType::kBookmark,
       .revision = initial_events_end ? initial_revision_ : cache_->revision(),
       .initial_events_end = initial_events_end});
  return message;
}

rt::Task<absl::StatusOr<std::optional<rt::PayloadRef>>> Watcher::Next() {
  for (;;) {
    if (!initial_.empty()) co_return NextInitial();
    if (announces_end_ && !ended_) {
      announces_end_ = false;
      co_return Bookmark(true);
    }
    if (!pending_.empty()) co_return TakePending();
    if (unavailable_) co_return absl::UnavailableError("the API server went away");
    const rt::Instant now = executor_.Now();
    if (ended_ || now >= options_.deadline) co_return std::nullopt;
    if (now >= next_bookmark_) {
      next_bookmark_ = now + options_.bookmark_interval;
      const rt::Instant last = options_.deadline - kBeforeDeadline;
      if (last > now) next_bookmark_ = std::min(next_bookmark_, last);
      co_return Bookmark(false);
    }
    co_await changed_.WaitUntil(std::min(next_bookmark_, options_.deadline));
  }
}

}  // namespace drydock::apiserver
