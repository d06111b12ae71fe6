// metadata.managedFields: who manages which fields of an object.
#ifndef DRYDOCK_SRC_API_APPLY_MANAGED_FIELDS_H_
#define DRYDOCK_SRC_API_APPLY_MANAGED_FIELDS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "src/api/apply/field_set.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

using ManagedFieldsEntries = google::protobuf::RepeatedPtrField<metav1::ManagedFieldsEntry>;

// Who manages: all entries of one manager are one. Of a manager that applies the version of its
// last configuration does not tell it apart.
struct ManagerId {
  bool applies = false;  // Operation "Apply"; otherwise "Update".
  std::string manager;
  std::string api_version;  // Empty when it applies.
  std::string subresource;

  // `"kubectl" using apps/v1`, as conflicts name it.
  std::string ToString() const;

  friend bool operator<(const ManagerId& a, const ManagerId& b);
  friend bool operator==(const ManagerId& a, const ManagerId& b);
};

struct ManagerState {
  FieldSet fields;
  std::string api_version;
  std::optional<metav1::Time> time;
};

using Managers = std::map<ManagerId, ManagerState>;

// An error names the entry that is not of the form that Kubernetes writes.
absl::StatusOr<Managers> ReadManagers(const ManagedFieldsEntries& entries);

// In Kubernetes' order: appliers first, then by time, then by name.
void WriteManagers(const Managers& managers, ManagedFieldsEntries* entries);

// The oldest of the managers that update become "ancient-changes" when there are more than ten.
void CapUpdateManagers(Managers* managers);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPLY_MANAGED_FIELDS_H_
