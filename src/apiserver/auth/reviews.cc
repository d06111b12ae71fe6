// Facts: pkg/registry/authorization and pkg/registry/authentication.
#include "src/apiserver/auth/reviews.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/authorization_v1.h"
#include "src/api/status.h"

namespace drydock::apiserver {
namespace {

constexpr char kAuthorization[] = "authorization.k8s.io";

using api::authorizationv1::SubjectAccessReviewStatus;

template <typename Spec>
absl::Status CheckAttributes(const char* kind, const Spec& spec) {
  if (spec.has_resource_attributes() && spec.has_non_resource_attributes()) {
    return api::Invalid(kAuthorization, kind, "",
                        {{"FieldValueInvalid",
                          "Invalid value: cannot be specified in combination with "
                          "resourceAttributes",
                          "spec.nonResourceAttributes"}});
  }
  if (!spec.has_resource_attributes() && !spec.has_non_resource_attributes()) {
    return api::Invalid(kAuthorization, kind, "",
                        {{"FieldValueInvalid",
                          "Invalid value: null: exactly one of nonResourceAttributes or "
                          "resourceAttributes must be specified",
                          "spec.resourceAttributes"}});
  }
  return absl::OkStatus();
}

absl::Status CheckSubject(const char* kind, const api::SubjectAccessReviewSpec& spec) {
  if (!spec.user().empty() || !spec.groups().empty()) return absl::OkStatus();
  return api::Invalid(
      kAuthorization, kind, "",
      {{"FieldValueInvalid", "Invalid value: \"\": at least one of user or group must be specified",
        "spec.user"}});
}

template <typename Spec>
void Decide(const Spec& spec, const api::User& user, const AuthorizerChain& authorizer,
            SubjectAccessReviewStatus* status) {
  const api::ResourceAttributes& resource = spec.resource_attributes();
  const bool path = spec.has_non_resource_attributes();
  std::string reason;
  status->set_allowed(
      authorizer.Allows({.user = user,
                         .verb = path ? spec.non_resource_attributes().verb() : resource.verb(),
                         .ns = resource.namespace_(),
                         .group = resource.group(),
                         .resource = resource.resource(),
                         .subresource = resource.subresource(),
                         .name = resource.name(),
                         .field_selector = resource.field_selector().raw_selector(),
                         .path = path ? spec.non_resource_attributes().path() : std::string()},
                        &reason));
  if (!reason.empty()) status->set_reason(reason);
}

api::User UserOf(const api::SubjectAccessReviewSpec& spec) {
  api::User user{.name = spec.user(),
                 .groups = {spec.groups().begin(), spec.groups().end()},
                 .uid = spec.uid(),
                 .extra = {}};
  for (const auto& entry : spec.extra()) {
    user.extra.push_back(
        {entry.key(), {entry.value().items().begin(), entry.value().items().end()}});
  }
  return user;
}

void ToUserInfo(const api::User& user, api::UserInfo* info) {
  info->set_username(user.name);
  if (!user.uid.empty()) info->set_uid(user.uid);
  for (const std::string& group : user.groups) info->add_groups(group);
  for (const auto& [key, values] : user.extra) {
    auto& entry = *info->add_extra();
    entry.set_key(key);
    for (const std::string& value : values) entry.mutable_value()->add_items(value);
  }
}

template <typename T>
absl::StatusOr<api::ObjectRef> OfSelf(const T& asked, const api::User& user,
                                      const AuthorizerChain& authorizer) {
  const absl::Status checked = CheckAttributes("SelfSubjectAccessReview", asked.spec());
  if (!checked.ok()) return checked;
  T review = asked;
  Decide(review.spec(), user, authorizer, review.mutable_status());
  return api::MakeObject(std::move(review)).object();
}

template <typename T>
absl::StatusOr<api::ObjectRef> OfSubject(const char* kind, const T& asked,
                                         const AuthorizerChain& authorizer) {
  absl::Status checked = CheckAttributes(kind, asked.spec());
  if (checked.ok()) checked = CheckSubject(kind, asked.spec());
  if (!checked.ok()) return checked;
  T review = asked;
  Decide(review.spec(), UserOf(review.spec()), authorizer, review.mutable_status());
  return api::MakeObject(std::move(review)).object();
}

absl::StatusOr<api::ObjectRef> OfLocalSubject(const api::LocalSubjectAccessReview& asked,
                                              const std::string& ns,
                                              const AuthorizerChain& authorizer) {
  if (asked.spec().has_non_resource_attributes()) {
    return api::Invalid(kAuthorization, "LocalSubjectAccessReview", "",
                        {{"FieldValueInvalid", "Invalid value: disallowed on this kind of request",
                          "spec.nonResourceAttributes"}});
  }
  if (asked.spec().resource_attributes().namespace_() != ns) {
    return api::BadRequest(
        absl::StrCat("spec.resourceAttributes.namespace must match namespace: ", ns));
  }
  return OfSubject("LocalSubjectAccessReview", asked, authorizer);
}

absl::StatusOr<api::ObjectRef> RulesOfSelf(const api::SelfSubjectRulesReview& asked,
                                           const api::User& user,
                                           const AuthorizerChain& authorizer) {
  const std::string& ns = asked.spec().namespace_();
  if (ns.empty()) return api::BadRequest("no namespace on request");
  api::SelfSubjectRulesReview review = asked;
  api::SubjectRulesReviewStatus& status = *review.mutable_status();
  std::string incomplete;
  for (const api::PolicyRule& rule : authorizer.RulesFor(user, ns, &incomplete)) {
    if (!rule.resources().empty()) {
      api::ResourceRule& added = *status.add_resource_rules();
      *added.mutable_verbs() = rule.verbs();
      *added.mutable_api_groups() = rule.api_groups();
      *added.mutable_resources() = rule.resources();
      *added.mutable_resource_names() = rule.resource_names();
    }
    if (!rule.non_resource_urls().empty()) {
      api::NonResourceRule& added = *status.add_non_resource_rules();
      *added.mutable_verbs() = rule.verbs();
      *added.mutable_non_resource_urls() = rule.non_resource_urls();
    }
  }
  status.set_incomplete(!incomplete.empty());
  if (!incomplete.empty()) status.set_evaluation_error(incomplete);
  return api::MakeObject(std::move(review)).object();
}

absl::StatusOr<api::ObjectRef> OfToken(const api::TokenReview& asked, TokenAuthenticator& tokens) {
  if (asked.spec().token().empty()) {
    return api::BadRequest("token is required for TokenReview in authentication");
  }
  api::TokenReview review = asked;
  api::TokenReviewStatus& status = *review.mutable_status();
  absl::StatusOr<TokenUser> found = tokens.Authenticate(
      asked.spec().token(), {asked.spec().audiences().begin(), asked.spec().audiences().end()});
  if (found.ok()) {
    status.set_authenticated(true);
    ToUserInfo(found->user, status.mutable_user());
    for (const std::string& audience : found->audiences) status.add_audiences(audience);
  } else {
    status.mutable_user();
    status.set_error(std::string(found.status().message()));
  }
  return api::MakeObject(std::move(review)).object();
}

}  // namespace

absl::StatusOr<api::ObjectRef> AnswerReview(const api::Request& request,
                                            const AuthorizerChain& authorizer,
                                            TokenAuthenticator& tokens) {
  const api::ObjectRef& object = request.object;
  if (!object || &object->kind() != request.kind) {
    return api::BadRequest(absl::StrCat("not a ", request.kind->kind));
  }
  if (const auto self = api::As<api::SelfSubjectAccessReview>(object)) {
    return OfSelf(*self, request.user, authorizer);
  }
  if (const auto subject = api::As<api::SubjectAccessReview>(object)) {
    return OfSubject("SubjectAccessReview", *subject, authorizer);
  }
  if (const auto local = api::As<api::LocalSubjectAccessReview>(object)) {
    return OfLocalSubject(*local, request.ns, authorizer);
  }
  if (const auto rules = api::As<api::SelfSubjectRulesReview>(object)) {
    return RulesOfSelf(*rules, request.user, authorizer);
  }
  if (const auto token = api::As<api::TokenReview>(object)) return OfToken(*token, tokens);
  api::SelfSubjectReview self = *api::As<api::SelfSubjectReview>(object);
  ToUserInfo(request.user, self.mutable_status()->mutable_user_info());
  return api::MakeObject(std::move(self)).object();
}

}  // namespace drydock::apiserver
