// ResourceQuotas and LimitRanges. Short names for what quota.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_QUOTA_H_
#define DRYDOCK_SRC_API_CORE_V1_QUOTA_H_

#include "src/api/core/v1/quota.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::LimitRange;
using corev1::LimitRangeItem;
using corev1::LimitRangeList;
using corev1::LimitRangeSpec;
using corev1::ResourceQuota;
using corev1::ResourceQuotaList;
using corev1::ResourceQuotaSpec;
using corev1::ResourceQuotaStatus;
using corev1::ScopedResourceSelectorRequirement;
using corev1::ScopeSelector;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_QUOTA_H_
