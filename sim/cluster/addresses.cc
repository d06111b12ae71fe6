// Address arithmetic.
#include "sim/cluster/addresses.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

std::string Dotted(uint32_t address) {
  return absl::StrCat(address >> 24, ".", address >> 16 & 255, ".", address >> 8 & 255, ".",
                      address & 255);
}

}  // namespace

std::string NodeAddress(uint32_t node) { return Dotted((10u << 24) + 10 + node); }

std::string PodRange(uint32_t node, int max_pods) {
  // The network's, the gateway's and the broadcast address are not pods'.
  const auto needed = static_cast<uint32_t>(std::max(max_pods, 1)) + 3;
  const int host_bits = std::max(5, static_cast<int>(std::bit_width(needed - 1)));
  const uint64_t offset = uint64_t{node} << host_bits;
  if (offset + (uint64_t{1} << host_bits) > (uint64_t{1} << 24)) return "";
  return absl::StrCat(Dotted((11u << 24) + static_cast<uint32_t>(offset)), "/", 32 - host_bits);
}

}  // namespace drydock::sim
