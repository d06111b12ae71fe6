// The cache of an informer: slots, look-up, order and indices. informer_run.cc keeps it up to date.
#include "src/client/informer.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"

namespace drydock::client {
namespace {

// An order is mended while what changed is at most this and a quarter of the objects;
// beyond, forgetting it frees the slots that it holds.
constexpr size_t kMendAtMost = 4096;

}  // namespace

InformerCore::InformerCore(Client& client, const api::KindInfo& kind, InformerOptions options)
    : client_(client),
      kind_(kind),
      options_(std::move(options)),
      random_(client.env().NewRandom(absl::StrCat(
          "informer/", client.options().user_agent, "/", kind.group, "/", kind.resource, "/",
          options_.ns, "/", options_.label_selector, "/", options_.field_selector))),
      backoff_(options_.relist_backoff_min, options_.relist_backoff_max),
      by_key_(0, KeyHash{this}, KeyEqual{this}),
      synced_signal_(client.env().executor()) {}

void InformerCore::AddHandler(InformerHandler handler) {
  handlers_.push_back(std::move(handler));
  if (by_key_.empty() || !handlers_.back().on_add) return;
  for (const ObjectRef& object : List()) handlers_.back().on_add(object);
}

void InformerCore::AddIndex(std::string name, IndexFunction function) {
  for (const Index& index : indices_) {
    if (index.name == name) return;  // Several components ask for the common ones.
  }
  DRYDOCK_CHECK(by_key_.empty(), "index ", name, " of ", kind_.resource,
                " comes after the objects");
  indices_.push_back({std::move(name), std::move(function), {}});
}

ObjectRef InformerCore::Find(const KeyView& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : slots_[*found].object;
}

std::vector<ObjectRef> InformerCore::Collect(const Slot* begin, const Slot* end) const {
  std::vector<ObjectRef> objects;
  objects.reserve(static_cast<size_t>(end - begin));
  for (const Slot* slot = begin; slot != end; ++slot) objects.push_back(slots_[*slot].object);
  return objects;
}

std::vector<ObjectRef> InformerCore::List() const {
  Order();
  return Collect(order_.data(), order_.data() + order_.size());
}

std::vector<ObjectRef> InformerCore::ListNamespace(absl::string_view ns) const {
  Order();
  const auto before = [this](Slot slot, absl::string_view wanted) {
    return KeyAt(slot).ns < wanted;
  };
  const auto after = [this](absl::string_view wanted, Slot slot) {
    return wanted < KeyAt(slot).ns;
  };
  const auto begin = std::lower_bound(order_.begin(), order_.end(), ns, before);
  const auto end = std::upper_bound(begin, order_.end(), ns, after);
  return Collect(order_.data() + (begin - order_.begin()), order_.data() + (end - order_.begin()));
}

std::vector<ObjectRef> InformerCore::ByIndex(absl::string_view index,
                                             absl::string_view value) const {
  for (const Index& candidate : indices_) {
    if (candidate.name != index) continue;
    const auto bucket = candidate.buckets.find(value);
    if (bucket == candidate.buckets.end()) return {};
    return Collect(bucket->second.data(), bucket->second.data() + bucket->second.size());
  }
  DRYDOCK_CHECK(false, "no index ", index, " of ", kind_.resource);
  return {};
}

void InformerCore::Order() const {
  const auto by_key = [this](Slot a, Slot b) { return KeyAt(a) < KeyAt(b); };
  if (!ordered_) {
    order_.clear();
    order_.reserve(by_key_.size());
    for (Slot slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].object) order_.push_back(slot);
    }
    std::sort(order_.begin(), order_.end(), by_key);
    ordered_ = true;
    return;
  }
  if (!removed_.empty()) {
    std::erase_if(order_, [this](Slot slot) { return !slots_[slot].object; });
    std::erase_if(added_, [this](Slot slot) { return !slots_[slot].object; });
    free_.insert(free_.end(), removed_.begin(), removed_.end());
    removed_.clear();
  }
  if (!added_.empty()) {
    std::sort(added_.begin(), added_.end(), by_key);
    const auto middle = static_cast<ptrdiff_t>(order_.size());
    order_.insert(order_.end(), added_.begin(), added_.end());
    std::inplace_merge(order_.begin(), order_.begin() + middle, order_.end(), by_key);
    added_.clear();
  }
}

void InformerCore::Put(const ObjectRef& object) {
  const KeyView key = ViewOf(object);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    Insert(object);
    return;
  }
  const Slot slot = *found;
  const ObjectRef before = slots_[slot].object;
  if (object->revision() <= before->revision()) return;  // Never back in time.
  if (before->metadata().uid() != object->metadata().uid()) {
    Remove(slot, before);
    Insert(object);
    return;
  }
  for (Index& index : indices_) Reindex(index, slot, before, object);
  slots_[slot].object = object;
  for (const InformerHandler& handler : handlers_) {
    if (handler.on_update) handler.on_update(before, object);
  }
}

void InformerCore::Insert(const ObjectRef& object) {
  Slot slot;
  if (free_.empty()) {
    DRYDOCK_CHECK(slots_.size() < std::numeric_limits<Slot>::max());
    slot = static_cast<Slot>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot] = {object, absl::Hash<KeyView>()(ViewOf(object)), list_number_};
  by_key_.insert(slot);
  if (ordered_) added_.push_back(slot);
  for (Index& index : indices_) Reindex(index, slot, nullptr, object);
  for (const InformerHandler& handler : handlers_) {
    if (handler.on_add) handler.on_add(object);
  }
}

void InformerCore::Remove(Slot slot, const ObjectRef& last) {
  for (Index& index : indices_) Reindex(index, slot, slots_[slot].object, nullptr);
  by_key_.erase(slot);
  slots_[slot].object = nullptr;
  if (ordered_) removed_.push_back(slot);
  if (ordered_ && added_.size() + removed_.size() > kMendAtMost + by_key_.size() / 4) {
    ordered_ = false;
    added_.clear();
    order_.clear();
    free_.insert(free_.end(), removed_.begin(), removed_.end());
    removed_.clear();
  } else if (!ordered_) {
    free_.push_back(slot);
  }
  for (const InformerHandler& handler : handlers_) {
    if (handler.on_delete) handler.on_delete(last);
  }
}

void InformerCore::Reindex(Index& index, Slot slot, const ObjectRef& before,
                           const ObjectRef& after) {
  values_before_.clear();
  values_after_.clear();
  if (before) index.function(before, &values_before_);
  if (after) index.function(after, &values_after_);
  if (values_before_ == values_after_) return;
  for (const std::string& value : values_before_) RemoveFromBucket(index, value, slot);
  for (const std::string& value : values_after_) AddToBucket(index, value, slot);
}

void InformerCore::AddToBucket(Index& index, const std::string& value, Slot slot) {
  Bucket& bucket = index.buckets[value];
  const auto by_key = [this](Slot a, Slot b) { return KeyAt(a) < KeyAt(b); };
  const auto at = std::lower_bound(bucket.begin(), bucket.end(), slot, by_key);
  if (at == bucket.end() || *at != slot) bucket.insert(at, slot);
}

void InformerCore::RemoveFromBucket(Index& index, const std::string& value, Slot slot) {
  const auto found = index.buckets.find(value);
  if (found == index.buckets.end()) return;
  Bucket& bucket = found->second;
  const auto by_key = [this](Slot a, Slot b) { return KeyAt(a) < KeyAt(b); };
  const auto at = std::lower_bound(bucket.begin(), bucket.end(), slot, by_key);
  if (at != bucket.end() && *at == slot) bucket.erase(at);
  if (bucket.empty()) index.buckets.erase(found);
}

InformerCore& InformerFactory::Core(const api::KindInfo& kind) { return Core(kind, {}); }

InformerCore& InformerFactory::Core(const api::KindInfo& kind, InformerOptions options) {
  for (const Entry& entry : entries_) {
    const InformerOptions& known = entry.informer->options();
    if (&entry.informer->kind() == &kind && known.ns == options.ns &&
        known.label_selector == options.label_selector &&
        known.field_selector == options.field_selector) {
      return *entry.informer;
    }
  }
  entries_.push_back({std::make_unique<InformerCore>(client_, kind, std::move(options))});
  return *entries_.back().informer;
}

void InformerFactory::Start(rt::TaskGroup& group) {
  for (Entry& entry : entries_) {
    if (entry.started) continue;
    entry.started = true;
    group.Spawn(entry.informer->Run());
  }
}

Task<> InformerFactory::WaitForSync() {
  for (size_t i = 0; i < entries_.size(); ++i) co_await entries_[i].informer->WaitForSync();
}

}  // namespace drydock::client
