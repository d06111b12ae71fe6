// Which services select a pod, and which pods a service selects, without looking at
// all of either: services are filed under one label that their selector asks for, and
// every service keeps the names of its pods. Pure.
#ifndef DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_SERVICE_INDEX_H_
#define DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_SERVICE_INDEX_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/api/maps.h"
#include "src/client/object_key.h"

namespace drydock::controllers {

class ServiceIndex {
 public:
  // Files the service under its selector; whether that is another one than before (or
  // the first). Its pods are then unknown: AddPod those that it selects.
  bool SetService(const client::ObjectKey& service, const api::StringMap& selector);
  void RemoveService(const client::ObjectKey& service);

  // The services that select a pod of `ns` with these labels, in order.
  std::vector<client::ObjectKey> Selecting(absl::string_view ns,
                                           const api::StringMap& labels) const;

  // Files a pod under its labels, for services to come, or takes it out again.
  void FilePod(absl::string_view ns, const std::string& pod, const api::StringMap& labels);
  void UnfilePod(absl::string_view ns, const std::string& pod, const api::StringMap& labels);
  // Pods among which are all that the service selects: those with one of its labels.
  std::vector<std::string> Candidates(const client::ObjectKey& service) const;

  void AddPod(const client::ObjectKey& service, const std::string& pod);
  void RemovePod(const client::ObjectKey& service, const std::string& pod);
  // Names in the service's namespace, in order.
  std::vector<std::string> PodsOf(const client::ObjectKey& service) const;

 private:
  using Label = std::pair<std::string, std::string>;
  struct Entry {
    std::vector<Label> selector;
    std::string bucket;
    absl::btree_set<std::string> pods;
  };

  // Looked up, never iterated.
  absl::flat_hash_map<client::ObjectKey, Entry> services_;
  absl::flat_hash_map<std::string, absl::btree_set<std::string>> buckets_;  // Names of services.
  absl::flat_hash_map<std::string, absl::btree_set<std::string>> filed_;    // Names of pods.
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_SERVICE_INDEX_H_
