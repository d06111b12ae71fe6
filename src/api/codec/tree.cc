#include "src/api/codec/tree.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

bool SameNumber(const std::string& a, const std::string& b) {
  if (a == b) return true;
  int64_t x, y;
  if (absl::SimpleAtoi(a, &x) && absl::SimpleAtoi(b, &y)) return x == y;
  double u, v;
  return absl::SimpleAtod(a, &u) && absl::SimpleAtod(b, &v) && u == v;
}

std::vector<const Value::Member*> ByKey(const Value& value) {
  std::vector<const Value::Member*> members;
  members.reserve(value.members().size());
  for (const Value::Member& member : value.members()) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(),
                   [](const auto* a, const auto* b) { return a->key < b->key; });
  return members;
}

}  // namespace

Value Value::Bool(bool flag) {
  Value value;
  value.type_ = Type::kBool;
  value.flag_ = flag;
  return value;
}

Value Value::Int(int64_t number) { return Number(absl::StrCat(number)); }

Value Value::Number(std::string literal) {
  Value value;
  value.type_ = Type::kNumber;
  value.text_ = std::move(literal);
  return value;
}

Value Value::String(string_view text) {
  Value value;
  value.type_ = Type::kString;
  value.text_ = std::string(text);
  return value;
}

Value Value::Array() {
  Value value;
  value.type_ = Type::kArray;
  return value;
}

Value Value::Object() {
  Value value;
  value.type_ = Type::kObject;
  return value;
}

const Value* Value::Find(string_view key) const {
  for (size_t i = members_.size(); i-- > 0;) {
    if (members_[i].key == key) return &members_[i].value;
  }
  return nullptr;
}

Value* Value::Find(string_view key) {
  return const_cast<Value*>(static_cast<const Value*>(this)->Find(key));
}

Value& Value::operator[](string_view key) {
  if (Value* const found = Find(key)) return *found;
  // What was made as null and is given members is an object: value["a"]["b"].
  if (type_ == Type::kNull) type_ = Type::kObject;
  members_.push_back({std::string(key), Value(), Position()});
  return members_.back().value;
}

bool Value::Erase(string_view key) {
  const size_t before = members_.size();
  members_.erase(std::remove_if(members_.begin(), members_.end(),
                                [key](const Member& member) { return member.key == key; }),
                 members_.end());
  return members_.size() != before;
}

bool operator==(const Value& a, const Value& b) {
  if (a.type_ != b.type_) return false;
  switch (a.type_) {
    case Value::Type::kNull:
      return true;
    case Value::Type::kBool:
      return a.flag_ == b.flag_;
    case Value::Type::kNumber:
      return SameNumber(a.text_, b.text_);
    case Value::Type::kString:
      return a.text_ == b.text_;
    case Value::Type::kArray:
      return a.items_ == b.items_;
    case Value::Type::kObject: {
      if (a.members_.size() != b.members_.size()) return false;
      const std::vector<const Value::Member*> left = ByKey(a);
      const std::vector<const Value::Member*> right = ByKey(b);
      for (size_t i = 0; i < left.size(); ++i) {
        if (left[i]->key != right[i]->key || !(left[i]->value == right[i]->value)) return false;
      }
      return true;
    }
  }
  return false;
}

std::string Describe(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBool:
      return value.flag() ? "true" : "false";
    case Value::Type::kNumber:
      return absl::StrCat("the number ", value.text());
    case Value::Type::kString:
      // Long strings would drown the message.
      return value.text().size() <= 64 ? absl::StrCat("the string \"", value.text(), "\"")
                                       : "a string";
    case Value::Type::kArray:
      return "a list";
    case Value::Type::kObject:
      return "an object";
  }
  return "";
}

}  // namespace drydock::api
