// The listener and its connections.
#include "real/http/http_server.h"

#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/socket_base.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "real/asio/await_io.h"
#include "real/http/byte_stream.h"

namespace drydock::real {
namespace {

using boost::asio::ip::tcp;

// After an accept that failed (no file descriptors left), so that the loop cannot spin.
constexpr absl::Duration kAcceptBackOff = absl::Milliseconds(100);

}  // namespace

// Kept by the accept in flight: the next connection's socket, and the listener itself.
struct HttpServer::Listener {
  explicit Listener(boost::asio::io_context& io) : acceptor(io), next(io), io(io) {}
  tcp::acceptor acceptor;
  tcp::socket next;
  boost::asio::io_context& io;
};

absl::StatusOr<tcp::endpoint> ParseEndpoint(absl::string_view text) {
  const auto bad = [text] {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ADDRESS:PORT such as 127.0.0.1:6443, got \"", text, "\""));
  };
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return bad();
  uint32_t port = 0;
  if (!absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) return bad();
  absl::string_view host = text.substr(0, colon);
  if (host.empty()) host = "0.0.0.0";
  if (absl::ConsumePrefix(&host, "[") && !absl::ConsumeSuffix(&host, "]")) return bad();
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  if (error) return bad();
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

HttpServer::HttpServer(rt::Executor& executor, HttpHandler& handler, HttpServerOptions options,
                       std::shared_ptr<Listener> listener, tcp::endpoint endpoint)
    : executor_(executor),
      handler_(handler),
      options_(std::move(options)),
      listener_(std::move(listener)),
      endpoint_(std::move(endpoint)),
      changed_(executor) {}

HttpServer::~HttpServer() {
  boost::system::error_code ignored;
  listener_->acceptor.close(ignored);
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Listen(boost::asio::io_context& io,
                                                               rt::Executor& executor,
                                                               HttpHandler& handler,
                                                               HttpServerOptions options) {
  const absl::StatusOr<tcp::endpoint> endpoint = ParseEndpoint(options.address);
  if (!endpoint.ok()) return endpoint.status();
  if (options.tls == nullptr && !endpoint->address().is_loopback()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "plain HTTP is served on a loopback address only, which ", options.address, " is not"));
  }
  auto listener = std::make_shared<Listener>(io);
  boost::system::error_code error;
  const auto failed = [&](absl::string_view what) {
    return absl::UnavailableError(absl::StrCat(what, " ", options.address, ": ", error.message()));
  };
  listener->acceptor.open(endpoint->protocol(), error);
  if (error) return failed("cannot open a socket for");
  listener->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (error) return failed("cannot configure the socket for");
  listener->acceptor.bind(*endpoint, error);
  if (error) return failed("cannot listen on");
  listener->acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) return failed("cannot listen on");
  // With the port that the system has chosen, where it was to choose one.
  const tcp::endpoint bound = listener->acceptor.local_endpoint(error);
  if (error) return failed("cannot listen on");
  return std::unique_ptr<HttpServer>(
      new HttpServer(executor, handler, std::move(options), std::move(listener), bound));
}

rt::Task<> HttpServer::RunConnection(std::list<Peer>::iterator peer) {
  co_await peer->connection->Run();
  ended_.splice(ended_.end(), peers_, peer);
  changed_.Raise();
}

void HttpServer::Accept(tcp::socket socket) {
  if (finishing_ || peers_.size() >= options_.limits.connections) {
    ++metrics_.refused;
    return;  // Closes it.
  }
  ++metrics_.accepted;
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
  std::unique_ptr<ByteStream> stream =
      options_.tls == nullptr ? MakePlainStream(executor_, std::move(socket))
                              : MakeTlsStream(executor_, std::move(socket), *options_.tls);
  const auto peer = peers_.emplace(peers_.end());
  peer->connection = std::make_unique<HttpConnection>(executor_, std::move(stream), handler_,
                                                      options_.limits, metrics_);
  peer->task.Spawn(RunConnection(peer));
}

rt::Task<> HttpServer::Reap() {
  for (;;) {
    ended_.clear();
    co_await changed_.Wait();
  }
}

rt::Task<> HttpServer::Run() {
  rt::TaskGroup reaper;
  reaper.Spawn(Reap());
  Listener& listener = *listener_;
  while (!finishing_) {
    const IoResult result =
        co_await AwaitIo(executor_, absl::InfiniteDuration(), listener_, [&listener](auto handler) {
          listener.acceptor.async_accept(listener.next, std::move(handler));
        });
    if (result.error) {
      co_await executor_.SleepFor(kAcceptBackOff);
      continue;
    }
    Accept(std::exchange(listener.next, tcp::socket(listener.io)));
  }
}

rt::Task<> HttpServer::Finish(absl::Duration patience) {
  finishing_ = true;
  boost::system::error_code ignored;
  listener_->acceptor.close(ignored);
  for (auto peer = peers_.begin(); peer != peers_.end();) {
    const auto next = std::next(peer);
    if (peer->connection->idle()) {
      peer->task.Clear();
      peers_.erase(peer);
    } else {
      peer->connection->Finish();
    }
    peer = next;
  }
  const rt::Instant deadline = executor_.Now() + patience;
  while (!peers_.empty()) {
    if (!co_await changed_.WaitUntil(deadline)) break;
  }
}

}  // namespace drydock::real
