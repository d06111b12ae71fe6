// What commands of the same user say to a running server: a Unix socket in its data folder,
// which nobody else may enter. One line a connection, answered by "ok" or by what went wrong.
#ifndef DRYDOCK_REAL_SERVER_CONTROL_SOCKET_H_
#define DRYDOCK_REAL_SERVER_CONTROL_SOCKET_H_

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::real {

class ControlSocket {
 public:
  using Command = std::function<rt::Task<absl::Status>(std::string line)>;

  // Takes the place of the socket of a server that has ended: the caller holds the folder's
  // lock. `io` and `executor` outlive it.
  static absl::StatusOr<std::unique_ptr<ControlSocket>> Listen(boost::asio::io_context& io,
                                                               rt::Executor& executor,
                                                               const std::string& folder,
                                                               Command command);
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  ~ControlSocket();

  // Serves one connection after another until destroyed.
  rt::Task<> Run();

 private:
  struct Listener;
  struct Connection;

  ControlSocket(rt::Executor& executor, std::shared_ptr<Listener> listener, Command command);
  rt::Task<> Serve(std::shared_ptr<Connection> connection);

  rt::Executor& executor_;
  const std::shared_ptr<Listener> listener_;
  const Command command_;
};

// Says `line` to the server of a data folder and waits for its answer, however long that
// takes. kNotFound: no server listens there.
absl::Status AskServer(const std::string& folder, const std::string& line);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_CONTROL_SOCKET_H_
