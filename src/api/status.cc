// Kubernetes' error reasons: their codes, their texts, and how they travel inside an absl::Status.
#include "src/api/status.h"

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace drydock::api {
namespace {

// The payload is the serialised metav1.Status without its message, which the absl::Status has.
constexpr char kPayload[] = "drydock.dev/status";

struct Reason {
  absl::string_view name;
  int http;
  absl::StatusCode code;
};

// metav1's reasons. Where absl's codes are coarser, several share one; the reverse look-up
// (a status that was not made here) takes the first.
constexpr std::array kReasons = {
    Reason{"Unauthorized", 401, absl::StatusCode::kUnauthenticated},
    Reason{"Forbidden", 403, absl::StatusCode::kPermissionDenied},
    Reason{"NotFound", 404, absl::StatusCode::kNotFound},
    Reason{"AlreadyExists", 409, absl::StatusCode::kAlreadyExists},
    Reason{"Conflict", 409, absl::StatusCode::kAborted},
    Reason{"Expired", 410, absl::StatusCode::kOutOfRange},
    Reason{"Gone", 410, absl::StatusCode::kOutOfRange},
    Reason{"BadRequest", 400, absl::StatusCode::kInvalidArgument},
    Reason{"Invalid", 422, absl::StatusCode::kInvalidArgument},
    Reason{"RequestEntityTooLarge", 413, absl::StatusCode::kInvalidArgument},
    Reason{"TooManyRequests", 429, absl::StatusCode::kResourceExhausted},
    Reason{"Timeout", 504, absl::StatusCode::kDeadlineExceeded},
    Reason{"ServerTimeout", 500, absl::StatusCode::kDeadlineExceeded},
    Reason{"MethodNotAllowed", 405, absl::StatusCode::kUnimplemented},
    Reason{"NotAcceptable", 406, absl::StatusCode::kUnimplemented},
    Reason{"UnsupportedMediaType", 415, absl::StatusCode::kUnimplemented},
    Reason{"ServiceUnavailable", 503, absl::StatusCode::kUnavailable},
    Reason{"InternalError", 500, absl::StatusCode::kInternal},
};

const Reason* FindReason(absl::string_view name) {
  for (const Reason& reason : kReasons) {
    if (reason.name == name) return &reason;
  }
  return nullptr;
}

const Reason& ReasonOfCode(absl::StatusCode code) {
  for (const Reason& reason : kReasons) {
    if (reason.code == code) return reason;
  }
  return *FindReason("InternalError");
}

absl::StatusCode CodeOfHttp(int http) {
  for (const Reason& reason : kReasons) {
    if (reason.http == http) return reason.code;
  }
  return http >= 500 ? absl::StatusCode::kInternal : absl::StatusCode::kUnknown;
}

std::optional<metav1::Status> PayloadOf(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  const absl::optional<absl::Cord> bytes = status.GetPayload(kPayload);
  if (!bytes.has_value()) return std::nullopt;
  metav1::Status payload;
  if (!payload.ParsePartialFromString(std::string(*bytes))) return std::nullopt;
  return payload;
}

bool HasReason(const absl::Status& status, absl::StatusCode code, absl::string_view name) {
  return status.code() == code && ReasonOf(status) == name;
}

std::string Qualified(absl::string_view group, absl::string_view resource) {
  return group.empty() ? std::string(resource) : absl::StrCat(resource, ".", group);
}

StatusDetails Details(absl::string_view group, absl::string_view kind, absl::string_view name) {
  StatusDetails details;
  details.group = std::string(group);
  details.kind = std::string(kind);
  details.name = std::string(name);
  return details;
}

absl::Status WithPayload(absl::StatusCode code, absl::string_view message,
                         const metav1::Status& payload) {
  absl::Status status(code, message);
  const std::string bytes = payload.SerializePartialAsString();
  // By way of a view: Debian's library has no constructor from std::string under the name that
  // clang gives it.
  status.SetPayload(kPayload, absl::Cord(absl::string_view(bytes)));
  return status;
}

void FillDetails(const StatusDetails& details, metav1::StatusDetails* to) {
  if (!details.name.empty()) to->set_name(details.name);
  if (!details.group.empty()) to->set_group(details.group);
  if (!details.kind.empty()) to->set_kind(details.kind);
  if (!details.uid.empty()) to->set_uid(details.uid);
  for (const StatusCause& cause : details.causes) {
    metav1::StatusCause& added = *to->add_causes();
    if (!cause.reason.empty()) added.set_reason(cause.reason);
    if (!cause.message.empty()) added.set_message(cause.message);
    if (!cause.field.empty()) added.set_field(cause.field);
  }
  if (details.retry_after_seconds != 0) to->set_retry_after_seconds(details.retry_after_seconds);
}

bool HasDetails(const StatusDetails& details) {
  return !details.name.empty() || !details.group.empty() || !details.kind.empty() ||
         !details.uid.empty() || !details.causes.empty() || details.retry_after_seconds != 0;
}

}  // namespace

absl::Status MakeStatus(absl::string_view reason, absl::string_view message,
                        const StatusDetails& details) {
  const Reason* known = FindReason(reason);
  metav1::Status payload;
  payload.set_reason(reason.data(), reason.size());
  payload.set_code(known != nullptr ? known->http : 500);
  if (HasDetails(details)) FillDetails(details, payload.mutable_details());
  return WithPayload(known != nullptr ? known->code : absl::StatusCode::kUnknown, message, payload);
}

absl::Status NotFound(absl::string_view group, absl::string_view resource, absl::string_view name) {
  return MakeStatus("NotFound",
                    absl::StrCat(Qualified(group, resource), " \"", name, "\" not found"),
                    Details(group, resource, name));
}

absl::Status AlreadyExists(absl::string_view group, absl::string_view resource,
                           absl::string_view name) {
  return MakeStatus("AlreadyExists",
                    absl::StrCat(Qualified(group, resource), " \"", name, "\" already exists"),
                    Details(group, resource, name));
}

absl::Status Conflict(absl::string_view group, absl::string_view resource, absl::string_view name,
                      absl::string_view why) {
  return MakeStatus("Conflict",
                    absl::StrCat("Operation cannot be fulfilled on ", Qualified(group, resource),
                                 " \"", name, "\": ", why),
                    Details(group, resource, name));
}

absl::Status Invalid(absl::string_view group, absl::string_view kind, absl::string_view name,
                     std::vector<StatusCause> causes) {
  std::vector<std::string> texts;  // Without repetitions, as in Kubernetes' aggregates.
  for (const StatusCause& cause : causes) {
    std::string text =
        cause.field.empty() ? cause.message : absl::StrCat(cause.field, ": ", cause.message);
    bool known = false;
    for (const std::string& other : texts) known = known || other == text;
    if (!known) texts.push_back(std::move(text));
  }
  std::string message = absl::StrCat(Qualified(group, kind), " \"", name, "\" is invalid");
  if (texts.size() == 1) absl::StrAppend(&message, ": ", texts[0]);
  if (texts.size() > 1) absl::StrAppend(&message, ": [", absl::StrJoin(texts, ", "), "]");
  StatusDetails details = Details(group, kind, name);
  details.causes = std::move(causes);
  return MakeStatus("Invalid", message, details);
}

absl::Status BadRequest(absl::string_view message) { return MakeStatus("BadRequest", message, {}); }

absl::Status Forbidden(absl::string_view group, absl::string_view resource, absl::string_view name,
                       absl::string_view why) {
  std::string what;
  if (resource.empty()) {
    what = "forbidden";
  } else if (name.empty()) {
    what = absl::StrCat(Qualified(group, resource), " is forbidden");
  } else {
    what = absl::StrCat(Qualified(group, resource), " \"", name, "\" is forbidden");
  }
  return MakeStatus("Forbidden", absl::StrCat(what, ": ", why), Details(group, resource, name));
}

absl::Status MethodNotSupported(absl::string_view group, absl::string_view resource,
                                absl::string_view action) {
  return MakeStatus("MethodNotAllowed",
                    absl::StrCat(action, " is not supported on resources of kind \"",
                                 Qualified(group, resource), "\""),
                    Details(group, resource, ""));
}

absl::Status Expired(absl::string_view message) { return MakeStatus("Expired", message, {}); }

absl::Status TooManyRequests(absl::string_view message, int32_t retry_after_seconds) {
  StatusDetails details;
  details.retry_after_seconds = retry_after_seconds;
  return MakeStatus("TooManyRequests", message, details);
}

absl::Status Timeout(absl::string_view message) {
  return MakeStatus("Timeout", absl::StrCat("Timeout: ", message), {});
}

absl::Status InternalError(absl::string_view message) {
  StatusDetails details;
  details.causes.push_back({"", std::string(message), ""});
  return MakeStatus("InternalError", absl::StrCat("Internal error occurred: ", message), details);
}

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "";
  if (const std::optional<metav1::Status> payload = PayloadOf(status)) return payload->reason();
  return std::string(ReasonOfCode(status.code()).name);
}

StatusDetails DetailsOf(const absl::Status& status) {
  const std::optional<metav1::Status> payload = PayloadOf(status);
  if (!payload.has_value()) return {};
  const metav1::StatusDetails& from = payload->details();
  StatusDetails details = Details(from.group(), from.kind(), from.name());
  details.uid = from.uid();
  details.retry_after_seconds = from.retry_after_seconds();
  for (const metav1::StatusCause& cause : from.causes()) {
    details.causes.push_back({cause.reason(), cause.message(), cause.field()});
  }
  return details;
}

int HttpCodeOf(const absl::Status& status) {
  if (status.ok()) return 200;
  if (const std::optional<metav1::Status> payload = PayloadOf(status)) return payload->code();
  return ReasonOfCode(status.code()).http;
}

// The absl code decides alone wherever one reason has it: no payload to decode.
bool IsNotFound(const absl::Status& status) { return absl::IsNotFound(status); }
bool IsAlreadyExists(const absl::Status& status) { return absl::IsAlreadyExists(status); }
bool IsConflict(const absl::Status& status) { return absl::IsAborted(status); }
bool IsExpired(const absl::Status& status) { return absl::IsOutOfRange(status); }
bool IsInvalid(const absl::Status& status) {
  return HasReason(status, absl::StatusCode::kInvalidArgument, "Invalid");
}
bool IsForbidden(const absl::Status& status) { return absl::IsPermissionDenied(status); }

bool IsOutcomeUnknown(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kUnavailable:
      // The server's own ServiceUnavailable refuses; a broken connection says nothing.
      return !status.GetPayload(kPayload).has_value();
    default:
      return false;
  }
}

metav1::Status ToMetaStatus(const absl::Status& status) {
  metav1::Status meta;
  if (status.ok()) {
    meta.set_status("Success");
    return meta;
  }
  if (std::optional<metav1::Status> payload = PayloadOf(status)) {
    meta = *std::move(payload);
  } else {
    const Reason& reason = ReasonOfCode(status.code());
    meta.set_reason(reason.name.data(), reason.name.size());
    meta.set_code(reason.http);
  }
  meta.set_status("Failure");
  meta.set_message(status.message().data(), status.message().size());
  return meta;
}

absl::Status FromMetaStatus(const metav1::Status& status) {
  if (status.status() == "Success") return absl::OkStatus();
  const Reason* known = FindReason(status.reason());
  metav1::Status payload = status;
  payload.clear_message();
  payload.clear_status();
  payload.clear_metadata();
  return WithPayload(known != nullptr ? known->code : CodeOfHttp(status.code()), status.message(),
                     payload);
}

}  // namespace drydock::api
