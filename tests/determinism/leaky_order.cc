// A simulation with the very mistake that the determinism check must find: events
// in the order of addresses. Prints its digest. With the argument "fixed" it does
// the same in the order of numbers, which must pass.
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "sim/kernel/kernel.h"

int main(int argc, char** argv) {
  const bool fixed = argc > 1 && std::strcmp(argv[1], "fixed") == 0;
  drydock::sim::Kernel kernel;
  std::vector<std::unique_ptr<uint64_t>> things;
  std::set<const uint64_t*> by_address;
  for (uint64_t i = 0; i < 64; ++i) {
    things.push_back(std::make_unique<uint64_t>(i));
    by_address.insert(things.back().get());
  }
  if (fixed) {
    for (const auto& thing : things) kernel.digest().Note(kernel.now(), 0, 1, *thing);
  } else {
    for (const uint64_t* thing : by_address) kernel.digest().Note(kernel.now(), 0, 1, *thing);
  }
  std::printf("%016" PRIx64 "\n", kernel.digest().value());
  return 0;
}
