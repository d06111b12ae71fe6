// Discovery from the table of resources.
#include "src/apiserver/discovery.h"

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "src/apiserver/auth/access.h"

namespace drydock::apiserver {
namespace {

constexpr const char* kVerbs[] = {"create", "delete", "deletecollection", "get",
                                  "list",   "patch",  "update",           "watch"};
constexpr const char* kReviewVerbs[] = {"create"};

absl::Span<const char* const> VerbsOf(const api::KindInfo& kind) {
  if (kind.stored) return kVerbs;
  return kReviewVerbs;
}

// The subresources that are served, with what is sent to them. The kind is that of the
// resource where it is empty.
struct Subresource {
  absl::string_view name;
  absl::string_view group;
  absl::string_view version;
  absl::string_view kind;
  std::vector<const char*> verbs;
};

const Subresource* FindSubresource(absl::string_view name) {
  static const auto* const kServed = new std::vector<Subresource>{
      {"approval", "", "", "", {"get", "patch", "update"}},
      {"binding", "", "v1", "Binding", {"create"}},
      {"eviction", "policy", "v1", "Eviction", {"create"}},
      {"finalize", "", "", "", {"update"}},
      {"scale", "autoscaling", "v1", "Scale", {"get", "patch", "update"}},
      {"status", "", "", "", {"get", "patch", "update"}},
      {"token", "authentication.k8s.io", "v1", "TokenRequest", {"create"}},
  };
  for (const Subresource& served : *kServed) {
    if (served.name == name) return &served;
  }
  return nullptr;
}

std::string Text(absl::string_view text) { return std::string(text); }

void SetKind(absl::string_view group, absl::string_view version, absl::string_view kind,
             api::metav1::GroupVersionKind* to) {
  to->set_group(Text(group));
  to->set_version(Text(version));
  to->set_kind(Text(kind));
}

void AddTo(const api::KindInfo& kind, api::metav1::APIResourceList* list) {
  api::metav1::APIResource& added = *list->add_resources();
  added.set_name(Text(kind.resource));
  added.set_singular_name(kind.singular);
  added.set_namespaced(kind.namespaced);
  added.set_kind(Text(kind.kind));
  for (const char* verb : VerbsOf(kind)) added.mutable_verbs()->add_items(verb);
  for (const absl::string_view name : kind.short_names) added.add_short_names(Text(name));
  for (const absl::string_view name : kind.categories) added.add_categories(Text(name));
  for (const absl::string_view name : kind.subresources) {
    const Subresource* const served = FindSubresource(name);
    if (served == nullptr) continue;
    api::metav1::APIResource& sub = *list->add_resources();
    sub.set_name(absl::StrCat(kind.resource, "/", name));
    sub.set_singular_name("");
    sub.set_namespaced(kind.namespaced);
    sub.set_kind(Text(served->kind.empty() ? kind.kind : served->kind));
    if (!served->kind.empty() && (served->group != kind.group || served->version != kind.version)) {
      sub.set_group(Text(served->group));
      sub.set_version(Text(served->version));
    }
    for (const char* verb : served->verbs) sub.mutable_verbs()->add_items(verb);
  }
}

void AddTo(const api::KindInfo& kind, api::APIVersionDiscovery* version) {
  api::APIResourceDiscovery& added = *version->add_resources();
  added.set_resource(Text(kind.resource));
  SetKind(kind.group, kind.version, kind.kind, added.mutable_response_kind());
  added.set_scope(kind.namespaced ? "Namespaced" : "Cluster");
  added.set_singular_resource(kind.singular);
  for (const char* verb : VerbsOf(kind)) added.add_verbs(verb);
  for (const absl::string_view name : kind.short_names) added.add_short_names(Text(name));
  for (const absl::string_view name : kind.categories) added.add_categories(Text(name));
  for (const absl::string_view name : kind.subresources) {
    const Subresource* const served = FindSubresource(name);
    if (served == nullptr) continue;
    api::APISubresourceDiscovery& sub = *added.add_subresources();
    sub.set_subresource(Text(name));
    if (served->kind.empty()) {
      SetKind(kind.group, kind.version, kind.kind, sub.mutable_response_kind());
    } else {
      SetKind(served->group, served->version, served->kind, sub.mutable_response_kind());
    }
    for (const char* verb : served->verbs) sub.add_verbs(verb);
  }
}

// The version of a group's aggregated discovery, made when it is the first time asked for.
api::APIVersionDiscovery& VersionIn(const api::KindInfo& kind, api::APIGroupDiscoveryList* list) {
  api::APIGroupDiscovery* group = nullptr;
  for (api::APIGroupDiscovery& known : *list->mutable_items()) {
    if (known.metadata().name() == kind.group) group = &known;
  }
  if (group == nullptr) {
    group = list->add_items();
    group->mutable_metadata()->set_name(Text(kind.group));
  }
  for (api::APIVersionDiscovery& known : *group->mutable_versions()) {
    if (known.version() == kind.version) return known;
  }
  api::APIVersionDiscovery& version = *group->add_versions();
  version.set_version(Text(kind.version));
  version.set_freshness("Current");
  return version;
}

}  // namespace

Discovery::Discovery(const ResourceTable& resources) {
  core_.add_versions("v1");
  for (const std::unique_ptr<Resource>& resource : resources.all()) Add(*resource->kind);
  for (const api::KindInfo& kind : api::AllKinds()) {
    if (IsReview(kind)) Add(kind);
  }
}

void Discovery::Add(const api::KindInfo& kind) {
  const std::string group_version = kind.ApiVersion();
  api::metav1::APIResourceList& list = resources_[group_version];
  list.set_group_version(group_version);
  AddTo(kind, &list);
  const bool core = kind.group.empty();
  if (!core) AddGroup(kind);
  AddTo(kind, &VersionIn(kind, core ? &aggregated_core_ : &aggregated_groups_));
}

void Discovery::AddGroup(const api::KindInfo& kind) {
  const std::string group_version = kind.ApiVersion();
  api::metav1::APIGroup* group = nullptr;
  for (api::metav1::APIGroup& known : *groups_.mutable_groups()) {
    if (known.name() == kind.group) group = &known;
  }
  if (group == nullptr) {
    group = groups_.add_groups();
    group->set_name(Text(kind.group));
  }
  for (const auto& known : group->versions()) {
    if (known.group_version() == group_version) return;
  }
  api::metav1::GroupVersionForDiscovery version;
  version.set_group_version(group_version);
  version.set_version(Text(kind.version));
  // The first one that the scheme lists is the preferred one.
  if (!group->has_preferred_version()) *group->mutable_preferred_version() = version;
  *group->add_versions() = version;
}

const api::metav1::APIGroup* Discovery::Group(absl::string_view name) const {
  for (const api::metav1::APIGroup& group : groups_.groups()) {
    if (group.name() == name) return &group;
  }
  return nullptr;
}

const api::metav1::APIResourceList* Discovery::Resources(absl::string_view group_version) const {
  const auto found = resources_.find(group_version);
  return found == resources_.end() ? nullptr : &found->second;
}

}  // namespace drydock::apiserver
