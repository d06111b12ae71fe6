// Records Kubernetes Events about objects: bounded, aggregated, never in the way of
// the work that they describe.
//
// Equal events (same object, type, reason, message, reporter) become one Event whose
// count grows; many similar ones (same but for the message) are folded into one that
// says so; a token bucket per object bounds the rest. Semantics of client-go's event
// correlator (10-minute aggregation window, 10 similar events, 25 burst, 1 per 5 min).
#ifndef DRYDOCK_SRC_CLIENT_EVENT_RECORDER_H_
#define DRYDOCK_SRC_CLIENT_EVENT_RECORDER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/rt/sync.h"

namespace drydock::client {

inline constexpr char kEventNormal[] = "Normal";
inline constexpr char kEventWarning[] = "Warning";

class EventRecorder {
 public:
  // `component` is source.component ("default-scheduler"); `host` the node, or empty.
  EventRecorder(Client& client, std::string component, std::string host);
  ~EventRecorder();

  // Never waits; when the bounded queue (1,000) is full the event is dropped and
  // counted.
  void Event(const ObjectRef& about, absl::string_view type, absl::string_view reason,
             std::string message);

  rt::Task<> Run();  // Sends until destroyed.
  uint64_t dropped() const;

 private:
  class Correlator;
  struct Pending;
  Client& client_;
  std::string component_;
  std::string host_;
  std::unique_ptr<Correlator> correlator_;
  std::unique_ptr<rt::Channel<Pending>> queue_;
  uint64_t dropped_ = 0;
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_EVENT_RECORDER_H_
