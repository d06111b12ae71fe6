// Rules of k8s.io/apimachinery/pkg/api/validation/objectmeta.go.
#include "src/api/validation/metadata_validation.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "src/api/codec/message_json.h"
#include "src/api/message_bytes.h"

namespace drydock::api {
namespace {

using ::absl::string_view;
using ::google::protobuf::Message;

constexpr size_t kMostAnnotationBytes = 256 * 1024;

void ValidateOwners(const ObjectMeta& metadata, const std::string& path, FieldErrors* errors) {
  const OwnerReference* controller = nullptr;
  for (int i = 0; i < metadata.owner_references_size(); ++i) {
    const OwnerReference& owner = metadata.owner_references(i);
    const std::string at = absl::StrCat(path, ".ownerReferences[", i, "]");
    if (owner.api_version().empty()) {
      errors->Invalid(at + ".apiVersion", "\"\"", "version must not be empty");
    }
    if (owner.kind().empty()) errors->Invalid(at + ".kind", "\"\"", "must not be empty");
    if (owner.name().empty()) errors->Invalid(at + ".name", "\"\"", "must not be empty");
    if (owner.uid().empty()) errors->Invalid(at + ".uid", "\"\"", "must not be empty");
    if (!owner.controller()) continue;
    if (controller == nullptr) {
      controller = &owner;
    } else {
      errors->Invalid(path + ".ownerReferences", Quoted(owner.name()),
                      absl::StrCat("Only one reference can have Controller set to true. Found "
                                   "\"true\" in references for ",
                                   controller->name(), " and ", owner.name()));
    }
  }
}

void ValidateFinalizers(const ObjectMeta& metadata, const std::string& path, FieldErrors* errors) {
  bool orphan = false, foreground = false;
  for (int i = 0; i < metadata.finalizers_size(); ++i) {
    const std::string& finalizer = metadata.finalizers(i);
    errors->AddComplaints(absl::StrCat(path, ".finalizers"), finalizer,
                          CheckQualifiedName(finalizer));
    orphan = orphan || finalizer == "orphan";
    foreground = foreground || finalizer == "foregroundDeletion";
  }
  if (orphan && foreground) {
    errors->Invalid(path + ".finalizers", "[\"orphan\",\"foregroundDeletion\"]",
                    "finalizer orphan and foregroundDeletion cannot be both set");
  }
}

}  // namespace

void ValidateLabelKey(string_view key, const std::string& path, FieldErrors* errors) {
  errors->AddComplaints(path, key, CheckQualifiedName(key));
}

void ValidateLabels(const StringMap& labels, const std::string& path, FieldErrors* errors) {
  for (const StringEntry& label : labels) {
    ValidateLabelKey(label.key(), path, errors);
    errors->AddComplaints(path, label.value(), CheckLabelValue(label.value()));
  }
}

void ValidateAnnotations(const StringMap& annotations, const std::string& path,
                         FieldErrors* errors) {
  size_t total = 0;
  for (const StringEntry& annotation : annotations) {
    // Upper case is allowed in the prefix of a key, unlike in labels.
    const std::string key = absl::AsciiStrToLower(annotation.key());
    errors->AddComplaints(path, annotation.key(), CheckQualifiedName(key));
    total += annotation.key().size() + annotation.value().size();
  }
  if (total > kMostAnnotationBytes) errors->TooLong(path, kMostAnnotationBytes);
}

void ValidateMetadata(const ObjectMeta& metadata, bool namespaced, NameCheck check_name,
                      const std::string& path, FieldErrors* errors) {
  if (!metadata.generate_name().empty()) {
    errors->AddComplaints(path + ".generateName", metadata.generate_name(),
                          check_name(MaskTrailingDash(metadata.generate_name())));
  }
  if (metadata.name().empty()) {
    errors->Required(path + ".name", "name or generateName is required");
  } else {
    errors->AddComplaints(path + ".name", metadata.name(), check_name(metadata.name()));
  }
  if (!namespaced) {
    if (!metadata.namespace_().empty()) {
      errors->Forbidden(path + ".namespace", "not allowed on this type");
    }
  } else if (metadata.namespace_().empty()) {
    errors->Required(path + ".namespace");
  } else {
    errors->AddComplaints(path + ".namespace", metadata.namespace_(),
                          CheckDns1123Label(metadata.namespace_()));
  }
  errors->CheckNonNegative(path + ".generation", metadata.generation());
  ValidateLabels(metadata.labels(), path + ".labels", errors);
  ValidateAnnotations(metadata.annotations(), path + ".annotations", errors);
  ValidateOwners(metadata, path, errors);
  ValidateFinalizers(metadata, path, errors);
}

void ValidateMetadataUpdate(const ObjectMeta& metadata, const ObjectMeta& old,
                            const std::string& path, FieldErrors* errors) {
  // Most updates leave it alone (heartbeats), and what was valid before is valid.
  if (!metadata.resource_version().empty() && SameMetadata(metadata, old)) return;
  if (metadata.resource_version().empty()) {
    errors->Invalid(path + ".resourceVersion", "\"\"", "must be specified for an update");
  }
  if (metadata.generation() < old.generation()) {
    errors->Invalid(path + ".generation", metadata.generation(), "must not be decremented");
  }
  ValidateImmutable(metadata.name(), old.name(), path + ".name", errors);
  ValidateImmutable(metadata.namespace_(), old.namespace_(), path + ".namespace", errors);
  ValidateImmutable(metadata.uid(), old.uid(), path + ".uid", errors);
  ValidateImmutable(metadata.creation_timestamp(), old.creation_timestamp(),
                    path + ".creationTimestamp", errors);
  if (old.has_deletion_timestamp()) {
    for (const std::string& finalizer : metadata.finalizers()) {
      bool known = false;
      for (const std::string& before : old.finalizers()) known = known || before == finalizer;
      if (!known) {
        errors->Forbidden(path + ".finalizers",
                          absl::StrCat("no new finalizers can be added if the object is being "
                                       "deleted, found new finalizers []string{",
                                       Quoted(finalizer), "}"));
      }
    }
  }
  ValidateLabels(metadata.labels(), path + ".labels", errors);
  ValidateAnnotations(metadata.annotations(), path + ".annotations", errors);
  ValidateOwners(metadata, path, errors);
  ValidateFinalizers(metadata, path, errors);
}

void ValidateLabelSelector(const LabelSelector& selector, const std::string& path,
                           FieldErrors* errors) {
  ValidateLabels(selector.match_labels(), path + ".matchLabels", errors);
  for (int i = 0; i < selector.match_expressions_size(); ++i) {
    const LabelSelectorRequirement& requirement = selector.match_expressions(i);
    const std::string at = absl::StrCat(path, ".matchExpressions[", i, "]");
    const std::string& op = requirement.operator_();
    if (op == "In" || op == "NotIn") {
      if (requirement.values().empty()) {
        errors->Required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
      }
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (!requirement.values().empty()) {
        errors->Forbidden(at + ".values",
                          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      }
    } else {
      errors->Invalid(at + ".operator", Quoted(op), "not a valid selector operator");
    }
    ValidateLabelKey(requirement.key(), at + ".key", errors);
    for (int v = 0; v < requirement.values_size(); ++v) {
      errors->AddComplaints(absl::StrCat(at, ".values[", v, "]"), requirement.values(v),
                            CheckLabelValue(requirement.values(v)));
    }
  }
}

bool SameMessage(const Message& a, const Message& b) {
  // A value that is unset and one that is set to zero are the same to Go.
  return google::protobuf::util::MessageDifferencer::Equals(a, b) || JsonOf(a) == JsonOf(b);
}

void ValidateImmutable(const Message& value, const Message& old, const std::string& path,
                       FieldErrors* errors) {
  if (!SameMessage(value, old)) errors->Invalid(path, JsonOf(value), kImmutable);
}

void ValidateImmutable(string_view value, string_view old, const std::string& path,
                       FieldErrors* errors) {
  if (value != old) errors->Invalid(path, Quoted(value), kImmutable);
}

std::string JsonOf(const Message& message) {
  std::string json;
  AppendMessageJson(message, /*with_kind=*/false, &json);
  return json;
}

}  // namespace drydock::api
