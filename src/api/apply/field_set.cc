#include "src/api/apply/field_set.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"

namespace drydock::api {
namespace {

template <typename T>
int Compare(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// Wide enough for every int64 and every double, so that the order is one.
long double NumberOf(const Value& value) {
  int64_t whole;
  if (absl::SimpleAtoi(value.text(), &whole)) return static_cast<long double>(whole);
  double number;
  return absl::SimpleAtod(value.text(), &number) ? static_cast<long double>(number) : 0;
}

// Numbers, strings, booleans, null: Kubernetes' order of values.
int Rank(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNumber:
      return 0;
    case Value::Type::kString:
      return 1;
    case Value::Type::kBool:
      return 2;
    case Value::Type::kNull:
      return 3;
    case Value::Type::kArray:
    case Value::Type::kObject:
      return 4;
  }
  return 4;
}

int CompareValues(const Value& a, const Value& b) {
  if (const int order = Compare(Rank(a), Rank(b)); order != 0) return order;
  switch (a.type()) {
    case Value::Type::kNumber:
      return Compare(NumberOf(a), NumberOf(b));
    case Value::Type::kString:
      return Compare(a.text(), b.text());
    case Value::Type::kBool:
      return Compare(a.flag(), b.flag());
    case Value::Type::kNull:
      return 0;
    case Value::Type::kArray:
    case Value::Type::kObject:
      return Compare(WriteJson(a, KeyOrder::kSorted), WriteJson(b, KeyOrder::kSorted));
  }
  return 0;
}

std::string Print(const Value& value) { return WriteJson(value, KeyOrder::kSorted); }

void Visit(const FieldSet& set, FieldPath* path,
           const std::function<void(const FieldPath&)>& visit) {
  for (const FieldSet::Node& node : set.nodes()) {
    path->push_back(node.element);
    if (node.member) visit(*path);
    Visit(node.inside, path, visit);
    path->pop_back();
  }
}

// What a node is combined to; it is left out when it is neither a member nor holds anything.
using Combine = FieldSet::Node (*)(const FieldSet::Node& a, const FieldSet::Node& b);

const FieldSet::Node& NothingAt() {
  static const auto* const nothing = new FieldSet::Node;
  return *nothing;
}

// Walks both sets in their order and combines node by node. `b_alone`: whether nodes that only b
// has count.
FieldSet Zip(const FieldSet& a, const FieldSet& b, bool b_alone, Combine combine) {
  FieldSet result;
  const auto add = [&](const FieldSet::Node& x, const FieldSet::Node& y,
                       const PathElement& element) {
    FieldSet::Node node = combine(x, y);
    if (!node.member && node.inside.empty()) return;
    node.element = element;
    result.Append(std::move(node));
  };
  size_t i = 0, j = 0;
  while (i < a.nodes().size() || (b_alone && j < b.nodes().size())) {
    const int order = i == a.nodes().size() ? 1
                      : j == b.nodes().size()
                          ? -1
                          : PathElement::Order(a.nodes()[i].element, b.nodes()[j].element);
    if (order < 0) {
      add(a.nodes()[i], NothingAt(), a.nodes()[i].element);
      ++i;
    } else if (order > 0) {
      if (b_alone) add(NothingAt(), b.nodes()[j], b.nodes()[j].element);
      ++j;
    } else {
      add(a.nodes()[i], b.nodes()[j], a.nodes()[i].element);
      ++i;
      ++j;
    }
  }
  return result;
}

}  // namespace

PathElement PathElement::Field(absl::string_view name) {
  PathElement element;
  element.name = std::string(name);
  return element;
}

PathElement PathElement::Key(std::vector<std::pair<std::string, Value>> fields) {
  PathElement element;
  element.kind = Kind::kKey;
  element.fields = std::move(fields);
  std::sort(element.fields.begin(), element.fields.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return element;
}

PathElement PathElement::OfValue(Value value) {
  PathElement element;
  element.kind = Kind::kValue;
  element.fields.emplace_back("", std::move(value));
  return element;
}

PathElement PathElement::Index(Value number) {
  PathElement element;
  element.kind = Kind::kIndex;
  element.fields.emplace_back("", std::move(number));
  return element;
}

std::string PathElement::ToString() const {
  switch (kind) {
    case Kind::kField:
      return absl::StrCat(".", name);
    case Kind::kKey: {
      std::string text = "[";
      for (const auto& [field, value] : fields) {
        absl::StrAppend(&text, text.size() > 1 ? "," : "", field, "=", Print(value));
      }
      return absl::StrCat(text, "]");
    }
    case Kind::kValue:
      return absl::StrCat("[=", Print(fields[0].second), "]");
    case Kind::kIndex:
      return absl::StrCat("[", Print(fields[0].second), "]");
  }
  return "";
}

int PathElement::Order(const PathElement& a, const PathElement& b) {
  if (const int order = Compare(a.kind, b.kind); order != 0) return order;
  if (a.kind == Kind::kField) return a.name.compare(b.name);
  for (size_t i = 0; i < a.fields.size() && i < b.fields.size(); ++i) {
    if (const int order = Compare(a.fields[i].first, b.fields[i].first); order != 0) return order;
    if (const int order = CompareValues(a.fields[i].second, b.fields[i].second); order != 0) {
      return order;
    }
  }
  return Compare(a.fields.size(), b.fields.size());
}

std::string ToString(const FieldPath& path) {
  std::string text;
  for (const PathElement& element : path) absl::StrAppend(&text, element.ToString());
  return text;
}

FieldSet FieldSet::Of(std::vector<Node> nodes) {
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const Node& a, const Node& b) { return a.element < b.element; });
  FieldSet set;
  for (Node& node : nodes) {
    if (!node.member && node.inside.empty()) continue;
    if (!set.nodes_.empty() && set.nodes_.back().element == node.element) {
      Node& same = set.nodes_.back();
      same.member = same.member || node.member;
      same.inside = Union(same.inside, node.inside);
    } else {
      set.nodes_.push_back(std::move(node));
    }
  }
  return set;
}

FieldSet::Node& FieldSet::At(const PathElement& element) {
  const auto at = std::lower_bound(
      nodes_.begin(), nodes_.end(), element,
      [](const Node& node, const PathElement& wanted) { return node.element < wanted; });
  if (at != nodes_.end() && at->element == element) return *at;
  return *nodes_.insert(at, Node{.element = element});
}

void FieldSet::Append(Node node) { nodes_.push_back(std::move(node)); }

void FieldSet::Insert(const FieldPath& path) {
  FieldSet* set = this;
  for (size_t i = 0; i < path.size(); ++i) {
    Node& node = set->At(path[i]);
    if (i + 1 == path.size()) node.member = true;
    set = &node.inside;
  }
}

const FieldSet::Node* FieldSet::Find(const PathElement& element) const {
  const auto at = std::lower_bound(
      nodes_.begin(), nodes_.end(), element,
      [](const Node& node, const PathElement& wanted) { return node.element < wanted; });
  return at != nodes_.end() && at->element == element ? &*at : nullptr;
}

bool FieldSet::Has(const PathElement& element) const {
  const Node* const node = Find(element);
  return node != nullptr && node->member;
}

const FieldSet& FieldSet::Inside(const PathElement& element) const {
  const Node* const node = Find(element);
  return node != nullptr ? node->inside : NothingAt().inside;
}

void FieldSet::ForEach(const std::function<void(const FieldPath&)>& visit) const {
  FieldPath path;
  Visit(*this, &path, visit);
}

bool operator==(const FieldSet& a, const FieldSet& b) {
  return std::equal(a.nodes_.begin(), a.nodes_.end(), b.nodes_.begin(), b.nodes_.end(),
                    [](const FieldSet::Node& x, const FieldSet::Node& y) {
                      return x.element == y.element && x.member == y.member && x.inside == y.inside;
                    });
}

FieldSet Union(const FieldSet& a, const FieldSet& b) {
  return Zip(a, b, true, [](const FieldSet::Node& x, const FieldSet::Node& y) {
    return FieldSet::Node{.member = x.member || y.member, .inside = Union(x.inside, y.inside)};
  });
}

FieldSet Intersection(const FieldSet& a, const FieldSet& b) {
  return Zip(a, b, false, [](const FieldSet::Node& x, const FieldSet::Node& y) {
    return FieldSet::Node{.member = x.member && y.member,
                          .inside = Intersection(x.inside, y.inside)};
  });
}

FieldSet Difference(const FieldSet& a, const FieldSet& b) {
  return Zip(a, b, false, [](const FieldSet::Node& x, const FieldSet::Node& y) {
    return FieldSet::Node{.member = x.member && !y.member,
                          .inside = Difference(x.inside, y.inside)};
  });
}

FieldSet DifferenceWithInside(const FieldSet& a, const FieldSet& b) {
  return Zip(a, b, false, [](const FieldSet::Node& x, const FieldSet::Node& y) {
    if (y.member) return FieldSet::Node{};
    return FieldSet::Node{.member = x.member, .inside = DifferenceWithInside(x.inside, y.inside)};
  });
}

}  // namespace drydock::api
