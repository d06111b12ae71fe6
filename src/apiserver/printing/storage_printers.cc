// Volumes, claims, classes and drivers.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/core/v1/persistent_volume.h"
#include "src/api/core/v1/volume.h"
#include "src/api/maps.h"
#include "src/api/storage_v1.h"
#include "src/apiserver/printing/printer.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

// "RWO,RWX", always in this order.
template <typename Modes>
std::string AccessModesText(const Modes& modes) {
  constexpr std::pair<const char*, const char*> kModes[] = {
      {"ReadWriteOnce", "RWO"},
      {"ReadOnlyMany", "ROX"},
      {"ReadWriteMany", "RWX"},
      {"ReadWriteOncePod", "RWOP"},
  };
  std::vector<std::string> texts;
  for (const auto& [mode, text] : kModes) {
    if (std::find(modes.begin(), modes.end(), mode) != modes.end()) texts.emplace_back(text);
  }
  return absl::StrJoin(texts, ",");
}

// The annotation is what there was before the field, and still comes first.
std::string StorageClassOf(const api::ObjectMeta& metadata, const std::string& field) {
  const std::string* const annotation =
      api::Find(metadata.annotations(), "volume.beta.kubernetes.io/storage-class");
  return annotation == nullptr ? field : *annotation;
}

absl::string_view Phase(const api::ObjectMeta& metadata, absl::string_view phase) {
  return metadata.has_deletion_timestamp() ? "Terminating" : phase;
}

constexpr Column kPersistentVolumeColumns[] = {
    kNameColumn,
    {"Capacity", "string", "The size of the volume."},
    {"Access Modes", "string", "How the volume can be mounted."},
    {"Reclaim Policy", "string", "What happens to the volume when its claim goes."},
    {"Status", "string", "Whether the volume is free, bound, or done with."},
    {"Claim", "string", "The claim that the volume is bound to."},
    {"StorageClass", "string", "The class of the volume."},
    {"VolumeAttributesClass", "string", "The class of the volume's attributes."},
    {"Reason", "string", "Why the volume is in its state."},
    kAgeColumn,
    {"VolumeMode", "string", "Whether the volume is a file system or a block device.", 1},
};

void PrintPersistentVolume(const api::PersistentVolume& volume, Row& row) {
  const api::PersistentVolumeSpec& spec = volume.spec();
  const std::string claim = spec.has_claim_ref() ? absl::StrCat(spec.claim_ref().namespace_(), "/",
                                                                spec.claim_ref().name())
                                                 : "";
  row.Text(volume.metadata().name())
      .Text(QuantityText(spec.capacity(), "storage"))
      .Text(AccessModesText(spec.access_modes()))
      .Text(spec.persistent_volume_reclaim_policy())
      .Text(Phase(volume.metadata(), volume.status().phase()))
      .Text(claim)
      .Text(StorageClassOf(volume.metadata(), spec.storage_class_name()))
      .Text(spec.has_volume_attributes_class_name()
                ? absl::string_view(spec.volume_attributes_class_name())
                : kUnset)
      .Text(volume.status().reason())
      .Age(volume.metadata())
      .Text(spec.has_volume_mode() ? absl::string_view(spec.volume_mode()) : kUnset);
}

constexpr Column kPersistentVolumeClaimColumns[] = {
    kNameColumn,
    {"Status", "string", "Whether the claim has a volume."},
    {"Volume", "string", "The volume that the claim is bound to."},
    {"Capacity", "string", "The size of the volume."},
    {"Access Modes", "string", "How the volume can be mounted."},
    {"StorageClass", "string", "The class of the claim."},
    {"VolumeAttributesClass", "string", "The class of the volume's attributes."},
    kAgeColumn,
    {"VolumeMode", "string", "Whether a file system or a block device is asked for.", 1},
};

void PrintPersistentVolumeClaim(const api::PersistentVolumeClaim& claim, Row& row) {
  const auto& spec = claim.spec();
  const bool bound = !spec.volume_name().empty();
  row.Text(claim.metadata().name())
      .Text(Phase(claim.metadata(), claim.status().phase()))
      .Text(spec.volume_name())
      .Text(bound ? QuantityText(claim.status().capacity(), "storage") : "")
      .Text(bound ? AccessModesText(claim.status().access_modes()) : "")
      .Text(StorageClassOf(claim.metadata(), spec.storage_class_name()))
      .Text(spec.has_volume_attributes_class_name()
                ? absl::string_view(spec.volume_attributes_class_name())
                : kUnset)
      .Age(claim.metadata())
      .Text(spec.has_volume_mode() ? absl::string_view(spec.volume_mode()) : kUnset);
}

constexpr Column kStorageClassColumns[] = {
    kNameColumn,
    {"Provisioner", "string", "Who makes volumes of the class."},
    {"ReclaimPolicy", "string", "What happens to a volume when its claim goes."},
    {"VolumeBindingMode", "string", "When a claim gets its volume."},
    {"AllowVolumeExpansion", "string", "Whether claims may grow."},
    kAgeColumn,
};

bool IsDefaultClass(const api::ObjectMeta& metadata) {
  for (const char* key : {"storageclass.kubernetes.io/is-default-class",
                          "storageclass.beta.kubernetes.io/is-default-class"}) {
    const std::string* const value = api::Find(metadata.annotations(), key);
    if (value != nullptr && *value == "true") return true;
  }
  return false;
}

void PrintStorageClass(const api::StorageClass& storage_class, Row& row) {
  const std::string& name = storage_class.metadata().name();
  row.Text(IsDefaultClass(storage_class.metadata()) ? absl::StrCat(name, " (default)") : name)
      .Text(storage_class.provisioner())
      .Text(TextOr(storage_class.reclaim_policy(), "Delete"))
      .Text(TextOr(storage_class.volume_binding_mode(), "Immediate"))
      .Flag(storage_class.allow_volume_expansion())
      .Age(storage_class.metadata());
}

constexpr Column kVolumeAttributesClassColumns[] = {
    kNameColumn,
    {"DriverName", "string", "The driver that the class is for."},
    kAgeColumn,
};

void PrintVolumeAttributesClass(const api::VolumeAttributesClass& attributes, Row& row) {
  row.Text(attributes.metadata().name()).Text(attributes.driver_name()).Age(attributes.metadata());
}

constexpr Column kVolumeAttachmentColumns[] = {
    kNameColumn,
    {"Attacher", "string", "The driver that attaches the volume.", 0, "name"},
    {"PV", "string", "The volume."},
    {"Node", "string", "The node to which it is attached."},
    {"Attached", "boolean", "Whether it is attached."},
    kAgeColumn,
};

void PrintVolumeAttachment(const api::VolumeAttachment& attachment, Row& row) {
  row.Text(attachment.metadata().name())
      .Text(attachment.spec().attacher())
      .Text(attachment.spec().source().persistent_volume_name())
      .Text(attachment.spec().node_name())
      .Flag(attachment.status().attached())
      .Age(attachment.metadata());
}

constexpr Column kCsiNodeColumns[] = {
    kNameColumn,
    {"Drivers", "integer", "The number of drivers on the node."},
    kAgeColumn,
};

void PrintCsiNode(const api::CSINode& node, Row& row) {
  row.Text(node.metadata().name()).Number(node.spec().drivers_size()).Age(node.metadata());
}

constexpr Column kCsiDriverColumns[] = {
    kNameColumn,
    {"AttachRequired", "boolean", "Whether volumes are attached before they are mounted."},
    {"PodInfoOnMount", "boolean", "Whether the driver is told of the pod."},
    {"StorageCapacity", "boolean", "Whether the scheduler looks at the driver's capacity."},
    {"TokenRequests", "string", "The audiences for which the driver gets the pod's tokens."},
    {"RequiresRepublish", "boolean", "Whether volumes are published again from time to time."},
    {"Modes", "string", "How volumes of the driver live."},
    kAgeColumn,
};

void PrintCsiDriver(const api::CSIDriver& driver, Row& row) {
  const api::CSIDriverSpec& spec = driver.spec();
  std::vector<std::string> audiences;
  for (const auto& request : spec.token_requests()) audiences.push_back(request.audience());
  row.Text(driver.metadata().name())
      .Flag(!spec.has_attach_required() || spec.attach_required())
      .Flag(spec.pod_info_on_mount())
      .Flag(spec.storage_capacity())
      .Text(audiences.empty() ? kUnset : absl::StrJoin(audiences, ","))
      .Flag(spec.requires_republish())
      .Text(TextOr(absl::StrJoin(spec.volume_lifecycle_modes(), ","), kNone))
      .Age(driver.metadata());
}

constexpr Column kCsiStorageCapacityColumns[] = {
    kNameColumn,
    {"StorageClassName", "string", "The class that the capacity is of."},
    {"Capacity", "string", "The space that is left."},
};

void PrintCsiStorageCapacity(const api::CSIStorageCapacity& capacity, Row& row) {
  row.Text(capacity.metadata().name())
      .Text(capacity.storage_class_name())
      .Text(capacity.has_capacity() ? TextOr(capacity.capacity().string(), "0") : kUnset);
}

}  // namespace

void AddStoragePrinters(PrinterTable& table) {
  table.Add<api::PersistentVolume>(kPersistentVolumeColumns, PrintPersistentVolume);
  table.Add<api::PersistentVolumeClaim>(kPersistentVolumeClaimColumns, PrintPersistentVolumeClaim);
  table.Add<api::StorageClass>(kStorageClassColumns, PrintStorageClass);
  table.Add<api::VolumeAttributesClass>(kVolumeAttributesClassColumns, PrintVolumeAttributesClass);
  table.Add<api::VolumeAttachment>(kVolumeAttachmentColumns, PrintVolumeAttachment);
  table.Add<api::CSINode>(kCsiNodeColumns, PrintCsiNode);
  table.Add<api::CSIDriver>(kCsiDriverColumns, PrintCsiDriver);
  table.Add<api::CSIStorageCapacity>(kCsiStorageCapacityColumns, PrintCsiStorageCapacity);
}

}  // namespace drydock::apiserver
