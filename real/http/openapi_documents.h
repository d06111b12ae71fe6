// /openapi/v2 and /openapi/v3: what kubectl reads to explain, to check what it sends, and to merge.
#ifndef DRYDOCK_REAL_HTTP_OPENAPI_DOCUMENTS_H_
#define DRYDOCK_REAL_HTTP_OPENAPI_DOCUMENTS_H_

#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "real/http/message.h"
#include "real/http/url.h"
#include "src/api/openapi/openapi.h"

namespace drydock::real {

class OpenApiDocuments {
 public:
  explicit OpenApiDocuments(api::OpenApiOptions options) : documents_(std::move(options)) {}

  // Nullopt when there is no document at the path. A document that the client has (by its
  // entity tag) is not sent again.
  std::optional<HttpResponse> Serve(const HttpRequest& request, const Url& url);

 private:
  HttpResponse ServeV2(const HttpRequest& request);
  std::optional<HttpResponse> ServeV3(const HttpRequest& request, const Url& url,
                                      absl::string_view path);

  api::OpenApi documents_;
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_OPENAPI_DOCUMENTS_H_
