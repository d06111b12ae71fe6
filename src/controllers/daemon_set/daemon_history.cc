// ControllerRevisions of DaemonSets.
#include "src/controllers/daemon_set/daemon_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/codec/message_json.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/common/safe_encode.h"
#include "src/controllers/daemon_set/daemon_pods.h"

namespace drydock::controllers {
namespace {

using Revision = api::Ref<api::ControllerRevision>;

// A patch that brings the template back.
std::string DataOf(const api::DaemonSet& set) {
  std::string json;
  api::AppendMessageJson(set.spec().template_(), false, &json);
  // `json` is an object with at least its metadata or spec.
  return absl::StrCat(R"({"spec":{"template":{"$patch":"replace",)", json.substr(1), "}}");
}

bool IsLower(const Revision& a, const Revision& b) {
  if (a->revision() != b->revision()) return a->revision() < b->revision();
  return a->metadata().name() < b->metadata().name();
}

}  // namespace

DaemonHistory::DaemonHistory(client::Client& client,
                             client::Informer<api::ControllerRevision> revisions)
    : client_(client), revisions_(revisions) {
  client::AddByOwnerIndex(revisions_.core());
}

const DaemonHistory::Known& DaemonHistory::KnownOf(const api::DaemonSet& set) {
  Known& known = known_[set.metadata().uid()];
  const int64_t generation = set.metadata().generation();
  const int32_t collisions = set.status().collision_count();
  if (known.generation == generation && known.collisions == collisions && generation != 0) {
    return known;
  }
  known.generation = generation;
  known.collisions = collisions;
  known.data = DataOf(set);
  known.hash =
      SafeEncode(Fnv32(collisions == 0 ? known.data : absl::StrCat(known.data, collisions)));
  return known;
}

std::vector<Revision> DaemonHistory::RevisionsOf(const api::DaemonSet& set) const {
  std::vector<Revision> revisions = revisions_.ByIndex(client::kByOwner, set.metadata().uid());
  std::sort(revisions.begin(), revisions.end(), IsLower);
  return revisions;
}

rt::Task<absl::StatusOr<std::string>> DaemonHistory::Sync(api::Ref<api::DaemonSet> set) {
  const Known known = KnownOf(*set);
  const std::vector<Revision> revisions = RevisionsOf(*set);
  Revision present;
  for (const Revision& revision : revisions) {
    if (revision->data().raw() == known.data) present = revision;
  }
  const int64_t newest = revisions.empty() ? 0 : revisions.back()->revision();
  if (!present) {
    const absl::Status created = co_await Create(set, known.data, known.hash, newest + 1);
    if (!created.ok()) co_return created;
    co_return known.hash;
  }
  if (present->revision() < newest) {
    // An undo: the old revision becomes the newest.
    api::ControllerRevision update = *present;
    update.set_revision(newest + 1);
    const absl::StatusOr<Revision> updated = co_await client_.Update(std::move(update));
    if (!updated.ok()) co_return updated.status();
  }
  const std::string* const hash = api::Find(present->metadata().labels(), kRevisionHash);
  co_return hash != nullptr ? *hash : known.hash;
}

rt::Task<absl::Status> DaemonHistory::Create(const api::Ref<api::DaemonSet>& set, std::string data,
                                             std::string hash, int64_t revision) {
  api::ControllerRevision made;
  api::ObjectMeta* const metadata = made.mutable_metadata();
  metadata->set_name(absl::StrCat(set->metadata().name(), "-", hash));
  metadata->set_namespace_(set->metadata().namespace_());
  *metadata->mutable_labels() = set->spec().template_().metadata().labels();
  api::Set(metadata->mutable_labels(), kRevisionHash, hash);
  *metadata->mutable_annotations() = set->metadata().annotations();
  *metadata->add_owner_references() = NewControllerRef(set->metadata(), kDaemonSetKind);
  made.mutable_data()->set_raw(data);
  made.set_revision(revision);
  const std::string ns = metadata->namespace_();
  const std::string name = metadata->name();
  const absl::StatusOr<Revision> created = co_await client_.Create(std::move(made));
  if (!api::IsAlreadyExists(created.status())) co_return created.status();
  const absl::StatusOr<Revision> existing = co_await client_.Get<api::ControllerRevision>(ns, name);
  if (!existing.ok()) co_return existing.status();
  if ((*existing)->data().raw() == data &&
      IsControlledBy((*existing)->metadata(), set->metadata())) {
    co_return absl::OkStatus();  // Made before; the cache is behind.
  }
  // Another template with the same hash: the count makes the next name differ.
  api::DaemonSet update;
  *update.mutable_metadata() = set->metadata();
  *update.mutable_status() = set->status();
  update.mutable_status()->set_collision_count(set->status().collision_count() + 1);
  const absl::StatusOr<api::Ref<api::DaemonSet>> updated =
      co_await client_.UpdateStatus(std::move(update));
  co_return updated.ok() ? created.status() : updated.status();
}

rt::Task<absl::Status> DaemonHistory::CleanUp(api::Ref<api::DaemonSet> set,
                                              std::string present_hash) {
  std::vector<Revision> old = RevisionsOf(*set);
  old.erase(std::remove_if(old.begin(), old.end(),
                           [&present_hash](const Revision& revision) {
                             const std::string* const hash =
                                 api::Find(revision->metadata().labels(), kRevisionHash);
                             return hash != nullptr && *hash == present_hash;
                           }),
            old.end());
  const int limit =
      set->spec().has_revision_history_limit() ? set->spec().revision_history_limit() : 10;
  const int excess = static_cast<int>(old.size()) - limit;
  for (int i = 0; i < excess; ++i) {
    const absl::Status deleted = co_await client_.Delete<api::ControllerRevision>(
        old[i]->metadata().namespace_(), old[i]->metadata().name(), {});
    if (!deleted.ok() && !api::IsNotFound(deleted)) co_return deleted;
  }
  co_return absl::OkStatus();
}

}  // namespace drydock::controllers
