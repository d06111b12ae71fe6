// The Kubernetes API over HTTP: resources, discovery, OpenAPI, health, version
// and metrics.
#ifndef DRYDOCK_REAL_HTTP_API_HANDLER_H_
#define DRYDOCK_REAL_HTTP_API_HANDLER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "real/http/api_path.h"
#include "real/http/health.h"
#include "real/http/message.h"
#include "real/http/metrics.h"
#include "real/http/openapi_documents.h"
#include "real/http/response_encoder.h"
#include "real/http/url.h"
#include "src/api/request.h"
#include "src/apiserver/discovery.h"
#include "src/apiserver/server.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::real {

struct ApiHandlerOptions {
  std::string git_version;  // "v1.35.0+drydock"
  // Who asks where requests show neither a certificate nor a token: over plain HTTP.
  // Otherwise such requests are refused, but for health.
  std::optional<api::User> without_certificate;
  // Names that requests over plain HTTP may give as their Host: a page in a browser on this
  // machine must not reach the API under a name of its own.
  std::vector<std::string> hosts;
};

class ApiHandler final : public HttpHandler {
 public:
  // `server` and `clock` outlive the handler and its responses.
  ApiHandler(apiserver::Server& server, const rt::Executor& clock, ApiHandlerOptions options);
  ApiHandler(const ApiHandler&) = delete;
  ApiHandler& operator=(const ApiHandler&) = delete;

  // Whose connections are counted in /metrics. Outlives the handler's requests.
  void SetHttpMetrics(const HttpMetrics& metrics) { http_metrics_ = &metrics; }
  // /readyz fails from now on, so that nobody new is sent here.
  void BeginShutdown() { shutting_down_ = true; }

  std::optional<HttpResponse> Screen(const HttpRequest& head) override;
  rt::Task<HttpResponse> Serve(HttpRequest request) override;

 private:
  // Whatever is no resource; nullopt when there is nothing at the path.
  std::optional<HttpResponse> ServeDocument(const HttpRequest& request, const Url& url);
  std::optional<HttpResponse> ServeDiscovery(const HttpRequest& request, const Url& url);
  rt::Task<HttpResponse> ServeUncompressed(HttpRequest request);
  // OpenID Connect discovery: how others verify service account tokens.
  std::optional<HttpResponse> ServeIssuer(const HttpRequest& request, const Url& url);
  rt::Task<HttpResponse> ServeResource(HttpRequest request, Url url, ApiPath path, api::User user);
  HttpResponse Version(const Encoding& encoding) const;
  HttpResponse Paths() const;

  apiserver::Server& server_;
  const rt::Executor& clock_;
  const ApiHandlerOptions options_;
  const apiserver::Discovery discovery_;
  OpenApiDocuments openapi_;
  const std::vector<HealthCheck> checks_;
  RequestDurations durations_;
  const HttpMetrics* http_metrics_ = nullptr;
  bool shutting_down_ = false;
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_API_HANDLER_H_
