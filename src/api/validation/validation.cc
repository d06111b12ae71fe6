#include "src/api/validation/validation.h"

#include "absl/strings/str_cat.h"
#include "src/api/core_v1.h"
#include "src/api/rbac_v1.h"
#include "src/api/scheme.h"
#include "src/api/validation/kind_validation.h"
#include "src/api/validation/metadata_validation.h"
#include "src/api/validation/pod_validation.h"
#include "src/api/validation/workload_validation.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Message;

// Types are told apart by their kinds: asking a message for its descriptor costs more than most
// checks do.
template <typename... T>
bool IsOneOf(const KindInfo& kind) {
  return ((&kind == &KindOf<T>()) || ...);
}

NameCheck NameCheckOf(const KindInfo& kind) {
  if (IsOneOf<Namespace>(kind)) return CheckDns1123Label;
  if (IsOneOf<Service>(kind)) return CheckDns1035Label;
  if (kind.group == "rbac.authorization.k8s.io") return CheckPathSegmentName;
  return CheckDns1123Subdomain;
}

const KindInfo& KindOfMessage(const Message& object) {
  const KindInfo* const kind = FindKind(*object.GetDescriptor());
  DRYDOCK_CHECK(kind != nullptr, object.GetTypeName(), " is not in the scheme");
  return *kind;
}

const ObjectMeta* MetadataIn(const Message& object, const KindInfo& kind) {
  if (!kind.has_object_metadata) return nullptr;
  return &kind.object_metadata_of(object);
}

template <typename T>
bool ValidateSpecIf(const KindInfo& kind, const Message& object, const Message* old,
                    FieldErrors* errors) {
  if (!IsOneOf<T>(kind)) return false;
  if (old == nullptr) {
    ValidateSpec(static_cast<const T&>(object), errors);
  } else {
    ValidateSpecUpdate(static_cast<const T&>(object), static_cast<const T&>(*old), errors);
  }
  return true;
}

void ValidateSpecOf(const KindInfo& kind, const Message& object, const Message* old,
                    FieldErrors* errors) {
  if (IsOneOf<Pod>(kind)) {
    const auto& pod = static_cast<const Pod&>(object);
    if (old == nullptr) {
      ValidatePodSpec(pod.spec(), "spec", errors);
    } else {
      ValidatePodUpdate(pod, static_cast<const Pod&>(*old), errors);
    }
    return;
  }
  const bool workload = ValidateSpecIf<ReplicaSet>(kind, object, old, errors) ||
                        ValidateSpecIf<Deployment>(kind, object, old, errors) ||
                        ValidateSpecIf<DaemonSet>(kind, object, old, errors) ||
                        ValidateSpecIf<Job>(kind, object, old, errors) ||
                        ValidateSpecIf<StatefulSet>(kind, object, old, errors) ||
                        ValidateSpecIf<CronJob>(kind, object, old, errors);
  if (!workload) ValidateOtherKind(kind, object, old, errors);
}

}  // namespace

FieldErrors Validate(const Message& object) {
  FieldErrors errors;
  const KindInfo& kind = KindOfMessage(object);
  if (const ObjectMeta* const metadata = MetadataIn(object, kind)) {
    ValidateMetadata(*metadata, kind.namespaced, NameCheckOf(kind), "metadata", &errors);
  }
  ValidateSpecOf(kind, object, nullptr, &errors);
  return errors;
}

FieldErrors ValidateUpdate(const Message& object, const Message& old) {
  FieldErrors errors;
  const KindInfo& kind = KindOfMessage(object);
  DRYDOCK_CHECK(old.GetDescriptor() == object.GetDescriptor());
  if (const ObjectMeta* const metadata = MetadataIn(object, kind)) {
    ValidateMetadataUpdate(*metadata, *MetadataIn(old, kind), "metadata", &errors);
  }
  ValidateSpecOf(kind, object, &old, &errors);
  return errors;
}

FieldErrors ValidateStatusUpdate(const Message& object, const Message& old) {
  FieldErrors errors;
  const KindInfo& kind = KindOfMessage(object);
  DRYDOCK_CHECK(old.GetDescriptor() == object.GetDescriptor());
  if (const ObjectMeta* const metadata = MetadataIn(object, kind)) {
    ValidateMetadataUpdate(*metadata, *MetadataIn(old, kind), "metadata", &errors);
  }
  if (IsOneOf<Pod>(kind)) {
    const auto& pod = static_cast<const Pod&>(object);
    const auto& before = static_cast<const Pod&>(old);
    if (pod.spec().node_name() != before.spec().node_name()) {
      errors.Forbidden("status.nodeName", "may not be changed directly");
    }
  }
  return errors;
}

}  // namespace drydock::api
