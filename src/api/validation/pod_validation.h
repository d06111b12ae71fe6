// Validation of pods and pod templates.
#ifndef DRYDOCK_SRC_API_VALIDATION_POD_VALIDATION_H_
#define DRYDOCK_SRC_API_VALIDATION_POD_VALIDATION_H_

#include <string>

#include "src/api/core/v1/pod.h"
#include "src/api/validation/field_errors.h"

namespace drydock::api {

void ValidatePodSpec(const PodSpec& spec, const std::string& path, FieldErrors* errors);
// Of a template: labels, annotations and spec.
void ValidatePodTemplate(const PodTemplateSpec& pods, const std::string& path, FieldErrors* errors);
// What may change in a pod: images, some times, more tolerations, fewer scheduling gates.
void ValidatePodUpdate(const Pod& pod, const Pod& old, FieldErrors* errors);

// Parts, each in a file of its own.
void ValidateContainers(const PodSpec& spec, const std::string& path, FieldErrors* errors);
void ValidateVolumes(const PodSpec& spec, const std::string& path, FieldErrors* errors);
void ValidatePlacement(const PodSpec& spec, const std::string& path, FieldErrors* errors);
void ValidateResources(const ResourceRequirements& resources, const std::string& path,
                       FieldErrors* errors);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_VALIDATION_POD_VALIDATION_H_
