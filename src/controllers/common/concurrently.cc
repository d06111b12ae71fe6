// Spawns requests in a group that lives in the waiting frame.
#include "src/controllers/common/concurrently.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "src/rt/sync.h"

namespace drydock::controllers {
namespace {

struct Running {
  explicit Running(rt::Executor& executor) : changed(executor) {}
  int left = 0;
  std::vector<absl::Status> results;
  rt::Signal changed;
};

rt::Task<> RunOne(Running& running, int i, rt::Task<absl::Status> request) {
  running.results[i] = co_await std::move(request);
  if (--running.left == 0) running.changed.Raise();
}

}  // namespace

rt::Task<BatchResult> Concurrently(rt::Executor& executor, int count, NthRequest request) {
  BatchResult result;
  if (count == 1) {  // The common case, without a group.
    result.first_error = co_await request(0);
    result.succeeded = result.first_error.ok() ? 1 : 0;
    co_return result;
  }
  Running running(executor);
  running.left = count;
  running.results.resize(std::max(count, 0));
  rt::TaskGroup group;  // Dies before `running`.
  for (int i = 0; i < count; ++i) group.Spawn(RunOne(running, i, request(i)));
  while (running.left > 0) co_await running.changed.Wait();
  for (absl::Status& status : running.results) {
    if (status.ok()) {
      ++result.succeeded;
    } else if (result.first_error.ok()) {
      result.first_error = std::move(status);
    }
  }
  co_return result;
}

rt::Task<BatchResult> SlowStart(rt::Executor& executor, int count, NthRequest request) {
  BatchResult total;
  int done = 0;
  for (int batch = 1; done < count; batch *= 2) {
    const int size = std::min(batch, count - done);
    const int first = done;
    // The lambda is no coroutine, and lives in this frame until the batch is over.
    const NthRequest shifted = [&request, first](int i) { return request(first + i); };
    BatchResult result = co_await Concurrently(executor, size, shifted);
    done += size;
    total.succeeded += result.succeeded;
    if (!result.first_error.ok()) {
      total.first_error = std::move(result.first_error);
      break;
    }
  }
  co_return total;
}

}  // namespace drydock::controllers
