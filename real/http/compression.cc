#include "real/http/compression.h"

#include <string>
#include <utility>

#include <zlib.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace drydock::real {
namespace {

constexpr int kGzipWindow = 15 + 16;  // The largest window, and gzip's header instead of zlib's.
constexpr int kMemoryLevel = 8;       // zlib's default.

// Empty when zlib has no memory.
std::string Gzip(absl::string_view bytes) {
  z_stream stream = {};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return "";
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

}  // namespace

bool AcceptsGzip(absl::string_view accept_encoding) {
  for (const absl::string_view item : absl::StrSplit(accept_encoding, ',')) {
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(item, absl::MaxSplits(';', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(sides.first);
    if (!absl::EqualsIgnoreCase(name, "gzip") && name != "*") continue;
    absl::string_view weight = absl::StripAsciiWhitespace(sides.second);
    double quality = 1;
    if (absl::ConsumePrefix(&weight, "q=") && !absl::SimpleAtod(weight, &quality)) quality = 0;
    return quality > 0;
  }
  return false;
}

void Compress(absl::string_view accept_encoding, HttpResponse* response) {
  // Longer ones than zlib takes at once there are none: lists are paged or fit in memory.
  constexpr size_t kMost = size_t{1} << 31;
  if (response->code != 200 || response->stream != nullptr) return;
  if (response->body.size() < kCompressedFrom || response->body.size() >= kMost) return;
  response->headers.emplace_back("Vary", "Accept-Encoding");
  if (!AcceptsGzip(accept_encoding)) return;
  std::string compressed = Gzip(response->body);
  if (compressed.empty()) return;
  response->body = std::move(compressed);
  response->headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace drydock::real
