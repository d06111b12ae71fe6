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

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/client/object_key.h"
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
  std::string ns;              // Empty: all namespaces.
  std::string label_selector;
  std::string field_selector;
  absl::Duration relist_backoff_min = absl::Milliseconds(800);
  absl::Duration relist_backoff_max = absl::Seconds(30);
};

// Which values an object is filed under. Pure.
using IndexFunction = std::function<void(const ObjectRef& object, std::vector<std::string>* values)>;

// The untyped informer. `Informer<T>` below is what components hold.
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

  ObjectRef Get(const ObjectKey& key) const;  // Null when absent.
  std::vector<ObjectRef> List() const;        // In the order of namespace and name.
  std::vector<ObjectRef> ListNamespace(absl::string_view ns) const;
  // In the order of namespace and name.
  std::vector<ObjectRef> ByIndex(absl::string_view index, absl::string_view value) const;
  size_t size() const { return objects_.size(); }
  int64_t revision() const { return revision_; }  // The newest that the cache reflects.
  const api::KindInfo& kind() const { return kind_; }

 private:
  using Bucket = std::vector<ObjectRef>;  // Sorted by key.
  struct Index {
    std::string name;
    IndexFunction function;
    absl::flat_hash_map<std::string, Bucket> buckets;  // Looked up, never iterated.
  };

  Task<absl::Status> ListAndWatch();
  Task<absl::Status> Relist();
  absl::Status Apply(const api::WatchEvents& events);
  void Put(const ObjectRef& object);
  void Remove(const ObjectKey& key);
  void Reindex(const ObjectRef& before, const ObjectRef& after);

  Client& client_;
  const api::KindInfo& kind_;
  const InformerOptions options_;
  std::vector<InformerHandler> handlers_;
  std::vector<Index> indices_;
  absl::btree_map<ObjectKey, ObjectRef> objects_;
  int64_t revision_ = 0;
  bool synced_ = false;
  rt::Signal synced_signal_;
};

template <typename T>
class Informer {
 public:
  explicit Informer(InformerCore& core) : core_(&core) {}

  Ref<T> Get(const ObjectKey& key) const { return Ref<T>(core_->Get(key)); }
  Ref<T> Get(absl::string_view ns, absl::string_view name) const {
    return Get(ObjectKey{std::string(ns), std::string(name)});
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

  // Starts those that do not run yet, in the order in which they were asked for.
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
