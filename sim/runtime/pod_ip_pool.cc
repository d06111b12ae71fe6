// IPv4 address arithmetic for PodIpPool.
#include "sim/runtime/pod_ip_pool.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace drydock::sim {
namespace {

bool ParseAddress(absl::string_view text, uint32_t* address) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() != 4) return false;
  *address = 0;
  for (const absl::string_view part : parts) {
    uint32_t value = 0;
    if (!absl::SimpleAtoi(part, &value) || value > 255) return false;
    *address = *address << 8 | value;
  }
  return true;
}

std::string FormatAddress(uint32_t address) {
  return absl::StrCat(address >> 24, ".", address >> 16 & 255, ".", address >> 8 & 255, ".",
                      address & 255);
}

}  // namespace

absl::StatusOr<PodIpPool> PodIpPool::Create(absl::string_view cidr) {
  const std::vector<absl::string_view> parts = absl::StrSplit(cidr, '/');
  uint32_t base = 0;
  uint32_t bits = 0;
  if (parts.size() != 2 || !ParseAddress(parts[0], &base) || !absl::SimpleAtoi(parts[1], &bits) ||
      bits < 8 || bits > 29) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", cidr, "\" is no range for pods: expected IPv4 like 10.0.7.0/24"));
  }
  const uint32_t hosts = (uint32_t{1} << (32 - bits)) - 1;
  base &= ~hosts;
  return PodIpPool(base + 2, base + hosts - 1);
}

absl::StatusOr<std::string> PodIpPool::Take() {
  if (used_.size() > last_ - first_) {
    return absl::ResourceExhaustedError(
        "failed to allocate for range 0: no IP addresses available in range set");
  }
  while (used_.contains(next_)) next_ = next_ == last_ ? first_ : next_ + 1;
  const uint32_t taken = next_;
  used_.insert(taken);
  next_ = next_ == last_ ? first_ : next_ + 1;
  return FormatAddress(taken);
}

void PodIpPool::Release(const std::string& ip) {
  uint32_t address = 0;
  if (ParseAddress(ip, &address)) used_.erase(address);
}

}  // namespace drydock::sim
