// Waiting for one operation of Boost.Asio from a task.
#ifndef DRYDOCK_REAL_ASIO_AWAIT_IO_H_
#define DRYDOCK_REAL_ASIO_AWAIT_IO_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>

#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::real {

struct IoResult {
  boost::system::error_code error;  // timed_out when the deadline came first.
  size_t bytes = 0;
};

// Calls `initiate` with a completion handler and waits for it. What the operation uses
// (socket, buffers) belongs to `kept`: the operation may outlive the waiting task, which
// can be destroyed at any time, or run out of patience. It is not cancelled then; whoever
// owns the socket closes it.
template <typename Initiate>
rt::Task<IoResult> AwaitIo(rt::Executor& executor, rt::Instant deadline, std::shared_ptr<void> kept,
                           Initiate initiate) {
  const auto done = std::make_shared<rt::Completion<IoResult>>(executor);
  initiate([done, kept](const boost::system::error_code& error, size_t bytes = 0) {
    done->Set({.error = error, .bytes = bytes});
  });
  const std::optional<IoResult> result = co_await done->WaitUntil(deadline);
  co_return result.value_or(IoResult{.error = boost::asio::error::timed_out});
}

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_ASIO_AWAIT_IO_H_
