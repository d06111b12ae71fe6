// Facts: plugin/pkg/auth/authenticator/token/bootstrap and cluster-bootstrap's token/api.
#include "src/apiserver/auth/token_authenticator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "src/api/core/v1/config.h"
#include "src/api/maps.h"
#include "src/apiserver/auth/access.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

constexpr size_t kIdSize = 6;
constexpr size_t kSecretSize = 16;
constexpr char kBootstrappers[] = "system:bootstrappers";

bool IsLowerAlphanumeric(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

// Takes as long for a wrong secret as for the right one.
bool SameSecret(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

// "system:bootstrappers:NAME", without upper case and signs.
bool IsBootstrapGroup(absl::string_view group) {
  const std::string prefix = absl::StrCat(kBootstrappers, ":");
  if (!absl::StartsWith(group, prefix)) return false;
  const absl::string_view name = group.substr(prefix.size());
  if (name.empty() || name.size() > 256 || !IsLowerAlphanumeric(name.substr(name.size() - 1))) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '-';
  });
}

const WatchCache& Secrets(const ResourceTable& resources, const Cacher& cacher) {
  const Resource* const secrets = resources.Find("", "secrets");
  DRYDOCK_CHECK(secrets != nullptr, "secrets");
  return cacher.For(*secrets);
}

}  // namespace

TokenAuthenticator::TokenAuthenticator(rt::Env& env, const ResourceTable& resources,
                                       const Cacher& cacher, const AccessOptions& options)
    : env_(env), secrets_(Secrets(resources, cacher)), options_(options) {
  if (options.signer != nullptr) {
    service_accounts_ = std::make_unique<ServiceAccountTokens>(env, resources, cacher, options);
  }
}

std::optional<api::User> TokenAuthenticator::BootstrapUser(absl::string_view token) const {
  if (token.size() != kIdSize + 1 + kSecretSize || token[kIdSize] != '.') return std::nullopt;
  const absl::string_view id = token.substr(0, kIdSize);
  const absl::string_view given = token.substr(kIdSize + 1);
  if (!IsLowerAlphanumeric(id) || !IsLowerAlphanumeric(given)) return std::nullopt;
  const api::Ref<api::Secret> secret =
      api::As<api::Secret>(secrets_.Get("kube-system", absl::StrCat("bootstrap-token-", id)));
  if (!secret || secret->metadata().has_deletion_timestamp() ||
      secret->type() != "bootstrap.kubernetes.io/token") {
    return std::nullopt;
  }
  const auto value = [&secret](absl::string_view key) {
    const std::string* const found = api::Find(secret->data(), key);
    return found != nullptr ? absl::string_view(*found) : absl::string_view();
  };
  if (!SameSecret(value("token-secret"), given) || value("token-id") != id ||
      value("usage-bootstrap-authentication") != "true") {
    return std::nullopt;
  }
  if (const absl::string_view until = value("expiration"); !until.empty()) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, until, &time, &error) ||
        time < env_.executor().WallNow()) {
      return std::nullopt;
    }
  }
  api::User user{.name = absl::StrCat("system:bootstrap:", id),
                 .groups = {kBootstrappers},
                 .uid = "",
                 .extra = {}};
  for (const absl::string_view group :
       absl::StrSplit(value("auth-extra-groups"), ',', absl::SkipEmpty())) {
    if (!IsBootstrapGroup(group)) return std::nullopt;
    user.groups.emplace_back(group);
  }
  return user;
}

absl::StatusOr<TokenUser> TokenAuthenticator::Authenticate(absl::string_view token,
                                                           std::vector<std::string> audiences) {
  if (audiences.empty()) audiences.push_back(options_.issuer);
  const auto authenticated = [](TokenUser found) {
    found.user.groups.emplace_back(kAuthenticatedGroup);
    return found;
  };
  // Tokens that say nothing of audiences are for this server.
  const bool for_us =
      std::find(audiences.begin(), audiences.end(), options_.issuer) != audiences.end();
  if (for_us) {
    const auto known = options_.static_tokens.find(token);
    if (known != options_.static_tokens.end()) {
      return authenticated({.user = known->second, .audiences = {options_.issuer}});
    }
    if (std::optional<api::User> user = BootstrapUser(token)) {
      return authenticated({.user = *std::move(user), .audiences = {options_.issuer}});
    }
  }
  if (service_accounts_ != nullptr) {
    absl::StatusOr<std::optional<TokenUser>> found =
        service_accounts_->Authenticate(token, audiences);
    if (!found.ok()) return found.status();
    if (found->has_value()) return authenticated(**std::move(found));
  }
  return absl::UnauthenticatedError("invalid bearer token");
}

}  // namespace drydock::apiserver
