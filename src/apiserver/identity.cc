// UUIDs and generated names.
#include "src/apiserver/identity.h"

#include <cstdint>

namespace drydock::apiserver {

std::string NewUid(rt::Random& random) {
  constexpr char kHex[] = "0123456789abcdef";
  const uint64_t high = (random.Next() & ~uint64_t{0xf000}) | 0x4000;                 // Version 4,
  const uint64_t low = (random.Next() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);  // variant 1.
  std::string uid(36, '-');
  size_t at = 0;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) ++at;
    const uint64_t word = i < 16 ? high : low;
    uid[at++] = kHex[(word >> (60 - 4 * (i % 16))) & 0xf];
  }
  return uid;
}

std::string GenerateName(rt::Random& random, absl::string_view prefix) {
  constexpr absl::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  constexpr size_t kRandomLength = 5;
  constexpr size_t kMaxPrefix = 63 - kRandomLength;
  std::string name(prefix.substr(0, kMaxPrefix));
  for (size_t i = 0; i < kRandomLength; ++i) name += kAlphabet[random.Below(kAlphabet.size())];
  return name;
}

}  // namespace drydock::apiserver
