// The server's end of one watch: a bounded buffer of messages that the watch cache
// fills and the transport empties.
#ifndef DRYDOCK_SRC_APISERVER_WATCHER_H_
#define DRYDOCK_SRC_APISERVER_WATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/selection.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"

namespace drydock::apiserver {

class WatchCache;

struct WatcherOptions {
  size_t buffer = 10'000;  // Messages; one more ends the watch.
  bool bookmarks = false;
  bool initial_events_end = false;  // A bookmark after the initial events says that they end.
  absl::Duration bookmark_interval = absl::Minutes(1);
  rt::Instant deadline = absl::InfiniteDuration();
};

class Watcher final : public rt::Stream {
 public:
  Watcher(rt::Executor& executor, WatchCache& cache, Selection selection, WatcherOptions options);
  ~Watcher() override;

  rt::Task<absl::StatusOr<std::optional<rt::PayloadRef>>> Next() override;

  // For the watch cache.
  const Selection& selection() const { return selection_; }
  // The state at `revision`, to be sent as ADDED before anything else.
  void Begin(std::vector<api::ObjectRef> initial, int64_t revision);
  void Push(const rt::Ref<const api::WatchEvents>& message);
  // Ends the watch: in good order once what is buffered has been read, or with an
  // ERROR event.
  void End();
  void Fail(const absl::Status& why);
  void CacheIsGone();
  // Its number among the cache's watchers, and the revision after which it wants
  // changes. 0: not joined.
  void Joined(uint64_t arrival, int64_t after) {
    arrival_ = arrival;
    after_ = after;
  }
  uint64_t arrival() const { return arrival_; }

 private:
  rt::PayloadRef NextInitial();
  rt::PayloadRef TakePending();
  rt::PayloadRef Bookmark(bool initial_events_end);

  rt::Executor& executor_;
  WatchCache* cache_;  // Null once it is gone.
  const Selection selection_;
  const WatcherOptions options_;
  std::vector<api::ObjectRef> initial_;
  size_t initial_sent_ = 0;
  int64_t initial_revision_ = 0;
  bool announces_end_ = false;
  uint64_t arrival_ = 0;
  int64_t after_ = 0;
  std::vector<rt::Ref<const api::WatchEvents>> pending_;
  rt::Instant next_bookmark_;
  bool ended_ = false;
  bool unavailable_ = false;
  rt::Signal changed_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_WATCHER_H_
