// MVCC in memory: current versions in a table, older ones in the log of changes.
#include "src/store/memory_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"
#include "src/store/rules.h"

namespace drydock::store {

class MemoryStore::MemoryWatch final : public Watch {
 public:
  MemoryWatch(MemoryStore& store, std::string key, std::string end, Revision after)
      : store_(&store),
        key_(std::move(key)),
        end_(std::move(end)),
        after_(after),
        limit_(store.options_.watch_buffer),
        changed_(store.executor_) {}

  ~MemoryWatch() override {
    if (store_ == nullptr) return;
    auto& watches = store_->watches_;
    watches.erase(std::find(watches.begin(), watches.end(), this));
  }

  rt::Task<absl::StatusOr<Batch>> Next() override {
    while (events_.empty() && error_.ok()) co_await changed_.Wait();
    if (!error_.ok()) co_return error_;
    Batch batch;
    batch.events.swap(events_);
    batch.progress = progress_;
    co_return batch;
  }

  // What had happened before the watch began does not count against the buffer: the
  // reader could not have been faster.
  void Replay(const LogEntry& entry) {
    Push(entry);
    limit_ = store_->options_.watch_buffer + events_.size();
  }

  void Push(const LogEntry& entry) {
    progress_ = entry.after.mod_revision;
    if (!error_.ok() || entry.after.mod_revision <= after_) return;
    if (!InRange(entry.key->key, key_, end_)) return;
    if (events_.size() >= limit_) {
      End(absl::ResourceExhaustedError(
          absl::StrCat("the watch fell behind by ", events_.size(), " events")));
      return;
    }
    events_.push_back(ToEvent(entry));
    changed_.RaiseOne();
  }

  void End(absl::Status why) {
    error_ = std::move(why);
    events_.clear();
    changed_.Raise();
  }

  void StoreIsGone() {
    store_ = nullptr;
    End(absl::UnavailableError("the store was closed"));
  }

 private:
  MemoryStore* store_;
  const std::string key_;
  const std::string end_;
  const Revision after_;
  size_t limit_;
  std::vector<Event> events_;
  Revision progress_ = 0;
  absl::Status error_;
  rt::Signal changed_;
};

MemoryStore::MemoryStore(rt::Executor& executor, const ValueCodec& codec,
                         MemoryStoreOptions options)
    : executor_(executor), codec_(codec), options_(options), leases_changed_(executor) {
  tasks_.Spawn(ExpireLeases());
}

MemoryStore::~MemoryStore() {
  for (MemoryWatch* watch : watches_) watch->StoreIsGone();
}

const MemoryStore::Version* MemoryStore::At(const Key& key, Revision revision) const {
  const Version* version = &key.current;
  uint64_t entry = key.entry;
  while (version->mod_revision > revision) {
    DRYDOCK_CHECK(entry >= first_entry_ && entry != kNoEntry, "history of ", key.key,
                  " ends above revision ", revision);
    version = &Entry(entry).before;
    entry = Entry(entry).before_entry;
  }
  return version;
}

KeyValue MemoryStore::ToKeyValue(const std::string& key, const Version& version) {
  return {.key = key,
          .value = version.value,
          .create_revision = version.create_revision,
          .mod_revision = version.mod_revision,
          .version = version.version,
          .lease = version.lease};
}

Event MemoryStore::ToEvent(const LogEntry& entry) {
  Event event;
  event.type = entry.after.value ? Event::Type::kPut : Event::Type::kDelete;
  event.kv = ToKeyValue(entry.key->key, entry.after);
  event.previous = entry.before.value;
  return event;
}

rt::Task<absl::StatusOr<RangeResponse>> MemoryStore::Range(RangeRequest request) {
  if (request.revision > revision_) co_return FutureError(request.revision, revision_);
  const Revision at = request.revision > 0 ? request.revision : revision_;
  if (at < compacted_) co_return CompactedError(at, compacted_);

  RangeResponse response;
  response.revision = revision_;
  const auto take = [&](const Key& key) {
    const Version* version = At(key, at);
    if (!version->value) return;
    ++response.count;
    if (request.count_only) return;
    if (request.limit > 0 && response.count > request.limit) {
      response.more = true;
    } else {
      response.items.push_back(ToKeyValue(key.key, *version));
    }
  };
  if (request.end.empty()) {
    if (const Key* key = keys_.Find(request.key); key != nullptr) take(*key);
    co_return response;
  }
  const bool unbounded = IsUnbounded(request.end);
  for (auto it = keys_.LowerBound(request.key); it != keys_.end(); ++it) {
    if (!unbounded && it->first >= request.end) break;
    take(*it->second);
  }
  co_return response;
}

MemoryStore::Key* MemoryStore::Find(const std::string& key) {
  if (last_found_ == nullptr || last_found_->key != key) last_found_ = keys_.Find(key);
  return last_found_;
}

bool MemoryStore::Holds(const Compare& compare) {
  const Key* key = Find(compare.key);
  KeyState state;
  if (key != nullptr && key->current.value) {
    state = {.create_revision = key->current.create_revision,
             .mod_revision = key->current.mod_revision,
             .version = key->current.version};
  }
  return store::Holds(compare, state);
}

rt::Task<absl::StatusOr<TxnResult>> MemoryStore::Commit(Txn txn) {
  for (const Write& write : txn.writes) {
    if (write.lease != 0 && leases_.find(write.lease) == leases_.end()) {
      co_return NoSuchLease(write.lease);
    }
    if (write.kind == Write::Kind::kPut && !write.value) {
      co_return absl::InvalidArgumentError(absl::StrCat("no value for ", write.key));
    }
  }
  TxnResult result;
  result.succeeded = std::all_of(txn.compares.begin(), txn.compares.end(),
                                 [this](const Compare& compare) { return Holds(compare); });
  if (!result.succeeded) {
    for (const std::string& name : txn.else_get) {
      const Key* key = keys_.Find(name);
      if (key != nullptr && key->current.value) {
        result.items.push_back(ToKeyValue(key->key, key->current));
      }
    }
    result.revision = revision_;
    co_return result;
  }
  const uint64_t first = first_entry_ + log_.size();
  for (Write& write : txn.writes) Apply(write, revision_ + 1);
  if (first_entry_ + log_.size() > first) {
    ++revision_;
    Notify(first);
  }
  result.revision = revision_;
  co_return result;
}

void MemoryStore::Apply(Write& write, Revision revision) {
  Key* key = Find(write.key);
  if (write.kind == Write::Kind::kDelete) {
    if (key == nullptr || !key->current.value) return;
    Record(*key, Version{.mod_revision = revision});
    return;
  }
  if (key == nullptr) {
    auto made = std::make_unique<Key>();
    made->key = std::move(write.key);
    key = &keys_.Insert(std::move(made));
  }
  const bool present = static_cast<bool>(key->current.value);
  codec_.Stamp(*write.value, revision);
  Record(*key, Version{.value = std::move(write.value),
                       .create_revision = present ? key->current.create_revision : revision,
                       .mod_revision = revision,
                       .version = present ? key->current.version + 1 : 1,
                       .lease = write.lease});
}

void MemoryStore::Record(Key& key, Version after) {
  if (key.current.lease != after.lease) {
    Detach(key);
    Attach(key, after.lease);
  }
  LogEntry entry;
  entry.key = &key;
  entry.before = std::move(key.current);
  entry.before_entry = key.entry;
  entry.after = after;
  key.current = std::move(after);
  key.entry = first_entry_ + log_.size();
  log_.push_back(std::move(entry));
}

void MemoryStore::Notify(size_t first_entry) {
  for (MemoryWatch* watch : watches_) {
    for (uint64_t i = first_entry; i < first_entry_ + log_.size(); ++i) watch->Push(Entry(i));
  }
  if (log_.size() > options_.history_limit) {
    const Revision oldest_kept = log_[log_.size() / 10].after.mod_revision;
    Trim(std::min(oldest_kept, revision_ - 1));
  }
}

void MemoryStore::Trim(Revision revision) {
  compacted_ = std::max(compacted_, revision);
  while (!log_.empty() && log_.front().after.mod_revision <= revision) {
    Key& key = *log_.front().key;
    const bool is_last = key.entry == first_entry_;
    log_.pop_front();
    ++first_entry_;
    if (!is_last) continue;
    key.entry = kNoEntry;
    if (key.current.value) continue;
    if (last_found_ == &key) last_found_ = nullptr;
    keys_.Erase(key);
  }
}

rt::Task<absl::Status> MemoryStore::Compact(Revision revision) {
  CO_RETURN_IF_ERROR(CheckCompaction(revision, compacted_, revision_));
  Trim(revision);
  co_return absl::OkStatus();
}

rt::Task<absl::StatusOr<std::unique_ptr<Watch>>> MemoryStore::StartWatch(std::string key,
                                                                         std::string end,
                                                                         Revision after) {
  if (after < compacted_) co_return CompactedError(after, compacted_);
  auto watch = std::make_unique<MemoryWatch>(*this, std::move(key), std::move(end), after);
  const auto missed = std::partition_point(
      log_.begin(), log_.end(),
      [after](const LogEntry& entry) { return entry.after.mod_revision <= after; });
  for (auto it = missed; it != log_.end(); ++it) watch->Replay(*it);
  watches_.push_back(watch.get());
  co_return std::unique_ptr<Watch>(std::move(watch));
}

void MemoryStore::Attach(Key& key, LeaseId lease) {
  if (lease == 0) return;
  Key*& first = leases_.find(lease)->second.keys;
  key.lease_next = first;
  if (first != nullptr) first->lease_previous = &key;
  first = &key;
}

// Takes `key` off the list of current.lease.
void MemoryStore::Detach(Key& key) {
  if (key.current.lease == 0) return;
  if (key.lease_previous != nullptr) {
    key.lease_previous->lease_next = key.lease_next;
  } else {
    leases_.find(key.current.lease)->second.keys = key.lease_next;
  }
  if (key.lease_next != nullptr) key.lease_next->lease_previous = key.lease_previous;
  key.lease_previous = key.lease_next = nullptr;
}

rt::Task<absl::StatusOr<LeaseId>> MemoryStore::GrantLease(absl::Duration ttl) {
  if (ttl <= absl::ZeroDuration()) co_return absl::InvalidArgumentError("a lease needs a ttl");
  const LeaseId id = ++last_lease_;
  const rt::Instant expires = executor_.Now() + ttl;
  leases_[id] = Lease{.ttl = ttl, .expires = expires};
  expiries_.insert({expires, id});
  if (expiries_.begin()->second == id) leases_changed_.Raise();
  co_return id;
}

rt::Task<absl::Status> MemoryStore::KeepAlive(LeaseId lease) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) co_return NoSuchLease(lease);
  expiries_.erase({found->second.expires, lease});
  found->second.expires = executor_.Now() + found->second.ttl;
  expiries_.insert({found->second.expires, lease});
  co_return absl::OkStatus();
}

rt::Task<absl::Status> MemoryStore::RevokeLease(LeaseId lease) { co_return DeleteLease(lease); }

absl::Status MemoryStore::DeleteLease(LeaseId id) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return NoSuchLease(id);
  std::vector<Key*> keys;
  for (Key* key = found->second.keys; key != nullptr; key = key->lease_next) keys.push_back(key);
  std::sort(keys.begin(), keys.end(), [](Key* a, Key* b) { return a->key < b->key; });
  const uint64_t first = first_entry_ + log_.size();
  for (Key* key : keys) Record(*key, Version{.mod_revision = revision_ + 1});
  expiries_.erase({found->second.expires, id});
  leases_.erase(found);
  if (!keys.empty()) {
    ++revision_;
    Notify(first);
  }
  return absl::OkStatus();
}

rt::Task<> MemoryStore::ExpireLeases() {
  for (;;) {
    if (expiries_.empty()) {
      co_await leases_changed_.Wait();
      continue;
    }
    const auto [when, lease] = *expiries_.begin();
    if (when <= executor_.Now()) {
      DRYDOCK_CHECK(DeleteLease(lease).ok());
      continue;
    }
    co_await leases_changed_.WaitUntil(when);
  }
}

}  // namespace drydock::store
