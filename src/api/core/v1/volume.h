// Volumes as pods use them, and the claims that generic ephemeral volumes are made from. Short
// names for what volume.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_VOLUME_H_
#define DRYDOCK_SRC_API_CORE_V1_VOLUME_H_

#include "src/api/core/v1/selection.h"  // IWYU pragma: export
#include "src/api/core/v1/volume.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::AWSElasticBlockStoreVolumeSource;
using corev1::AzureDiskVolumeSource;
using corev1::AzureFileVolumeSource;
using corev1::CephFSVolumeSource;
using corev1::CinderVolumeSource;
using corev1::ClusterTrustBundleProjection;
using corev1::ConfigMapProjection;
using corev1::ConfigMapVolumeSource;
using corev1::CSIVolumeSource;
using corev1::DownwardAPIProjection;
using corev1::DownwardAPIVolumeFile;
using corev1::DownwardAPIVolumeSource;
using corev1::EmptyDirVolumeSource;
using corev1::EphemeralVolumeSource;
using corev1::FCVolumeSource;
using corev1::FlexVolumeSource;
using corev1::FlockerVolumeSource;
using corev1::GCEPersistentDiskVolumeSource;
using corev1::GitRepoVolumeSource;
using corev1::GlusterfsVolumeSource;
using corev1::HostPathVolumeSource;
using corev1::ImageVolumeSource;
using corev1::ISCSIVolumeSource;
using corev1::KeyToPath;
using corev1::ModifyVolumeStatus;
using corev1::NFSVolumeSource;
using corev1::ObjectFieldSelector;
using corev1::PersistentVolumeClaim;
using corev1::PersistentVolumeClaimCondition;
using corev1::PersistentVolumeClaimSpec;
using corev1::PersistentVolumeClaimStatus;
using corev1::PersistentVolumeClaimTemplate;
using corev1::PersistentVolumeClaimVolumeSource;
using corev1::PhotonPersistentDiskVolumeSource;
using corev1::PodCertificateProjection;
using corev1::PortworxVolumeSource;
using corev1::ProjectedVolumeSource;
using corev1::QuobyteVolumeSource;
using corev1::RBDVolumeSource;
using corev1::ResourceFieldSelector;
using corev1::ResourceRequirements;
using corev1::ScaleIOVolumeSource;
using corev1::SecretProjection;
using corev1::SecretVolumeSource;
using corev1::ServiceAccountTokenProjection;
using corev1::StorageOSVolumeSource;
using corev1::Volume;
using corev1::VolumeDevice;
using corev1::VolumeMount;
using corev1::VolumeProjection;
using corev1::VolumeResourceRequirements;
using corev1::VolumeSource;
using corev1::VsphereVirtualDiskVolumeSource;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_VOLUME_H_
