// Kubernetes' Status objects and absl::Status, both ways.
//
// Inside Drydock an error is an absl::Status; what a client of the API sees is a
// metav1.Status with a reason, a code and causes. The reason travels in the
// absl::Status as a payload, so that nothing is lost on the way.
#ifndef DRYDOCK_SRC_API_STATUS_H_
#define DRYDOCK_SRC_API_STATUS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

struct StatusCause {
  std::string reason;  // "FieldValueRequired", ...
  std::string message;
  std::string field;  // "spec.containers[0].name"
};

struct StatusDetails {
  std::string name;
  std::string group;
  std::string kind;  // The resource for NotFound ("pods"), the kind for Invalid ("Pod").
  std::string uid;
  std::vector<StatusCause> causes;
  int32_t retry_after_seconds = 0;
};

// Errors with Kubernetes' texts (apimachinery's errors.New*). `resource` is the
// plural ("pods"), qualified by the group in the text where there is one.
absl::Status NotFound(absl::string_view group, absl::string_view resource, absl::string_view name);
absl::Status AlreadyExists(absl::string_view group, absl::string_view resource,
                           absl::string_view name);
absl::Status Conflict(absl::string_view group, absl::string_view resource, absl::string_view name,
                      absl::string_view why);
absl::Status Invalid(absl::string_view group, absl::string_view kind, absl::string_view name,
                     std::vector<StatusCause> causes);
absl::Status BadRequest(absl::string_view message);
absl::Status Forbidden(absl::string_view group, absl::string_view resource, absl::string_view name,
                       absl::string_view why);
absl::Status MethodNotSupported(absl::string_view group, absl::string_view resource,
                                absl::string_view action);
absl::Status Expired(absl::string_view message);  // 410, "too old resource version: ..."
absl::Status TooManyRequests(absl::string_view message, int32_t retry_after_seconds);
absl::Status Timeout(absl::string_view message);
absl::Status InternalError(absl::string_view message);

// An error of any of Kubernetes' reasons; the code follows from the reason.
absl::Status MakeStatus(absl::string_view reason, absl::string_view message,
                        const StatusDetails& details);

// Kubernetes' reason ("NotFound"); for a Status not made here, what its code stands
// for ("InternalError", "Timeout", ...). Empty when OK.
std::string ReasonOf(const absl::Status& status);
StatusDetails DetailsOf(const absl::Status& status);
int HttpCodeOf(const absl::Status& status);

bool IsNotFound(const absl::Status& status);
bool IsAlreadyExists(const absl::Status& status);
bool IsConflict(const absl::Status& status);
bool IsExpired(const absl::Status& status);  // Gone and Expired: relist.
bool IsInvalid(const absl::Status& status);
bool IsForbidden(const absl::Status& status);
// The request may or may not have taken effect.
bool IsOutcomeUnknown(const absl::Status& status);

metav1::Status ToMetaStatus(const absl::Status& status);
absl::Status FromMetaStatus(const metav1::Status& status);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_STATUS_H_
