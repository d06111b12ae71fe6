// What the server knows of each kind beyond the scheme: where its objects are
// stored, where their parts are, and how Kubernetes' registry treats them.
//
// A new kind needs nothing here unless it differs from the rule: see kTraits in
// resource.cc. Behaviour of its own is a Strategy (registry/strategy.h).
#ifndef DRYDOCK_SRC_APISERVER_RESOURCE_H_
#define DRYDOCK_SRC_APISERVER_RESOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/api/scheme.h"
#include "src/apiserver/field_path.h"

namespace drydock::apiserver {

struct Resource {
  const api::KindInfo* kind = nullptr;
  std::string prefix;  // "/registry/pods/"

  // Nothing but metadata, spec and status: versions may share their specs.
  bool shares_spec = false;

  // The traits of Kubernetes' strategies.
  bool has_status = false;      // The /status subresource: writes elsewhere leave the status.
  bool has_generation = false;  // metadata.generation counts changes of the spec.
  bool update_without_revision = true;  // AllowUnconditionalUpdate.
  bool create_on_update = false;        // AllowCreateOnUpdate.
  bool keeps_status_on_create = false;  // Nodes register with their status.
  bool has_defaults = true;             // False: api::ApplyDefaults does nothing to it.
  bool orphans_by_default = false;      // DefaultGarbageCollectionPolicy.
  bool returns_deleted = false;         // ReturnDeletedObject: otherwise a Status answers.
  bool cached = true;                   // Events are too many, and are read rarely.
  // Lists and watches by this field (of pods: spec.nodeName) cost what they select.
  std::optional<FieldPath> indexed;
  bool expires = false;  // Events live for ServerOptions::event_ttl.

  absl::string_view group() const { return kind->group; }
  absl::string_view plural() const { return kind->resource; }

  // "/registry/pods/default/web-0". `ns` is empty for cluster-scoped kinds.
  std::string Key(absl::string_view ns, absl::string_view name) const;
  // The prefix of a namespace's objects, or of all.
  std::string NamespacePrefix(absl::string_view ns) const;
  // The part of `key` behind the prefix.
  absl::string_view Suffix(absl::string_view key) const { return key.substr(prefix.size()); }
};

// All resources that the server stores, in the order of the scheme.
class ResourceTable {
 public:
  ResourceTable();
  // Null for kinds that are not served from storage.
  const Resource* Find(const api::KindInfo& kind) const;
  // Null when there is none: ("apps", "deployments").
  const Resource* Find(absl::string_view group, absl::string_view plural) const;
  const std::vector<std::unique_ptr<Resource>>& all() const { return all_; }

 private:
  std::vector<std::unique_ptr<Resource>> all_;
  absl::flat_hash_map<const api::KindInfo*, const Resource*> by_kind_;  // Looked up, not iterated.
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_RESOURCE_H_
