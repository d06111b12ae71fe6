// A table of owned items, found by key in constant time and walked in the order of
// their keys.
//
// Point look-ups are by far the most frequent operation on a cluster's state, and
// its keys share long prefixes ("/registry/pods/default/..."): a hash costs a tenth
// of the string comparisons that a search in a tree of a million such keys takes.
// The tree is there for ranges, and is touched only when keys come and go.
#ifndef DRYDOCK_SRC_STORE_KEY_TABLE_H_
#define DRYDOCK_SRC_STORE_KEY_TABLE_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace drydock::store {

// `Item` has a member `key`, convertible to string_view, which never changes while
// the item is in the table.
template <typename Item>
class KeyTable {
 public:
  using Ordered = absl::btree_map<absl::string_view, std::unique_ptr<Item>>;
  using Iterator = typename Ordered::const_iterator;

  Item* Find(absl::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : *found;
  }
  // REQUIRES: no item with this key is in the table.
  Item& Insert(std::unique_ptr<Item> item) {
    Item& inserted = *item;
    by_key_.insert(&inserted);
    ordered_.emplace(inserted.key, std::move(item));
    return inserted;
  }
  // Destroys `item`.
  void Erase(Item& item) {
    by_key_.erase(absl::string_view(item.key));
    ordered_.erase(absl::string_view(item.key));
  }

  size_t size() const { return by_key_.size(); }
  Iterator begin() const { return ordered_.begin(); }
  Iterator end() const { return ordered_.end(); }
  // The first item whose key is not below `key`.
  Iterator LowerBound(absl::string_view key) const { return ordered_.lower_bound(key); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(absl::string_view key) const { return absl::Hash<absl::string_view>()(key); }
    size_t operator()(const Item* item) const { return (*this)(absl::string_view(item->key)); }
  };
  struct Equal {
    using is_transparent = void;
    static absl::string_view KeyOf(absl::string_view key) { return key; }
    static absl::string_view KeyOf(const Item* item) { return item->key; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return KeyOf(a) == KeyOf(b);
    }
  };

  absl::flat_hash_set<Item*, Hash, Equal> by_key_;  // Looked up, never iterated.
  Ordered ordered_;
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_KEY_TABLE_H_
