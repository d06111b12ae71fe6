// The two ends of a TCP connection's bytes, with or without TLS.
#ifndef DRYDOCK_REAL_HTTP_BYTE_STREAM_H_
#define DRYDOCK_REAL_HTTP_BYTE_STREAM_H_

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "real/http/tls.h"
#include "src/api/request.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::real {

// Destroying it closes the connection. One task may read while another one writes.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Before anything else. kDeadlineExceeded when it took too long, as for the others.
  virtual rt::Task<absl::Status> Handshake(rt::Instant deadline) = 0;
  // The next bytes, valid until the next call; none at the end of what the peer sends. A
  // task that is destroyed while it reads loses nothing: the next call gets its bytes.
  virtual rt::Task<absl::StatusOr<absl::string_view>> Read(rt::Instant deadline) = 0;
  // All of `bytes`.
  virtual rt::Task<absl::Status> Write(std::string bytes, rt::Instant deadline) = 0;
  // Nothing more will be written.
  virtual void FinishWriting() = 0;
  // Who the peer is by its certificate, if it showed one that our authority has signed.
  virtual std::optional<api::User> Peer() const = 0;
};

// `executor` outlives the stream.
std::unique_ptr<ByteStream> MakePlainStream(rt::Executor& executor,
                                            boost::asio::ip::tcp::socket socket);
// So does `tls`.
std::unique_ptr<ByteStream> MakeTlsStream(rt::Executor& executor,
                                          boost::asio::ip::tcp::socket socket, TlsContext& tls);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_BYTE_STREAM_H_
