// Facts: apiserver's endpoints/request and endpoints/handlers/responsewriters.
#include "src/apiserver/auth/access.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "src/api/status.h"

namespace drydock::apiserver {
namespace {

// Whether the request selects among many objects.
bool Selects(const api::Request& request) {
  return request.verb == api::Verb::kList || request.verb == api::Verb::kWatch ||
         request.verb == api::Verb::kDeleteCollection;
}

// The name of the one object that a field selector means; empty when it means others, too.
absl::string_view NameIn(absl::string_view selector) {
  for (absl::string_view item : absl::StrSplit(selector, ',')) {
    if (absl::ConsumePrefix(&item, "metadata.name=")) {
      absl::ConsumePrefix(&item, "=");
      return item;
    }
  }
  return "";
}

}  // namespace

AccessAttributes AttributesOf(const api::Request& request) {
  const api::KindInfo& kind = *request.kind;
  // A namespace is an object in itself: who may read it there may read it here.
  const bool is_namespace = kind.group.empty() && kind.resource == "namespaces";
  return {.user = request.user,
          .verb = api::VerbName(request.verb),
          .ns = is_namespace ? request.name : request.ns,
          .group = kind.group,
          .resource = kind.resource,
          .subresource = request.subresource,
          .name = request.name.empty() && Selects(request) ? NameIn(request.field_selector)
                                                           : absl::string_view(request.name),
          .field_selector = request.field_selector};
}

bool IsReview(const api::KindInfo& kind) {
  return !kind.stored && !kind.resource.empty() &&
         (kind.group == "authorization.k8s.io" || kind.group == "authentication.k8s.io");
}

bool IsInGroup(const api::User& user, absl::string_view group) {
  return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

absl::Status ForbiddenError(const AccessAttributes& access, absl::string_view reason) {
  const absl::string_view user = access.user.name;
  const std::string why = reason.empty() ? "" : absl::StrCat(": ", reason);
  if (access.is_path()) {
    return api::Forbidden("", "", "",
                          absl::StrCat("User \"", user, "\" cannot ", access.verb, " path \"",
                                       access.path, "\"", why));
  }
  const std::string resource = access.subresource.empty()
                                   ? std::string(access.resource)
                                   : absl::StrCat(access.resource, "/", access.subresource);
  const std::string where = access.ns.empty()
                                ? "at the cluster scope"
                                : absl::StrCat("in the namespace \"", access.ns, "\"");
  return api::Forbidden(
      access.group, access.resource, access.name,
      absl::StrCat("User \"", user, "\" cannot ", access.verb, " resource \"", resource,
                   "\" in API group \"", access.group, "\" ", where, why));
}

}  // namespace drydock::apiserver
