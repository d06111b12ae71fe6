// Hands out numbers of a range: addresses of a network, ports.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_NUMBER_ALLOCATOR_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_NUMBER_ALLOCATOR_H_

#include <cstdint>
#include <optional>

#include "absl/container/btree_set.h"
#include "src/rt/random.h"

namespace drydock::apiserver {

class NumberAllocator {
 public:
  // Numbers in [first, last].
  NumberAllocator(uint32_t first, uint32_t last) : first_(first), last_(last) {}

  bool Contains(uint32_t number) const { return number >= first_ && number <= last_; }
  // False when it is taken or outside the range.
  bool Take(uint32_t number);
  // The first free one from a random place on; nullopt when all are taken.
  std::optional<uint32_t> TakeAny(rt::Random& random);
  void Release(uint32_t number) { taken_.erase(number); }

 private:
  const uint32_t first_;
  const uint32_t last_;
  absl::btree_set<uint32_t> taken_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_NUMBER_ALLOCATOR_H_
