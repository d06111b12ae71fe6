// Distributes endpoints over slices.
#include "src/controllers/endpoint_slice/slice_changes.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace drydock::controllers {
namespace {

// A slice that goes on to exist.
struct Kept {
  api::EndpointSlice slice;
  bool changed = false;
};

bool SameEndpoint(const api::Endpoint& a, const api::Endpoint& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

void ChangeSlices(const WantedEndpoints& wanted,
                  const std::vector<api::Ref<api::EndpointSlice>>& existing, int max_endpoints,
                  SliceChanges* changes) {
  // Looked up, never iterated.
  absl::flat_hash_map<absl::string_view, size_t> by_uid;
  std::vector<bool> placed(wanted.endpoints.size(), false);
  for (size_t i = 0; i < wanted.endpoints.size(); ++i) {
    by_uid.emplace(wanted.endpoints[i].target_ref().uid(), i);
  }

  std::vector<Kept> kept;
  std::vector<api::Ref<api::EndpointSlice>> emptied;
  for (const api::Ref<api::EndpointSlice>& slice : existing) {
    Kept next;
    std::vector<api::Endpoint> stay;
    for (const api::Endpoint& endpoint : slice->endpoints()) {
      const auto found = by_uid.find(endpoint.target_ref().uid());
      if (found == by_uid.end() || placed[found->second]) {
        next.changed = true;
        continue;
      }
      placed[found->second] = true;
      next.changed |= !SameEndpoint(endpoint, wanted.endpoints[found->second]);
      stay.push_back(wanted.endpoints[found->second]);
    }
    if (stay.empty()) {
      emptied.push_back(slice);
      continue;
    }
    next.slice = *slice;
    if (next.changed) {
      next.slice.mutable_endpoints()->Clear();
      for (api::Endpoint& endpoint : stay) *next.slice.add_endpoints() = std::move(endpoint);
    }
    kept.push_back(std::move(next));
  }

  std::vector<const api::Endpoint*> rest;
  for (size_t i = 0; i < wanted.endpoints.size(); ++i) {
    if (!placed[i]) rest.push_back(&wanted.endpoints[i]);
  }
  const auto fill = [&rest, max_endpoints](api::EndpointSlice* slice) {
    while (!rest.empty() && slice->endpoints_size() < max_endpoints) {
      *slice->add_endpoints() = *rest.back();
      rest.pop_back();
    }
  };
  // Slices that are written anyway, the fullest first.
  std::vector<Kept*> written;
  for (Kept& slice : kept) {
    if (slice.changed) written.push_back(&slice);
  }
  std::stable_sort(written.begin(), written.end(), [](const Kept* a, const Kept* b) {
    return a->slice.endpoints_size() > b->slice.endpoints_size();
  });
  for (Kept* slice : written) fill(&slice->slice);

  // What is left goes into the slice that it fills best, and into new ones.
  while (!rest.empty()) {
    Kept* best = nullptr;
    const int left = static_cast<int>(rest.size());
    if (left < max_endpoints) {
      for (Kept& slice : kept) {
        if (slice.changed || slice.slice.endpoints_size() + left > max_endpoints) continue;
        if (best == nullptr || slice.slice.endpoints_size() > best->slice.endpoints_size()) {
          best = &slice;
        }
      }
    }
    if (best != nullptr) {
      best->changed = true;
      fill(&best->slice);
      continue;
    }
    if (!emptied.empty()) {
      // An emptied slice is as good as a new one, and one write less.
      Kept again{*emptied.back(), true};
      emptied.pop_back();
      again.slice.mutable_endpoints()->Clear();
      fill(&again.slice);
      changes->update.push_back(std::move(again.slice));
      continue;
    }
    api::EndpointSlice created;
    created.set_address_type(wanted.address_type);
    for (const api::discoveryv1::EndpointPort& port : wanted.ports) *created.add_ports() = port;
    fill(&created);
    changes->create.push_back(std::move(created));
  }
  for (Kept& slice : kept) {
    if (slice.changed) changes->update.push_back(std::move(slice.slice));
  }
  changes->remove.insert(changes->remove.end(), emptied.begin(), emptied.end());
}

}  // namespace drydock::controllers
