// Facts: pkg/serviceaccount (claims.go, jwt.go) and the TokenREST of core's serviceaccounts.
#include "src/apiserver/auth/service_account_tokens.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/status.h"
#include "src/api/time.h"
#include "src/apiserver/auth/node_authorizer.h"
#include "src/apiserver/auth/pod_references.h"
#include "src/apiserver/auth/rbac_policy.h"
#include "src/apiserver/identity.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::apiserver {
namespace {

constexpr int64_t kDefaultSeconds = 3600;
constexpr int64_t kMinSeconds = 600;
constexpr int64_t kMaxSeconds = int64_t{1} << 32;
constexpr size_t kMaxVerified = 1024;
// Longer ones are none of ours, whatever they are.
constexpr size_t kMaxTokenSize = 8192;
// A pod that is being deleted may use its token so long after its grace period.
constexpr absl::Duration kDeletionLeeway = absl::Seconds(60);
constexpr char kClaims[] = "kubernetes.io";

absl::Status NotValid(absl::string_view why) { return absl::UnauthenticatedError(why); }

std::string TextOf(const api::Value* value) {
  return value != nullptr && value->is_string() ? value->text() : "";
}

std::optional<absl::Time> TimeOf(const api::Value& claims, absl::string_view name) {
  const api::Value* const value = claims.Find(name);
  int64_t seconds = 0;
  if (value == nullptr || !absl::SimpleAtoi(value->text(), &seconds)) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

std::vector<std::string> AudiencesOf(const api::Value& claims) {
  const api::Value* const value = claims.Find("aud");
  std::vector<std::string> audiences;
  if (value == nullptr) return audiences;
  if (value->is_string()) audiences.push_back(value->text());
  for (const api::Value& item : value->items()) audiences.push_back(item.text());
  return audiences;
}

api::Value Reference(absl::string_view name, absl::string_view uid) {
  api::Value reference = api::Value::Object();
  reference["name"] = api::Value::String(name);
  reference["uid"] = api::Value::String(uid);
  return reference;
}

bool IsGone(const api::ObjectRef& object, absl::string_view uid, absl::Time now) {
  if (!object || object->metadata().uid() != uid) return true;
  const api::metav1::ObjectMeta& metadata = object->metadata();
  return metadata.has_deletion_timestamp() &&
         api::ToAbslTime(metadata.deletion_timestamp()) + kDeletionLeeway < now;
}

}  // namespace

ServiceAccountTokens::ServiceAccountTokens(rt::Env& env, const ResourceTable& resources,
                                           const Cacher& cacher, const AccessOptions& options)
    : env_(env),
      resources_(resources),
      cacher_(cacher),
      options_(options),
      random_(env.NewRandom("apiserver/tokens")) {
  DRYDOCK_CHECK(options.signer != nullptr, "no signer");
}

absl::Time ServiceAccountTokens::Now() const { return env_.executor().WallNow(); }

api::ObjectRef ServiceAccountTokens::Find(absl::string_view plural, absl::string_view ns,
                                          absl::string_view name) const {
  const Resource* const resource = resources_.Find("", plural);
  DRYDOCK_CHECK(resource != nullptr, plural);
  return cacher_.For(*resource).Get(ns, name);
}

absl::Status ServiceAccountTokens::CheckSpec(
    const api::authenticationv1::TokenRequestSpec& spec) const {
  const auto invalid = [](int64_t seconds, absl::string_view why) {
    return api::Invalid("authentication.k8s.io", "TokenRequest", "",
                        {{"FieldValueInvalid", absl::StrCat("Invalid value: ", seconds, ": ", why),
                          "spec.expirationSeconds"}});
  };
  if (!spec.has_expiration_seconds()) return absl::OkStatus();
  const int64_t seconds = spec.expiration_seconds();
  if (seconds < kMinSeconds) {
    return invalid(seconds, "may not specify a duration less than 10 minutes");
  }
  if (seconds > kMaxSeconds) {
    return invalid(seconds, "may not specify a duration larger than 2^32 seconds");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ServiceAccountTokens::Bound>> ServiceAccountTokens::BoundObject(
    const api::Request& request, const api::authenticationv1::TokenRequestSpec& spec) const {
  // What a kubelet asks for is bound to a pod of its own.
  const std::optional<absl::string_view> node = NodeOf(request.user);
  const auto forbidden = [&request](absl::string_view why) {
    return api::Forbidden("", "serviceaccounts", request.name, why);
  };
  if (!spec.has_bound_object_ref()) {
    if (node.has_value()) return forbidden("node requested token not bound to a pod");
    return std::optional<Bound>();
  }
  const api::BoundObjectReference& ref = spec.bound_object_ref();
  const bool known = ref.api_version().empty() || ref.api_version() == "v1";
  Bound bound{.claim = "", .name = ref.name(), .uid = "", .node = ""};
  api::ObjectRef object;
  if (known && ref.kind() == "Pod") {
    bound.claim = "pod";
    object = Find("pods", request.ns, ref.name());
    if (!object) return api::NotFound("", "pods", ref.name());
    const auto& pod = static_cast<const api::Pod&>(object->message());
    if (ServiceAccountOf(pod) != request.name) {
      return api::BadRequest(absl::StrCat("cannot bind token for serviceaccount \"", request.name,
                                          "\" to pod running with different serviceaccount name."));
    }
    bound.node = pod.spec().node_name();
  } else if (known && ref.kind() == "Secret") {
    bound.claim = "secret";
    object = Find("secrets", request.ns, ref.name());
    if (!object) return api::NotFound("", "secrets", ref.name());
  } else if (known && ref.kind() == "Node") {
    bound.claim = "node";
    object = Find("nodes", "", ref.name());
    if (!object) return api::NotFound("", "nodes", ref.name());
  } else {
    return api::BadRequest(absl::StrCat("cannot bind token to object of type /", ref.api_version(),
                                        ", Kind=", ref.kind()));
  }
  bound.uid = object->metadata().uid();
  if (!ref.uid().empty() && ref.uid() != bound.uid) {
    return api::Conflict(
        "", ref.kind(), ref.name(),
        absl::StrCat("the UID in the bound object reference (", ref.uid(),
                     ") does not match the UID in record. The object might have been deleted and "
                     "then recreated"));
  }
  if (node.has_value() && (bound.claim != "pod" || bound.node != *node)) {
    return forbidden(bound.claim != "pod"
                         ? "node requested token not bound to a pod"
                         : "node requested token bound to a pod scheduled on a different node");
  }
  return std::optional<Bound>(std::move(bound));
}

absl::StatusOr<std::string> ServiceAccountTokens::Signed(const api::Value& claims) const {
  api::Value header = api::Value::Object();
  header["alg"] = api::Value::String(options_.signer->algorithm());
  header["kid"] = api::Value::String(options_.signer->key_id());
  const std::string text = absl::StrCat(absl::WebSafeBase64Escape(api::WriteJson(header)), ".",
                                        absl::WebSafeBase64Escape(api::WriteJson(claims)));
  const absl::StatusOr<std::string> signature = options_.signer->Sign(text);
  if (!signature.ok()) return signature.status();
  return absl::StrCat(text, ".", absl::WebSafeBase64Escape(*signature));
}

absl::StatusOr<api::ObjectRef> ServiceAccountTokens::Issue(const api::Request& request) {
  const api::ObjectRef account = Find("serviceaccounts", request.ns, request.name);
  if (!account) return api::NotFound("", "serviceaccounts", request.name);
  const auto asked = api::As<api::authenticationv1::TokenRequest>(request.object);
  if (!asked) return api::BadRequest("not a TokenRequest object");
  RETURN_IF_ERROR(CheckSpec(asked->spec()));
  const absl::StatusOr<std::optional<Bound>> bound = BoundObject(request, asked->spec());
  if (!bound.ok()) return bound.status();

  api::authenticationv1::TokenRequest answer = *asked;
  auto& spec = *answer.mutable_spec();
  if (!spec.has_expiration_seconds()) spec.set_expiration_seconds(kDefaultSeconds);
  if (spec.audiences().empty()) spec.add_audiences(options_.issuer);
  const int64_t now = absl::ToUnixSeconds(Now());
  const int64_t until = now + spec.expiration_seconds();

  api::Value claims = api::Value::Object();
  api::Value audiences = api::Value::Array();
  for (const std::string& audience : spec.audiences()) {
    audiences.items().push_back(api::Value::String(audience));
  }
  claims["aud"] = std::move(audiences);
  claims["exp"] = api::Value::Int(until);
  claims["iat"] = api::Value::Int(now);
  claims["iss"] = api::Value::String(options_.issuer);
  claims["jti"] = api::Value::String(NewUid(random_));
  api::Value details = api::Value::Object();
  details["namespace"] = api::Value::String(request.ns);
  if (bound->has_value()) {
    const Bound& object = **bound;
    if (const api::ObjectRef node =
            object.node.empty() ? nullptr : Find("nodes", "", object.node)) {
      details["node"] = Reference(object.node, node->metadata().uid());
    }
    details[object.claim] = Reference(object.name, object.uid);
  }
  details["serviceaccount"] = Reference(request.name, account->metadata().uid());
  claims[kClaims] = std::move(details);
  claims["nbf"] = api::Value::Int(now);
  claims["sub"] = api::Value::String(ServiceAccountUser(request.ns, request.name));

  absl::StatusOr<std::string> token = Signed(claims);
  if (!token.ok()) return token.status();
  answer.mutable_metadata()->set_name(request.name);
  answer.mutable_metadata()->set_namespace_(request.ns);
  *answer.mutable_metadata()->mutable_creation_timestamp() = api::MakeTime(Now());
  answer.mutable_status()->set_token(*std::move(token));
  *answer.mutable_status()->mutable_expiration_timestamp() =
      api::MakeTime(absl::FromUnixSeconds(until));
  return api::MakeObject(std::move(answer)).object();
}

absl::StatusOr<api::Value> ServiceAccountTokens::Claims(absl::string_view token) {
  const auto known = verified_.find(token);
  if (known != verified_.end()) return known->second;
  const size_t dot = token.rfind('.');
  std::string signature;
  std::string header;
  std::string payload;
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (!absl::WebSafeBase64Unescape(parts[0], &header) ||
      !absl::WebSafeBase64Unescape(parts[1], &payload) ||
      !absl::WebSafeBase64Unescape(parts[2], &signature)) {
    return NotValid("invalid bearer token");
  }
  const absl::StatusOr<api::Value> read = api::ParseJson(header);
  // One key and one algorithm: what the token says of them must be right, and chooses nothing.
  if (!read.ok() || TextOf(read->Find("alg")) != options_.signer->algorithm() ||
      !options_.signer->Verify(token.substr(0, dot), signature)) {
    return NotValid("invalid bearer token");
  }
  absl::StatusOr<api::Value> claims = api::ParseJson(payload);
  if (!claims.ok()) return NotValid("invalid bearer token");
  if (verified_.size() >= kMaxVerified) verified_.clear();
  verified_.emplace(token, *claims);
  return claims;
}

absl::Status ServiceAccountTokens::CheckBound(const api::Value& claims, const std::string& ns,
                                              api::User* user) const {
  const auto add = [user](absl::string_view kind, const api::Value& reference) {
    user->extra.push_back({absl::StrCat("authentication.kubernetes.io/", kind, "-name"),
                           {TextOf(reference.Find("name"))}});
    user->extra.push_back({absl::StrCat("authentication.kubernetes.io/", kind, "-uid"),
                           {TextOf(reference.Find("uid"))}});
  };
  // A node beside a pod says where the pod runs; alone it is what the token is bound to.
  const bool has_pod = claims.Find("pod") != nullptr;
  for (const char* kind : {"node", "pod", "secret"}) {
    const api::Value* const reference = claims.Find(kind);
    if (reference == nullptr) continue;
    const bool is_node = absl::string_view(kind) == "node";
    if (!is_node || !has_pod) {
      const api::ObjectRef object =
          Find(absl::StrCat(kind, "s"), is_node ? "" : ns, TextOf(reference->Find("name")));
      if (IsGone(object, TextOf(reference->Find("uid")), Now())) {
        return NotValid("service account token has been invalidated");
      }
    }
    if (absl::string_view(kind) != "secret") add(kind, *reference);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<TokenUser>> ServiceAccountTokens::Authenticate(
    absl::string_view token, const std::vector<std::string>& audiences) {
  if (token.size() > kMaxTokenSize || std::count(token.begin(), token.end(), '.') != 2) {
    return std::optional<TokenUser>();
  }
  const absl::StatusOr<api::Value> claims = Claims(token);
  if (!claims.ok()) return claims.status();
  if (TextOf(claims->Find("iss")) != options_.issuer) return std::optional<TokenUser>();
  const std::optional<absl::Time> until = TimeOf(*claims, "exp");
  const std::optional<absl::Time> from = TimeOf(*claims, "nbf");
  if (!until.has_value() || Now() >= *until) {
    return NotValid("service account token has expired");
  }
  if (from.has_value() && Now() < *from) return NotValid("token is not valid yet");

  TokenUser result;
  for (const std::string& audience : AudiencesOf(*claims)) {
    if (std::find(audiences.begin(), audiences.end(), audience) != audiences.end()) {
      result.audiences.push_back(audience);
    }
  }
  if (result.audiences.empty()) return NotValid("token audiences do not match");

  const api::Value* const details = claims->Find(kClaims);
  const api::Value* const account = details != nullptr ? details->Find("serviceaccount") : nullptr;
  if (account == nullptr) return NotValid("invalid bearer token");
  const std::string ns = TextOf(details->Find("namespace"));
  const std::string name = TextOf(account->Find("name"));
  const std::string uid = TextOf(account->Find("uid"));
  if (IsGone(Find("serviceaccounts", ns, name), uid, Now())) {
    return NotValid("service account token has been invalidated");
  }
  result.user.name = ServiceAccountUser(ns, name);
  result.user.groups = {"system:serviceaccounts", absl::StrCat("system:serviceaccounts:", ns)};
  result.user.uid = uid;
  result.user.extra.push_back({"authentication.kubernetes.io/credential-id",
                               {absl::StrCat("JTI=", TextOf(claims->Find("jti")))}});
  RETURN_IF_ERROR(CheckBound(*details, ns, &result.user));
  return std::optional<TokenUser>(std::move(result));
}

std::string ServiceAccountTokens::Configuration(absl::string_view server) const {
  const auto list = [](absl::string_view item) {
    api::Value array = api::Value::Array();
    array.items().push_back(api::Value::String(item));
    return array;
  };
  api::Value document = api::Value::Object();
  document["issuer"] = api::Value::String(options_.issuer);
  document["jwks_uri"] = api::Value::String(absl::StrCat(server, "/openid/v1/jwks"));
  document["response_types_supported"] = list("id_token");
  document["subject_types_supported"] = list("public");
  document["id_token_signing_alg_values_supported"] = list(options_.signer->algorithm());
  return api::WriteJson(document);
}

std::string ServiceAccountTokens::KeySet() const {
  return absl::StrCat("{\"keys\":[", options_.signer->PublicJwk(), "]}");
}

}  // namespace drydock::apiserver
