// One HTTP/1.1 connection: requests one after another, each answered before the next
// one is read. Everything that a peer can make it hold or wait for is bounded.
#ifndef DRYDOCK_REAL_HTTP_CONNECTION_H_
#define DRYDOCK_REAL_HTTP_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "real/http/byte_stream.h"
#include "real/http/message.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::real {

struct HttpLimits {
  size_t connections = 10'000;        // More are closed as they come.
  size_t header_bytes = 64 << 10;     // 431.
  size_t body_bytes = 3 << 20;        // 413; kube-apiserver's limit.
  size_t all_body_bytes = 256 << 20;  // Of requests on the way; 503.
  // From the first byte of a request to the end of its head, TLS handshake included.
  absl::Duration header_timeout = absl::Seconds(10);
  absl::Duration body_timeout = absl::Seconds(60);
  absl::Duration idle_timeout = absl::Seconds(120);    // Between requests.
  absl::Duration request_timeout = absl::Seconds(60);  // 504; watches: until they begin.
  absl::Duration write_timeout = absl::Seconds(30);    // Of one piece of an answer.
};

// What the connections of a server share.
struct HttpMetrics {
  uint64_t accepted = 0;
  uint64_t refused = 0;    // Beyond the limit.
  uint64_t malformed = 0;  // Requests that were no HTTP, too large or too slow.
  size_t open = 0;
  size_t streams = 0;  // Watches.
  size_t body_bytes = 0;
};

class HttpConnection {
 public:
  // Everything outlives the connection.
  HttpConnection(rt::Executor& executor, std::unique_ptr<ByteStream> stream, HttpHandler& handler,
                 const HttpLimits& limits, HttpMetrics& metrics);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  rt::Task<> Run();

  // No further request. A watch ends in good order; a request in work is answered.
  void Finish();
  // Waits for a request, so that closing it loses nothing.
  bool idle() const { return idle_; }

 private:
  // A request, or an answer to something that is none. Neither: the peer has gone.
  struct Received {
    std::optional<HttpRequest> request;
    std::optional<HttpResponse> refusal;
    bool keep_alive = false;
    bool chunked = true;  // HTTP/1.0 knows no chunks.
  };
  enum class Ending { kComplete, kBroken, kPeerGone, kFinished };
  class BodyShare;

  rt::Task<Received> Receive();
  static rt::Task<> ServeInto(HttpHandler& handler, HttpRequest request,
                              rt::Completion<HttpResponse>& done);
  rt::Task<HttpResponse> Answer(HttpRequest request);
  // False: the connection is of no further use.
  rt::Task<bool> Send(HttpResponse response, bool head_only, bool keep_alive, bool chunked);
  rt::Task<bool> SendStream(BodyStream& body, bool chunked);
  rt::Task<> Pump(BodyStream& body, bool chunked, rt::Completion<Ending>& ended);
  rt::Task<> AwaitHangUp(rt::Completion<Ending>& ended);
  rt::Task<> Linger();

  rt::Executor& executor_;
  const std::unique_ptr<ByteStream> stream_;
  HttpHandler& handler_;
  const HttpLimits& limits_;
  HttpMetrics& metrics_;
  std::string input_;  // Received and not yet used.
  size_t body_share_ = 0;
  bool idle_ = true;
  bool finishing_ = false;
  bool writing_ = false;                      // A piece of a stream is on its way.
  rt::Completion<Ending>* ending_ = nullptr;  // Of the stream that is being sent.
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_CONNECTION_H_
