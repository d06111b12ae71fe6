// Facts: apiserver's authentication/request/bearertoken and endpoints/filters/impersonation.
#include "real/http/identity.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "real/http/url.h"
#include "src/api/status.h"
#include "src/apiserver/auth/access.h"

namespace drydock::real {
namespace {

constexpr absl::string_view kExtra = "impersonate-extra-";

// The token of "Authorization: Bearer TOKEN"; empty when there is none.
absl::string_view BearerToken(const HttpRequest& head) {
  const absl::string_view header =
      absl::StripAsciiWhitespace(FindHeader(head.headers, "Authorization"));
  const size_t space = header.find(' ');
  if (space == absl::string_view::npos ||
      !absl::EqualsIgnoreCase(header.substr(0, space), "Bearer")) {
    return "";
  }
  return absl::StripAsciiWhitespace(header.substr(space));
}

// Whom the headers ask to act as; nullopt when they do not.
absl::StatusOr<std::optional<api::User>> Wanted(const HttpRequest& head) {
  api::User wanted;
  bool any = false;
  for (const auto& [name, value] : head.headers) {
    const std::string lower = absl::AsciiStrToLower(name);
    if (!absl::StartsWith(lower, "impersonate-")) continue;
    if (lower == "impersonate-user") {
      wanted.name = value;
    } else if (lower == "impersonate-uid") {
      wanted.uid = value;
    } else if (lower == "impersonate-group") {
      wanted.groups.push_back(value);
    } else if (absl::StartsWith(lower, kExtra)) {
      const std::string encoded = lower.substr(kExtra.size());
      const absl::StatusOr<std::string> decoded = Unescape(encoded, false);
      const std::string key = decoded.ok() ? *decoded : encoded;
      auto known = std::find_if(wanted.extra.begin(), wanted.extra.end(),
                                [&key](const auto& entry) { return entry.first == key; });
      if (known == wanted.extra.end()) known = wanted.extra.insert(known, {key, {}});
      known->second.push_back(value);
    } else {
      continue;
    }
    any = true;
  }
  if (!any) return std::optional<api::User>();
  if (wanted.name.empty()) {
    return api::BadRequest("requested to impersonate groups, a uid or extras without a user name");
  }
  return std::optional<api::User>(std::move(wanted));
}

}  // namespace

absl::StatusOr<api::User> Identify(const HttpRequest& head, apiserver::AccessControl& access,
                                   const std::optional<api::User>& without_certificate) {
  api::User user;
  const absl::string_view token = BearerToken(head);
  if (head.peer.has_value()) {
    user = *head.peer;
    user.groups.emplace_back(apiserver::kAuthenticatedGroup);
  } else if (!token.empty()) {
    absl::StatusOr<api::User> found = access.Authenticate(token);
    if (!found.ok()) return found.status();
    user = *std::move(found);
  } else if (without_certificate.has_value()) {
    user = *without_certificate;
    user.groups.emplace_back(apiserver::kAuthenticatedGroup);
  } else {
    return api::MakeStatus("Unauthorized", "Unauthorized", {});
  }
  absl::StatusOr<std::optional<api::User>> wanted = Wanted(head);
  if (!wanted.ok()) return wanted.status();
  if (!wanted->has_value()) return user;
  return access.Impersonate(user, **std::move(wanted));
}

}  // namespace drydock::real
