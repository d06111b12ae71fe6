// Storage prefixes and strategy traits, kind by kind. Facts: Kubernetes v1.35,
// pkg/registry/*/strategy.go and the storage factory's resource prefixes.
#include "src/apiserver/resource.h"

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

// How a resource differs from the rule.
struct Traits {
  const char* resource;
  const char* group;
  const char* prefix = nullptr;  // Below /registry/; by default the resource's name.
  bool generation = false;
  bool update_without_revision = true;
  bool create_on_update = false;
  bool keeps_status_on_create = false;
  bool has_defaults = true;
  bool orphans_by_default = false;
  bool returns_deleted = false;
  bool expires = false;
  const char* indexed = nullptr;
};

constexpr char kRbac[] = "rbac.authorization.k8s.io";
constexpr char kAdmission[] = "admissionregistration.k8s.io";
constexpr char kStorage[] = "storage.k8s.io";
constexpr char kDevices[] = "resource.k8s.io";
constexpr char kFlowControl[] = "flowcontrol.apiserver.k8s.io";

constexpr Traits kTraits[] = {
    {.resource = "pods",
     .group = "",
     .generation = true,
     .returns_deleted = true,
     .indexed = "spec.nodeName"},
    {.resource = "services",
     .group = "",
     .prefix = "services/specs",
     .create_on_update = true,
     .returns_deleted = true},
    {.resource = "endpoints",
     .group = "",
     .prefix = "services/endpoints",
     .create_on_update = true},
    {.resource = "nodes", .group = "", .prefix = "minions", .keeps_status_on_create = true},
    {.resource = "events", .group = "", .create_on_update = true, .expires = true},
    {.resource = "limitranges", .group = "", .create_on_update = true},
    {.resource = "persistentvolumeclaims", .group = "", .returns_deleted = true},
    {.resource = "persistentvolumes", .group = "", .returns_deleted = true},
    {.resource = "podtemplates", .group = "", .returns_deleted = true},
    {.resource = "resourcequotas", .group = "", .returns_deleted = true},
    {.resource = "serviceaccounts", .group = "", .returns_deleted = true},
    {.resource = "replicationcontrollers",
     .group = "",
     .prefix = "controllers",
     .generation = true,
     .orphans_by_default = true},
    {.resource = "deployments", .group = "apps", .generation = true},
    {.resource = "replicasets", .group = "apps", .generation = true},
    {.resource = "statefulsets", .group = "apps", .generation = true},
    {.resource = "daemonsets", .group = "apps", .generation = true},
    {.resource = "jobs", .group = "batch", .generation = true, .orphans_by_default = true},
    {.resource = "cronjobs", .group = "batch", .generation = true},
    {.resource = "leases",
     .group = "coordination.k8s.io",
     .update_without_revision = false,
     .create_on_update = true,
     .has_defaults = false},
    {.resource = "endpointslices", .group = "discovery.k8s.io", .generation = true},
    {.resource = "poddisruptionbudgets",
     .group = "policy",
     .generation = true,
     .update_without_revision = false},
    {.resource = "ingresses",
     .group = "networking.k8s.io",
     .prefix = "ingress",
     .generation = true},
    {.resource = "ingressclasses", .group = "networking.k8s.io", .generation = true},
    {.resource = "networkpolicies", .group = "networking.k8s.io", .generation = true},
    {.resource = "priorityclasses", .group = "scheduling.k8s.io", .generation = true},
    {.resource = "roles", .group = kRbac, .create_on_update = true},
    {.resource = "rolebindings", .group = kRbac, .create_on_update = true},
    {.resource = "clusterroles", .group = kRbac, .create_on_update = true},
    {.resource = "clusterrolebindings", .group = kRbac, .create_on_update = true},
    {.resource = "runtimeclasses", .group = "node.k8s.io", .update_without_revision = false},
    {.resource = "csidrivers", .group = kStorage, .returns_deleted = true},
    {.resource = "csinodes", .group = kStorage, .returns_deleted = true},
    {.resource = "storageclasses", .group = kStorage, .returns_deleted = true},
    {.resource = "volumeattachments", .group = kStorage, .returns_deleted = true},
    {.resource = "volumeattributesclasses", .group = kStorage, .returns_deleted = true},
    {.resource = "deviceclasses", .group = kDevices, .generation = true, .returns_deleted = true},
    {.resource = "resourceclaims", .group = kDevices, .returns_deleted = true},
    {.resource = "resourceclaimtemplates", .group = kDevices, .returns_deleted = true},
    {.resource = "resourceslices", .group = kDevices, .generation = true, .returns_deleted = true},
    {.resource = "mutatingwebhookconfigurations", .group = kAdmission, .generation = true},
    {.resource = "validatingwebhookconfigurations", .group = kAdmission, .generation = true},
    {.resource = "validatingadmissionpolicies", .group = kAdmission, .generation = true},
    {.resource = "validatingadmissionpolicybindings", .group = kAdmission, .generation = true},
    {.resource = "flowschemas", .group = kFlowControl, .generation = true},
    {.resource = "prioritylevelconfigurations", .group = kFlowControl, .generation = true},
};

const Traits* FindTraits(const api::KindInfo& kind) {
  for (const Traits& traits : kTraits) {
    if (kind.resource == traits.resource && kind.group == traits.group) return &traits;
  }
  return nullptr;
}

// Another version's or group's view of objects that are stored as a kind before it:
// autoscaling/v1 of autoscaling/v2's, events.k8s.io's of core's Events. Serving both
// needs conversion, which is not there; the second view is not served.
bool IsSecondView(const api::KindInfo& kind) {
  return kind.group == "events.k8s.io" || (kind.group == "autoscaling" && kind.version == "v1");
}

std::unique_ptr<Resource> MakeResource(const api::KindInfo& kind) {
  auto resource = std::make_unique<Resource>();
  resource->kind = &kind;
  resource->has_status = kind.HasSubresource("status");
  resource->shares_spec = kind.spec != nullptr;
  for (int i = 0; i < kind.descriptor->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = kind.descriptor->field(i);
    if (field != kind.metadata && field != kind.spec && field != kind.status) {
      resource->shares_spec = false;
    }
  }
  absl::string_view folder = kind.resource;
  if (const Traits* traits = FindTraits(kind); traits != nullptr) {
    if (traits->prefix != nullptr) folder = traits->prefix;
    resource->has_generation = traits->generation;
    resource->update_without_revision = traits->update_without_revision;
    resource->create_on_update = traits->create_on_update;
    resource->keeps_status_on_create = traits->keeps_status_on_create;
    resource->has_defaults = traits->has_defaults;
    resource->orphans_by_default = traits->orphans_by_default;
    resource->returns_deleted = traits->returns_deleted;
    resource->expires = traits->expires;
    resource->cached = !traits->expires;
    if (traits->indexed != nullptr) {
      absl::StatusOr<FieldPath> path = FieldPath::Parse(kind, traits->indexed);
      DRYDOCK_CHECK(path.ok(), path.status().ToString());
      resource->indexed = *std::move(path);
    }
  }
  resource->prefix = absl::StrCat("/registry/", folder, "/");
  return resource;
}

}  // namespace

std::string Resource::Key(absl::string_view ns, absl::string_view name) const {
  if (ns.empty()) return absl::StrCat(prefix, name);
  return absl::StrCat(prefix, ns, "/", name);
}

std::string Resource::NamespacePrefix(absl::string_view ns) const {
  if (ns.empty()) return prefix;
  return absl::StrCat(prefix, ns, "/");
}

ResourceTable::ResourceTable() {
  for (const api::KindInfo& kind : api::AllKinds()) {
    if (!kind.stored || kind.resource.empty() || IsSecondView(kind)) continue;
    all_.push_back(MakeResource(kind));
    by_kind_[&kind] = all_.back().get();
  }
}

const Resource* ResourceTable::Find(const api::KindInfo& kind) const {
  const auto found = by_kind_.find(&kind);
  return found == by_kind_.end() ? nullptr : found->second;
}

const Resource* ResourceTable::Find(absl::string_view group, absl::string_view plural) const {
  for (const std::unique_ptr<Resource>& resource : all_) {
    if (resource->group() == group && resource->plural() == plural) return resource.get();
  }
  return nullptr;
}

}  // namespace drydock::apiserver
