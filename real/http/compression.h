// Answers compressed for clients that ask for it, as kube-apiserver does (APIResponseCompression).
#ifndef DRYDOCK_REAL_HTTP_COMPRESSION_H_
#define DRYDOCK_REAL_HTTP_COMPRESSION_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "real/http/message.h"

namespace drydock::real {

// Smaller bodies are sent as they are: compressing them costs more than it saves.
inline constexpr size_t kCompressedFrom = 128 << 10;

// Whether an Accept-Encoding header admits gzip.
bool AcceptsGzip(absl::string_view accept_encoding);

// Compresses the body of a successful answer (gzip, at the level that costs least) when it is
// large and the client accepts that; watches never. Says so in the headers.
void Compress(absl::string_view accept_encoding, HttpResponse* response);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_COMPRESSION_H_
