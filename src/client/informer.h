// An informer: a local copy of all objects of a kind (or of those that a selector
// chooses), kept up to date by a watch, with handlers that hear of every change.
//
// It lists, then watches from the list's revision; when the watch ends it watches
// again from the last revision it saw; when the server no longer has that revision
// it lists again and reports the difference. A list never takes the cache back in
// time. Semantics of client-go's reflector, store and shared informer.
//
// Informers of one process are shared: ask the InformerFactory for one.
#ifndef DRYDOCK_SRC_CLIENT_INFORMER_H_
#define DRYDOCK_SRC_CLIENT_INFORMER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/client/backoff.h"
#include "src/client/client.h"
#include "src/client/object_key.h"
#include "src/rt/random.h"
#include "src/rt/sync.h"

namespace drydock::client {

// Handlers run one after another, in the order of revisions, inside the informer's
// turn: they must not wait, and usually only add a key to a work queue.
struct InformerHandler {
  std::function<void(const ObjectRef& object)> on_add;
  // Old and new. A change of uid arrives as a delete and an add, never as an update.
  std::function<void(const ObjectRef& before, const ObjectRef& after)> on_update;
  std::function<void(const ObjectRef& object)> on_delete;  // The last state known.
};

struct InformerOptions {
  std::string ns;  // Empty: all namespaces.
  std::string label_selector;
  std::string field_selector;
  absl::Duration relist_backoff_min = absl::Milliseconds(800);
  absl::Duration relist_backoff_max = absl::Seconds(30);
  // The server ends each watch after a time drawn between this and twice this, so that
  // watchers spread over the servers and a broken stream is noticed at last.
  absl::Duration watch_timeout = absl::Minutes(5);
};

struct InformerMetrics {
  uint64_t lists = 0;
  uint64_t watches = 0;
  uint64_t events = 0;
  uint64_t failures = 0;  // Lists and watches that failed, and each waited for its back-off.
};

// Which values an object is filed under. Pure.
using IndexFunction =
    std::function<void(const ObjectRef& object, std::vector<std::string>* values)>;

// The untyped informer. `Informer<T>` below is what components hold.
//
// Costs: an event costs a look-up by hash, whatever the size of the cache; ByIndex
// costs its result; List costs its result, and sorting what is new since the last
// one. The first List sorts everything.
class InformerCore {
 public:
  InformerCore(Client& client, const api::KindInfo& kind, InformerOptions options);
  InformerCore(const InformerCore&) = delete;
  InformerCore& operator=(const InformerCore&) = delete;

  // Before Run. A handler added later first hears on_add of everything in the cache.
  void AddHandler(InformerHandler handler);
  // Before Run. Names are per informer.
  void AddIndex(std::string name, IndexFunction function);

  Task<> Run();  // Until destroyed.

  bool synced() const { return synced_; }  // The first list is in the cache.
  Task<> WaitForSync();

  ObjectRef Get(const ObjectKey& key) const { return Get(key.ns, key.name); }  // Null when absent.
  ObjectRef Get(absl::string_view ns, absl::string_view name) const { return Find({ns, name}); }
  std::vector<ObjectRef> List() const;  // In the order of namespace and name.
  std::vector<ObjectRef> ListNamespace(absl::string_view ns) const;
  // In the order of namespace and name.
  std::vector<ObjectRef> ByIndex(absl::string_view index, absl::string_view value) const;
  size_t size() const { return by_key_.size(); }
  int64_t revision() const { return revision_; }  // The newest that the cache reflects.
  const api::KindInfo& kind() const { return kind_; }
  const InformerOptions& options() const { return options_; }
  const InformerMetrics& metrics() const { return metrics_; }

 private:
  // Objects lie in slots; everything else (the look-up by key, the order, the
  // indices) holds slot numbers, so that an update touches one slot and nothing else.
  using Slot = uint32_t;

  struct KeyView {
    absl::string_view ns;
    absl::string_view name;
    friend bool operator==(const KeyView&, const KeyView&) = default;
    friend bool operator<(const KeyView& a, const KeyView& b) {
      const int order = a.ns.compare(b.ns);
      return order < 0 || (order == 0 && a.name < b.name);
    }
    template <typename H>
    friend H AbslHashValue(H state, const KeyView& key) {
      return H::combine(std::move(state), key.ns, key.name);
    }
  };
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(const KeyView& key) const { return absl::Hash<KeyView>()(key); }
    size_t operator()(Slot slot) const { return core->slots_[slot].hash; }
    const InformerCore* core;
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(Slot a, Slot b) const { return a == b; }
    bool operator()(Slot a, const KeyView& b) const { return core->KeyAt(a) == b; }
    const InformerCore* core;
  };
  struct Entry {
    ObjectRef object;  // Null: free.
    size_t hash = 0;   // Of the key: kept, so that growing the table touches no objects.
    uint32_t listed = 0;
  };
  using Bucket = std::vector<Slot>;  // Sorted by key.
  struct Index {
    std::string name;
    IndexFunction function;
    absl::flat_hash_map<std::string, Bucket> buckets;  // Looked up, never iterated.
  };

  static KeyView ViewOf(const ObjectRef& object) {
    const api::metav1::ObjectMeta& metadata = object->metadata();
    return {metadata.namespace_(), metadata.name()};
  }
  KeyView KeyAt(Slot slot) const { return ViewOf(slots_[slot].object); }
  ObjectRef Find(const KeyView& key) const;

  Task<absl::Status> Relist();
  Task<absl::Status> Watch();
  void Apply(const api::WatchEvents& events);
  void Put(const ObjectRef& object);
  void Insert(const ObjectRef& object);
  // `last` is the state that handlers hear of.
  void Remove(Slot slot, const ObjectRef& last);
  void Reindex(Index& index, Slot slot, const ObjectRef& before, const ObjectRef& after);
  void AddToBucket(Index& index, const std::string& value, Slot slot);
  void RemoveFromBucket(Index& index, const std::string& value, Slot slot);
  void Order() const;
  std::vector<ObjectRef> Collect(const Slot* begin, const Slot* end) const;

  Client& client_;
  const api::KindInfo& kind_;
  const InformerOptions options_;
  rt::Random random_;
  Backoff backoff_;
  std::vector<InformerHandler> handlers_;
  std::vector<Index> indices_;
  std::vector<std::string> values_before_;  // Scratch of Reindex.
  std::vector<std::string> values_after_;

  std::vector<Entry> slots_;
  mutable std::vector<Slot> free_;
  absl::flat_hash_set<Slot, KeyHash, KeyEqual> by_key_;  // Looked up, never iterated.
  uint32_t list_number_ = 0;
  // The order of keys, made when somebody lists and mended with what changed since.
  // Slots in removed_ are still in order_ and not yet free. Unordered again when more
  // has changed than is worth mending.
  mutable bool ordered_ = false;
  mutable std::vector<Slot> order_;
  mutable std::vector<Slot> added_;
  mutable std::vector<Slot> removed_;

  int64_t revision_ = 0;
  bool synced_ = false;
  rt::Signal synced_signal_;
  InformerMetrics metrics_;
};

template <typename T>
class Informer {
 public:
  explicit Informer(InformerCore& core) : core_(&core) {}

  Ref<T> Get(const ObjectKey& key) const { return Ref<T>(core_->Get(key)); }
  Ref<T> Get(absl::string_view ns, absl::string_view name) const {
    return Ref<T>(core_->Get(ns, name));
  }
  std::vector<Ref<T>> List() const { return Wrap(core_->List()); }
  std::vector<Ref<T>> ListNamespace(absl::string_view ns) const {
    return Wrap(core_->ListNamespace(ns));
  }
  std::vector<Ref<T>> ByIndex(absl::string_view index, absl::string_view value) const {
    return Wrap(core_->ByIndex(index, value));
  }
  bool synced() const { return core_->synced(); }
  Task<> WaitForSync() { return core_->WaitForSync(); }
  InformerCore& core() const { return *core_; }

 private:
  static std::vector<Ref<T>> Wrap(std::vector<ObjectRef> objects) {
    std::vector<Ref<T>> typed;
    typed.reserve(objects.size());
    for (ObjectRef& object : objects) typed.emplace_back(std::move(object));
    return typed;
  }
  InformerCore* core_;
};

// One informer per kind (and selection), shared by the components of a process.
class InformerFactory {
 public:
  explicit InformerFactory(Client& client) : client_(client) {}

  template <typename T>
  Informer<T> For() {
    return Informer<T>(Core(api::KindOf<T>()));
  }
  InformerCore& Core(const api::KindInfo& kind);  // All objects of the kind.
  // Those of the selection in `options`, which is shared by all who ask for the same one.
  InformerCore& Core(const api::KindInfo& kind, InformerOptions options);

  // Starts those that do not run yet, in the order in which they were asked for.
  // `group` dies before the factory.
  void Start(rt::TaskGroup& group);
  Task<> WaitForSync();

 private:
  struct Entry {
    std::unique_ptr<InformerCore> informer;
    bool started = false;
  };
  Client& client_;
  std::vector<Entry> entries_;
};

// The names of indices that several components use; AddIndex them through these.
inline constexpr char kPodsByNode[] = "spec.nodeName";
inline constexpr char kByOwner[] = "metadata.ownerReferences.controller.uid";
void AddPodsByNodeIndex(InformerCore& pods);
void AddByOwnerIndex(InformerCore& objects);  // By the uid of the controlling owner.

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_INFORMER_H_
