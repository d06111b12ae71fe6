// The byte hash behind every content digest.
#include "src/rt/payload.h"

#include <cstddef>
#include <cstring>

namespace drydock::rt {

uint64_t DigestBytes(const void* bytes, size_t size) {
  const auto* cursor = static_cast<const unsigned char*>(bytes);
  uint64_t state = MixDigest(0x6472796a6f636b31ull, size);
  for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t), cursor += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, cursor,
                sizeof word);  // Little-endian hosts only, as Debian amd64 and arm64.
    state = MixDigest(state, word);
  }
  uint64_t tail = 0;
  std::memcpy(&tail, cursor, size);
  return MixDigest(state, tail);
}

}  // namespace drydock::rt
