// Who owns whom, over all kinds: the garbage collector's picture of the cluster. Pure.
//
// Nodes are objects by uid, edges are owner references. An owner that is referred to
// and was never seen is in the graph too, as a virtual node, until it is seen or found
// to be absent. Every operation costs the references of the object that it is about.
#ifndef DRYDOCK_SRC_CONTROLLERS_GARBAGE_COLLECTOR_OWNER_GRAPH_H_
#define DRYDOCK_SRC_CONTROLLERS_GARBAGE_COLLECTOR_OWNER_GRAPH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/api/meta_v1.h"
#include "src/api/scheme.h"

namespace drydock::controllers {

struct GraphNode {
  // A reference to an owner.
  struct Edge {
    GraphNode* owner;
    uint32_t place;  // Of this node in owner->dependents.
    bool blocks;     // blockOwnerDeletion
  };

  std::string uid;
  const api::KindInfo* kind = nullptr;  // Null: a virtual node of a kind that we do not know.
  std::string ns;
  std::string name;
  bool is_virtual = false;           // Only referred to so far.
  bool being_deleted = false;        // Has a deletionTimestamp.
  bool deleting_dependents = false;  // Waits for its dependents: foreground deletion.
  std::vector<Edge> owners;
  std::vector<GraphNode*> dependents;

  bool Blocks(const GraphNode& owner) const;  // Whether this keeps `owner` from going.
};

class OwnerGraph {
 public:
  OwnerGraph() = default;
  OwnerGraph(const OwnerGraph&) = delete;
  OwnerGraph& operator=(const OwnerGraph&) = delete;

  GraphNode* Find(absl::string_view uid) const;  // Null when it is not there.

  // The node of an object that was seen; a virtual one becomes real.
  GraphNode& Observe(const api::KindInfo& kind, const api::ObjectMeta& metadata);

  // Makes the node's references those of `metadata`. Owners that are not in the graph
  // are added as virtual nodes, and to `new_owners`.
  void SetOwners(GraphNode& node, const api::ObjectMeta& metadata,
                 std::vector<GraphNode*>* new_owners);

  // Takes the node out. Its dependents lose the edge; their objects still have the
  // reference, which is now one to an owner that is known to be absent.
  void Remove(GraphNode& node);

  size_t size() const { return nodes_.size(); }

 private:
  void DropOwners(GraphNode& node);

  absl::flat_hash_map<std::string, std::unique_ptr<GraphNode>> nodes_;  // Never iterated.
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_GARBAGE_COLLECTOR_OWNER_GRAPH_H_
