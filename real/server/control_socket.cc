#include "real/server/control_socket.h"

#include <array>
#include <cerrno>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "real/asio/await_io.h"

namespace drydock::real {
namespace {

using Protocol = boost::asio::local::stream_protocol;

constexpr char kName[] = "control.sock";
constexpr size_t kLongestLine = 8 << 10;                 // A path has 4 KiB at most.
constexpr absl::Duration kPatience = absl::Seconds(10);  // With a peer, while it sends or reads.
constexpr absl::Duration kBackOff = absl::Milliseconds(100);
constexpr absl::string_view kOk = "ok\n";

absl::Status Failure(absl::string_view what, const std::string& folder,
                     const boost::system::error_code& error) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " ", folder, "/", kName, ": ", error.message()));
}

// A socket's address has room for 107 bytes, a path for more: it is named by way of its
// folder's descriptor.
class Folder {
 public:
  explicit Folder(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  bool ok() const { return descriptor_ >= 0; }
  std::string Socket() const { return absl::StrCat("/proc/self/fd/", descriptor_, "/", kName); }

 private:
  const int descriptor_;
};

absl::Status NotThere(const std::string& folder) {
  return absl::NotFoundError(absl::StrCat("no server listens in ", folder));
}

}  // namespace

struct ControlSocket::Listener {
  explicit Listener(boost::asio::io_context& io) : acceptor(io), next(io), io(io) {}
  Protocol::acceptor acceptor;
  Protocol::socket next;
  boost::asio::io_context& io;
};

struct ControlSocket::Connection {
  explicit Connection(Protocol::socket accepted) : socket(std::move(accepted)) {}
  Protocol::socket socket;
  std::array<char, 1024> in = {};
  std::string out;
};

ControlSocket::ControlSocket(rt::Executor& executor, std::shared_ptr<Listener> listener,
                             Command command)
    : executor_(executor), listener_(std::move(listener)), command_(std::move(command)) {}

ControlSocket::~ControlSocket() {
  boost::system::error_code ignored;
  listener_->acceptor.close(ignored);
}

absl::StatusOr<std::unique_ptr<ControlSocket>> ControlSocket::Listen(boost::asio::io_context& io,
                                                                     rt::Executor& executor,
                                                                     const std::string& folder,
                                                                     Command command) {
  const Folder opened(folder);
  if (!opened.ok()) return NotThere(folder);
  const std::string path = opened.Socket();
  unlink(path.c_str());
  auto listener = std::make_shared<Listener>(io);
  boost::system::error_code error;
  listener->acceptor.open(Protocol(), error);
  if (!error) listener->acceptor.bind(Protocol::endpoint(path), error);
  if (!error) listener->acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) return Failure("listen on", folder, error);
  // The folder keeps others out already.
  if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    error.assign(errno, boost::system::system_category());
    return Failure("restrict", folder, error);
  }
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(executor, std::move(listener), std::move(command)));
}

rt::Task<> ControlSocket::Run() {
  Listener& listener = *listener_;
  for (;;) {
    const IoResult result =
        co_await AwaitIo(executor_, absl::InfiniteDuration(), listener_, [&listener](auto handler) {
          listener.acceptor.async_accept(listener.next, std::move(handler));
        });
    if (result.error) {
      co_await executor_.SleepFor(kBackOff);
      continue;
    }
    co_await Serve(
        std::make_shared<Connection>(std::exchange(listener.next, Protocol::socket(listener.io))));
  }
}

rt::Task<> ControlSocket::Serve(std::shared_ptr<Connection> connection) {
  Connection& peer = *connection;
  const rt::Instant deadline = executor_.Now() + kPatience;
  std::string line;
  while (line.find('\n') == std::string::npos) {
    if (line.size() > kLongestLine) co_return;
    const IoResult read = co_await AwaitIo(executor_, deadline, connection, [&peer](auto handler) {
      peer.socket.async_read_some(boost::asio::buffer(peer.in), std::move(handler));
    });
    if (read.error) co_return;
    line.append(peer.in.data(), read.bytes);
  }
  line.resize(line.find('\n'));
  const absl::Status done = co_await command_(std::move(line));
  peer.out = done.ok() ? std::string(kOk) : absl::StrCat(done.message(), "\n");
  co_await AwaitIo(executor_, executor_.Now() + kPatience, connection, [&peer](auto handler) {
    boost::asio::async_write(peer.socket, boost::asio::buffer(peer.out), std::move(handler));
  });
}

absl::Status AskServer(const std::string& folder, const std::string& line) {
  const Folder opened(folder);
  if (!opened.ok()) return NotThere(folder);
  boost::asio::io_context io(1);
  Protocol::socket socket(io);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(opened.Socket()), error);
  if (error == boost::asio::error::connection_refused ||
      error == boost::system::errc::no_such_file_or_directory) {
    return NotThere(folder);
  }
  if (error) return Failure("connect to", folder, error);
  boost::asio::write(socket, boost::asio::buffer(absl::StrCat(line, "\n")), error);
  std::string answer;
  std::array<char, 1024> in = {};
  while (!error) {
    const size_t bytes = socket.read_some(boost::asio::buffer(in), error);
    answer.append(in.data(), bytes);
  }
  if (answer == kOk) return absl::OkStatus();
  absl::string_view why = answer;
  if (!absl::ConsumeSuffix(&why, "\n")) why = "the server ended before it was done";
  return absl::InternalError(why);
}

}  // namespace drydock::real
