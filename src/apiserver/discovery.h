// What the server serves, as clients ask for it: groups, versions, resources, verbs.
// https://kubernetes.io/docs/reference/using-api/ (discovery, aggregated discovery).
#ifndef DRYDOCK_SRC_APISERVER_DISCOVERY_H_
#define DRYDOCK_SRC_APISERVER_DISCOVERY_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "src/api/apidiscovery_v2.h"
#include "src/api/meta_v1.h"
#include "src/api/scheme.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

// Documents of discovery, made once: the resources of a server do not change.
class Discovery {
 public:
  explicit Discovery(const ResourceTable& resources);

  const api::metav1::APIVersions& CoreVersions() const { return core_; }  // /api
  const api::metav1::APIGroupList& Groups() const { return groups_; }     // /apis
  // /apis/GROUP; null when there is none.
  const api::metav1::APIGroup* Group(absl::string_view name) const;
  // /api/v1, /apis/GROUP/VERSION; null when there is none.
  const api::metav1::APIResourceList* Resources(absl::string_view group_version) const;
  // /api and /apis to those who prefer all of it at once (apidiscovery.k8s.io/v2).
  const api::APIGroupDiscoveryList& AggregatedCore() const { return aggregated_core_; }
  const api::APIGroupDiscoveryList& AggregatedGroups() const { return aggregated_groups_; }

 private:
  void Add(const api::KindInfo& kind);
  void AddGroup(const api::KindInfo& kind);

  api::metav1::APIVersions core_;
  api::metav1::APIGroupList groups_;
  std::map<std::string, api::metav1::APIResourceList, std::less<>> resources_;
  api::APIGroupDiscoveryList aggregated_core_;
  api::APIGroupDiscoveryList aggregated_groups_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_DISCOVERY_H_
