// How much of a zone is out of order, and what that means for evictions: a zone that
// fails partly or wholly is more likely cut off from us than broken. Pure.
// Semantics of Kubernetes' node lifecycle controller.
#ifndef DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_ZONE_DISRUPTION_H_
#define DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_ZONE_DISRUPTION_H_

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "src/api/core/v1/node.h"
#include "src/rt/executor.h"

namespace drydock::controllers {

// Region and zone of a node as one key; empty when it has neither.
std::string ZoneKey(const api::Node& node);

enum class ZoneState : uint8_t { kInitial, kNormal, kPartialDisruption, kFullDisruption };

struct ZoneCounts {
  int ready = 0;
  int not_ready = 0;
  int size() const { return ready + not_ready; }
};

// `unhealthy_threshold`: the share of nodes from which a zone counts as disrupted.
ZoneState ComputeZoneState(const ZoneCounts& counts, double unhealthy_threshold);

// Nodes of a zone that wait for their NoExecute taint, first in, first out, at a
// limited rate with a burst of one. A node that was handed out is not taken again
// until it was forgotten.
class EvictionQueue {
 public:
  explicit EvictionQueue(double rate) : rate_(rate) {}

  // False when the node is known already.
  bool Add(const std::string& node);
  // Forgets the node, waiting or handed out.
  void Remove(const std::string& node);

  // In nodes a second; 0: none. A token that was used up stays used up.
  void SetRate(double rate, rt::Instant now);
  double rate() const { return rate_; }

  // The next node if the rate allows one now; empty otherwise.
  std::string Take(rt::Instant now);
  // The node could not be handled: back to the end of the queue.
  void PutBack(const std::string& node);

  size_t waiting() const { return waiting_.size(); }

 private:
  void Refill(rt::Instant now);

  double rate_;
  double tokens_ = 1;
  rt::Instant refilled_ = absl::ZeroDuration();
  uint64_t next_ = 0;
  absl::btree_map<uint64_t, std::string> waiting_;
  absl::flat_hash_map<std::string, uint64_t> known_;  // Looked up, never iterated.
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_ZONE_DISRUPTION_H_
