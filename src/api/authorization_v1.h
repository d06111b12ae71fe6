// Access reviews. Short names for what is unique among the groups; authorizationv1:: for the rest.
#ifndef DRYDOCK_SRC_API_AUTHORIZATION_V1_H_
#define DRYDOCK_SRC_API_AUTHORIZATION_V1_H_

#include "src/api/authorization/v1/authorization.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace authorizationv1 = ::k8s::io::api::authorization::v1;

using authorizationv1::FieldSelectorAttributes;
using authorizationv1::LocalSubjectAccessReview;
using authorizationv1::NonResourceAttributes;
using authorizationv1::NonResourceRule;
using authorizationv1::ResourceAttributes;
using authorizationv1::ResourceRule;
using authorizationv1::SelfSubjectAccessReview;
using authorizationv1::SelfSubjectAccessReviewSpec;
using authorizationv1::SelfSubjectRulesReview;
using authorizationv1::SelfSubjectRulesReviewSpec;
using authorizationv1::SubjectAccessReview;
using authorizationv1::SubjectAccessReviewSpec;
using authorizationv1::SubjectAccessReviewStatus;
using authorizationv1::SubjectRulesReviewStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_AUTHORIZATION_V1_H_
