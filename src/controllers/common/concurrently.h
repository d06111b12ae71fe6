// Many requests at once inside one reconcile.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_CONCURRENTLY_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_CONCURRENTLY_H_

#include <functional>

#include "absl/status/status.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::controllers {

// The i-th of several requests. Called once for each i, in order.
using NthRequest = std::function<rt::Task<absl::Status>(int i)>;

struct BatchResult {
  int succeeded = 0;
  absl::Status first_error;  // Of the lowest i that failed.
};

// All requests at once; ends when the last has ended. The caller bounds `count`.
rt::Task<BatchResult> Concurrently(rt::Executor& executor, int count, NthRequest request);

// Batches of 1, 2, 4, ... requests, each at once, until `count` are made or one has
// failed. A quota that is used up is thus noticed after few useless requests.
rt::Task<BatchResult> SlowStart(rt::Executor& executor, int count, NthRequest request);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_CONCURRENTLY_H_
