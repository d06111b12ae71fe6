// ConfigMaps, Secrets and ServiceAccounts. Short names for what config.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_CONFIG_H_
#define DRYDOCK_SRC_API_CORE_V1_CONFIG_H_

#include "src/api/core/v1/config.pb.h"  // IWYU pragma: export
#include "src/api/core/v1/selection.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::ConfigMap;
using corev1::ConfigMapList;
using corev1::Secret;
using corev1::SecretList;
using corev1::ServiceAccount;
using corev1::ServiceAccountList;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_CONFIG_H_
