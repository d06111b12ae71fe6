// fork, exec, poll.
#include "sim/compare/children.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

constexpr size_t kMaxOutput = size_t{256} << 20;
constexpr size_t kMaxErrors = size_t{64} << 10;

struct Pipe {
  int read = -1;
  int write = -1;
};

absl::Status MakePipe(Pipe* pipe) {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("pipe: ", std::strerror(errno)));
  }
  *pipe = {ends[0], ends[1]};
  return absl::OkStatus();
}

void Close(int* file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

// In the child: only calls that are safe after fork.
[[noreturn]] void Become(char* const* arguments, const Pipe& output, const Pipe& errors,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above.
  if (getppid() != parent) _exit(127);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output.write, STDOUT_FILENO);
  dup2(errors.write, STDERR_FILENO);
  execv(arguments[0], arguments);
  const char* const why = std::strerror(errno);
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, why, std::strlen(why));
  _exit(127);
}

}  // namespace

Children::~Children() {
  for (Child& child : children_) {
    kill(child.pid, SIGKILL);
    Close(&child.output);
    Close(&child.errors);
    while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

absl::Status Children::Start(size_t number, const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  Pipe output;
  Pipe errors;
  if (absl::Status made = MakePipe(&output); !made.ok()) return made;
  if (absl::Status made = MakePipe(&errors); !made.ok()) {
    Close(&output.read);
    Close(&output.write);
    return made;
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(arguments.data(), output, errors, parent);
  Close(&output.write);
  Close(&errors.write);
  if (pid < 0) {
    const int error = errno;
    Close(&output.read);
    Close(&errors.read);
    return absl::ResourceExhaustedError(absl::StrCat("fork: ", std::strerror(error)));
  }
  Child child;
  child.ended.number = number;
  child.pid = pid;
  child.output = output.read;
  child.errors = errors.read;
  children_.push_back(std::move(child));
  return absl::OkStatus();
}

void Children::Read(int* pipe, std::string* into, size_t limit, bool keep_end) {
  char buffer[1 << 16];
  const ssize_t size = read(*pipe, buffer, sizeof(buffer));
  if (size < 0 && errno == EINTR) return;
  if (size <= 0) {
    Close(pipe);
    return;
  }
  into->append(buffer, static_cast<size_t>(size));
  if (into->size() <= limit) return;
  if (keep_end) {
    into->erase(0, into->size() - limit);
  } else {
    Close(pipe);  // What it writes from here on fails, and so does it.
  }
}

std::optional<EndedChild> Children::Wait(absl::Duration timeout) {
  const absl::Time until = absl::Now() + timeout;
  for (;;) {
    for (auto child = children_.begin(); child != children_.end(); ++child) {
      if (child->output >= 0 || child->errors >= 0) continue;
      int status = 0;
      while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
      }
      EndedChild ended = std::move(child->ended);
      if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
      children_.erase(child);
      return ended;
    }
    std::vector<pollfd> files;
    for (const Child& child : children_) {
      for (const int file : {child.output, child.errors}) {
        if (file >= 0) files.push_back({file, POLLIN, 0});
      }
    }
    const absl::Duration left = std::max(absl::ZeroDuration(), until - absl::Now());
    const int ready =
        poll(files.data(), files.size(), static_cast<int>(absl::ToInt64Milliseconds(left)));
    if (ready <= 0) return std::nullopt;
    for (const pollfd& file : files) {
      if (file.revents == 0) continue;
      for (Child& child : children_) {
        if (child.output == file.fd) {
          Read(&child.output, &child.ended.output, kMaxOutput, /*keep_end=*/false);
        } else if (child.errors == file.fd) {
          Read(&child.errors, &child.ended.errors, kMaxErrors, /*keep_end=*/true);
        }
      }
    }
  }
}

}  // namespace drydock::sim
