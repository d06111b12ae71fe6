// First fit from a random start.
#include "src/apiserver/registry/number_allocator.h"

namespace drydock::apiserver {

bool NumberAllocator::Take(uint32_t number) {
  return Contains(number) && taken_.insert(number).second;
}

std::optional<uint32_t> NumberAllocator::TakeAny(rt::Random& random) {
  const uint64_t size = uint64_t{last_} - first_ + 1;
  if (taken_.size() >= size) return std::nullopt;
  uint32_t number = first_ + static_cast<uint32_t>(random.Below(size));
  while (!Take(number)) number = number == last_ ? first_ : number + 1;
  return number;
}

}  // namespace drydock::apiserver
