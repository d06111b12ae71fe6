// What encoding, and what form of an object, a client wants: its Accept header.
#ifndef DRYDOCK_REAL_HTTP_NEGOTIATION_H_
#define DRYDOCK_REAL_HTTP_NEGOTIATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "src/api/codec/codec.h"

namespace drydock::real {

// A form other than the object itself, that a client may ask for by the parameters "as",
// "g" and "v" of a media type: Table, PartialObjectMetadata, APIGroupDiscoveryList.
struct View {
  absl::string_view kind;
  absl::string_view group;
  absl::string_view version;
  bool protobuf = true;  // False: as JSON and YAML only.
};

struct Accepted {
  api::Format format = api::Format::kJson;
  const View* view = nullptr;  // Null: the object itself. One of those offered.
};

// The first of the client's wishes, in the order of their quality, that can be met with
// one of `formats`, as it is or as one of `views`. NotAcceptable when there is none.
absl::StatusOr<Accepted> Negotiate(absl::string_view accept, absl::Span<const api::Format> formats,
                                   absl::Span<const View> views);

// The encoding of a body by its Content-Type; JSON when there is none.
// UnsupportedMediaType otherwise.
absl::StatusOr<api::Format> FormatOfBody(absl::string_view content_type);

// A media type without its parameters, in lower case.
std::string MediaTypeOf(absl::string_view content_type);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_NEGOTIATION_H_
