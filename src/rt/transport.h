// How components reach each other: one call, one reply, and where the reply is
// open-ended (a watch, a log) a stream after it.
//
// The simulated network and the real HTTP client implement it; a component cannot
// tell which.
#ifndef DRYDOCK_SRC_RT_TRANSPORT_H_
#define DRYDOCK_SRC_RT_TRANSPORT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/rt/payload.h"
#include "src/rt/task.h"

namespace drydock::rt {

using Address = std::string;  // A service on a machine: "master-0/apiserver", "node-17/kubelet".

// A sequence of messages from a server to a client. Destroying it hangs up.
class Stream {
 public:
  virtual ~Stream() = default;
  // The next message, or nullopt at the orderly end. An error is final:
  // kUnavailable when the connection broke, kResourceExhausted when the reader fell
  // so far behind that the bounded buffer between the two ends overflowed.
  virtual Task<absl::StatusOr<std::optional<PayloadRef>>> Next() = 0;
};

struct Reply {
  PayloadRef message;
  std::unique_ptr<Stream> stream;  // Null for an ordinary reply.
};

// The serving side. `peer` is who calls: the machine's name as the transport has
// authenticated it.
class Service {
 public:
  virtual ~Service() = default;
  virtual Task<Reply> Serve(Address peer, PayloadRef request) = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // Answers calls to `name` on this machine until the transport or the returned
  // handle dies. `service` outlives the handle.
  class Listener {
   public:
    virtual ~Listener() = default;
  };
  virtual std::unique_ptr<Listener> Listen(std::string name, Service& service) = 0;

  // At most once. kDeadlineExceeded leaves open whether the call was served;
  // kUnavailable with no reply means that it certainly was not, or that the
  // connection broke on the way (then it may have been). Callers treat both as
  // unknown unless the operation is idempotent.
  virtual Task<absl::StatusOr<Reply>> Call(Address to, PayloadRef request,
                                           absl::Duration timeout) = 0;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_TRANSPORT_H_
