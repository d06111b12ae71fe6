// From the API server's answer to the body of an HTTP response.
#ifndef DRYDOCK_REAL_HTTP_RESPONSE_ENCODER_H_
#define DRYDOCK_REAL_HTTP_RESPONSE_ENCODER_H_

#include <memory>
#include <string>

#include "google/protobuf/message.h"
#include "real/http/message.h"
#include "real/http/negotiation.h"
#include "src/api/request.h"
#include "src/rt/transport.h"

namespace drydock::real {

struct Encoding {
  Accepted accepted;
  bool pretty = false;  // JSON over several lines.
};

// One object with a code.
HttpResponse EncodeObject(int code, const google::protobuf::Message& message,
                          const Encoding& encoding);

// An answer to a request for `kind` that is no watch: an object, a list, or a Status.
HttpResponse EncodeAnswer(const api::KindInfo& kind, const api::Response& response,
                          const Encoding& encoding);

// A watch: JSON objects line by line, or protobuf messages with their length before them
// (application/vnd.kubernetes.protobuf;stream=watch). YAML has no such form.
HttpResponse EncodeWatch(const api::KindInfo& kind, std::unique_ptr<rt::Stream> events,
                         const Encoding& encoding);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_RESPONSE_ENCODER_H_
