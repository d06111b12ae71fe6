// A document as a tree of JSON values, with the place of each in its source. JSON and YAML are read
// into it and written from it; patches and custom resources work on it.
#ifndef DRYDOCK_SRC_API_CODEC_TREE_H_
#define DRYDOCK_SRC_API_CODEC_TREE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace drydock::api {

// Lines and columns count from 1; 0 means that the place is not known.
struct Position {
  int line = 0;
  int column = 0;
};

class Value {
 public:
  enum class Type : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

  struct Member;

  Value() = default;
  static Value Bool(bool flag);
  static Value Int(int64_t number);
  static Value Number(std::string literal);  // As JSON writes it.
  static Value String(absl::string_view text);
  static Value Array();
  static Value Object();

  Type type() const { return type_; }
  bool is_null() const { return type_ == Type::kNull; }
  bool is_string() const { return type_ == Type::kString; }
  bool is_array() const { return type_ == Type::kArray; }
  bool is_object() const { return type_ == Type::kObject; }

  bool flag() const { return flag_; }
  // Of a string; the literal of a number.
  const std::string& text() const { return text_; }
  const std::vector<Value>& items() const { return items_; }
  std::vector<Value>& items() { return items_; }
  // In the order of the source. A source with duplicate keys gives duplicate members.
  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }

  // The last member of that key, or null. Takes time in proportion to the number of members.
  const Value* Find(absl::string_view key) const;
  Value* Find(absl::string_view key);
  // The member of that key, made (as null) when it is missing.
  Value& operator[](absl::string_view key);
  bool Erase(absl::string_view key);

  // Where it begins, and the bytes of the source that it spans (JSON only; 0, 0 otherwise).
  Position position;
  uint32_t begin = 0;
  uint32_t end = 0;

  // Equal as JSON values: members in any order, numbers by their value.
  friend bool operator==(const Value& a, const Value& b);

 private:
  Type type_ = Type::kNull;
  bool flag_ = false;
  std::string text_;
  std::vector<Value> items_;
  std::vector<Member> members_;
};

struct Value::Member {
  std::string key;
  Value value;
  Position position;  // Of the key.
};

// "a string", "the number 5", "an object": what a value is, for errors.
std::string Describe(const Value& value);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_TREE_H_
