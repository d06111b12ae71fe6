// Services by label.
#include "src/controllers/endpoint_slice/service_index.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace drydock::controllers {
namespace {

std::string BucketOf(absl::string_view ns, absl::string_view key, absl::string_view value) {
  return absl::StrCat(ns, "/", key, "=", value);
}

}  // namespace

bool ServiceIndex::SetService(const client::ObjectKey& service, const api::StringMap& selector) {
  std::vector<Label> labels;
  for (const api::StringEntry& entry : selector) labels.emplace_back(entry.key(), entry.value());
  const auto known = services_.find(service);
  if (known != services_.end() && known->second.selector == labels) return false;
  RemoveService(service);
  if (labels.empty()) return true;

  // Under the label that fewest services share: the others say less.
  std::string best;
  size_t fewest = 0;
  for (const Label& label : labels) {
    std::string bucket = BucketOf(service.ns, label.first, label.second);
    const auto there = buckets_.find(bucket);
    const size_t size = there == buckets_.end() ? 0 : there->second.size();
    if (best.empty() || size < fewest) {
      best = std::move(bucket);
      fewest = size;
    }
  }
  buckets_[best].insert(service.name);
  services_[service] = {std::move(labels), std::move(best), {}};
  return true;
}

void ServiceIndex::RemoveService(const client::ObjectKey& service) {
  const auto known = services_.find(service);
  if (known == services_.end()) return;
  const auto bucket = buckets_.find(known->second.bucket);
  bucket->second.erase(service.name);
  if (bucket->second.empty()) buckets_.erase(bucket);
  services_.erase(known);
}

std::vector<client::ObjectKey> ServiceIndex::Selecting(absl::string_view ns,
                                                       const api::StringMap& labels) const {
  std::vector<client::ObjectKey> selecting;
  for (const api::StringEntry& label : labels) {
    const auto bucket = buckets_.find(BucketOf(ns, label.key(), label.value()));
    if (bucket == buckets_.end()) continue;
    for (const std::string& name : bucket->second) {
      client::ObjectKey key{std::string(ns), name};
      const Entry& entry = services_.at(key);
      const bool matches =
          std::all_of(entry.selector.begin(), entry.selector.end(), [&labels](const Label& wanted) {
            const std::string* value = api::Find(labels, wanted.first);
            return value != nullptr && *value == wanted.second;
          });
      if (matches) selecting.push_back(std::move(key));
    }
  }
  std::sort(selecting.begin(), selecting.end());
  return selecting;
}

void ServiceIndex::FilePod(absl::string_view ns, const std::string& pod,
                           const api::StringMap& labels) {
  for (const api::StringEntry& label : labels) {
    filed_[BucketOf(ns, label.key(), label.value())].insert(pod);
  }
}

void ServiceIndex::UnfilePod(absl::string_view ns, const std::string& pod,
                             const api::StringMap& labels) {
  for (const api::StringEntry& label : labels) {
    const auto bucket = filed_.find(BucketOf(ns, label.key(), label.value()));
    if (bucket == filed_.end()) continue;
    bucket->second.erase(pod);
    if (bucket->second.empty()) filed_.erase(bucket);
  }
}

std::vector<std::string> ServiceIndex::Candidates(const client::ObjectKey& service) const {
  const auto known = services_.find(service);
  if (known == services_.end()) return {};
  const absl::btree_set<std::string>* fewest = nullptr;
  for (const Label& label : known->second.selector) {
    const auto bucket = filed_.find(BucketOf(service.ns, label.first, label.second));
    if (bucket == filed_.end()) return {};
    if (fewest == nullptr || bucket->second.size() < fewest->size()) fewest = &bucket->second;
  }
  return {fewest->begin(), fewest->end()};
}

void ServiceIndex::AddPod(const client::ObjectKey& service, const std::string& pod) {
  const auto known = services_.find(service);
  if (known != services_.end()) known->second.pods.insert(pod);
}

void ServiceIndex::RemovePod(const client::ObjectKey& service, const std::string& pod) {
  const auto known = services_.find(service);
  if (known != services_.end()) known->second.pods.erase(pod);
}

std::vector<std::string> ServiceIndex::PodsOf(const client::ObjectKey& service) const {
  const auto known = services_.find(service);
  if (known == services_.end()) return {};
  return {known->second.pods.begin(), known->second.pods.end()};
}

}  // namespace drydock::controllers
