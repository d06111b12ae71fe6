// An HTTP request and its answer, apart from the connection that carries them.
#ifndef DRYDOCK_REAL_HTTP_MESSAGE_H_
#define DRYDOCK_REAL_HTTP_MESSAGE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/request.h"
#include "src/rt/task.h"

namespace drydock::real {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of a header, by its name in any case; empty when there is none.
absl::string_view FindHeader(const Headers& headers, absl::string_view name);

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // As sent: "/api/v1/pods?limit=500".
  Headers headers;
  std::string body;
  // Who the connection's certificate says is asking.
  std::optional<api::User> peer;
};

// A body whose length is not known when it begins: a watch.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // Some bytes, never none; nullopt at the end.
  virtual rt::Task<std::optional<std::string>> Next() = 0;
};

struct HttpResponse {
  int code = 200;
  std::string content_type = "application/json";
  Headers headers;  // Beside those of the body and of the connection.
  std::string body;
  std::unique_ptr<BodyStream> stream;  // Instead of `body`, if not null.
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // An answer that needs no body of the request, which is then not read ("Unauthorized");
  // otherwise nullopt. `head` has no body yet.
  virtual std::optional<HttpResponse> Screen(const HttpRequest& head) = 0;
  virtual rt::Task<HttpResponse> Serve(HttpRequest request) = 0;
};

// The reason phrase of a status code.
absl::string_view ReasonPhrase(int code);

// Kubernetes' Status with `reason` ("BadRequest"), as JSON.
HttpResponse ErrorResponse(absl::string_view reason, absl::string_view message);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_MESSAGE_H_
