// Names and identities that the server gives to new objects.
#ifndef DRYDOCK_SRC_APISERVER_IDENTITY_H_
#define DRYDOCK_SRC_APISERVER_IDENTITY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "src/rt/random.h"

namespace drydock::apiserver {

// A UUID, version 4 in form, from the stream's next 128 bits.
std::string NewUid(rt::Random& random);

// `prefix` (cut to 58 characters) and five random ones, without vowels and without
// what looks alike: Kubernetes' alphabet.
std::string GenerateName(rt::Random& random, absl::string_view prefix);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_IDENTITY_H_
