// What all kinds share: object and list metadata, selectors, conditions, times, options, Status.
// Short names for what is unique among the groups; metav1:: for the rest.
#ifndef DRYDOCK_SRC_API_META_V1_H_
#define DRYDOCK_SRC_API_META_V1_H_

#include "src/api/meta/v1/meta.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace metav1 = ::k8s::io::apimachinery::pkg::apis::meta::v1;

using metav1::Condition;
using metav1::FieldSelectorRequirement;
using metav1::LabelSelector;
using metav1::LabelSelectorRequirement;
using metav1::ListMeta;
using metav1::ManagedFieldsEntry;
using metav1::ObjectMeta;
using metav1::OwnerReference;
using metav1::PartialObjectMetadata;
using metav1::PartialObjectMetadataList;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_META_V1_H_
