// Events into the graph, and what follows from it.
#include "src/controllers/garbage_collector/garbage_collector.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/btree_set.h"
#include "src/api/status.h"

namespace drydock::controllers {
namespace {

constexpr char kForeground[] = "foregroundDeletion";
constexpr char kOrphan[] = "orphan";
// The namespace of work queue keys that ask to orphan the dependents of a uid.
constexpr char kOrphanKey[] = "orphan";
constexpr size_t kAbsentSize = 500;

bool HasFinalizer(const api::ObjectMeta& metadata, const char* finalizer) {
  return std::find(metadata.finalizers().begin(), metadata.finalizers().end(), finalizer) !=
         metadata.finalizers().end();
}

bool SameReference(const api::OwnerReference& a, const api::OwnerReference& b) {
  return a.uid() == b.uid() && a.block_owner_deletion() == b.block_owner_deletion();
}

// Whether nothing that concerns the collector differs. Most updates: heartbeats, status.
bool SameToUs(const api::ObjectMeta& a, const api::ObjectMeta& b) {
  return a.has_deletion_timestamp() == b.has_deletion_timestamp() &&
         std::equal(a.owner_references().begin(), a.owner_references().end(),
                    b.owner_references().begin(), b.owner_references().end(), SameReference) &&
         std::equal(a.finalizers().begin(), a.finalizers().end(), b.finalizers().begin(),
                    b.finalizers().end());
}

bool WaitsForDependents(const api::ObjectMeta& metadata) {
  return metadata.has_deletion_timestamp() && HasFinalizer(metadata, kForeground);
}

bool WaitsForOrphaning(const api::ObjectMeta& metadata) {
  return metadata.has_deletion_timestamp() && HasFinalizer(metadata, kOrphan);
}

}  // namespace

GarbageCollector::GarbageCollector(rt::Env& env, client::Client& client,
                                   client::InformerFactory& informers,
                                   GarbageCollectorOptions options)
    : client_(client), controller_(env, "garbage-collector", *this, options.workers) {
  absl::btree_set<std::pair<std::string, std::string>> known;
  for (const api::KindInfo& kind : api::AllKinds()) {
    if (!kind.stored || kind.resource.empty() || kind.kind == "Event") continue;
    // Objects of two versions of one kind are the same objects.
    if (!known.emplace(std::string(kind.group), std::string(kind.resource)).second) continue;
    client::InformerCore& informer = informers.Core(kind);
    informers_[&kind] = &informer;
    Monitor(informer);
  }
}

void GarbageCollector::Monitor(client::InformerCore& informer) {
  informer.AddHandler({
      .on_add = [this](const api::ObjectRef& object) { Seen(object); },
      .on_update =
          [this](const api::ObjectRef& before, const api::ObjectRef& after) {
            if (!SameToUs(before->metadata(), after->metadata())) Seen(after);
          },
      .on_delete = [this](const api::ObjectRef& object) { Gone(object->metadata().uid()); },
  });
}

void GarbageCollector::Seen(const api::ObjectRef& object) {
  const api::ObjectMeta& metadata = object->metadata();
  GraphNode& node = graph_.Observe(object->kind(), metadata);
  std::vector<GraphNode*> old_owners;
  for (const GraphNode::Edge& edge : node.owners) {
    if (edge.blocks && edge.owner->deleting_dependents) old_owners.push_back(edge.owner);
  }
  std::vector<GraphNode*> new_owners;
  graph_.SetOwners(node, metadata, &new_owners);
  for (const GraphNode* owner : new_owners) Attempt(owner->uid);  // Is it there at all?
  for (const GraphNode* owner : old_owners) {
    if (!node.Blocks(*owner)) Attempt(owner->uid);  // One less to wait for.
  }
  node.being_deleted = metadata.has_deletion_timestamp();
  if (WaitsForOrphaning(metadata)) controller_.queue().Add({kOrphanKey, node.uid});
  if (WaitsForDependents(metadata) && !node.deleting_dependents) {
    node.deleting_dependents = true;
    for (const GraphNode* dependent : node.dependents) Attempt(dependent->uid);
    Attempt(node.uid);
  }
}

void GarbageCollector::Gone(const std::string& uid) {
  GraphNode* node = graph_.Find(uid);
  if (node == nullptr) return;
  if (!node->dependents.empty()) RememberAbsent(uid);
  for (const GraphNode* dependent : node->dependents) Attempt(dependent->uid);
  for (const GraphNode::Edge& edge : node->owners) {
    if (edge.owner->deleting_dependents) Attempt(edge.owner->uid);
  }
  graph_.Remove(*node);
}

void GarbageCollector::RememberAbsent(const std::string& uid) {
  if (!absent_.insert(uid).second) return;
  absent_order_.push_back(uid);
  if (absent_order_.size() <= kAbsentSize) return;
  absent_.erase(absent_order_.front());
  absent_order_.pop_front();
}

api::ObjectRef GarbageCollector::Cached(const GraphNode& node) const {
  const auto informer = informers_.find(node.kind);
  if (informer == informers_.end()) return nullptr;
  api::ObjectRef object = informer->second->Get(node.ns, node.name);
  if (!object || object->metadata().uid() != node.uid) return nullptr;
  return object;
}

rt::Task<absl::Status> GarbageCollector::Reconcile(client::ObjectKey key) {
  if (key.ns == kOrphanKey) return AttemptToOrphan(std::move(key.name));
  return AttemptToDelete(std::move(key.name));
}

rt::Task<absl::Status> GarbageCollector::AttemptToDelete(std::string uid) {
  const GraphNode* node = graph_.Find(uid);
  if (node == nullptr) co_return absl::OkStatus();
  if (node->being_deleted && !node->deleting_dependents) co_return absl::OkStatus();
  // An owner of a kind that is not in the scheme: nobody can tell, so it counts as there.
  if (node->kind == nullptr) co_return absl::OkStatus();
  const api::ObjectRef object = Cached(*node);
  if (!object) co_return co_await Verify(uid);
  if (node->deleting_dependents) co_return co_await FinishForeground(uid, object);
  if (object->metadata().owner_references().empty()) co_return absl::OkStatus();

  absl::StatusOr<Owners> owners = co_await Classify(object);
  if (!owners.ok()) co_return owners.status();
  if (!owners->solid.empty()) {
    std::vector<std::string> drop = std::move(owners->dangling);
    drop.insert(drop.end(), owners->waiting.begin(), owners->waiting.end());
    if (drop.empty()) co_return absl::OkStatus();
    ++metrics_.references_dropped;
    co_return co_await DropOwners(object, std::move(drop));
  }
  node = graph_.Find(uid);
  if (node == nullptr) co_return absl::OkStatus();
  if (!owners->waiting.empty() && !node->dependents.empty()) {
    const bool cycle =
        std::any_of(node->dependents.begin(), node->dependents.end(),
                    [](const GraphNode* dependent) { return dependent->deleting_dependents; });
    if (cycle) {
      // Two that wait for each other would wait for ever.
      const absl::Status unblocked = co_await Unblock(object);
      if (!unblocked.ok()) co_return unblocked;
      co_return absl::UnavailableError("unblocked: the next look deletes it");
    }
    co_return co_await Delete(object, api::Propagation::kForeground);
  }
  api::Propagation propagation = api::Propagation::kBackground;
  if (HasFinalizer(object->metadata(), kOrphan)) {
    propagation = api::Propagation::kOrphan;
  } else if (HasFinalizer(object->metadata(), kForeground)) {
    propagation = api::Propagation::kForeground;
  }
  co_return co_await Delete(object, propagation);
}

rt::Task<absl::Status> GarbageCollector::Verify(std::string uid) {
  const GraphNode* node = graph_.Find(uid);
  ++metrics_.owners_looked_up;
  absl::StatusOr<api::ObjectRef> live = co_await client_.Get(*node->kind, node->ns, node->name);
  if (!live.ok() && !api::IsNotFound(live.status())) co_return live.status();
  if (live.ok() && (*live)->metadata().uid() == uid) {
    co_return absl::UnavailableError("the cache does not have it yet");
  }
  node = graph_.Find(uid);
  // Seen meanwhile: what was asked for was another place, or an older state.
  if (node == nullptr || Cached(*node)) co_return absl::OkStatus();
  RememberAbsent(uid);
  Gone(uid);
  co_return absl::OkStatus();
}

rt::Task<absl::StatusOr<GarbageCollector::Owners>> GarbageCollector::Classify(
    api::ObjectRef object) {
  Owners owners;
  for (const api::OwnerReference& reference : object->metadata().owner_references()) {
    const std::string& uid = reference.uid();
    if (absent_.contains(uid)) {
      owners.dangling.push_back(uid);
      continue;
    }
    const GraphNode* node = graph_.Find(uid);
    if (node != nullptr && !node->is_virtual) {
      // Its deletion would bring us here again: no need to ask the server.
      (node->deleting_dependents ? owners.waiting : owners.solid).push_back(uid);
      continue;
    }
    const api::KindInfo* kind = api::FindKind(reference.api_version(), reference.kind());
    if (kind == nullptr) {
      owners.solid.push_back(uid);
      continue;
    }
    ++metrics_.owners_looked_up;
    const std::string ns = kind->namespaced ? object->metadata().namespace_() : "";
    absl::StatusOr<api::ObjectRef> live = co_await client_.Get(*kind, ns, reference.name());
    if (!live.ok() && !api::IsNotFound(live.status())) co_return live.status();
    if (!live.ok() || (*live)->metadata().uid() != uid) {
      RememberAbsent(uid);
      owners.dangling.push_back(uid);
    } else {
      (WaitsForDependents((*live)->metadata()) ? owners.waiting : owners.solid).push_back(uid);
    }
  }
  co_return owners;
}

rt::Task<absl::Status> GarbageCollector::FinishForeground(std::string uid, api::ObjectRef object) {
  const GraphNode* node = graph_.Find(uid);
  bool blocked = false;
  for (const GraphNode* dependent : node->dependents) {
    if (!dependent->Blocks(*node)) continue;
    blocked = true;
    if (!dependent->deleting_dependents) Attempt(dependent->uid);
  }
  if (blocked) co_return absl::OkStatus();  // The last one's end brings us here again.
  co_return co_await DropFinalizer(object, kForeground);
}

rt::Task<absl::Status> GarbageCollector::AttemptToOrphan(std::string uid) {
  const GraphNode* node = graph_.Find(uid);
  if (node == nullptr) co_return absl::OkStatus();
  std::vector<std::string> dependents;
  for (const GraphNode* dependent : node->dependents) dependents.push_back(dependent->uid);
  for (const std::string& dependent : dependents) {
    const GraphNode* child = graph_.Find(dependent);
    const api::ObjectRef object = child == nullptr ? nullptr : Cached(*child);
    if (!object) continue;
    const absl::Status dropped = co_await DropOwners(object, {uid});
    if (!dropped.ok() && !api::IsNotFound(dropped)) co_return dropped;
    ++metrics_.orphaned;
  }
  node = graph_.Find(uid);
  const api::ObjectRef owner = node == nullptr ? nullptr : Cached(*node);
  if (!owner) co_return absl::OkStatus();
  co_return co_await DropFinalizer(owner, kOrphan);
}

rt::Task<absl::Status> GarbageCollector::DropOwners(api::ObjectRef object,
                                                    std::vector<std::string> uids) {
  api::ObjectMeta metadata = object->metadata();
  auto& references = *metadata.mutable_owner_references();
  for (int i = references.size() - 1; i >= 0; --i) {
    if (std::find(uids.begin(), uids.end(), references.Get(i).uid()) != uids.end()) {
      references.DeleteSubrange(i, 1);
    }
  }
  return Write(std::move(object), std::move(metadata));
}

rt::Task<absl::Status> GarbageCollector::Unblock(api::ObjectRef object) {
  api::ObjectMeta metadata = object->metadata();
  for (api::OwnerReference& reference : *metadata.mutable_owner_references()) {
    reference.set_block_owner_deletion(false);
  }
  return Write(std::move(object), std::move(metadata));
}

rt::Task<absl::Status> GarbageCollector::DropFinalizer(api::ObjectRef object,
                                                       std::string finalizer) {
  api::ObjectMeta metadata = object->metadata();
  auto& finalizers = *metadata.mutable_finalizers();
  for (int i = finalizers.size() - 1; i >= 0; --i) {
    if (finalizers.Get(i) == finalizer) finalizers.DeleteSubrange(i, 1);
  }
  return Write(std::move(object), std::move(metadata));
}

rt::Task<absl::Status> GarbageCollector::Write(api::ObjectRef object, api::ObjectMeta metadata) {
  api::MessagePtr copy = api::CopyWithoutSpec(*object);
  *api::MutableMetadataOf(copy.get()) = std::move(metadata);
  absl::StatusOr<api::ObjectRef> written =
      co_await client_.Update(api::MakeObjectSharingSpec(std::move(copy), object));
  if (api::IsNotFound(written.status())) co_return absl::OkStatus();
  co_return written.status();
}

rt::Task<absl::Status> GarbageCollector::Delete(api::ObjectRef object,
                                                api::Propagation propagation) {
  client::DeleteOptions options;
  options.propagation = propagation;
  options.precondition_uid = object->metadata().uid();
  options.precondition_resource_version = object->metadata().resource_version();
  const absl::Status deleted = co_await client_.Delete(
      object->kind(), object->metadata().namespace_(), object->metadata().name(), options);
  if (api::IsNotFound(deleted)) co_return absl::OkStatus();
  if (deleted.ok()) ++metrics_.deleted;
  co_return deleted;
}

}  // namespace drydock::controllers
