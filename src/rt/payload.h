// What travels between machines: an immutable message, handed over by reference
// inside one simulation and encoded only where a real wire is crossed.
#ifndef DRYDOCK_SRC_RT_PAYLOAD_H_
#define DRYDOCK_SRC_RT_PAYLOAD_H_

#include <cstdint>

#include "src/rt/ref.h"

namespace drydock::rt {

class Payload : public RefCounted {
 public:
  // A hash of the content that does not depend on the process, the build or the
  // machine. Cheap enough to ask for on every delivery (implementations remember it).
  virtual uint64_t Digest() const = 0;
};

using PayloadRef = Ref<const Payload>;

// Mixes `value` into `state`: the step of every rolling digest in Drydock.
inline uint64_t MixDigest(uint64_t state, uint64_t value) {
  uint64_t z = (state ^ value) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93ull;
  return z ^ (z >> 29);
}

// A hash of bytes, the same on every machine.
uint64_t DigestBytes(const void* bytes, size_t size);

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_PAYLOAD_H_
