// Namespace and name: what work queues carry and caches are ordered by.
#ifndef DRYDOCK_SRC_CLIENT_OBJECT_KEY_H_
#define DRYDOCK_SRC_CLIENT_OBJECT_KEY_H_

#include <compare>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/object.h"

namespace drydock::client {

struct ObjectKey {
  std::string ns;  // Empty for cluster-scoped objects.
  std::string name;

  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const ObjectKey& key) {
    return H::combine(std::move(state), key.ns, key.name);
  }
  std::string ToString() const { return ns.empty() ? name : absl::StrCat(ns, "/", name); }
};

inline ObjectKey KeyOf(const api::ObjectRef& object) {
  return {object->metadata().namespace_(), object->metadata().name()};
}

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_OBJECT_KEY_H_
