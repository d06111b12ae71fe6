// Preloaded into a run to move everything on its heap: each allocation is padded by
// a pseudo-random amount that HEAP_NOISE seeds, so that addresses, and the order of
// addresses, differ from one run to the next.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <dlfcn.h>

namespace {

using Malloc = void* (*)(size_t);

size_t Padding() {
  static uint64_t state = [] {
    const char* const seed = std::getenv("HEAP_NOISE");
    return seed == nullptr ? 0 : std::strtoull(seed, nullptr, 10);
  }();
  if (state == 0) return 0;
  state = state * 6364136223846793005u + 1442695040888963407u;
  // Small allocations mostly stay small; one in 16 leaves its size class.
  return (state >> 60) == 0 ? (state >> 33) % 4096 : (state >> 33) % 48;
}

}  // namespace

extern "C" void* malloc(size_t size) {
  static const auto next = reinterpret_cast<Malloc>(dlsym(RTLD_NEXT, "malloc"));
  return next(size + Padding());
}
