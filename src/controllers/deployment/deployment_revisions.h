// The revisions of a Deployment: which of its ReplicaSets is the new one, what the
// others were, and how a new one is named and annotated.
#ifndef DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_REVISIONS_H_
#define DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_REVISIONS_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/controllers/deployment/deployment_math.h"

namespace drydock::controllers {

inline constexpr char kRevision[] = "deployment.kubernetes.io/revision";
inline constexpr char kRevisionHistory[] = "deployment.kubernetes.io/revision-history";
inline constexpr char kPodTemplateHash[] = "pod-template-hash";

// By creation, then name.
bool IsOlder(const api::ReplicaSet& a, const api::ReplicaSet& b);

// Equal but for the hash label.
bool SameTemplate(const api::PodTemplateSpec& a, const api::PodTemplateSpec& b);

// Remembers which sets have their Deployment's template: comparing templates is the
// dear part of a reconcile, and both change with their generation only.
class TemplateMemo {
 public:
  bool Matches(const api::Deployment& deployment, const api::ReplicaSet& set);
  void Forget(const std::string& set_uid) { known_.erase(set_uid); }

 private:
  struct Known {
    std::string deployment_uid;
    int64_t deployment_generation = 0;
    int64_t set_generation = 0;
    bool matches = false;
  };
  absl::flat_hash_map<std::string, Known> known_;  // By the set's uid.
};

// The name part that stands for a template. It is ours, not Kubernetes' (which hashes
// a print-out of Go's structures), with the same alphabet and length.
std::string TemplateHash(const api::PodTemplateSpec& pod_template, int32_t collisions);

int64_t RevisionOf(const api::ReplicaSet& set);  // 0: none.
int64_t MaxRevision(const ReplicaSets& sets);

// A ReplicaSet for the Deployment's present template, without pods and revision.
api::ReplicaSet NewReplicaSet(const api::Deployment& deployment);

// Gives the new set the Deployment's annotations and, when it is higher, `revision`;
// the revision that it replaces (after an undo) goes to its history. `exists`: the
// set is not just being made. True when something changed.
bool AnnotateNewSet(const api::Deployment& deployment, int64_t revision, bool exists,
                    api::ReplicaSet* set);

// The Deployment's size and limit, as the set knows them. True when they changed.
bool AnnotateSize(const api::Deployment& deployment, api::ReplicaSet* set);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_REVISIONS_H_
