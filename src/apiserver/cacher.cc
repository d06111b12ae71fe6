// One watch on everything: the caches advance together, and a revision that nobody
// changed in one of them still counts as seen.
#include "src/apiserver/cacher.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "src/api/object.h"
#include "src/api/status.h"

namespace drydock::apiserver {
namespace {

constexpr char kEverything[] = "/registry/";
constexpr absl::Duration kRetryAfter = absl::Seconds(1);
constexpr int64_t kForever = std::numeric_limits<int64_t>::max();
constexpr store::Revision kOfEmptyStore = 1;  // As in etcd: no watch brings a change of it.

api::ObjectRef ToObject(const rt::PayloadRef& payload) {
  return api::ObjectRef(static_cast<const api::Object*>(payload.get()));
}

}  // namespace

Cacher::Cacher(const ResourceTable& resources, rt::Executor& executor, store::Store& store,
               WatchCacheOptions options)
    : resources_(resources),
      executor_(executor),
      store_(store),
      history_from_store_(options.history_from_store),
      advanced_(executor) {
  for (const std::unique_ptr<Resource>& resource : resources.all()) {
    caches_.push_back(std::make_unique<WatchCache>(*resource, executor, revision_, options));
    by_resource_[resource.get()] = caches_.back().get();
  }
}

WatchCache& Cacher::For(const Resource& resource) const {
  return *by_resource_.find(&resource)->second;
}

rt::Task<absl::Status> Cacher::Load() {
  const int64_t newest = store_.current_revision();
  store::RangeRequest request = {.key = kEverything, .end = store::PrefixEnd(kEverything)};
  if (history_from_store_ > 0) {
    // The state of some time ago, and then what has happened since.
    request.revision =
        std::max({kOfEmptyStore, store_.compacted_revision(), newest - history_from_store_});
  }
  const absl::StatusOr<store::RangeResponse> everything = co_await store_.Range(request);
  if (!everything.ok()) co_return everything.status();
  revision_ = request.revision > 0 ? request.revision : everything->revision;
  for (const std::unique_ptr<WatchCache>& cache : caches_) {
    cache->Reset(revision_, api::Expired("the API server has read its state anew"));
  }
  for (const store::KeyValue& item : everything->items) {
    api::ObjectRef object = ToObject(item.value);
    const Resource* resource = resources_.Find(object->kind());
    if (resource == nullptr || !resource->cached) continue;
    For(*resource).Load(resource->Suffix(item.key), std::move(object));
  }
  advanced_.Raise();
  co_return co_await Replay(newest);
}

void Cacher::Apply(const store::Event& event) {
  api::ObjectRef before = ToObject(event.previous);
  api::ObjectRef after = ToObject(event.kv.value);
  const Resource* resource = resources_.Find((after ? after : before)->kind());
  if (resource == nullptr) return;
  For(*resource).Apply(resource->Suffix(event.kv.key), event.kv.mod_revision, std::move(before),
                       std::move(after));
}

rt::Task<absl::Status> Cacher::Replay(int64_t until) {
  while (revision_ < until) {
    const absl::Status status = co_await FollowUntil(until);
    // Behind the bound of the watch's buffer it goes on from where it is.
    if (!status.ok() && !absl::IsResourceExhausted(status)) co_return status;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> Cacher::FollowUntil(int64_t until) {
  absl::StatusOr<std::unique_ptr<store::Watch>> watch =
      co_await store_.StartWatch(kEverything, store::PrefixEnd(kEverything), revision_);
  if (!watch.ok()) co_return watch.status();
  while (revision_ < until) {
    const absl::StatusOr<store::Watch::Batch> batch = co_await (*watch)->Next();
    if (!batch.ok()) co_return batch.status();
    for (const store::Event& event : batch->events) {
      // Before its watchers hear of it: bookmarks must not lag behind events.
      revision_ = event.kv.mod_revision;
      Apply(event);
    }
    if (batch->progress > revision_) revision_ = batch->progress;
    advanced_.Raise();
  }
  co_return absl::OkStatus();
}

rt::Task<> Cacher::Run() {
  for (;;) {
    const absl::Status status = co_await FollowUntil(kForever);
    if (absl::IsResourceExhausted(status)) continue;  // From where we are.
    co_await executor_.SleepFor(kRetryAfter);
    if (!absl::IsOutOfRange(status)) continue;
    // What we missed has been compacted.
    ++reloads_;
    const absl::Status loaded = co_await Load();
    if (!loaded.ok()) co_await executor_.SleepFor(kRetryAfter);
  }
}

rt::Task<bool> Cacher::WaitFor(int64_t revision, absl::Duration patience) {
  const rt::Instant deadline = executor_.Now() + patience;
  while (revision_ < revision) {
    const bool in_time = co_await advanced_.WaitUntil(deadline);
    if (!in_time) co_return revision_ >= revision;
  }
  co_return true;
}

}  // namespace drydock::apiserver
