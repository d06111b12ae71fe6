// Paths to documents and resources.
#include "real/http/api_handler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "real/http/compression.h"
#include "real/http/identity.h"
#include "real/http/negotiation.h"
#include "real/http/request_decoder.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/status.h"
#include "src/apiserver/auth/access_control.h"
#include "src/apiserver/served_resources.h"

namespace drydock::real {
namespace {

using api::Format;

constexpr Format kObjectFormats[] = {Format::kJson, Format::kYaml, Format::kProtobuf};
constexpr Format kWatchFormats[] = {Format::kJson, Format::kProtobuf};
constexpr View kAggregated[] = {{"APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2"}};

constexpr char kIssuerPath[] = "/.well-known/openid-configuration";
constexpr char kKeysPath[] = "/openid/v1/jwks";

constexpr char kNoSuchResource[] = "the server could not find the requested resource";

// Where a person looks at it with curl or a browser, unless they say otherwise.
bool IsPretty(const HttpRequest& request, const Url& url) {
  if (url.HasParameter("pretty")) {
    const absl::string_view value = url.Parameter("pretty");
    return value != "false" && value != "0";
  }
  const absl::string_view agent = FindHeader(request.headers, "User-Agent");
  return absl::StartsWith(agent, "curl") || absl::StartsWith(agent, "Wget") ||
         absl::StartsWith(agent, "Mozilla/5.0");
}

absl::StatusOr<Encoding> EncodingOf(const HttpRequest& request, const Url& url,
                                    absl::Span<const Format> formats,
                                    absl::Span<const View> views) {
  const absl::StatusOr<Accepted> accepted =
      Negotiate(FindHeader(request.headers, "Accept"), formats, views);
  if (!accepted.ok()) return accepted.status();
  const absl::StatusOr<apiserver::IncludeObject> include =
      apiserver::ParseIncludeObject(url.Parameter("includeObject"));
  if (!include.ok()) return api::BadRequest(include.status().message());
  return Encoding{.accepted = *accepted, .pretty = IsPretty(request, url), .include = *include};
}

// An error before or beside the API server's own.
HttpResponse EncodeError(const absl::Status& error, const Encoding& encoding) {
  return EncodeObject(api::HttpCodeOf(error), api::ToMetaStatus(error), encoding);
}

// RFC 7234's form of a warning, which kubectl prints.
void AddWarnings(const std::vector<std::string>& warnings, Headers* headers) {
  for (const std::string& warning : warnings) {
    std::string text = absl::StrReplaceAll(warning, {{"\\", "\\\\"}, {"\"", "\\\""}});
    // What a client sent must not begin a header of its own.
    text.erase(std::remove_if(text.begin(), text.end(),
                              [](char c) { return static_cast<unsigned char>(c) < ' '; }),
               text.end());
    headers->emplace_back("Warning", absl::StrCat("299 - \"", text, "\""));
  }
}

void AddRetryAfter(const api::Response& response, Headers* headers) {
  if (response.code != 429 && response.code < 500) return;
  const api::Ref<api::metav1::Status> status = api::As<api::metav1::Status>(response.object);
  if (status && status->details().retry_after_seconds() > 0) {
    headers->emplace_back("Retry-After", absl::StrCat(status->details().retry_after_seconds()));
  }
}

std::vector<HealthCheck> MakeChecks(const apiserver::Server& server, const bool& shutting_down) {
  return {
      {.name = "ping", .passes = [] { return true; }},
      // The server is ready once it has read the store.
      {.name = "etcd", .passes = [&server] { return server.ready(); }, .live = false},
      {.name = "informer-sync", .passes = [&server] { return server.ready(); }, .live = false},
      {.name = "shutdown", .passes = [&shutting_down] { return !shutting_down; }, .live = false},
  };
}

}  // namespace

ApiHandler::ApiHandler(apiserver::Server& server, const rt::Executor& clock,
                       ApiHandlerOptions options)
    : server_(server),
      clock_(clock),
      options_(std::move(options)),
      discovery_(apiserver::ServedResources(server.resources())),
      openapi_({.version = options_.git_version,
                .resources = apiserver::ServedResources(server.resources()),
                .server_side_apply = true}),
      checks_(MakeChecks(server, shutting_down_)) {
  server_.OnAnswered([this](const apiserver::RequestRecord& record) { durations_.Add(record); });
}

std::optional<HttpResponse> ApiHandler::Screen(const HttpRequest& head) {
  if (IsHealthPath(head.target.substr(0, head.target.find('?')))) return std::nullopt;
  const absl::StatusOr<api::User> user =
      Identify(head, server_.access(), options_.without_certificate);
  if (!user.ok()) return EncodeError(user.status(), {});
  if (options_.without_certificate.has_value()) {
    absl::string_view host = FindHeader(head.headers, "Host");
    const size_t colon = host.rfind(':');
    if (colon != absl::string_view::npos && host.find(']', colon) == absl::string_view::npos) {
      host = host.substr(0, colon);
    }
    if (std::find(options_.hosts.begin(), options_.hosts.end(), host) == options_.hosts.end()) {
      return ErrorResponse("Forbidden",
                           absl::StrCat("forbidden: this server is not called \"", host, "\""));
    }
  }
  return std::nullopt;
}

HttpResponse ApiHandler::Version(const Encoding& encoding) const {
  const absl::string_view version = options_.git_version;
  const std::vector<std::string> parts = absl::StrSplit(version.substr(1), '.');
  std::string json = absl::StrCat(
      "{\"major\":\"", parts[0], "\",\"minor\":\"", parts[1], "\",\"gitVersion\":\"", version,
      "\",\"gitCommit\":\"\",\"gitTreeState\":\"clean\",\"buildDate\":\"1970-01-01T00:00:00Z\","
      "\"goVersion\":\"none\",\"compiler\":\"clang\",\"platform\":\"linux/amd64\"}");
  HttpResponse response;
  // kube-apiserver always spreads this one over lines.
  response.body = api::WritePrettyJson(*api::ParseJson(json));
  return response;
}

HttpResponse ApiHandler::Paths() const {
  std::vector<std::string> paths = {"/api", "/api/v1", "/apis"};
  for (const auto& group : discovery_.Groups().groups()) {
    paths.push_back(absl::StrCat("/apis/", group.name()));
    for (const auto& version : group.versions()) {
      paths.push_back(absl::StrCat("/apis/", version.group_version()));
    }
  }
  for (const char* path :
       {"/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"}) {
    paths.emplace_back(path);
  }
  if (server_.access().service_accounts() != nullptr) {
    paths.insert(paths.end(), {kIssuerPath, kKeysPath});
  }
  std::sort(paths.begin(), paths.end());
  api::Value list = api::Value::Array();
  for (const std::string& path : paths) list.items().push_back(api::Value::String(path));
  api::Value document = api::Value::Object();
  document["paths"] = std::move(list);
  HttpResponse response;
  response.body = api::WritePrettyJson(document);
  return response;
}

std::optional<HttpResponse> ApiHandler::ServeDiscovery(const HttpRequest& request, const Url& url) {
  const std::vector<std::string>& path = url.segments;
  const bool core = path[0] == "api";
  const bool root = path.size() == 1;
  const absl::StatusOr<Encoding> encoding =
      EncodingOf(request, url, kObjectFormats,
                 root ? absl::MakeConstSpan(kAggregated) : absl::Span<const View>());
  if (!encoding.ok()) return EncodeError(encoding.status(), {});
  if (root && encoding->accepted.view != nullptr) {
    HttpResponse response = EncodeObject(
        200, core ? discovery_.AggregatedCore() : discovery_.AggregatedGroups(), *encoding);
    absl::StrAppend(&response.content_type, ";g=", kAggregated[0].group,
                    ";v=", kAggregated[0].version, ";as=", kAggregated[0].kind);
    response.headers.emplace_back("Vary", "Accept");
    return response;
  }
  if (root) {
    if (core) {
      api::metav1::APIVersions versions = discovery_.CoreVersions();
      api::metav1::ServerAddressByClientCIDR& address =
          *versions.add_server_address_by_client_cidrs();
      address.set_client_cidr("0.0.0.0/0");
      address.set_server_address(std::string(FindHeader(request.headers, "Host")));
      return EncodeObject(200, versions, *encoding);
    }
    return EncodeObject(200, discovery_.Groups(), *encoding);
  }
  if (!core && path.size() == 2) {
    const api::metav1::APIGroup* const group = discovery_.Group(path[1]);
    if (group == nullptr) return std::nullopt;
    return EncodeObject(200, *group, *encoding);
  }
  const api::metav1::APIResourceList* const resources =
      core ? discovery_.Resources(path[1])
           : discovery_.Resources(absl::StrCat(path[1], "/", path[2]));
  if (resources == nullptr) return std::nullopt;
  return EncodeObject(200, *resources, *encoding);
}

std::optional<HttpResponse> ApiHandler::ServeDocument(const HttpRequest& request, const Url& url) {
  const std::vector<std::string>& path = url.segments;
  if (path.empty()) return Paths();
  if (IsHealthPath(url.path)) return AnswerHealth(url, checks_);
  if (path[0] == "version" && path.size() == 1) return Version({});
  if (path[0] == "metrics" && path.size() == 1) {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = WriteMetrics(server_, durations_,
                                 http_metrics_ != nullptr ? *http_metrics_ : HttpMetrics());
    return response;
  }
  if ((path[0] == "api" && path.size() <= 2) || (path[0] == "apis" && path.size() <= 3)) {
    return ServeDiscovery(request, url);
  }
  if (path[0] == "openapi") return openapi_.Serve(request, url);
  return ServeIssuer(request, url);
}

std::optional<HttpResponse> ApiHandler::ServeIssuer(const HttpRequest& request, const Url& url) {
  const apiserver::ServiceAccountTokens* const tokens = server_.access().service_accounts();
  if (tokens == nullptr) return std::nullopt;
  HttpResponse response;
  response.headers.emplace_back("Cache-Control", "public, max-age=3600");
  if (url.path == kIssuerPath) {
    response.body = tokens->Configuration(
        absl::StrCat(options_.without_certificate.has_value() ? "http://" : "https://",
                     FindHeader(request.headers, "Host")));
    return response;
  }
  if (url.path == kKeysPath) {
    response.content_type = "application/jwk-set+json";
    response.body = tokens->KeySet();
    return response;
  }
  return std::nullopt;
}

rt::Task<HttpResponse> ApiHandler::Serve(HttpRequest request) {
  const std::string accept_encoding(FindHeader(request.headers, "Accept-Encoding"));
  HttpResponse response = co_await ServeUncompressed(std::move(request));
  Compress(accept_encoding, &response);
  co_return response;
}

rt::Task<HttpResponse> ApiHandler::ServeUncompressed(HttpRequest request) {
  absl::StatusOr<Url> url = ParseUrl(request.target);
  if (!url.ok()) co_return EncodeError(url.status(), {});
  api::User user;
  if (!IsHealthPath(url->path)) {
    absl::StatusOr<api::User> found =
        Identify(request, server_.access(), options_.without_certificate);
    if (!found.ok()) co_return EncodeError(found.status(), {});
    user = *std::move(found);
    if (const std::optional<ApiPath> path = ParseApiPath(*url)) {
      co_return co_await ServeResource(std::move(request), *std::move(url), *path, std::move(user));
    }
    const absl::Status allowed =
        server_.access().AuthorizePath(user, absl::AsciiStrToLower(request.method),
                                       absl::StrCat("/", absl::StrJoin(url->segments, "/")));
    if (!allowed.ok()) co_return EncodeError(allowed, {});
  }
  std::optional<HttpResponse> document = ServeDocument(request, *url);
  if (!document.has_value()) {
    co_return EncodeError(api::MakeStatus("NotFound", kNoSuchResource, {}), {});
  }
  if (request.method == "GET" || request.method == "HEAD") co_return *std::move(document);
  co_return ErrorResponse("MethodNotAllowed",
                          "the server does not allow this method on the requested resource");
}

rt::Task<HttpResponse> ApiHandler::ServeResource(HttpRequest request, Url url, ApiPath path,
                                                 api::User user) {
  absl::StatusOr<DecodedRequest> decoded = DecodeRequest(request, url, path, std::move(user));
  const bool watch = decoded.ok() && decoded->request->verb == api::Verb::kWatch;
  const absl::StatusOr<Encoding> encoding = EncodingOf(
      request, url,
      watch ? absl::Span<const Format>(kWatchFormats) : absl::Span<const Format>(kObjectFormats),
      ViewsOf(decoded.ok() ? decoded->request->verb : api::Verb::kGet));
  if (!encoding.ok()) co_return EncodeError(encoding.status(), {});
  if (!decoded.ok()) co_return EncodeError(decoded.status(), *encoding);

  rt::Reply reply = co_await server_.Handle("", decoded->request);
  const auto& answer = static_cast<const api::Response&>(*reply.message);
  HttpResponse response = reply.stream != nullptr
                              ? EncodeWatch(*path.kind, std::move(reply.stream), *encoding, clock_)
                              : EncodeAnswer(*path.kind, answer, *encoding, clock_.WallNow());
  AddWarnings(decoded->warnings, &response.headers);
  AddWarnings(answer.warnings, &response.headers);
  AddRetryAfter(answer, &response.headers);
  co_return response;
}

}  // namespace drydock::real
