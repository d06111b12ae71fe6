// Fields by their JSON paths. The selectable ones are Kubernetes' (each kind's field
// label conversions).
#include "src/apiserver/field_path.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/status.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Selectable {
  const char* resource;
  const char* group;
  // Besides metadata.name and metadata.namespace; separated by commas.
  const char* fields;
};

constexpr Selectable kSelectable[] = {
    {"pods", "",
     "spec.nodeName,spec.restartPolicy,spec.schedulerName,spec.serviceAccountName,"
     "spec.hostNetwork,status.phase,status.podIP,status.nominatedNodeName"},
    {"nodes", "", "spec.unschedulable"},
    {"namespaces", "", "status.phase"},
    {"events", "",
     "involvedObject.kind,involvedObject.namespace,involvedObject.name,involvedObject.uid,"
     "involvedObject.apiVersion,involvedObject.resourceVersion,involvedObject.fieldPath,reason,"
     "reportingComponent,source.component,type"},
    {"secrets", "", "type"},
    {"services", "", "spec.clusterIP,spec.type"},
    {"replicationcontrollers", "", "status.replicas"},
    {"replicasets", "apps", "status.replicas"},
    {"jobs", "batch", "status.succeeded"},
    {"certificatesigningrequests", "certificates.k8s.io", "spec.signerName"},
    {"resourceslices", "resource.k8s.io", "spec.nodeName,spec.driver"},
};

// Names that differ from the field's path.
struct Alias {
  const char* resource;
  const char* label;
  const char* path;
};

constexpr Alias kAliases[] = {
    {"events", "source", "source.component"},
    {"jobs", "status.successful", "status.succeeded"},
    {"namespaces", "name", "metadata.name"},
    {"persistentvolumes", "name", "metadata.name"},
};

bool IsSelectable(const api::KindInfo& kind, absl::string_view path) {
  if (path == "metadata.name" || path == "metadata.namespace") return true;
  for (const Selectable& selectable : kSelectable) {
    if (kind.resource != selectable.resource || kind.group != selectable.group) continue;
    for (absl::string_view field : absl::StrSplit(selectable.fields, ',')) {
      if (field == path) return true;
    }
  }
  return false;
}

const FieldDescriptor* FieldByJsonName(const google::protobuf::Descriptor& type,
                                       absl::string_view name) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

absl::string_view Text(const Message& message, const FieldDescriptor* field, std::string* scratch) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetStringReference(message, field, scratch);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      *scratch = absl::StrCat(reflection.GetInt32(message, field));
      return *scratch;
    case FieldDescriptor::CPPTYPE_INT64:
      *scratch = absl::StrCat(reflection.GetInt64(message, field));
      return *scratch;
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Parse(const api::KindInfo& kind, absl::string_view path) {
  for (const Alias& alias : kAliases) {
    if (kind.resource == alias.resource && path == alias.label) path = alias.path;
  }
  if (!IsSelectable(kind, path)) {
    return api::BadRequest(absl::StrCat("field label not supported: ", path));
  }
  FieldPath parsed;
  const google::protobuf::Descriptor* type = kind.descriptor;
  for (absl::string_view step : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field = type == nullptr ? nullptr : FieldByJsonName(*type, step);
    DRYDOCK_CHECK(field != nullptr && !field->is_repeated(), kind.kind, " has no field ", path);
    parsed.steps_.push_back(field);
    type = field->message_type();
  }
  return parsed;
}

absl::string_view FieldPath::ValueIn(const Message& message, std::string* scratch) const {
  const Message* at = &message;
  for (size_t i = 0; i + 1 < steps_.size(); ++i) {
    at = &at->GetReflection()->GetMessage(*at, steps_[i]);
  }
  return Text(*at, steps_.back(), scratch);
}

}  // namespace drydock::apiserver
