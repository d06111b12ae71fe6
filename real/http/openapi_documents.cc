#include "real/http/openapi_documents.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "real/http/negotiation.h"
#include "src/rt/payload.h"

namespace drydock::real {
namespace {

constexpr absl::string_view kRoot = "/openapi/v3";

enum class V2Form : uint8_t { kNone, kJson, kProtobuf };

// The first of the client's wishes that can be met; kNone when there is none.
V2Form NegotiateV2(absl::string_view accept) {
  if (accept.empty()) return V2Form::kJson;
  for (const absl::string_view wish : absl::StrSplit(accept, ',')) {
    const std::string type = MediaTypeOf(wish);
    if (type == api::kOpenApiV2ProtobufAccept || type == api::kOpenApiV2ProtobufContentType) {
      return V2Form::kProtobuf;
    }
    if (type == "application/json" || type == "application/*" || type == "*/*") {
      return V2Form::kJson;
    }
  }
  return V2Form::kNone;
}

HttpResponse Document(const HttpRequest& request, absl::string_view content_type,
                      const std::string& content) {
  HttpResponse response;
  response.content_type = std::string(content_type);
  const std::string tag = absl::StrCat(
      "\"", absl::Hex(rt::DigestBytes(content.data(), content.size()), absl::kZeroPad16), "\"");
  response.headers.emplace_back("Etag", tag);
  response.headers.emplace_back("Vary", "Accept");
  if (FindHeader(request.headers, "If-None-Match") == tag) {
    response.code = 304;
  } else {
    response.body = content;
  }
  return response;
}

}  // namespace

std::optional<HttpResponse> OpenApiDocuments::Serve(const HttpRequest& request, const Url& url) {
  if (url.path == "/openapi/v2") return ServeV2(request);
  absl::string_view path = url.path;
  if (!absl::ConsumePrefix(&path, kRoot)) return std::nullopt;
  if (path.empty()) return Document(request, "application/json", documents_.V3Index());
  if (!absl::ConsumePrefix(&path, "/")) return std::nullopt;
  return ServeV3(request, url, path);
}

HttpResponse OpenApiDocuments::ServeV2(const HttpRequest& request) {
  switch (NegotiateV2(FindHeader(request.headers, "Accept"))) {
    case V2Form::kJson:
      return Document(request, "application/json", documents_.V2Json());
    case V2Form::kProtobuf:
      return Document(request, api::kOpenApiV2ProtobufContentType, documents_.V2Protobuf());
    case V2Form::kNone:
      break;
  }
  return ErrorResponse("NotAcceptable", absl::StrCat("only the following media types are accepted: "
                                                     "application/json, ",
                                                     api::kOpenApiV2ProtobufAccept));
}

std::optional<HttpResponse> OpenApiDocuments::ServeV3(const HttpRequest& request, const Url& url,
                                                      absl::string_view path) {
  const std::string* const document = documents_.V3Document(path);
  if (document == nullptr) return std::nullopt;
  const absl::string_view asked = url.Parameter("hash");
  if (asked.empty()) return Document(request, "application/json", *document);
  const std::string hash = documents_.V3Hash(path);
  if (asked != hash) {
    // An address from the index of an older server.
    HttpResponse moved;
    moved.code = 301;
    moved.headers.emplace_back("Location", absl::StrCat(kRoot, "/", path, "?hash=", hash));
    return moved;
  }
  // What has this address never changes.
  HttpResponse response = Document(request, "application/json", *document);
  response.headers.emplace_back("Cache-Control", "public, immutable");
  return response;
}

}  // namespace drydock::real
