// Nodes and edges.
#include "src/controllers/garbage_collector/owner_graph.h"

#include <algorithm>
#include <utility>

namespace drydock::controllers {

namespace {

// Each owner once, in the order of the references.
std::vector<GraphNode*> OwnersOf(const GraphNode& node) {
  std::vector<GraphNode*> owners;
  for (const GraphNode::Edge& edge : node.owners) {
    if (std::find(owners.begin(), owners.end(), edge.owner) == owners.end()) {
      owners.push_back(edge.owner);
    }
  }
  return owners;
}

}  // namespace

bool GraphNode::Blocks(const GraphNode& owner) const {
  return std::any_of(owners.begin(), owners.end(),
                     [&owner](const Edge& edge) { return edge.owner == &owner && edge.blocks; });
}

GraphNode* OwnerGraph::Find(absl::string_view uid) const {
  const auto found = nodes_.find(uid);
  return found == nodes_.end() ? nullptr : found->second.get();
}

GraphNode& OwnerGraph::Observe(const api::KindInfo& kind, const api::ObjectMeta& metadata) {
  std::unique_ptr<GraphNode>& slot = nodes_[metadata.uid()];
  if (slot == nullptr) {
    slot = std::make_unique<GraphNode>();
    slot->uid = metadata.uid();
    slot->is_virtual = true;
  }
  if (slot->is_virtual) {
    // What others said about it may be wrong; this is right.
    slot->kind = &kind;
    slot->ns = metadata.namespace_();
    slot->name = metadata.name();
    slot->is_virtual = false;
  }
  return *slot;
}

void OwnerGraph::DropOwners(GraphNode& node) {
  for (const GraphNode::Edge& edge : node.owners) {
    std::vector<GraphNode*>& siblings = edge.owner->dependents;
    GraphNode* last = siblings.back();
    // The last one takes the place; if it is this node itself, nothing moves.
    for (GraphNode::Edge& moved : last->owners) {
      if (moved.owner == edge.owner && moved.place == siblings.size() - 1) moved.place = edge.place;
    }
    siblings[edge.place] = last;
    siblings.pop_back();
  }
  node.owners.clear();
}

void OwnerGraph::SetOwners(GraphNode& node, const api::ObjectMeta& metadata,
                           std::vector<GraphNode*>* new_owners) {
  const std::vector<GraphNode*> before = OwnersOf(node);
  DropOwners(node);
  for (const api::OwnerReference& reference : metadata.owner_references()) {
    if (reference.uid() == node.uid) continue;
    std::unique_ptr<GraphNode>& slot = nodes_[reference.uid()];
    if (slot == nullptr) {
      slot = std::make_unique<GraphNode>();
      slot->uid = reference.uid();
      slot->kind = api::FindKind(reference.api_version(), reference.kind());
      slot->ns = slot->kind != nullptr && slot->kind->namespaced ? metadata.namespace_() : "";
      slot->name = reference.name();
      slot->is_virtual = true;
      new_owners->push_back(slot.get());
    }
    GraphNode& owner = *slot;
    node.owners.push_back(
        {&owner, static_cast<uint32_t>(owner.dependents.size()), reference.block_owner_deletion()});
    owner.dependents.push_back(&node);
  }
  // A virtual node that nobody refers to any more is nothing.
  for (GraphNode* owner : before) {
    if (owner->is_virtual && owner->dependents.empty()) {
      nodes_.erase(owner->uid);
    }
  }
}

void OwnerGraph::Remove(GraphNode& node) {
  const std::vector<GraphNode*> before = OwnersOf(node);
  DropOwners(node);
  for (GraphNode* owner : before) {
    if (owner->is_virtual && owner->dependents.empty()) nodes_.erase(owner->uid);
  }
  for (GraphNode* dependent : node.dependents) {
    std::erase_if(dependent->owners,
                  [&node](const GraphNode::Edge& edge) { return edge.owner == &node; });
  }
  nodes_.erase(node.uid);
}

}  // namespace drydock::controllers
