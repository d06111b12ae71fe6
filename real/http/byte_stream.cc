// Byte streams over Boost.Asio's sockets. What an operation of asio uses lies in a State
// that its handler keeps alive, so that tasks can be destroyed while they wait.
#include "real/http/byte_stream.h"

#include <array>
#include <type_traits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/str_cat.h"
#include "real/asio/await_io.h"
#include "src/rt/sync.h"

namespace drydock::real {
namespace {

using boost::asio::ip::tcp;
using TlsSocket = boost::asio::ssl::stream<tcp::socket>;

constexpr size_t kReadBuffer = 16 << 10;  // A TLS record.

absl::Status ToStatus(const boost::system::error_code& error, absl::string_view what) {
  if (!error) return absl::OkStatus();
  const std::string text = absl::StrCat(what, ": ", error.message());
  if (error == boost::asio::error::timed_out) return absl::DeadlineExceededError(text);
  return absl::UnavailableError(text);
}

template <typename Socket>
class AsioStream final : public ByteStream {
 public:
  template <typename... Arguments>
  explicit AsioStream(rt::Executor& executor, Arguments&&... arguments)
      : executor_(executor),
        state_(std::make_shared<State>(executor, std::forward<Arguments>(arguments)...)) {
    if constexpr (kIsTls) Observe();
  }
  AsioStream(const AsioStream&) = delete;
  AsioStream& operator=(const AsioStream&) = delete;
  ~AsioStream() override {
    boost::system::error_code ignored;
    state_->socket.lowest_layer().close(ignored);
  }

  rt::Task<absl::Status> Handshake(rt::Instant deadline) override {
    if constexpr (kIsTls) {
      State& state = *state_;
      const IoResult result = co_await AwaitIo(executor_, deadline, state_, [&state](auto handler) {
        state.socket.async_handshake(TlsSocket::server, std::move(handler));
      });
      co_return ToStatus(result.error, "TLS handshake");
    }
    co_return absl::OkStatus();
  }

  rt::Task<absl::StatusOr<absl::string_view>> Read(rt::Instant deadline) override {
    State& state = *state_;
    if (state.reading == nullptr) {
      state.reading = std::make_shared<rt::Completion<IoResult>>(executor_);
      state.socket.async_read_some(boost::asio::buffer(state.in),
                                   [kept = state_, done = state.reading](
                                       const boost::system::error_code& error, size_t bytes) {
                                     done->Set({.error = error, .bytes = bytes});
                                   });
    }
    const std::shared_ptr<rt::Completion<IoResult>> reading = state.reading;
    const std::optional<IoResult> result = co_await reading->WaitUntil(deadline);
    if (!result.has_value()) co_return absl::DeadlineExceededError("nothing came in time");
    state_->reading = nullptr;
    // A peer that closes without TLS' own goodbye has ended, too: HTTP has its own framing.
    if (result->error == boost::asio::error::eof ||
        result->error == boost::asio::ssl::error::stream_truncated) {
      co_return absl::string_view();
    }
    if (result->error) co_return ToStatus(result->error, "read");
    co_return absl::string_view(state_->in.data(), result->bytes);
  }

  rt::Task<absl::Status> Write(std::string bytes, rt::Instant deadline) override {
    State& state = *state_;
    state.out = std::move(bytes);
    const IoResult result = co_await AwaitIo(executor_, deadline, state_, [&state](auto handler) {
      boost::asio::async_write(state.socket, boost::asio::buffer(state.out), std::move(handler));
    });
    co_return ToStatus(result.error, "write");
  }

  void FinishWriting() override {
    boost::system::error_code ignored;
    state_->socket.lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
  }

  std::optional<api::User> Peer() const override {
    if constexpr (kIsTls) {
      // The socket's native_handle() is not const, though this changes nothing.
      if (state_->shown && state_->valid) return PeerUser(state_->socket.native_handle());
    }
    return std::nullopt;
  }

 private:
  static constexpr bool kIsTls = std::is_same_v<Socket, TlsSocket>;

  struct State {
    template <typename... Arguments>
    explicit State(rt::Executor& executor, Arguments&&... arguments)
        : socket(std::forward<Arguments>(arguments)...) {}
    Socket socket;
    std::array<char, kReadBuffer> in;
    std::string out;
    std::shared_ptr<rt::Completion<IoResult>> reading;  // The read in flight.
    // Of the peer's certificates: whether there were any, and none was refused.
    bool shown = false;
    bool valid = true;
  };

  // Who shows no good certificate gets an answer that says so (401), not a broken
  // handshake: the verdict is noted, and the handshake goes on.
  void Observe() {
    boost::system::error_code ignored;
    State* const state = state_.get();  // The socket that keeps the callback is in it.
    state_->socket.set_verify_callback(
        [state](bool good, boost::asio::ssl::verify_context&) {
          state->shown = true;
          state->valid = state->valid && good;
          return true;
        },
        ignored);
  }

  rt::Executor& executor_;
  const std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<ByteStream> MakePlainStream(rt::Executor& executor, tcp::socket socket) {
  return std::make_unique<AsioStream<tcp::socket>>(executor, std::move(socket));
}

std::unique_ptr<ByteStream> MakeTlsStream(rt::Executor& executor, tcp::socket socket,
                                          TlsContext& tls) {
  return std::make_unique<AsioStream<TlsSocket>>(executor, std::move(socket), tls.context());
}

}  // namespace drydock::real
