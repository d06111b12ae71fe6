// Short names from hashes: Kubernetes' way to put a number into a name without
// spelling words (no vowels, no look-alikes).
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_SAFE_ENCODE_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_SAFE_ENCODE_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace drydock::controllers {

// FNV-1a, 32 bits.
inline uint32_t Fnv32(absl::string_view bytes) {
  uint32_t hash = 2166136261u;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<uint8_t>(byte)) * 16777619u;
  }
  return hash;
}

// The decimal digits of `number`, each by its letter.
inline std::string SafeEncode(uint32_t number) {
  constexpr absl::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string encoded = absl::StrCat(number);
  for (char& digit : encoded) digit = kAlphabet[static_cast<uint8_t>(digit) % kAlphabet.size()];
  return encoded;
}

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_SAFE_ENCODE_H_
