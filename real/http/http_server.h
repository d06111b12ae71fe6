// Listens on a TCP port and serves HTTP/1.1 there, over TLS unless told otherwise.
#ifndef DRYDOCK_REAL_HTTP_HTTP_SERVER_H_
#define DRYDOCK_REAL_HTTP_HTTP_SERVER_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "real/http/connection.h"
#include "real/http/message.h"
#include "real/http/tls.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::real {

struct HttpServerOptions {
  std::string address = "127.0.0.1:0";  // ADDRESS:PORT; [::1]:6443 in IPv6; port 0: any.
  TlsContext* tls = nullptr;            // Null: plain HTTP, on a loopback address only.
  HttpLimits limits;
};

// "127.0.0.1:6443", "[::]:6443"; ":6443" is every address.
absl::StatusOr<boost::asio::ip::tcp::endpoint> ParseEndpoint(absl::string_view text);

class HttpServer {
 public:
  // The port is open when this returns, and connections are accepted once Run runs.
  // `io`, `executor`, `handler` and the TLS context outlive the server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Listen(boost::asio::io_context& io,
                                                            rt::Executor& executor,
                                                            HttpHandler& handler,
                                                            HttpServerOptions options);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  rt::Task<> Run();  // Until destroyed.
  // Accepts nothing more, ends watches in good order, lets requests in work be answered,
  // and returns when no connection is left or `patience` is over.
  rt::Task<> Finish(absl::Duration patience);

  boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
  const HttpMetrics& metrics() const { return metrics_; }

 private:
  struct Listener;
  struct Peer {
    std::unique_ptr<HttpConnection> connection;
    rt::TaskGroup task;
  };

  HttpServer(rt::Executor& executor, HttpHandler& handler, HttpServerOptions options,
             std::shared_ptr<Listener> listener, boost::asio::ip::tcp::endpoint endpoint);
  void Accept(boost::asio::ip::tcp::socket socket);
  rt::Task<> RunConnection(std::list<Peer>::iterator peer);
  rt::Task<> Reap();

  rt::Executor& executor_;
  HttpHandler& handler_;
  const HttpServerOptions options_;
  const std::shared_ptr<Listener> listener_;
  const boost::asio::ip::tcp::endpoint endpoint_;
  HttpMetrics metrics_;
  std::list<Peer> peers_;
  std::list<Peer> ended_;  // Their tasks have ended, but cannot destroy themselves.
  rt::Signal changed_;
  bool finishing_ = false;
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_HTTP_SERVER_H_
