// Sets of fields of an object, as managers own them: fieldpath.Set of Kubernetes'
// structured-merge-diff (KEP-555).
#ifndef DRYDOCK_SRC_API_APPLY_FIELD_SET_H_
#define DRYDOCK_SRC_API_APPLY_FIELD_SET_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// One step from a value into it.
struct PathElement {
  // In the order in which Kubernetes sorts them.
  enum class Kind : uint8_t {
    kField,  // A member of a struct or a map.
    kKey,    // An element of a list, by its key fields.
    kValue,  // An element of a set, which is its value.
    kIndex,  // An element of a list by its place. Read, never made.
  };

  static PathElement Field(absl::string_view name);
  // `fields` in any order; their values are scalars.
  static PathElement Key(std::vector<std::pair<std::string, Value>> fields);
  static PathElement OfValue(Value value);
  static PathElement Index(Value number);

  // ".spec", "[name=\"web\"]", "[=\"a\"]", "[0]"
  std::string ToString() const;

  Kind kind = Kind::kField;
  std::string name;  // Of a field.
  // The key's fields by name; of a value or an index, one without a name.
  std::vector<std::pair<std::string, Value>> fields;

  friend bool operator<(const PathElement& a, const PathElement& b) { return Order(a, b) < 0; }
  friend bool operator==(const PathElement& a, const PathElement& b) { return Order(a, b) == 0; }
  // Negative, zero or positive. Numbers are ordered and equal by value.
  static int Order(const PathElement& a, const PathElement& b);
};

using FieldPath = std::vector<PathElement>;

// ".spec.template.spec.containers[name=\"web\"].image"
std::string ToString(const FieldPath& path);

// A value. A set may have a field without having what is in it, and the reverse.
class FieldSet {
 public:
  struct Node;

  // Of nodes in any order; several of one element are one.
  static FieldSet Of(std::vector<Node> nodes);

  bool empty() const { return nodes_.empty(); }
  // In the order of PathElement. Each is a member of the set or has something in it.
  const std::vector<Node>& nodes() const { return nodes_; }

  // The empty path is the object itself, which nobody owns: nothing happens.
  void Insert(const FieldPath& path);
  // The node of `element`, made when it is missing. The caller makes it a member or fills it.
  Node& At(const PathElement& element);
  void Append(Node node);  // REQUIRES: its element is behind all others.

  bool Has(const PathElement& element) const;
  // What the set has inside `element`; empty where it has nothing.
  const FieldSet& Inside(const PathElement& element) const;
  const Node* Find(const PathElement& element) const;

  void ForEach(const std::function<void(const FieldPath&)>& visit) const;

  friend bool operator==(const FieldSet& a, const FieldSet& b);

 private:
  std::vector<Node> nodes_;
};

struct FieldSet::Node {
  PathElement element;
  bool member = false;
  FieldSet inside;
};

FieldSet Union(const FieldSet& a, const FieldSet& b);
FieldSet Intersection(const FieldSet& a, const FieldSet& b);
// The members of a that are no members of b.
FieldSet Difference(const FieldSet& a, const FieldSet& b);
// The same, and nothing that is inside a member of b.
FieldSet DifferenceWithInside(const FieldSet& a, const FieldSet& b);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPLY_FIELD_SET_H_
