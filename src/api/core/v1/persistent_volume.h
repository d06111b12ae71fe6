// PersistentVolumes and lists of claims. Short names for what persistent_volume.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_PERSISTENT_VOLUME_H_
#define DRYDOCK_SRC_API_CORE_V1_PERSISTENT_VOLUME_H_

#include "src/api/core/v1/persistent_volume.pb.h"  // IWYU pragma: export
#include "src/api/core/v1/volume.h"                // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::AzureFilePersistentVolumeSource;
using corev1::CephFSPersistentVolumeSource;
using corev1::CinderPersistentVolumeSource;
using corev1::CSIPersistentVolumeSource;
using corev1::FlexPersistentVolumeSource;
using corev1::GlusterfsPersistentVolumeSource;
using corev1::ISCSIPersistentVolumeSource;
using corev1::LocalVolumeSource;
using corev1::PersistentVolume;
using corev1::PersistentVolumeClaimList;
using corev1::PersistentVolumeList;
using corev1::PersistentVolumeSource;
using corev1::PersistentVolumeSpec;
using corev1::PersistentVolumeStatus;
using corev1::RBDPersistentVolumeSource;
using corev1::ScaleIOPersistentVolumeSource;
using corev1::StorageOSPersistentVolumeSource;
using corev1::VolumeNodeAffinity;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_PERSISTENT_VOLUME_H_
