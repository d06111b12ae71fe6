// Decoded values by the version that they are of, as many as fit; the one used longest
// ago goes first.
#ifndef DRYDOCK_SRC_STORE_SQLITE_PAYLOAD_CACHE_H_
#define DRYDOCK_SRC_STORE_SQLITE_PAYLOAD_CACHE_H_

#include <cstddef>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "src/rt/payload.h"
#include "src/store/sqlite/schema.h"

namespace drydock::store {

class PayloadCache {
 public:
  // `capacity` in bytes of the encoded values, each with kOverhead added.
  explicit PayloadCache(size_t capacity) : capacity_(capacity) {}

  // Null when it is not there.
  rt::PayloadRef Find(VersionId id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  // REQUIRES: `id` is not there.
  void Insert(VersionId id, rt::PayloadRef value, size_t encoded_bytes) {
    const size_t bytes = encoded_bytes + kOverhead;
    if (bytes > capacity_) return;
    while (size_ + bytes > capacity_) {
      size_ -= entries_.back().bytes;
      by_id_.erase(entries_.back().id);
      entries_.pop_back();
    }
    entries_.push_front({id, std::move(value), bytes});
    by_id_.emplace(id, entries_.begin());
    size_ += bytes;
  }

  size_t size_bytes() const { return size_; }

 private:
  static constexpr size_t kOverhead = 128;
  struct Entry {
    VersionId id;
    rt::PayloadRef value;
    size_t bytes;
  };

  const size_t capacity_;
  size_t size_ = 0;
  std::list<Entry> entries_;  // The one used last comes first.
  absl::flat_hash_map<VersionId, std::list<Entry>::iterator> by_id_;  // Looked up, never iterated.
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_PAYLOAD_CACHE_H_
