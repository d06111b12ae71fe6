// Token requests and reviews. Short names for what is unique among the groups; authenticationv1::
// for the rest.
#ifndef DRYDOCK_SRC_API_AUTHENTICATION_V1_H_
#define DRYDOCK_SRC_API_AUTHENTICATION_V1_H_

#include "src/api/authentication/v1/authentication.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace authenticationv1 = ::k8s::io::api::authentication::v1;

using authenticationv1::BoundObjectReference;
using authenticationv1::SelfSubjectReview;
using authenticationv1::SelfSubjectReviewStatus;
using authenticationv1::TokenRequestSpec;
using authenticationv1::TokenRequestStatus;
using authenticationv1::TokenReview;
using authenticationv1::TokenReviewSpec;
using authenticationv1::TokenReviewStatus;
using authenticationv1::UserInfo;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_AUTHENTICATION_V1_H_
