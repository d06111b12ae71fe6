// From an HTTP request to a request to the API server.
#ifndef DRYDOCK_REAL_HTTP_REQUEST_DECODER_H_
#define DRYDOCK_REAL_HTTP_REQUEST_DECODER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "real/http/api_path.h"
#include "real/http/message.h"
#include "real/http/url.h"
#include "src/api/request.h"

namespace drydock::real {

struct DecodedRequest {
  rt::Ref<api::Request> request;
  // What the client should hear though the request is served: unknown fields.
  std::vector<std::string> warnings;
};

// Verb, options and body, in Kubernetes' meaning of methods and query parameters. `user` is
// who asks. Errors are Kubernetes' (BadRequest, UnsupportedMediaType, MethodNotAllowed).
absl::StatusOr<DecodedRequest> DecodeRequest(const HttpRequest& http, const Url& url,
                                             const ApiPath& path, api::User user);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_REQUEST_DECODER_H_
