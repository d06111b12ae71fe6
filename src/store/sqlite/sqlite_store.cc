// Opening, reading, committing in batches, leases.
#include "src/store/sqlite/sqlite_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"
#include "src/store/rules.h"
#include "src/store/sqlite/schema.h"
#include "src/store/sqlite/sqlite_watch.h"

namespace drydock::store {
namespace {

// Keys that a range reads in a turn.
constexpr size_t kRangePortion = 500;
// Versions of a compaction that are treated with each batch.
constexpr size_t kSweepPortion = 500;
// Bytes of the log.
constexpr size_t kRenewAtOnce = 1 << 20;
// When something is tried again that the disk had no room for.
constexpr absl::Duration kRetry = absl::Seconds(1);

// Makes durable what an earlier process has left. If a sync of its failed, the system may
// show pages of the log that the disk does not have, and count them as written: SQLite
// would recover commits, and append to them, that the next crash takes away. Writing the
// same bytes once more makes them dirty again. The database needs none of this, since all
// that was not synced there is still in the log. Nor is a name durable because it is there.
absl::Status RenewLog(rt::Disk& disk) {
  RETURN_IF_ERROR(disk.SyncDirectory());
  const std::string name = absl::StrCat(kDatabaseFile, "-wal");
  const absl::StatusOr<bool> exists = disk.Exists(name);
  if (!exists.ok()) return exists.status();
  if (!*exists) return absl::OkStatus();
  const absl::StatusOr<std::unique_ptr<rt::File>> file =
      disk.Open(name, rt::Disk::OpenMode::kReadWrite);
  if (!file.ok()) return file.status();
  std::string bytes(kRenewAtOnce, '\0');
  for (uint64_t offset = 0;;) {
    const absl::StatusOr<size_t> count = (*file)->ReadAt(offset, bytes.data(), bytes.size());
    if (!count.ok()) return count.status();
    if (*count == 0) return (*file)->Sync();
    RETURN_IF_ERROR((*file)->WriteAt(offset, absl::string_view(bytes.data(), *count)));
    offset += *count;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(rt::Executor& executor,
                                                               rt::Random random, rt::Disk& disk,
                                                               const ValueCodec& codec,
                                                               SqliteStoreOptions options) {
  std::unique_ptr<SqliteStore> store(new SqliteStore(executor, random, disk, codec, options));
  RETURN_IF_ERROR(store->Start(disk));
  return store;
}

SqliteStore::SqliteStore(rt::Executor& executor, rt::Random random, rt::Disk& disk,
                         const ValueCodec& codec, SqliteStoreOptions options)
    : executor_(executor),
      codec_(codec),
      options_(options),
      vfs_(disk, executor, random),
      cache_(options.cache_bytes),
      work_arrived_(executor),
      expiries_changed_(executor) {}

absl::Status SqliteStore::Start(rt::Disk& disk) {
  absl::StatusOr<std::unique_ptr<rt::DiskLock>> lock = disk.Lock(kLockFile);
  if (!lock.ok()) return lock.status();
  lock_ = *std::move(lock);
  RETURN_IF_ERROR(RenewLog(disk));
  const DiskVfs::Entropy entropy(vfs_);
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::Open(vfs_, kDatabaseFile, Database::Mode::kCreate);
  if (!database.ok()) return database.status();
  database_ = *std::move(database);
  RETURN_IF_ERROR(PrepareFile(*database_));
  absl::StatusOr<std::unique_ptr<Tables>> tables = Tables::Prepare(*database_);
  if (!tables.ok()) return tables.status();
  tables_ = *std::move(tables);

  const absl::StatusOr<StoreState> state = tables_->State();
  if (!state.ok()) return state.status();
  state_ = *state;
  const absl::StatusOr<std::vector<LeaseRow>> leases = tables_->Leases();
  if (!leases.ok()) return leases.status();
  for (const LeaseRow& row : *leases) KeepLease(row.id, leases_[row.id] = Lease{.ttl = row.ttl});

  sqlite3_wal_hook(
      database_->handle(),
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &wal_pages_);
  tasks_.Spawn(WriteBatches());
  tasks_.Spawn(ExpireLeases());
  return absl::OkStatus();
}

SqliteStore::~SqliteStore() {
  for (SqliteWatch* watch : watches_) watch->StoreIsGone();
  for (const auto& request : waiting_) {
    request->done.Set(absl::UnavailableError("the store was closed"));
  }
}

// Reading.

absl::StatusOr<rt::PayloadRef> SqliteStore::Load(VersionId id, absl::string_view key) {
  if (rt::PayloadRef cached = cache_.Find(id)) return cached;
  const absl::StatusOr<std::optional<std::string>> bytes = tables_->Value(id);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return rt::PayloadRef();
  absl::StatusOr<rt::PayloadRef> value = codec_.Decode(key, **bytes);
  if (!value.ok()) return value.status();
  codec_.Stamp(**value, RevisionOf(id));
  cache_.Insert(id, *value, (*bytes)->size());
  return value;
}

absl::StatusOr<KeyValue> SqliteStore::ToKeyValue(const VersionRow& row) {
  KeyValue kv = {.key = row.key,
                 .create_revision = row.create_revision,
                 .mod_revision = row.mod_revision(),
                 .version = row.version,
                 .lease = row.lease};
  if (row.deleted()) return kv;
  absl::StatusOr<rt::PayloadRef> value = Load(row.id, row.key);
  if (!value.ok()) return value.status();
  if (!*value) {
    return absl::DataLossError(absl::StrCat(database_->path(), " has lost the value of ", row.key,
                                            " at revision ", row.mod_revision()));
  }
  kv.value = *std::move(value);
  return kv;
}

absl::StatusOr<Event> SqliteStore::ToEvent(const VersionRow& row) {
  absl::StatusOr<KeyValue> kv = ToKeyValue(row);
  if (!kv.ok()) return kv.status();
  Event event = {.type = row.deleted() ? Event::Type::kDelete : Event::Type::kPut,
                 .kv = *std::move(kv)};
  if (row.previous == 0) return event;
  absl::StatusOr<rt::PayloadRef> previous = Load(row.previous, row.key);
  if (!previous.ok()) return previous.status();
  event.previous = *std::move(previous);
  return event;
}

absl::StatusOr<VersionRow> SqliteStore::At(VersionRow newest, Revision revision) {
  if (newest.mod_revision() <= revision) return newest;
  VersionId id = newest.id;
  while (id != 0) {
    absl::StatusOr<std::optional<VersionRow>> row = tables_->Version(id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) break;  // A deletion that was compacted.
    if ((*row)->mod_revision() <= revision) return **std::move(row);
    id = (*row)->previous;
  }
  return VersionRow{.key = std::move(newest.key)};
}

absl::StatusOr<bool> SqliteStore::ReadSome(RangeRequest& request, Revision at,
                                           RangeResponse& response) {
  std::vector<VersionRow> rows;
  if (request.end.empty()) {
    absl::StatusOr<std::optional<VersionRow>> row = tables_->Current(request.key);
    if (!row.ok()) return row.status();
    if (row->has_value()) rows.push_back(**std::move(row));
  } else {
    absl::StatusOr<std::vector<VersionRow>> found =
        tables_->CurrentRange(request.key, request.end, kRangePortion);
    if (!found.ok()) return found.status();
    rows = *std::move(found);
  }
  const bool may_be_more = rows.size() == kRangePortion;
  if (may_be_more) request.key = absl::StrCat(rows.back().key, absl::string_view("\0", 1));
  for (VersionRow& row : rows) {
    const absl::StatusOr<VersionRow> then = At(std::move(row), at);
    if (!then.ok()) return then.status();
    if (then->deleted()) continue;
    ++response.count;
    if (request.count_only) continue;
    if (request.limit > 0 && response.count > request.limit) {
      response.more = true;
      continue;
    }
    absl::StatusOr<KeyValue> item = ToKeyValue(*then);
    if (!item.ok()) return item.status();
    response.items.push_back(*std::move(item));
  }
  return may_be_more;
}

rt::Task<absl::StatusOr<RangeResponse>> SqliteStore::Range(RangeRequest request) {
  if (!failed_.ok()) co_return failed_;
  if (request.revision > state_.revision) co_return FutureError(request.revision, state_.revision);
  const Revision at = request.revision > 0 ? request.revision : state_.revision;
  if (at < state_.compacted) co_return CompactedError(at, state_.compacted);

  RangeResponse response;
  response.revision = state_.revision;
  const Pin pin(*this, at);
  for (;;) {
    const absl::StatusOr<bool> more = ReadSome(request, at, response);
    if (!more.ok()) co_return more.status();
    if (!*more) co_return response;
    co_await executor_.Yield();
    CO_RETURN_IF_ERROR(pin.Check());
  }
}

rt::Task<absl::StatusOr<std::unique_ptr<Watch>>> SqliteStore::StartWatch(std::string key,
                                                                         std::string end,
                                                                         Revision after) {
  if (!failed_.ok()) co_return failed_;
  if (after < state_.compacted) co_return CompactedError(after, state_.compacted);
  co_return std::unique_ptr<Watch>(
      std::make_unique<SqliteWatch>(*this, std::move(key), std::move(end), after));
}

// Writing.

rt::Task<absl::Status> SqliteStore::Submit(std::shared_ptr<Request> request) {
  if (!failed_.ok()) co_return failed_;
  if (waiting_.size() >= options_.max_waiting) {
    co_return absl::ResourceExhaustedError(
        absl::StrCat(waiting_.size(), " requests wait for the disk: try again later"));
  }
  waiting_.push_back(request);
  work_arrived_.RaiseOne();
  std::optional<absl::Status> done = co_await request->done.WaitUntil(absl::InfiniteDuration());
  if (done->ok()) co_return request->refusal;
  co_return *std::move(done);
}

rt::Task<absl::StatusOr<TxnResult>> SqliteStore::Commit(Txn txn) {
  const auto request = std::make_shared<Request>(executor_, Request::Kind::kTxn);
  for (const Write& write : txn.writes) {
    const bool put = write.kind == Write::Kind::kPut;
    if (put && !write.value) {
      co_return absl::InvalidArgumentError(absl::StrCat("no value for ", write.key));
    }
    request->encoded.push_back(put ? codec_.Encode(*write.value) : std::string());
    request->bytes += write.key.size() + request->encoded.back().size();
  }
  if (request->bytes > options_.max_request_bytes ||
      txn.writes.size() > static_cast<size_t>(kMaxWritesPerRevision)) {
    co_return absl::InvalidArgumentError("etcdserver: request is too large");
  }
  request->txn = std::move(txn);
  CO_RETURN_IF_ERROR(co_await Submit(request));
  TxnResult result;
  result.succeeded = request->succeeded;
  result.revision = request->revision;
  result.items = std::move(request->else_items);
  co_return result;
}

rt::Task<absl::Status> SqliteStore::Compact(Revision revision) {
  const auto request = std::make_shared<Request>(executor_, Request::Kind::kCompact);
  request->compact_to = revision;
  co_return co_await Submit(request);
}

rt::Task<> SqliteStore::WriteBatches() {
  while (failed_.ok()) {
    if (waiting_.empty() && !SweepIsDue()) {
      co_await work_arrived_.Wait();
      continue;
    }
    // Everybody whose turn has come by now joins the batch.
    co_await executor_.Yield();
    const bool written = WriteBatch();
    if (!written && waiting_.empty()) {
      co_await work_arrived_.WaitUntil(executor_.Now() + kRetry);
    }
  }
}

std::vector<std::shared_ptr<Request>> SqliteStore::TakeBatch() {
  std::vector<std::shared_ptr<Request>> requests;
  size_t bytes = 0;
  while (!waiting_.empty() && requests.size() < options_.max_batch_requests) {
    bytes += waiting_.front()->bytes;
    if (bytes > options_.max_batch_bytes && !requests.empty()) break;
    requests.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return requests;
}

bool SqliteStore::WriteBatch() {
  const std::vector<std::shared_ptr<Request>> requests = TakeBatch();
  const DiskVfs::Entropy entropy(vfs_);
  Batch batch(*tables_, state_);
  absl::Status status = ApplyAndCommit(batch, requests);
  if (status.ok()) {
    Publish(batch);
  } else {
    tables_->Rollback();
    // A full disk is found before the mark that makes a transaction valid is written.
    if (!absl::IsResourceExhausted(status)) {
      Fail(status);
      status = failed_;
    }
  }
  for (const auto& request : requests) Answer(*request, status);
  if (status.ok() && wal_pages_ >= options_.checkpoint_pages) Checkpoint();
  return status.ok();
}

absl::Status SqliteStore::ApplyAndCommit(Batch& batch,
                                         const std::vector<std::shared_ptr<Request>>& requests) {
  RETURN_IF_ERROR(tables_->Begin());
  RETURN_IF_ERROR(batch.Sweep(SweepLimit(), kSweepPortion));
  for (const auto& request : requests) {
    if (request->kind == Request::Kind::kExpireLease && IsInForce(request->lease)) continue;
    RETURN_IF_ERROR(batch.Apply(*request));
  }
  return tables_->Commit();
}

void SqliteStore::Answer(Request& request, absl::Status status) {
  for (const VersionRow& row : request.else_rows) {
    if (!status.ok()) break;
    absl::StatusOr<KeyValue> item = ToKeyValue(row);
    if (item.ok()) {
      request.else_items.push_back(*std::move(item));
    } else {
      status = item.status();
    }
  }
  request.done.Set(std::move(status));
}

void SqliteStore::Publish(const Batch& batch) {
  for (const Batch::Written& written : batch.written()) {
    if (!written.value) continue;
    codec_.Stamp(*written.value, written.row.mod_revision());
    cache_.Insert(written.row.id, written.value, written.bytes);
  }
  state_ = batch.state();
  for (const LeaseRow& row : batch.granted()) {
    KeepLease(row.id, leases_[row.id] = Lease{.ttl = row.ttl});
  }
  for (const LeaseId lease : batch.revoked()) ForgetLease(lease);
  Notify(batch);
}

void SqliteStore::Notify(const Batch& batch) {
  for (const Batch::Written& written : batch.written()) {
    std::optional<absl::StatusOr<Event>> event;  // Made for the first who wants it.
    for (SqliteWatch* watch : watches_) {
      if (!watch->Wants(written.row)) continue;
      if (!event.has_value()) event.emplace(ToEvent(written.row));
      if (event->ok()) {
        watch->Push(**event);
      } else {
        watch->End(event->status());
      }
    }
  }
  for (SqliteWatch* watch : watches_) watch->Progress(state_.revision);
}

void SqliteStore::Checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(database_->handle(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const absl::Status status = database_->ToStatus(code, "checkpoint");
  if (status.ok()) {
    wal_pages_ = 0;
  } else if (!absl::IsResourceExhausted(status)) {  // Then the log grows on; tried again.
    Fail(status);
  }
}

void SqliteStore::Fail(const absl::Status& why) {
  failed_ = absl::UnavailableError(absl::StrCat("the store has stopped: ", why.message()));
  for (SqliteWatch* watch : watches_) watch->End(failed_);
  for (const auto& request : waiting_) request->done.Set(failed_);
  waiting_.clear();
}

Revision SqliteStore::SweepLimit() const {
  const Revision pinned = pins_.empty() ? state_.compacted : *pins_.begin();
  return std::max(std::min(state_.compacted, pinned), state_.compacted - options_.history_slack);
}

bool SqliteStore::SweepIsDue() const {
  return failed_.ok() && state_.swept < FirstIdOf(SweepLimit() + 1) - 1;
}

// Leases.

rt::Task<absl::StatusOr<LeaseId>> SqliteStore::GrantLease(absl::Duration ttl) {
  if (ttl <= absl::ZeroDuration()) co_return absl::InvalidArgumentError("a lease needs a ttl");
  const auto request = std::make_shared<Request>(executor_, Request::Kind::kGrantLease);
  request->ttl = ttl;
  CO_RETURN_IF_ERROR(co_await Submit(request));
  co_return request->lease;
}

rt::Task<absl::Status> SqliteStore::KeepAlive(LeaseId lease) {
  if (!failed_.ok()) co_return failed_;
  const auto found = leases_.find(lease);
  if (found == leases_.end()) co_return NoSuchLease(lease);
  KeepLease(lease, found->second);
  co_return absl::OkStatus();
}

rt::Task<absl::Status> SqliteStore::RevokeLease(LeaseId lease) {
  const auto request = std::make_shared<Request>(executor_, Request::Kind::kRevokeLease);
  request->lease = lease;
  co_return co_await Submit(request);
}

void SqliteStore::KeepLease(LeaseId id, Lease& lease) {
  expiries_.erase({lease.expires, id});
  lease.expires = executor_.Now() + lease.ttl;
  expiries_.insert({lease.expires, id});
  if (expiries_.begin()->second == id) expiries_changed_.Raise();
}

void SqliteStore::ForgetLease(LeaseId id) {
  const auto found = leases_.find(id);
  expiries_.erase({found->second.expires, id});
  leases_.erase(found);
}

bool SqliteStore::IsInForce(LeaseId lease) const {
  const auto found = leases_.find(lease);
  return found != leases_.end() && found->second.expires > executor_.Now();
}

rt::Task<> SqliteStore::ExpireLeases() {
  for (;;) {
    if (expiries_.empty()) {
      co_await expiries_changed_.Wait();
      continue;
    }
    const auto [when, lease] = *expiries_.begin();
    if (when <= executor_.Now()) {
      expiries_.erase(expiries_.begin());
      tasks_.Spawn(Expire(lease));
      continue;
    }
    co_await expiries_changed_.WaitUntil(when);
  }
}

rt::Task<> SqliteStore::Expire(LeaseId lease) {
  while (leases_.contains(lease) && !IsInForce(lease)) {
    const auto request = std::make_shared<Request>(executor_, Request::Kind::kExpireLease);
    request->lease = lease;
    const absl::Status status = co_await Submit(request);
    // Unless there was no room: it is gone, was kept alive after all, or the store stopped.
    if (!absl::IsResourceExhausted(status)) co_return;
    co_await executor_.SleepFor(kRetry);
  }
}

}  // namespace drydock::store
