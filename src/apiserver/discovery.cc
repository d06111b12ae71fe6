// Discovery from the resources that are served.
#include "src/apiserver/discovery.h"

#include "absl/strings/str_cat.h"

namespace drydock::apiserver {
namespace {

std::string Text(absl::string_view text) { return std::string(text); }

void SetKind(const api::KindInfo& kind, api::metav1::GroupVersionKind* to) {
  to->set_group(Text(kind.group));
  to->set_version(Text(kind.version));
  to->set_kind(Text(kind.kind));
}

// Plain text (a log) counts as the resource's own kind.
const api::KindInfo& BodyOf(const api::ServedResource& resource,
                            const api::ServedSubresource& subresource) {
  return subresource.kind != nullptr ? *subresource.kind : *resource.kind;
}

void AddTo(const api::ServedResource& resource, api::metav1::APIResourceList* list) {
  const api::KindInfo& kind = *resource.kind;
  api::metav1::APIResource& added = *list->add_resources();
  added.set_name(Text(kind.resource));
  added.set_singular_name(kind.singular);
  added.set_namespaced(kind.namespaced);
  added.set_kind(Text(kind.kind));
  for (const absl::string_view verb : resource.verbs) added.mutable_verbs()->add_items(Text(verb));
  for (const absl::string_view name : kind.short_names) added.add_short_names(Text(name));
  for (const absl::string_view name : kind.categories) added.add_categories(Text(name));
  for (const api::ServedSubresource& subresource : resource.subresources) {
    const api::KindInfo& body = BodyOf(resource, subresource);
    api::metav1::APIResource& sub = *list->add_resources();
    sub.set_name(absl::StrCat(kind.resource, "/", subresource.name));
    sub.set_singular_name("");
    sub.set_namespaced(kind.namespaced);
    sub.set_kind(Text(body.kind));
    if (body.group != kind.group || body.version != kind.version) {
      sub.set_group(Text(body.group));
      sub.set_version(Text(body.version));
    }
    for (const absl::string_view verb : subresource.verbs) {
      sub.mutable_verbs()->add_items(Text(verb));
    }
  }
}

void AddTo(const api::ServedResource& resource, api::APIVersionDiscovery* version) {
  const api::KindInfo& kind = *resource.kind;
  api::APIResourceDiscovery& added = *version->add_resources();
  added.set_resource(Text(kind.resource));
  SetKind(kind, added.mutable_response_kind());
  added.set_scope(kind.namespaced ? "Namespaced" : "Cluster");
  added.set_singular_resource(kind.singular);
  for (const absl::string_view verb : resource.verbs) added.add_verbs(Text(verb));
  for (const absl::string_view name : kind.short_names) added.add_short_names(Text(name));
  for (const absl::string_view name : kind.categories) added.add_categories(Text(name));
  for (const api::ServedSubresource& subresource : resource.subresources) {
    api::APISubresourceDiscovery& sub = *added.add_subresources();
    sub.set_subresource(Text(subresource.name));
    SetKind(BodyOf(resource, subresource), sub.mutable_response_kind());
    for (const absl::string_view verb : subresource.verbs) sub.add_verbs(Text(verb));
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

Discovery::Discovery(const std::vector<api::ServedResource>& resources) {
  core_.add_versions("v1");
  for (const api::ServedResource& resource : resources) Add(resource);
}

void Discovery::Add(const api::ServedResource& resource) {
  const api::KindInfo& kind = *resource.kind;
  const std::string group_version = kind.ApiVersion();
  api::metav1::APIResourceList& list = resources_[group_version];
  list.set_group_version(group_version);
  AddTo(resource, &list);
  const bool core = kind.group.empty();
  if (!core) AddGroup(kind);
  AddTo(resource, &VersionIn(kind, core ? &aggregated_core_ : &aggregated_groups_));
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
