// A DaemonSet's pods: on which nodes they belong, and how one is made for its node.
#ifndef DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_PODS_H_
#define DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_PODS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"

namespace drydock::controllers {

inline constexpr char kRevisionHash[] = "controller-revision-hash";

struct Eligibility {
  bool should_run = false;       // A pod is to be made there.
  bool should_continue = false;  // One that is there may stay.
};

// By the template's node name, node selector, required node affinity, and its
// tolerations (with the automatic ones) of the node's taints.
Eligibility EligibilityOf(const api::DaemonSet& set, const api::Node& node);

// Whether going from one state to the other can change any set's eligibility.
bool ChangesEligibility(const api::Node& before, const api::Node& after);

// A pod that only `node` can take: the default scheduler binds it there. It tolerates
// what a daemon must outlive.
api::Pod NewDaemonPod(const api::DaemonSet& set, absl::string_view node,
                      absl::string_view revision_hash);

// The node that a daemon pod runs on or is meant for; empty: none.
std::string TargetNode(const api::Pod& pod);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_PODS_H_
