// How a broken CHECK ends the process.
#include "src/rt/check.h"

#include <cstdio>
#include <cstdlib>

namespace drydock::rt {

void CheckFailed(const char* file, int line, const char* condition, const std::string& message) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s%s%s\n", file, line, condition,
               message.empty() ? "" : ": ", message.c_str());
  std::abort();
}

}  // namespace drydock::rt
