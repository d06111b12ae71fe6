// Facts: apiserver's endpoints/filters (authentication, authorization, impersonation).
#include "src/apiserver/auth/access_control.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/core/v1/config.h"
#include "src/api/status.h"
#include "src/apiserver/auth/reviews.h"

namespace drydock::apiserver {
namespace {

constexpr char kAuthentication[] = "authentication.k8s.io";
constexpr char kAnonymous[] = "system:anonymous";
constexpr char kUnauthenticated[] = "system:unauthenticated";

// Namespace and name of a service account by its user name.
bool SplitServiceAccount(absl::string_view user, absl::string_view* ns, absl::string_view* name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(user, ':');
  if (parts.size() != 4 || parts[0] != "system" || parts[1] != "serviceaccount" ||
      parts[2].empty() || parts[3].empty()) {
    return false;
  }
  *ns = parts[2];
  *name = parts[3];
  return true;
}

bool IsTokenRequest(const api::Request& request) {
  return request.subresource == "token" && request.kind == &api::KindOf<api::ServiceAccount>();
}

}  // namespace

AccessControl::AccessControl(rt::Env& env, const ResourceTable& resources, const Cacher& cacher,
                             const AccessOptions& options)
    : authorizer_(resources, cacher, options), tokens_(env, resources, cacher, options) {}

absl::Status AccessControl::Check(const AccessAttributes& access) const {
  if (authorizer_.Allows(access, nullptr)) return absl::OkStatus();
  // Why, for those who are refused alone.
  std::string reason;
  authorizer_.Allows(access, &reason);
  return ForbiddenError(access, reason);
}

absl::Status AccessControl::Authorize(const api::Request& request) const {
  if (authorizer_.allows_everything()) return absl::OkStatus();
  return Check(AttributesOf(request));
}

absl::Status AccessControl::AuthorizeCreation(const api::Request& request) const {
  if (authorizer_.allows_everything()) return absl::OkStatus();
  AccessAttributes access = AttributesOf(request);
  access.verb = "create";
  return Check(access);
}

absl::Status AccessControl::AuthorizePath(const api::User& user, absl::string_view verb,
                                          absl::string_view path) const {
  return Check({.user = user, .verb = verb, .path = path});
}

absl::StatusOr<api::User> AccessControl::Authenticate(absl::string_view token) {
  absl::StatusOr<TokenUser> found = tokens_.Authenticate(token, {});
  // A stranger is not told what is wrong with the token.
  if (!found.ok()) return api::MakeStatus("Unauthorized", "Unauthorized", {});
  return std::move(found->user);
}

absl::StatusOr<api::User> AccessControl::Impersonate(const api::User& by, api::User wanted) const {
  const auto check = [&](absl::string_view group, absl::string_view resource,
                         absl::string_view subresource, absl::string_view name) {
    return Check({.user = by,
                  .verb = "impersonate",
                  .group = group,
                  .resource = resource,
                  .subresource = subresource,
                  .name = name});
  };
  absl::string_view ns;
  absl::string_view account;
  const bool is_account = SplitServiceAccount(wanted.name, &ns, &account);
  absl::Status allowed = is_account ? Check({.user = by,
                                             .verb = "impersonate",
                                             .ns = ns,
                                             .resource = "serviceaccounts",
                                             .name = account})
                                    : check("", "users", "", wanted.name);
  for (const std::string& group : wanted.groups) {
    if (allowed.ok()) allowed = check("", "groups", "", group);
  }
  for (const auto& [key, values] : wanted.extra) {
    for (const std::string& value : values) {
      if (allowed.ok()) allowed = check(kAuthentication, "userextras", key, value);
    }
  }
  if (allowed.ok() && !wanted.uid.empty()) allowed = check(kAuthentication, "uids", "", wanted.uid);
  if (!allowed.ok()) return allowed;

  if (is_account && wanted.groups.empty()) {
    wanted.groups = {"system:serviceaccounts", absl::StrCat("system:serviceaccounts:", ns)};
  }
  const bool anonymous = wanted.name == kAnonymous;
  const bool settled =
      IsInGroup(wanted, kUnauthenticated) || (!anonymous && IsInGroup(wanted, kAuthenticatedGroup));
  if (!settled) wanted.groups.emplace_back(anonymous ? kUnauthenticated : kAuthenticatedGroup);
  return wanted;
}

bool AccessControl::Serves(const api::Request& request) {
  return IsTokenRequest(request) || IsReview(*request.kind);
}

absl::StatusOr<api::ObjectRef> AccessControl::Serve(const api::Request& request) {
  const api::KindInfo& kind = *request.kind;
  if (request.verb != api::Verb::kCreate) {
    return api::MethodNotSupported(kind.group, kind.resource, api::VerbName(request.verb));
  }
  if (!IsTokenRequest(request)) return AnswerReview(request, authorizer_, tokens_);
  if (tokens_.service_accounts() == nullptr) {
    return api::MakeStatus("NotFound", "the server could not find the requested resource", {});
  }
  return tokens_.service_accounts()->Issue(request);
}

}  // namespace drydock::apiserver
