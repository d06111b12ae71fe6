// Random API objects for property tests.
#ifndef DRYDOCK_TESTS_API_CODEC_RANDOM_MESSAGE_H_
#define DRYDOCK_TESTS_API_CODEC_RANDOM_MESSAGE_H_

#include <cstdint>

#include "google/protobuf/message.h"

namespace drydock::api {

enum class Fill {
  kSome,   // Each field with even chance, zeros and empty strings too.
  kEvery,  // Every field with a value that is not zero; two elements in lists and maps.
};

// Fills `message`, which is of the scheme, and makes it normal.
void FillRandomly(uint64_t seed, Fill fill, google::protobuf::Message* message);

}  // namespace drydock::api

#endif  // DRYDOCK_TESTS_API_CODEC_RANDOM_MESSAGE_H_
