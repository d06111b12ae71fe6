// Views of trees.
#include "src/cel/tree_value.h"

#include "absl/strings/numbers.h"

namespace drydock::cel {
namespace {

class TreeList final : public ListValue {
 public:
  explicit TreeList(const api::Value& tree) : tree_(tree) {}
  size_t size() const override { return tree_.items().size(); }
  Value At(size_t index) const override { return FromTree(tree_.items()[index]); }

 private:
  const api::Value& tree_;
};

class TreeMap final : public MapValue {
 public:
  explicit TreeMap(const api::Value& tree) : tree_(tree) {}
  size_t size() const override { return tree_.members().size(); }
  Value KeyAt(size_t index) const override {
    return Value::BorrowedString(tree_.members()[index].key);
  }
  bool Find(const Value& key, Value* value) const override {
    if (key.kind() != Value::Kind::kString) return false;
    const api::Value* found = tree_.Find(key.text());
    if (found == nullptr) return false;
    *value = FromTree(*found);
    return true;
  }

 private:
  const api::Value& tree_;
};

Value FromNumber(absl::string_view literal) {
  int64_t whole = 0;
  if (literal.find_first_of(".eE") == absl::string_view::npos &&
      absl::SimpleAtoi(literal, &whole)) {
    return Value::Int(whole);
  }
  double number = 0;
  if (absl::SimpleAtod(literal, &number)) return Value::Double(number);
  return Value::Error("no such overload");
}

}  // namespace

Value FromTree(const api::Value& tree) {
  switch (tree.type()) {
    case api::Value::Type::kNull:
      return Value::Null();
    case api::Value::Type::kBool:
      return Value::Bool(tree.flag());
    case api::Value::Type::kNumber:
      return FromNumber(tree.text());
    case api::Value::Type::kString:
      return Value::BorrowedString(tree.text());
    case api::Value::Type::kArray:
      return Value::Of(rt::Ref<const ListValue>(rt::MakeRef<TreeList>(tree)));
    case api::Value::Type::kObject:
      return Value::Of(rt::Ref<const MapValue>(rt::MakeRef<TreeMap>(tree)));
  }
  return Value::Null();
}

}  // namespace drydock::cel
