// Validation of what all kinds share: object metadata, labels, selectors.
#ifndef DRYDOCK_SRC_API_VALIDATION_METADATA_VALIDATION_H_
#define DRYDOCK_SRC_API_VALIDATION_METADATA_VALIDATION_H_

#include <string>

#include "google/protobuf/message.h"
#include "src/api/maps.h"
#include "src/api/meta_v1.h"
#include "src/api/names.h"
#include "src/api/validation/field_errors.h"

namespace drydock::api {

using NameCheck = Complaints (*)(absl::string_view name);

void ValidateMetadata(const ObjectMeta& metadata, bool namespaced, NameCheck check_name,
                      const std::string& path, FieldErrors* errors);
void ValidateMetadataUpdate(const ObjectMeta& metadata, const ObjectMeta& old,
                            const std::string& path, FieldErrors* errors);

void ValidateLabels(const StringMap& labels, const std::string& path, FieldErrors* errors);
void ValidateAnnotations(const StringMap& annotations, const std::string& path,
                         FieldErrors* errors);
void ValidateLabelSelector(const LabelSelector& selector, const std::string& path,
                           FieldErrors* errors);
void ValidateLabelKey(absl::string_view key, const std::string& path, FieldErrors* errors);

// "field is immutable" when the two differ.
void ValidateImmutable(const google::protobuf::Message& value, const google::protobuf::Message& old,
                       const std::string& path, FieldErrors* errors);
void ValidateImmutable(absl::string_view value, absl::string_view old, const std::string& path,
                       FieldErrors* errors);

// Whether two messages hold the same.
bool SameMessage(const google::protobuf::Message& a, const google::protobuf::Message& b);

// A message as errors show it.
std::string JsonOf(const google::protobuf::Message& message);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_VALIDATION_METADATA_VALIDATION_H_
