// From the API server's answer to the body of an HTTP response.
#ifndef DRYDOCK_REAL_HTTP_RESPONSE_ENCODER_H_
#define DRYDOCK_REAL_HTTP_RESPONSE_ENCODER_H_

#include <memory>
#include <string>

#include "google/protobuf/message.h"
#include "real/http/message.h"
#include "real/http/negotiation.h"
#include "src/api/request.h"
#include "src/apiserver/printing/table.h"
#include "src/rt/executor.h"
#include "src/rt/transport.h"

namespace drydock::real {

struct Encoding {
  Accepted accepted;
  bool pretty = false;  // JSON over several lines.
  apiserver::IncludeObject include = apiserver::IncludeObject::kMetadata;  // Of a table's rows.
};

// The forms of an answer that clients may ask for instead of the objects themselves: tables
// and metadata alone.
absl::Span<const View> ViewsOf(api::Verb verb);

// One object with a code.
HttpResponse EncodeObject(int code, const google::protobuf::Message& message,
                          const Encoding& encoding);

// An answer to a request for `kind` that is no watch: an object, a list, or a Status, which has
// one form only. Ages in tables are counted up to `now`.
HttpResponse EncodeAnswer(const api::KindInfo& kind, const api::Response& response,
                          const Encoding& encoding, absl::Time now);

// A watch: JSON objects line by line, or protobuf messages with their length before them
// (application/vnd.kubernetes.protobuf;stream=watch). YAML has no such form. `clock` outlives
// the response.
HttpResponse EncodeWatch(const api::KindInfo& kind, std::unique_ptr<rt::Stream> events,
                         const Encoding& encoding, const rt::Executor& clock);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_RESPONSE_ENCODER_H_
