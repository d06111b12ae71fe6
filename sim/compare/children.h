// Commands run as child processes, several at a time, with what they print kept.
#ifndef DRYDOCK_SIM_COMPARE_CHILDREN_H_
#define DRYDOCK_SIM_COMPARE_CHILDREN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace drydock::sim {

struct EndedChild {
  size_t number = 0;
  int exit_code = -1;  // -1: it did not exit by itself, see `signal`.
  int signal = 0;
  std::string output;  // Of its standard output, at most 256 MiB.
  std::string errors;  // The last 64 KiB of its standard error.
};

// Children die with this process, whatever it dies of.
//
// REQUIRES: the process has one thread.
class Children {
 public:
  Children() = default;
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  // Kills those that still run.
  ~Children();

  // `command[0]` is the path of the program. Its standard input is empty.
  absl::Status Start(size_t number, const std::vector<std::string>& command);
  size_t running() const { return children_.size(); }

  // The next one to end; nothing when `timeout` passes or a signal arrives first.
  std::optional<EndedChild> Wait(absl::Duration timeout);

 private:
  struct Child {
    EndedChild ended;
    pid_t pid = -1;
    int output = -1;  // The ends of the pipes; -1: closed.
    int errors = -1;
  };

  // Takes what has come. Closes the pipe at its end.
  static void Read(int* pipe, std::string* into, size_t limit, bool keep_end);

  std::vector<Child> children_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_CHILDREN_H_
