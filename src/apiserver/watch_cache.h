// The present state of one resource and its recent changes: what lists, watches and
// most reads are served from, without asking the store.
//
// Watchers are indexed by what they select (a value of the indexed field, one object,
// one namespace, everything), so that a change costs the watchers that may match it:
// one of 5,000 kubelets, not all of them.
//
// Fed by the Cacher with the store's changes, in order. A resource that is not cached
// (Events) keeps its recent changes only.
#ifndef DRYDOCK_SRC_APISERVER_WATCH_CACHE_H_
#define DRYDOCK_SRC_APISERVER_WATCH_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/object.h"
#include "src/apiserver/resource.h"
#include "src/apiserver/selection.h"
#include "src/apiserver/watch_event.h"
#include "src/rt/executor.h"
#include "src/store/key_table.h"

namespace drydock::apiserver {

class Watcher;

struct WatchCacheOptions {
  // Changes that a watch may begin from: those of the last `history_age`, at least
  // `history_min` of them and at most `history_max` (Kubernetes' event freshness and
  // capacities).
  absl::Duration history_age = absl::Seconds(75);
  size_t history_min = 100;
  size_t history_max = 102'400;
  // Revisions from before a start that watches may begin from, too, as far as the store still
  // has them: they are read from it at the start. 0: watches from before a start are told to
  // list anew, as by kube-apiserver.
  int64_t history_from_store = 0;
  size_t max_watchers = 100'000;
};

class WatchCache {
 public:
  // `revision` is the Cacher's: all changes up to it have been applied. Everything
  // outlives the cache.
  WatchCache(const Resource& resource, rt::Executor& executor, const int64_t& revision,
             WatchCacheOptions options);
  WatchCache(const WatchCache&) = delete;
  WatchCache& operator=(const WatchCache&) = delete;
  ~WatchCache();

  const Resource& resource() const { return resource_; }
  int64_t revision() const { return revision_; }
  size_t size() const { return objects_.size(); }

  // Null when absent. REQUIRES: a cached resource.
  api::ObjectRef Get(absl::string_view ns, absl::string_view name) const;
  // By what is behind the resource's prefix in the key: "default/web-0".
  api::ObjectRef GetBySuffix(absl::string_view suffix) const;

  struct Page {
    std::vector<api::ObjectRef> objects;  // In the order of their keys.
    bool more = false;
    std::string last;  // The suffix of the last object looked at, when there is more.
  };
  // The selected objects, at most `limit` of them (0: all). REQUIRES: a cached resource.
  Page List(const Selection& selection, int64_t limit) const;

  // Joins `watcher` to those that hear of changes, and gives it those after `after`
  // at once. "too old resource version" when they are no longer known.
  absl::Status Add(Watcher& watcher, int64_t after);
  void Remove(Watcher& watcher);
  size_t watcher_count() const { return watchers_.size(); }

  // Hears of each change of the present state, at once: for what keeps an index of its own
  // over it. As Apply; both null: everything has been forgotten. One listener at most.
  using Listener = std::function<void(const api::ObjectRef& before, const api::ObjectRef& after)>;
  void SetListener(Listener listener) { listener_ = std::move(listener); }

  // For the Cacher. `suffix` is the key's; null `before`: created, null `after`: deleted.
  void Load(absl::string_view suffix, api::ObjectRef object);
  void Apply(absl::string_view suffix, int64_t revision, api::ObjectRef before,
             api::ObjectRef after);
  // Forgets everything and fails all watchers, which must list again.
  void Reset(int64_t revision, const absl::Status& why);

  // Watchers looked at in dispatching changes since the start: the cost that the
  // index keeps small.
  uint64_t watchers_considered() const { return watchers_considered_; }

 private:
  struct Entry {
    std::string key;  // The suffix.
    api::ObjectRef object;
  };
  using Watchers = std::vector<Watcher*>;  // In the order in which they came.
  // All that is known of one value of the indexed field.
  struct Bucket {
    absl::btree_map<absl::string_view, Entry*> entries;
    Watchers watchers;
    bool empty() const { return entries.empty() && watchers.empty(); }
  };
  using Buckets = absl::flat_hash_map<std::string, std::unique_ptr<Bucket>>;

  Watchers& WatchersFor(const Selection& selection);
  Bucket& BucketFor(absl::string_view value);
  void DropIfEmpty(absl::string_view value);
  void Unindex(const Entry& entry, absl::string_view value);
  void Dispatch(absl::string_view suffix, const WatchedChange& change);
  void Offer(const Watchers& watchers, const WatchedChange& change);
  void Remember(WatchedChange change);

  const Resource& resource_;
  rt::Executor& executor_;
  const int64_t& revision_;
  const WatchCacheOptions options_;
  const FieldPath* const indexed_;  // Null: no field is indexed.
  store::KeyTable<Entry> objects_;
  std::deque<WatchedChange> history_;
  int64_t history_start_ = 0;  // All changes after it are in history_.
  // Looked up, never iterated.
  Buckets by_field_;
  absl::flat_hash_map<std::string, Watchers> by_object_;  // By suffix.
  absl::flat_hash_map<std::string, Watchers> by_namespace_;
  Watchers of_all_;
  Listener listener_;
  absl::btree_map<uint64_t, Watcher*> watchers_;  // All of them, by arrival.
  uint64_t arrivals_ = 0;
  uint64_t watchers_considered_ = 0;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_WATCH_CACHE_H_
