// How readers hold back a compaction, and the watch that reads history first and joins the
// live events then. Of sqlite_store.cc and sqlite_watch.cc alone.
#ifndef DRYDOCK_SRC_STORE_SQLITE_SQLITE_WATCH_H_
#define DRYDOCK_SRC_STORE_SQLITE_SQLITE_WATCH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/store/sqlite/sqlite_store.h"

namespace drydock::store {

// What can be seen at a revision is not swept while it is pinned, within the slack.
class SqliteStore::Pin {
 public:
  Pin(SqliteStore& store, Revision revision) : store_(store), revision_(revision) {
    store_.pins_.insert(revision_);
  }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  ~Pin() { Release(); }

  // kOutOfRange once the slack is used up.
  absl::Status Check() const;
  void MoveTo(Revision revision) {
    store_.pins_.insert(revision);
    Release();
    revision_ = revision;
  }

 private:
  void Release() {
    store_.pins_.erase(store_.pins_.find(revision_));
    if (store_.SweepIsDue()) store_.work_arrived_.RaiseOne();
  }

  SqliteStore& store_;
  Revision revision_;
};

class SqliteStore::SqliteWatch final : public Watch {
 public:
  SqliteWatch(SqliteStore& store, std::string key, std::string end, Revision after);
  SqliteWatch(const SqliteWatch&) = delete;
  SqliteWatch& operator=(const SqliteWatch&) = delete;
  ~SqliteWatch() override;

  rt::Task<absl::StatusOr<Batch>> Next() override;

  // Whether it wants this event, which has just happened.
  bool Wants(const VersionRow& row) const {
    return live() && error_.ok() && row.mod_revision() > after_ && InRange(row.key, key_, end_);
  }
  void Push(Event event);
  void Progress(Revision revision) { progress_ = revision; }
  void End(absl::Status why);
  void StoreIsGone();

 private:
  bool live() const { return !reading_.has_value(); }
  // Reads on in the history: adds to `batch`, or finds its end and goes live.
  absl::Status ReadOn(Batch& batch);

  SqliteStore* store_;
  rt::Executor& executor_;
  const std::string key_;
  const std::string end_;
  const Revision after_;
  // Every change up to it was read from the history.
  Revision position_;
  std::optional<Pin> reading_;  // At position_, until the watch is live.
  std::vector<Event> events_;
  Revision progress_ = 0;
  absl::Status error_;
  rt::Signal changed_;
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_SQLITE_WATCH_H_
