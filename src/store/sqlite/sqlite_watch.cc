// Watches: history in portions, then live.
#include "src/store/sqlite/sqlite_watch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/rt/status_macros.h"
#include "src/store/rules.h"

namespace drydock::store {
namespace {

// Versions that are read from the history in a turn.
constexpr size_t kPortion = 500;

}  // namespace

absl::Status SqliteStore::Pin::Check() const {
  if (!store_.failed_.ok()) return store_.failed_;
  if (RevisionOf(store_.state_.swept) <= revision_) return absl::OkStatus();
  return CompactedError(revision_, store_.state_.compacted);
}

SqliteStore::SqliteWatch::SqliteWatch(SqliteStore& store, std::string key, std::string end,
                                      Revision after)
    : store_(&store),
      executor_(store.executor_),
      key_(std::move(key)),
      end_(std::move(end)),
      after_(after),
      position_(after),
      changed_(store.executor_) {
  store.watches_.push_back(this);
  if (after < store.state_.revision) reading_.emplace(store, position_);
}

SqliteStore::SqliteWatch::~SqliteWatch() {
  if (store_ == nullptr) return;
  auto& watches = store_->watches_;
  watches.erase(std::find(watches.begin(), watches.end(), this));
}

rt::Task<absl::StatusOr<Watch::Batch>> SqliteStore::SqliteWatch::Next() {
  for (;;) {
    if (!error_.ok()) co_return error_;
    Batch batch;
    if (!live()) {
      const absl::Status read = ReadOn(batch);
      if (!read.ok()) End(read);
      if (!batch.events.empty()) co_return batch;
      // Other turns come in between, however much history does not concern this watch.
      if (!live()) co_await executor_.Yield();
    } else if (!events_.empty()) {
      batch.events.swap(events_);
      batch.progress = progress_;
      co_return batch;
    } else {
      co_await changed_.Wait();
    }
  }
}

absl::Status SqliteStore::SqliteWatch::ReadOn(Batch& batch) {
  RETURN_IF_ERROR(reading_->Check());
  const absl::StatusOr<std::vector<VersionRow>> rows =
      store_->tables_->VersionsFrom(FirstIdOf(position_ + 1), kPortion);
  if (!rows.ok()) return rows.status();
  std::vector<Event> events;
  for (const VersionRow& row : *rows) {
    if (!InRange(row.key, key_, end_)) continue;
    absl::StatusOr<Event> event = store_->ToEvent(row);
    if (!event.ok()) return event.status();
    events.push_back(*std::move(event));
  }
  batch.events = std::move(events);
  position_ = rows->empty() ? store_->state_.revision : rows->back().mod_revision();
  batch.progress = position_;
  if (position_ < store_->state_.revision) {
    reading_->MoveTo(position_);
  } else {
    reading_.reset();  // Live from here on: nothing happens within a turn.
  }
  return absl::OkStatus();
}

void SqliteStore::SqliteWatch::Push(Event event) {
  if (events_.size() >= store_->options_.watch_buffer) {
    End(absl::ResourceExhaustedError(
        absl::StrCat("the watch fell behind by ", events_.size(), " events")));
    return;
  }
  events_.push_back(std::move(event));
  changed_.RaiseOne();
}

void SqliteStore::SqliteWatch::End(absl::Status why) {
  error_ = std::move(why);
  events_.clear();
  reading_.reset();
  changed_.Raise();
}

void SqliteStore::SqliteWatch::StoreIsGone() {
  End(absl::UnavailableError("the store was closed"));
  store_ = nullptr;
}

}  // namespace drydock::store
