// Maps of API objects (labels, annotations, resource lists): repeated entries sorted by key. Read
// and change them with these, which keep the order; the decoders keep it too.
#ifndef DRYDOCK_SRC_API_MAPS_H_
#define DRYDOCK_SRC_API_MAPS_H_

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "src/api/types/entries.pb.h"

namespace drydock::api {

template <typename Entry>
using EntryList = google::protobuf::RepeatedPtrField<Entry>;

using StringMap = EntryList<StringEntry>;
using BytesMap = EntryList<BytesEntry>;
using ResourceMap = EntryList<QuantityEntry>;

namespace maps_internal {

// The index of the first entry whose key is not below `key`.
template <typename Entry>
int LowerBound(const EntryList<Entry>& map, absl::string_view key) {
  const auto found = std::lower_bound(
      map.begin(), map.end(), key,
      [](const Entry& entry, absl::string_view wanted) { return entry.key() < wanted; });
  return static_cast<int>(found - map.begin());
}

}  // namespace maps_internal

// The entry of `key`, or null.
template <typename Entry>
const Entry* FindEntry(const EntryList<Entry>& map, absl::string_view key) {
  const int at = maps_internal::LowerBound(map, key);
  return at < map.size() && map[at].key() == key ? &map[at] : nullptr;
}

// The entry of `key`, made when it is missing.
template <typename Entry>
Entry* MutableEntry(EntryList<Entry>* map, absl::string_view key) {
  const int at = maps_internal::LowerBound(*map, key);
  if (at < map->size() && (*map)[at].key() == key) return map->Mutable(at);
  map->Add()->set_key(key.data(), key.size());
  for (int i = map->size() - 1; i > at; --i) map->SwapElements(i, i - 1);
  return map->Mutable(at);
}

// The value of `key`, or null. It lives as long as the entry.
inline const std::string* Find(const StringMap& map, absl::string_view key) {
  const StringEntry* const entry = FindEntry(map, key);
  return entry == nullptr ? nullptr : &entry->value();
}

inline const std::string* Find(const BytesMap& map, absl::string_view key) {
  const BytesEntry* const entry = FindEntry(map, key);
  return entry == nullptr ? nullptr : &entry->value();
}

// The text of the quantity, or null.
inline const std::string* Find(const ResourceMap& map, absl::string_view key) {
  const QuantityEntry* const entry = FindEntry(map, key);
  return entry == nullptr ? nullptr : &entry->value().string();
}

template <typename Entry>
bool Contains(const EntryList<Entry>& map, absl::string_view key) {
  return FindEntry(map, key) != nullptr;
}

inline void Set(StringMap* map, absl::string_view key, absl::string_view value) {
  MutableEntry(map, key)->set_value(value.data(), value.size());
}

inline void Set(BytesMap* map, absl::string_view key, absl::string_view value) {
  MutableEntry(map, key)->set_value(value.data(), value.size());
}

// `quantity` is in canonical form (src/api/quantity.h).
inline void Set(ResourceMap* map, absl::string_view key, absl::string_view quantity) {
  MutableEntry(map, key)->mutable_value()->set_string(quantity.data(), quantity.size());
}

// Whether it was there.
template <typename Entry>
bool Erase(EntryList<Entry>* map, absl::string_view key) {
  const int at = maps_internal::LowerBound(*map, key);
  if (at == map->size() || (*map)[at].key() != key) return false;
  map->DeleteSubrange(at, 1);
  return true;
}

// Sorts entries that came in another order, and keeps the last of those with one key.
template <typename Entry>
void SortEntries(EntryList<Entry>* map) {
  const auto not_below = [](const Entry& a, const Entry& b) { return a.key() >= b.key(); };
  if (std::adjacent_find(map->begin(), map->end(), not_below) == map->end()) return;
  std::stable_sort(map->pointer_begin(), map->pointer_end(),
                   [](const Entry* a, const Entry* b) { return a->key() < b->key(); });
  int kept = 0;
  for (int i = 0; i < map->size(); ++i) {
    if (i + 1 < map->size() && (*map)[i].key() == (*map)[i + 1].key()) continue;
    if (i != kept) map->SwapElements(i, kept);
    ++kept;
  }
  map->DeleteSubrange(kept, map->size() - kept);
}

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_MAPS_H_
