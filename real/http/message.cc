#include "real/http/message.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/codec.h"
#include "src/api/status.h"

namespace drydock::real {

absl::string_view FindHeader(const Headers& headers, absl::string_view name) {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

absl::string_view ReasonPhrase(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Unknown";
  }
}

HttpResponse ErrorResponse(absl::string_view reason, absl::string_view message) {
  const absl::Status status = api::MakeStatus(reason, message, {});
  HttpResponse response;
  response.code = api::HttpCodeOf(status);
  response.body = absl::StrCat(api::EncodeJson(api::ToMetaStatus(status)), "\n");
  return response;
}

}  // namespace drydock::real
