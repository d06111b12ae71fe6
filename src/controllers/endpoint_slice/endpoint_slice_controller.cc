// Events to services, services to slices.
#include "src/controllers/endpoint_slice/endpoint_slice_controller.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/controllers/endpoint_slice/endpoints_of_service.h"

namespace drydock::controllers {
namespace {

constexpr char kServiceName[] = "kubernetes.io/service-name";
constexpr char kManagedBy[] = "endpointslice.kubernetes.io/managed-by";
constexpr char kManager[] = "endpointslice-controller.k8s.io";
constexpr char kHeadless[] = "service.kubernetes.io/headless";
constexpr char kZone[] = "topology.kubernetes.io/zone";
constexpr char kBySlicesService[] = "service";

bool SameLabels(const api::ObjectMeta& a, const api::ObjectMeta& b) {
  return std::equal(a.labels().begin(), a.labels().end(), b.labels().begin(), b.labels().end(),
                    [](const api::StringEntry& x, const api::StringEntry& y) {
                      return x.key() == y.key() && x.value() == y.value();
                    });
}

std::vector<api::discoveryv1::EndpointPort> PortsIn(const api::EndpointSlice& slice) {
  return {slice.ports().begin(), slice.ports().end()};
}

}  // namespace

EndpointSliceController::EndpointSliceController(rt::Env& env, client::Client& client,
                                                 client::InformerFactory& informers,
                                                 EndpointSliceOptions options)
    : client_(client),
      options_(options),
      services_(informers.For<api::Service>()),
      pods_(informers.For<api::Pod>()),
      nodes_(informers.For<api::Node>()),
      slices_(informers.For<api::EndpointSlice>()),
      recorder_(client, "endpoint-slice-controller", ""),
      controller_(env, "endpoint-slice", *this, options.workers) {
  slices_.core().AddIndex(
      kBySlicesService, [](const client::ObjectRef& slice, std::vector<std::string>* values) {
        const std::string* manager = api::Find(slice->metadata().labels(), kManagedBy);
        if (manager == nullptr || *manager != kManager) return;
        const std::string* service = api::Find(slice->metadata().labels(), kServiceName);
        if (service == nullptr) return;
        values->push_back(absl::StrCat(slice->metadata().namespace_(), "/", *service));
      });
  services_.core().AddHandler({
      .on_add =
          [this](const client::ObjectRef& object) {
            ServiceChanged(api::Ref<api::Service>(object));
          },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            ServiceChanged(api::Ref<api::Service>(after));
          },
      .on_delete =
          [this](const client::ObjectRef& object) {
            index_.RemoveService(client::KeyOf(object));
            controller_.queue().Add(client::KeyOf(object));
          },
  });
  pods_.core().AddHandler({
      .on_add =
          [this](const client::ObjectRef& pod) { PodChanged(nullptr, api::Ref<api::Pod>(pod)); },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            PodChanged(api::Ref<api::Pod>(before), api::Ref<api::Pod>(after));
          },
      .on_delete =
          [this](const client::ObjectRef& pod) { PodChanged(api::Ref<api::Pod>(pod), nullptr); },
  });
  // Somebody else's change of our slices is undone; our own come round to nothing to do.
  const auto slice_changed = [this](const client::ObjectRef& slice) {
    const std::string* manager = api::Find(slice->metadata().labels(), kManagedBy);
    const std::string* service = api::Find(slice->metadata().labels(), kServiceName);
    if (manager == nullptr || *manager != kManager || service == nullptr) return;
    const client::ObjectKey key{slice->metadata().namespace_(), *service};
    const auto written = written_.find(key);
    if (written != written_.end() && slice->revision() <= written->second) return;
    controller_.queue().Add(key);
  };
  slices_.core().AddHandler({
      .on_add = nullptr,
      .on_update = [slice_changed](const client::ObjectRef& before,
                                   const client::ObjectRef& after) { slice_changed(after); },
      .on_delete = slice_changed,
  });
}

rt::Task<> EndpointSliceController::Run() {
  rt::TaskGroup tasks;
  tasks.Spawn(recorder_.Run());
  co_await controller_.Run();
}

void EndpointSliceController::ServiceChanged(const api::Ref<api::Service>& service) {
  const client::ObjectKey key = client::KeyOf(service.object());
  const api::ServiceSpec& spec = service->spec();
  if (spec.type() == "ExternalName" || spec.selector().empty()) {
    index_.RemoveService(key);
  } else if (index_.SetService(key, spec.selector())) {
    for (const std::string& name : index_.Candidates(key)) {
      const api::Ref<api::Pod> pod = pods_.Get(key.ns, name);
      if (!pod) continue;
      const std::vector<client::ObjectKey> selecting =
          index_.Selecting(key.ns, pod->metadata().labels());
      if (std::binary_search(selecting.begin(), selecting.end(), key)) index_.AddPod(key, name);
    }
  }
  controller_.queue().Add(key);
}

void EndpointSliceController::PodChanged(const api::Ref<api::Pod>& before,
                                         const api::Ref<api::Pod>& after) {
  const bool relabelled = !before || !after || !SameLabels(before->metadata(), after->metadata());
  if (!relabelled && !EndpointChanged(*before, *after)) return;
  const api::ObjectMeta& metadata = after ? after->metadata() : before->metadata();
  const auto enqueue = [this](const client::ObjectKey& service) {
    controller_.queue().AddAfter(service, options_.batch_period);
  };
  if (relabelled && before) {
    index_.UnfilePod(metadata.namespace_(), metadata.name(), before->metadata().labels());
    for (const client::ObjectKey& service :
         index_.Selecting(metadata.namespace_(), before->metadata().labels())) {
      index_.RemovePod(service, metadata.name());
      if (HasEndpoint(*before)) enqueue(service);
    }
  }
  if (!after) return;
  if (relabelled) index_.FilePod(metadata.namespace_(), metadata.name(), metadata.labels());
  const bool counts = HasEndpoint(*after) || (before && HasEndpoint(*before));
  for (const client::ObjectKey& service :
       index_.Selecting(metadata.namespace_(), metadata.labels())) {
    if (relabelled) index_.AddPod(service, metadata.name());
    if (counts) enqueue(service);
  }
}

std::string EndpointSliceController::ZoneOf(const std::string& node) const {
  const api::Ref<api::Node> found = nodes_.Get("", node);
  if (!found) return "";
  const std::string* zone = api::Find(found->metadata().labels(), kZone);
  return zone == nullptr ? "" : *zone;
}

std::vector<WantedEndpoints> EndpointSliceController::Wanted(const api::Service& service,
                                                             const client::ObjectKey& key) const {
  absl::btree_map<std::string, WantedEndpoints> wanted;
  const std::vector<std::string> types = AddressTypesOf(service);
  for (const std::string& name : index_.PodsOf(key)) {
    const api::Ref<api::Pod> pod = pods_.Get(key.ns, name);
    if (!pod || !HasEndpoint(*pod)) continue;
    std::vector<api::discoveryv1::EndpointPort> ports = PortsOf(service, *pod);
    // A service with ports of which the pod has none cannot be reached there.
    if (ports.empty() && service.spec().ports_size() > 0) continue;
    const std::string ports_key = PortsKey(ports);
    for (const std::string& type : types) {
      api::Endpoint endpoint = EndpointOf(service, *pod, type);
      if (endpoint.addresses_size() == 0) continue;
      const std::string zone = ZoneOf(pod->spec().node_name());
      if (!zone.empty()) endpoint.set_zone(zone);
      WantedEndpoints& group = wanted[absl::StrCat(type, " ", ports_key)];
      if (group.endpoints.empty()) {
        group.address_type = type;
        group.ports = ports;
      }
      group.endpoints.push_back(std::move(endpoint));
    }
  }
  std::vector<WantedEndpoints> groups;
  for (auto& [ports, group] : wanted) groups.push_back(std::move(group));
  return groups;
}

bool EndpointSliceController::Dress(const api::Service& service, api::EndpointSlice* slice) {
  api::ObjectMeta& metadata = *slice->mutable_metadata();
  const std::string before = metadata.SerializeAsString();
  metadata.set_namespace_(service.metadata().namespace_());
  if (metadata.name().empty()) metadata.set_generate_name(service.metadata().name() + "-");
  metadata.mutable_labels()->Clear();
  for (const api::StringEntry& label : service.metadata().labels()) {
    if (label.key() == kServiceName || label.key() == kManagedBy || label.key() == kHeadless) {
      continue;
    }
    api::Set(metadata.mutable_labels(), label.key(), label.value());
  }
  api::Set(metadata.mutable_labels(), kServiceName, service.metadata().name());
  api::Set(metadata.mutable_labels(), kManagedBy, kManager);
  if (service.spec().cluster_ip() == "None") api::Set(metadata.mutable_labels(), kHeadless, "");
  if (metadata.owner_references_size() != 1 ||
      metadata.owner_references(0).uid() != service.metadata().uid()) {
    metadata.clear_owner_references();
    api::OwnerReference& owner = *metadata.add_owner_references();
    owner.set_api_version("v1");
    owner.set_kind("Service");
    owner.set_name(service.metadata().name());
    owner.set_uid(service.metadata().uid());
    owner.set_controller(true);
    owner.set_block_owner_deletion(true);
  }
  return metadata.SerializeAsString() != before;
}

void EndpointSliceController::RedressOthers(const api::Service& service,
                                            const client::ObjectKey& key, SliceChanges* changes) {
  absl::btree_set<std::string> seen;
  for (const api::EndpointSlice& slice : changes->update) seen.insert(slice.metadata().name());
  for (const auto& slice : changes->remove) seen.insert(slice->metadata().name());
  for (const api::Ref<api::EndpointSlice>& slice :
       slices_.ByIndex(kBySlicesService, absl::StrCat(key.ns, "/", key.name))) {
    if (seen.contains(slice->metadata().name())) continue;
    api::EndpointSlice dressed;
    *dressed.mutable_metadata() = slice->metadata();
    if (!Dress(service, &dressed)) continue;
    api::EndpointSlice& changed = changes->update.emplace_back(*slice);
    *changed.mutable_metadata() = dressed.metadata();
  }
}

rt::Task<absl::Status> EndpointSliceController::Reconcile(client::ObjectKey key) {
  const api::Ref<api::Service> service = services_.Get(key);
  if (!service) {
    written_.erase(key);  // The garbage collector takes the slices.
    co_return absl::OkStatus();
  }
  if (service->spec().type() == "ExternalName" || service->spec().selector().empty() ||
      service->metadata().has_deletion_timestamp()) {
    co_return absl::OkStatus();
  }
  const auto written = written_.find(key);
  if (written != written_.end() && slices_.core().revision() < written->second) {
    co_return absl::UnavailableError("EndpointSlice informer cache is out of date");
  }

  SliceChanges changes;
  absl::btree_map<std::string, std::vector<api::Ref<api::EndpointSlice>>> existing;
  for (const api::Ref<api::EndpointSlice>& slice :
       slices_.ByIndex(kBySlicesService, absl::StrCat(key.ns, "/", key.name))) {
    if (slice->metadata().has_deletion_timestamp()) continue;
    const std::string group = absl::StrCat(slice->address_type(), " ", PortsKey(PortsIn(*slice)));
    existing[group].push_back(slice);
  }
  for (const WantedEndpoints& wanted : Wanted(*service, key)) {
    const std::string group = absl::StrCat(wanted.address_type, " ", PortsKey(wanted.ports));
    ChangeSlices(wanted, existing[group], options_.max_endpoints_per_slice, &changes);
    existing.erase(group);
  }
  // Slices for ports that no pod has any more; the last one stays, empty, as a
  // placeholder, so that readers can tell "no endpoints" from "not looked at yet".
  const bool none_wanted = changes.create.empty() && changes.update.empty();
  for (const auto& [group, slices] : existing) {
    for (const api::Ref<api::EndpointSlice>& slice : slices) changes.remove.push_back(slice);
  }
  const size_t kept =
      slices_.ByIndex(kBySlicesService, absl::StrCat(key.ns, "/", key.name)).size() -
      changes.remove.size();
  if (none_wanted && kept == 0) {
    if (!changes.remove.empty() && changes.remove.back()->endpoints_size() == 0) {
      changes.remove.pop_back();
    } else if (!changes.remove.empty()) {
      api::EndpointSlice emptied = *changes.remove.back();
      changes.remove.pop_back();
      emptied.clear_endpoints();
      emptied.clear_ports();
      changes.update.push_back(std::move(emptied));
    } else {
      api::EndpointSlice placeholder;
      placeholder.set_address_type(AddressTypesOf(*service).front());
      changes.create.push_back(std::move(placeholder));
    }
  }
  for (api::EndpointSlice& slice : changes.create) Dress(*service, &slice);
  for (api::EndpointSlice& slice : changes.update) Dress(*service, &slice);
  RedressOthers(*service, key, &changes);
  const absl::Status status = co_await Write(key, std::move(changes));
  if (!status.ok() && !api::IsConflict(status)) {
    recorder_.Event(service.object(), client::kEventWarning, "FailedToUpdateEndpointSlices",
                    absl::StrCat("Error updating Endpoint Slices for Service ", key.ToString(),
                                 ": ", std::string(status.message())));
  }
  co_return status;
}

rt::Task<absl::Status> EndpointSliceController::Write(client::ObjectKey key, SliceChanges changes) {
  int64_t newest = 0;
  absl::Status error;
  for (api::EndpointSlice& slice : changes.create) {
    absl::StatusOr<api::Ref<api::EndpointSlice>> created =
        co_await client_.Create(std::move(slice));
    if (created.ok()) {
      ++metrics_.created;
      newest = std::max(newest, created->object()->revision());
    } else if (!absl::StrContains(created.status().message(), "being terminated")) {
      error.Update(created.status());
    }
  }
  for (api::EndpointSlice& slice : changes.update) {
    absl::StatusOr<api::Ref<api::EndpointSlice>> updated =
        co_await client_.Update(std::move(slice));
    if (updated.ok()) {
      ++metrics_.updated;
      newest = std::max(newest, updated->object()->revision());
    } else {
      error.Update(updated.status());
    }
  }
  for (const api::Ref<api::EndpointSlice>& slice : changes.remove) {
    const absl::Status deleted =
        co_await client_.Delete<api::EndpointSlice>(key.ns, slice->metadata().name(), {});
    if (deleted.ok()) ++metrics_.deleted;
    if (!deleted.ok() && !api::IsNotFound(deleted)) error.Update(deleted);
  }
  if (newest > 0) {
    int64_t& written = written_[key];
    written = std::max(written, newest);
  }
  co_return error;
}

}  // namespace drydock::controllers
