#include "real/server/masters_only.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"

namespace drydock::real {
namespace {

constexpr char kMasters[] = "system:masters";

bool Contains(const std::vector<std::string>& all, absl::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

absl::Status MastersOnly::Authorize(const api::User& user, const api::Request& request) {
  if (Contains(user.groups, kMasters) || Contains(components_, user.name)) return absl::OkStatus();
  const api::KindInfo& kind = *request.kind;
  const std::string resource = request.subresource.empty()
                                   ? std::string(kind.resource)
                                   : absl::StrCat(kind.resource, "/", request.subresource);
  return api::Forbidden(
      kind.group, kind.resource, request.name,
      absl::StrCat("User \"", user.name, "\" cannot ", api::VerbName(request.verb), " resource \"",
                   resource, "\" in API group \"", kind.group, "\" ",
                   request.ns.empty() ? "at the cluster scope"
                                      : absl::StrCat("in the namespace \"", request.ns, "\"")));
}

}  // namespace drydock::real
