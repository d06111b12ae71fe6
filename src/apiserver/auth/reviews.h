// The kinds that are posted to be answered: may somebody do something, what may I do, who am
// I, whose token is this.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_REVIEWS_H_
#define DRYDOCK_SRC_APISERVER_AUTH_REVIEWS_H_

#include "absl/status/statusor.h"
#include "src/api/authentication_v1.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/auth/authorizer_chain.h"
#include "src/apiserver/auth/token_authenticator.h"

namespace drydock::apiserver {

// The review of `request` with its status. REQUIRES: IsReview(*request.kind), and a creation.
absl::StatusOr<api::ObjectRef> AnswerReview(const api::Request& request,
                                            const AuthorizerChain& authorizer,
                                            TokenAuthenticator& tokens);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_REVIEWS_H_
