// How an error leaves a function, and its twin for coroutines: the only macros
// that hide control flow.
#ifndef DRYDOCK_SRC_RT_STATUS_MACROS_H_
#define DRYDOCK_SRC_RT_STATUS_MACROS_H_

#include "absl/status/status.h"

#define RETURN_IF_ERROR(expression) \
  if (absl::Status status_ = (expression); !status_.ok()) return status_

#define CO_RETURN_IF_ERROR(expression) \
  if (absl::Status status_ = (expression); !status_.ok()) co_return status_

#endif  // DRYDOCK_SRC_RT_STATUS_MACROS_H_
