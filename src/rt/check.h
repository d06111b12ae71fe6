// CHECK: what must be true of our own code. A broken one ends the process with the
// place and a message; input from outside never trips one.
#ifndef DRYDOCK_SRC_RT_CHECK_H_
#define DRYDOCK_SRC_RT_CHECK_H_

#include "absl/strings/str_cat.h"

namespace drydock::rt {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const std::string& message);

}  // namespace drydock::rt

// DRYDOCK_CHECK(a < b, "a=", a, " b=", b);
#define DRYDOCK_CHECK(condition, ...)                                          \
  do {                                                                         \
    if (!(condition)) [[unlikely]] {                                           \
      ::drydock::rt::CheckFailed(__FILE__, __LINE__, #condition,               \
                                 absl::StrCat("" __VA_OPT__(, ) __VA_ARGS__)); \
    }                                                                          \
  } while (false)

#endif  // DRYDOCK_SRC_RT_CHECK_H_
