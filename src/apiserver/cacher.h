// Feeds the watch caches of all resources from one watch of the store.
#ifndef DRYDOCK_SRC_APISERVER_CACHER_H_
#define DRYDOCK_SRC_APISERVER_CACHER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/apiserver/resource.h"
#include "src/apiserver/watch_cache.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/store/store.h"

namespace drydock::apiserver {

class Cacher {
 public:
  // Everything outlives the cacher.
  Cacher(const ResourceTable& resources, rt::Executor& executor, store::Store& store,
         WatchCacheOptions options);
  Cacher(const Cacher&) = delete;
  Cacher& operator=(const Cacher&) = delete;

  // Reads the present state, with some history if the options want that. Must succeed before
  // anything else is asked.
  rt::Task<absl::Status> Load();
  // Follows the store until destroyed.
  rt::Task<> Run();

  WatchCache& For(const Resource& resource) const;

  // All changes up to it are in the caches.
  int64_t revision() const { return revision_; }
  // Waits until the caches have `revision`; false when that takes longer than `patience`.
  rt::Task<bool> WaitFor(int64_t revision, absl::Duration patience);

  uint64_t reloads() const { return reloads_; }  // After the first.

 private:
  // Applies the store's changes until `until` is reached.
  rt::Task<absl::Status> Replay(int64_t until);
  // The same over one watch of the store, which may end before.
  rt::Task<absl::Status> FollowUntil(int64_t until);
  void Apply(const store::Event& event);

  const ResourceTable& resources_;
  rt::Executor& executor_;
  store::Store& store_;
  const int64_t history_from_store_;
  int64_t revision_ = 0;
  std::vector<std::unique_ptr<WatchCache>> caches_;                // In the order of the table.
  absl::flat_hash_map<const Resource*, WatchCache*> by_resource_;  // Looked up, not iterated.
  rt::Signal advanced_;
  uint64_t reloads_ = 0;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_CACHER_H_
