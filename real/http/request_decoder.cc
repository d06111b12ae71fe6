// Facts: Kubernetes' API concepts; apiserver's endpoints/handlers and metav1's options.
#include "real/http/request_decoder.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "real/http/negotiation.h"
#include "src/api/authentication_v1.h"
#include "src/api/autoscaling_v1.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/codec/message_proto.h"
#include "src/api/codec/yaml.h"
#include "src/api/core_v1.h"
#include "src/api/meta_v1.h"
#include "src/api/policy_v1.h"
#include "src/api/status.h"
#include "src/rt/status_macros.h"

namespace drydock::real {
namespace {

using absl::string_view;
using Unknown = api::DecodeOptions::Unknown;

absl::Status InvalidParameter(string_view name, string_view value, string_view why) {
  return api::BadRequest(absl::StrCat(name, ": Invalid value: \"", value, "\": ", why));
}

absl::StatusOr<bool> Flag(const Url& url, string_view name) {
  if (!url.HasParameter(name)) return false;
  const string_view value = url.Parameter(name);
  // As strconv.ParseBool, and bare (?watch).
  if (value.empty() || value == "1" || value == "true" || value == "True" || value == "TRUE" ||
      value == "t" || value == "T") {
    return true;
  }
  if (value == "0" || value == "false" || value == "False" || value == "FALSE" || value == "f" ||
      value == "F") {
    return false;
  }
  return InvalidParameter(name, value, "must be a boolean");
}

absl::StatusOr<std::optional<int64_t>> Number(const Url& url, string_view name) {
  const string_view value = url.Parameter(name);
  if (value.empty()) return std::optional<int64_t>();
  int64_t number = 0;
  if (!absl::SimpleAtoi(value, &number)) {
    return InvalidParameter(name, value, "must be a whole number");
  }
  return std::optional<int64_t>(number);
}

absl::StatusOr<api::Verb> VerbOf(const HttpRequest& http, const ApiPath& path, bool watch) {
  const string_view method = http.method;
  const bool named = !path.name.empty();
  if (method == "GET" || method == "HEAD") {
    if (path.watch || watch) return api::Verb::kWatch;
    return named ? api::Verb::kGet : api::Verb::kList;
  }
  // Into a collection, or to a subresource of an object.
  if (method == "POST" && (!named || !path.subresource.empty())) return api::Verb::kCreate;
  if (method == "PUT" && named) return api::Verb::kUpdate;
  if (method == "PATCH" && named) return api::Verb::kPatch;
  if (method == "DELETE") return named ? api::Verb::kDelete : api::Verb::kDeleteCollection;
  return api::MakeStatus("MethodNotAllowed",
                         "the server does not allow this method on the requested resource", {});
}

absl::StatusOr<Unknown> FieldValidation(const Url& url) {
  const string_view value = url.Parameter("fieldValidation");
  if (value.empty() || value == "Warn") return Unknown::kWarn;
  if (value == "Strict") return Unknown::kRefuse;
  if (value == "Ignore") return Unknown::kIgnore;
  return InvalidParameter("fieldValidation", value, "must be one of Ignore, Warn, Strict");
}

absl::StatusOr<bool> DryRun(string_view value) {
  if (value.empty()) return false;
  if (value == "All") return true;
  return InvalidParameter("dryRun", value, "must be \"All\"");
}

// Kubernetes' default: the first word of the user agent.
std::string FieldManager(const HttpRequest& http, const Url& url) {
  const string_view named = url.Parameter("fieldManager");
  if (!named.empty()) return std::string(named);
  const string_view agent = FindHeader(http.headers, "User-Agent");
  return std::string(agent.substr(0, agent.find('/')));
}

// The kind that a write to this path sends.
const api::KindInfo& KindOfBody(const ApiPath& path) {
  if (path.subresource == "scale") return api::KindOf<api::Scale>();
  if (path.subresource == "binding") return api::KindOf<api::Binding>();
  if (path.subresource == "eviction") return api::KindOf<api::Eviction>();
  if (path.subresource == "token") return api::KindOf<api::authenticationv1::TokenRequest>();
  return *path.kind;
}

absl::Status CannotBeHandled(const api::KindInfo& kind, string_view why) {
  return api::BadRequest(absl::StrCat(kind.kind, " in version \"", kind.version,
                                      "\" cannot be handled as a ", kind.kind, ": ", why));
}

absl::Status DecodeObject(const HttpRequest& http, const Url& url, const ApiPath& path,
                          DecodedRequest* decoded) {
  const absl::StatusOr<api::Format> format = FormatOfBody(FindHeader(http.headers, "Content-Type"));
  if (!format.ok()) return format.status();
  const absl::StatusOr<Unknown> unknown = FieldValidation(url);
  if (!unknown.ok()) return unknown.status();
  const api::KindInfo& kind = KindOfBody(path);
  if (http.body.empty()) return api::BadRequest("the request has no object");
  api::DecodeOptions options;
  options.default_kind = &kind;
  options.unknown = *unknown == Unknown::kRefuse ? Unknown::kWarn : *unknown;
  absl::StatusOr<api::DecodedObject> object = api::Decode(http.body, *format, options);
  if (!object.ok()) return CannotBeHandled(kind, object.status().message());
  if (object->kind != &kind) {
    return api::BadRequest(absl::StrCat("the API version in the data (", object->kind->ApiVersion(),
                                        ", Kind=", object->kind->kind,
                                        ") does not match the expected API version (",
                                        kind.ApiVersion(), ", Kind=", kind.kind, ")"));
  }
  if (*unknown == Unknown::kRefuse && !object->warnings.empty()) {
    return CannotBeHandled(
        kind, absl::StrCat("strict decoding error: ", absl::StrJoin(object->warnings, ", ")));
  }
  decoded->warnings = std::move(object->warnings);
  decoded->request->object = api::ObjectRef(api::MakeObject(std::move(object->message)));
  return absl::OkStatus();
}

// The body of a deletion. Clients send it in the version of the group that they delete
// from (apps/v1 DeleteOptions): the kind counts, its version does not.
absl::StatusOr<api::metav1::DeleteOptions> DecodeDeleteOptions(const HttpRequest& http) {
  api::metav1::DeleteOptions result;
  if (http.body.empty()) return result;
  const absl::StatusOr<api::Format> format = FormatOfBody(FindHeader(http.headers, "Content-Type"));
  if (!format.ok()) return format.status();
  if (*format == api::Format::kProtobuf) {
    const absl::StatusOr<api::Envelope> envelope = api::ReadEnvelope(http.body);
    if (!envelope.ok()) return api::BadRequest(envelope.status().message());
    if (envelope->kind != "DeleteOptions" && !envelope->kind.empty()) {
      return api::BadRequest(absl::StrCat("expected DeleteOptions, got ", envelope->kind));
    }
    const absl::Status read = api::ReadMessageProto(envelope->raw, &result);
    if (!read.ok()) return api::BadRequest(read.message());
    return result;
  }
  absl::StatusOr<std::vector<api::Value>> trees =
      *format == api::Format::kYaml ? api::ParseYaml(http.body) : api::ParseJsonStream(http.body);
  if (!trees.ok()) return api::BadRequest(trees.status().message());
  if (trees->size() != 1 || !trees->front().is_object()) {
    return api::BadRequest("expected one DeleteOptions object");
  }
  api::Value& tree = trees->front();
  if (const api::Value* kind = tree.Find("kind"); kind != nullptr && kind->is_string() &&
                                                  !kind->text().empty() &&
                                                  kind->text() != "DeleteOptions") {
    return api::BadRequest(absl::StrCat("expected DeleteOptions, got ", kind->text()));
  }
  tree.Erase("kind");
  tree.Erase("apiVersion");
  api::DecodeOptions options;
  options.unknown = Unknown::kIgnore;
  options.default_kind = &api::KindOf<api::metav1::DeleteOptions>();
  absl::StatusOr<api::DecodedObject> decoded = api::DecodeTree(tree, "", options);
  if (!decoded.ok()) return api::BadRequest(decoded.status().message());
  return static_cast<const api::metav1::DeleteOptions&>(*decoded->message);
}

absl::StatusOr<api::Propagation> PropagationOf(string_view name) {
  if (name.empty()) return api::Propagation::kDefault;
  if (name == "Orphan") return api::Propagation::kOrphan;
  if (name == "Background") return api::Propagation::kBackground;
  if (name == "Foreground") return api::Propagation::kForeground;
  return InvalidParameter("propagationPolicy", name,
                          "must be one of Foreground, Background, Orphan");
}

absl::Status DecodeDeletion(const HttpRequest& http, const Url& url, api::Request* request) {
  const absl::StatusOr<api::metav1::DeleteOptions> options = DecodeDeleteOptions(http);
  if (!options.ok()) return options.status();
  string_view policy = url.Parameter("propagationPolicy");
  if (options->has_grace_period_seconds()) {
    request->grace_period_seconds = options->grace_period_seconds();
  } else {
    const absl::StatusOr<std::optional<int64_t>> grace = Number(url, "gracePeriodSeconds");
    if (!grace.ok()) return grace.status();
    request->grace_period_seconds = *grace;
  }
  if (options->has_propagation_policy()) {
    policy = options->propagation_policy();
  } else if (policy.empty() && options->has_orphan_dependents()) {
    policy = options->orphan_dependents() ? "Orphan" : "Background";
  }
  const absl::StatusOr<api::Propagation> propagation = PropagationOf(policy);
  if (!propagation.ok()) return propagation.status();
  request->propagation = *propagation;
  if (options->preconditions().has_uid()) {
    request->precondition_uid = options->preconditions().uid();
  }
  if (options->preconditions().has_resource_version()) {
    request->precondition_resource_version = options->preconditions().resource_version();
  }
  for (const std::string& text : options->dry_run()) {
    const absl::StatusOr<bool> dry_run = DryRun(text);
    if (!dry_run.ok()) return dry_run.status();
    request->dry_run = request->dry_run || *dry_run;
  }
  return absl::OkStatus();
}

absl::Status DecodePatch(const HttpRequest& http, const Url& url, api::Request* request) {
  const std::string type = MediaTypeOf(FindHeader(http.headers, "Content-Type"));
  if (type == "application/json-patch+json") {
    request->patch_type = api::PatchType::kJson;
  } else if (type == "application/merge-patch+json") {
    request->patch_type = api::PatchType::kMerge;
  } else if (type == "application/strategic-merge-patch+json") {
    request->patch_type = api::PatchType::kStrategicMerge;
  } else if (type == "application/apply-patch+yaml") {
    request->patch_type = api::PatchType::kApply;
  } else {
    return api::MakeStatus(
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, "
        "application/strategic-merge-patch+json, application/apply-patch+yaml",
        {});
  }
  if (request->patch_type == api::PatchType::kApply) {
    const absl::StatusOr<std::vector<api::Value>> trees = api::ParseYaml(http.body);
    if (!trees.ok()) return api::BadRequest(trees.status().message());
    if (trees->size() != 1) return api::BadRequest("expected one object to apply");
    request->patch = api::WriteJson(trees->front());
    // Whoever applies says under which name.
    request->field_manager = std::string(url.Parameter("fieldManager"));
  } else {
    request->patch = http.body;
  }
  const absl::StatusOr<bool> force = Flag(url, "force");
  if (!force.ok()) return force.status();
  request->force = *force;
  const absl::StatusOr<Unknown> unknown = FieldValidation(url);
  if (!unknown.ok()) return unknown.status();
  request->field_validation = *unknown == Unknown::kRefuse ? api::FieldValidation::kStrict
                              : *unknown == Unknown::kWarn ? api::FieldValidation::kWarn
                                                           : api::FieldValidation::kIgnore;
  return absl::OkStatus();
}

absl::Status DecodeSelection(const Url& url, api::Request* request) {
  request->label_selector = std::string(url.Parameter("labelSelector"));
  request->field_selector = std::string(url.Parameter("fieldSelector"));
  request->resource_version = std::string(url.Parameter("resourceVersion"));
  request->resource_version_match = std::string(url.Parameter("resourceVersionMatch"));
  request->continue_token = std::string(url.Parameter("continue"));
  const absl::StatusOr<std::optional<int64_t>> limit = Number(url, "limit");
  if (!limit.ok()) return limit.status();
  request->limit = limit->value_or(0);
  if (request->limit < 0) {
    return InvalidParameter("limit", absl::StrCat(request->limit),
                            "must be greater than or equal to 0");
  }
  const absl::StatusOr<std::optional<int64_t>> timeout = Number(url, "timeoutSeconds");
  if (!timeout.ok()) return timeout.status();
  request->timeout_seconds = *timeout;
  const absl::StatusOr<bool> bookmarks = Flag(url, "allowWatchBookmarks");
  if (!bookmarks.ok()) return bookmarks.status();
  request->allow_bookmarks = *bookmarks;
  const absl::StatusOr<bool> initial = Flag(url, "sendInitialEvents");
  if (!initial.ok()) return initial.status();
  request->send_initial_events = *initial;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecodedRequest> DecodeRequest(const HttpRequest& http, const Url& url,
                                             const ApiPath& path, api::User user) {
  DecodedRequest decoded{.request = rt::MakeRef<api::Request>()};
  api::Request& request = *decoded.request;
  const absl::StatusOr<bool> watch = Flag(url, "watch");
  if (!watch.ok()) return watch.status();
  const absl::StatusOr<api::Verb> verb = VerbOf(http, path, *watch);
  if (!verb.ok()) return verb.status();
  request.verb = *verb;
  request.kind = path.kind;
  request.ns = path.ns;
  request.name = path.name;
  request.subresource = path.subresource;
  request.user = std::move(user);
  request.field_manager = FieldManager(http, url);
  const absl::StatusOr<bool> dry_run = DryRun(url.Parameter("dryRun"));
  if (!dry_run.ok()) return dry_run.status();
  request.dry_run = *dry_run;
  switch (request.verb) {
    case api::Verb::kGet:
      request.resource_version = std::string(url.Parameter("resourceVersion"));
      break;
    case api::Verb::kList:
    case api::Verb::kWatch:
      RETURN_IF_ERROR(DecodeSelection(url, &request));
      break;
    case api::Verb::kCreate:
    case api::Verb::kUpdate:
      RETURN_IF_ERROR(DecodeObject(http, url, path, &decoded));
      break;
    case api::Verb::kPatch:
      RETURN_IF_ERROR(DecodePatch(http, url, &request));
      break;
    case api::Verb::kDelete:
      RETURN_IF_ERROR(DecodeDeletion(http, url, &request));
      break;
    case api::Verb::kDeleteCollection:
      RETURN_IF_ERROR(DecodeSelection(url, &request));
      RETURN_IF_ERROR(DecodeDeletion(http, url, &request));
      break;
  }
  return decoded;
}

}  // namespace drydock::real
