// How an object that exists is changed: read, change, commit if nobody was faster.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

constexpr char kModified[] =
    "the object has been modified; please apply your changes to the latest version and try again";

// More conflicts in a row than any load explains.
constexpr int kMaxConflicts = 100;

}  // namespace

rt::Task<absl::StatusOr<api::ObjectRef>> Registry::ReadLive(const std::string& key) {
  absl::StatusOr<store::RangeResponse> range = co_await store_.Range({.key = key});
  if (!range.ok()) co_return range.status();
  if (range->items.empty()) co_return api::ObjectRef();
  co_return api::ObjectRef(static_cast<const api::Object*>(range->items[0].value.get()));
}

absl::Status Registry::CheckRevision(const Resource& resource, const api::Object& current,
                                     absl::string_view name, absl::string_view asked,
                                     absl::string_view asked_uid) const {
  if (!asked_uid.empty() && asked_uid != current.metadata().uid()) {
    return api::Conflict(resource.group(), resource.plural(), name,
                         absl::StrCat("Precondition failed: UID in precondition: ", asked_uid,
                                      ", UID in object meta: ", current.metadata().uid()));
  }
  if (asked.empty()) return absl::OkStatus();
  int64_t revision = 0;
  if (!absl::SimpleAtoi(asked, &revision) || revision != current.revision()) {
    return api::Conflict(resource.group(), resource.plural(), name, kModified);
  }
  return absl::OkStatus();
}

rt::Task<absl::StatusOr<api::ObjectRef>> Registry::Modify(const Resource& resource, std::string ns,
                                                          std::string name, bool dry_run,
                                                          Changer change) {
  const std::string key = resource.Key(ns, name);
  // The cache's state is almost always the newest. What it leads to counts only if the
  // commit or a second look confirms it.
  api::ObjectRef current;
  bool live = false;
  if (resource.cached) current = cacher_.For(resource).GetBySuffix(resource.Suffix(key));
  for (int conflicts = 0; conflicts < kMaxConflicts;) {
    if (!current) {
      absl::StatusOr<api::ObjectRef> read = co_await ReadLive(key);
      if (!read.ok()) co_return read.status();
      if (!*read) co_return api::NotFound(resource.group(), resource.plural(), name);
      current = *std::move(read);
      live = true;
    }
    absl::StatusOr<Change> changed = change(current);
    if (!changed.ok() || !changed->next) {
      if (live) {
        if (!changed.ok()) co_return changed.status();
        co_return current;
      }
      current = nullptr;  // Ask the store before refusing or doing nothing.
      continue;
    }
    if (dry_run) co_return api::ObjectRef(std::move(changed->next));
    store::Txn txn;
    txn.compares.push_back({.key = key, .operand = current->revision()});
    txn.writes.push_back({.key = key});
    if (changed->erase) {
      txn.writes[0].kind = store::Write::Kind::kDelete;
    } else {
      txn.writes[0].value = changed->next;
      if (resource.expires) {
        const absl::StatusOr<store::LeaseId> lease = co_await event_leases_.Lease();
        if (!lease.ok()) co_return lease.status();
        txn.writes[0].lease = *lease;
      }
    }
    const absl::StatusOr<store::TxnResult> result = co_await store_.Commit(std::move(txn));
    if (!result.ok()) co_return result.status();
    if (result->succeeded) {
      if (changed->erase) {
        changed->next->StampRevision(result->revision);
        if (Strategy* strategy = StrategyOf(resource); strategy != nullptr) {
          strategy->Released(current->message());
        }
      }
      co_return api::ObjectRef(std::move(changed->next));
    }
    ++conflicts;
    current = nullptr;
  }
  co_return api::Conflict(resource.group(), resource.plural(), name, kModified);
}

}  // namespace drydock::apiserver
