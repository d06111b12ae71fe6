// Admission: what may change or refuse a write after it has been authorised and
// before it is stored. Plugins run in the order of the list (see plugins.cc), first
// all changes, then all refusals, as in Kubernetes.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_ADMISSION_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_ADMISSION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

enum class Operation { kCreate, kUpdate, kDelete };

struct Attributes {
  const Resource& resource;
  Operation operation;
  absl::string_view subresource;
  absl::string_view ns;
  absl::string_view name;  // May be empty while it is still to be generated.
  const api::User& user;
  bool dry_run = false;
  // The new state, to be changed by Admit. Null for deletions.
  google::protobuf::Message* object = nullptr;
  // The state in the store; null for creations.
  const google::protobuf::Message* before = nullptr;
};

class AdmissionPlugin {
 public:
  virtual ~AdmissionPlugin() = default;
  // Whether the plugin cares, asked once for each combination: what does not concern
  // a plugin must not cost a call for each of millions of requests.
  virtual bool Handles(const Resource& resource, Operation operation,
                       absl::string_view subresource) const = 0;
  virtual absl::Status Admit(const Attributes& attributes) { return absl::OkStatus(); }
  virtual absl::Status Validate(const Attributes& attributes) { return absl::OkStatus(); }
};

using AdmissionPlugins = std::vector<std::unique_ptr<AdmissionPlugin>>;

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_ADMISSION_H_
