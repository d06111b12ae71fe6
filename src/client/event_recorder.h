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
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/rt/random.h"
#include "src/rt/sync.h"

namespace drydock::client {

inline constexpr char kEventNormal[] = "Normal";
inline constexpr char kEventWarning[] = "Warning";

class EventCorrelator;

struct EventRecorderMetrics {
  uint64_t recorded = 0;  // Calls of Event.
  uint64_t created = 0;
  uint64_t counted = 0;   // Repetitions that made an Event's count grow.
  uint64_t filtered = 0;  // By the token bucket of their object.
  uint64_t dropped = 0;   // The queue was full, or the server did not want them.
};

class EventRecorder {
 public:
  // `component` is source.component ("default-scheduler"); `host` the node, or empty.
  // `client` outlives the recorder.
  EventRecorder(Client& client, std::string component, std::string host);
  ~EventRecorder();

  // Never waits; when the bounded queue (1,000) is full the event is dropped and
  // counted.
  void Event(const ObjectRef& about, absl::string_view type, absl::string_view reason,
             std::string message);

  rt::Task<> Run();  // Sends until destroyed.
  uint64_t dropped() const { return metrics_.dropped; }
  const EventRecorderMetrics& metrics() const { return metrics_; }

 private:
  struct Pending {
    ObjectRef about;
    std::string type;
    std::string reason;
    std::string message;
    absl::Time when;
  };

  rt::Task<> Send(Pending pending);
  std::string NewName(const Pending& pending);

  Client& client_;
  const std::string component_;
  const std::string host_;
  rt::Random random_;
  std::unique_ptr<EventCorrelator> correlator_;
  rt::Channel<Pending> queue_;
  EventRecorderMetrics metrics_;
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_EVENT_RECORDER_H_
