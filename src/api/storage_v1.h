// Storage classes, CSI drivers and nodes, attachments. Short names for what is unique among the
// groups; storagev1:: for the rest.
#ifndef DRYDOCK_SRC_API_STORAGE_V1_H_
#define DRYDOCK_SRC_API_STORAGE_V1_H_

#include "src/api/storage/v1/storage.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace storagev1 = ::k8s::io::api::storage::v1;

using storagev1::CSIDriver;
using storagev1::CSIDriverList;
using storagev1::CSIDriverSpec;
using storagev1::CSINode;
using storagev1::CSINodeDriver;
using storagev1::CSINodeList;
using storagev1::CSINodeSpec;
using storagev1::CSIStorageCapacity;
using storagev1::CSIStorageCapacityList;
using storagev1::StorageClass;
using storagev1::StorageClassList;
using storagev1::VolumeAttachment;
using storagev1::VolumeAttachmentList;
using storagev1::VolumeAttachmentSource;
using storagev1::VolumeAttachmentSpec;
using storagev1::VolumeAttachmentStatus;
using storagev1::VolumeAttributesClass;
using storagev1::VolumeAttributesClassList;
using storagev1::VolumeError;
using storagev1::VolumeNodeResources;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_STORAGE_V1_H_
