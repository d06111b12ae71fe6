// The values of CEL expressions.
//
// A `Value` is 24 bytes and copies without allocating: numbers, times and borrowed strings lie in
// it, everything larger is shared and counted. Errors are values too, since CEL's `&&`, `||`, `all`
// and `exists` may absorb them.
//
// Host data takes part without being converted: lists, maps and objects are interfaces. What a
// value borrows (`BorrowedString`, `Borrowed`) must stay as it is until the evaluation that it was
// given to is over and its result is no longer used.
#ifndef DRYDOCK_SRC_CEL_VALUE_H_
#define DRYDOCK_SRC_CEL_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/cel/type.h"
#include "src/rt/ref.h"

namespace drydock::cel {

class ListValue;
class MapValue;
class ObjectValue;

class Value {
 public:
  enum class Kind : uint8_t {
    kError,
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kTimestamp,
    kDuration,
    kType,
    kList,
    kMap,
    kObject,
  };

  Value() = default;  // null
  Value(const Value& other)
      : kind_(other.kind_), extra_(other.extra_), data_(other.data_), owner_(other.owner_) {
    if (owner_ != nullptr) owner_->Retain();
  }
  Value(Value&& other) noexcept
      : kind_(other.kind_),
        extra_(other.extra_),
        data_(other.data_),
        owner_(std::exchange(other.owner_, nullptr)) {}
  Value& operator=(const Value& other) {
    if (other.owner_ != nullptr) other.owner_->Retain();
    if (owner_ != nullptr) owner_->Release();
    CopyFrom(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    if (owner_ != nullptr) owner_->Release();
    CopyFrom(other);
    other.owner_ = nullptr;
    return *this;
  }
  ~Value() {
    if (owner_ != nullptr) owner_->Release();
  }

  static Value Error(absl::string_view message);
  static Value Null() { return Value(); }
  static Value Bool(bool value) { return Value(Kind::kBool, {.flag = value}); }
  static Value Int(int64_t value) { return Value(Kind::kInt, {.integer = value}); }
  static Value Uint(uint64_t value) { return Value(Kind::kUint, {.natural = value}); }
  static Value Double(double value) { return Value(Kind::kDouble, {.number = value}); }
  // Copies the text. Strings are UTF-8; at most 4 GiB.
  static Value String(absl::string_view text) { return Text(Kind::kString, text); }
  static Value Bytes(absl::string_view bytes) { return Text(Kind::kBytes, bytes); }
  static Value BorrowedString(absl::string_view text) { return Borrow(Kind::kString, text); }
  static Value BorrowedBytes(absl::string_view bytes) { return Borrow(Kind::kBytes, bytes); }
  // Seconds since 1970 and nanoseconds within the second. CEL's timestamps lie in the years 1 to
  // 9999: an error beyond.
  static Value Timestamp(int64_t seconds, uint32_t nanos);
  static Value Duration(int64_t nanos) { return Value(Kind::kDuration, {.integer = nanos}); }
  // A type as a value, by name. The name is borrowed, and usually a literal.
  static Value TypeNamed(absl::string_view name) { return Borrow(Kind::kType, name); }
  static Value List(std::vector<Value> items);
  // An error when a key occurs twice.
  static Value Map(std::vector<std::pair<Value, Value>> entries);
  static Value Of(rt::Ref<const ListValue> list);
  static Value Of(rt::Ref<const MapValue> map);
  static Value Of(rt::Ref<const ObjectValue> object);
  static Value Borrowed(const ListValue& list) { return Value(Kind::kList, {.list = &list}); }
  static Value Borrowed(const MapValue& map) { return Value(Kind::kMap, {.map = &map}); }
  static Value Borrowed(const ObjectValue& object) {
    return Value(Kind::kObject, {.object = &object});
  }

  Kind kind() const { return kind_; }
  bool is_error() const { return kind_ == Kind::kError; }
  bool is_true() const { return kind_ == Kind::kBool && data_.flag; }

  // Each REQUIRES a value of that kind.
  bool bool_value() const { return data_.flag; }
  int64_t int_value() const { return data_.integer; }
  uint64_t uint_value() const { return data_.natural; }
  double double_value() const { return data_.number; }
  // Of a string, bytes, the name of a type, the message of an error.
  absl::string_view text() const { return {data_.text, extra_}; }
  int64_t seconds() const { return data_.integer; }         // Of a timestamp.
  uint32_t subsecond_nanos() const { return extra_; }       // Of a timestamp.
  int64_t duration_nanos() const { return data_.integer; }  // Of a duration.
  const ListValue& list() const { return *data_.list; }
  const MapValue& map() const { return *data_.map; }
  const ObjectValue& object() const { return *data_.object; }

  // The name of its type, as `type()` gives it: "int", "google.protobuf.Timestamp".
  absl::string_view TypeName() const;
  // As an expression that gives the value, where there is one: "[1, 2u, 'a']".
  std::string ToString() const;

  // For the evaluator: changes a value that owns nothing to one that owns nothing.
  void SetBool(bool value) {
    kind_ = Kind::kBool;
    data_.flag = value;
  }
  void SetInt(int64_t value) {
    kind_ = Kind::kInt;
    data_.integer = value;
  }
  void SetUint(uint64_t value) {
    kind_ = Kind::kUint;
    data_.natural = value;
  }
  void SetDouble(double value) {
    kind_ = Kind::kDouble;
    data_.number = value;
  }

 private:
  union Data {
    int64_t integer;
    uint64_t natural;
    double number;
    bool flag;
    const char* text;
    const ListValue* list;
    const MapValue* map;
    const ObjectValue* object;
  };

  Value(Kind kind, Data data) : kind_(kind), data_(data) {}
  static Value Text(Kind kind, absl::string_view text);
  static Value Borrow(Kind kind, absl::string_view text) {
    Value value(kind, {.text = text.data()});
    value.extra_ = static_cast<uint32_t>(text.size());
    return value;
  }
  void CopyFrom(const Value& other) {
    kind_ = other.kind_;
    extra_ = other.extra_;
    data_ = other.data_;
    owner_ = other.owner_;
  }

  Kind kind_ = Kind::kNull;
  uint32_t extra_ = 0;  // The length of a text, the nanoseconds of a timestamp.
  Data data_ = {.integer = 0};
  const rt::RefCounted* owner_ = nullptr;
};

// A list. Implementations for host data borrow it or hold a reference to it.
class ListValue : public rt::RefCounted {
 public:
  virtual size_t size() const = 0;
  virtual Value At(size_t index) const = 0;  // REQUIRES: index < size().
};

// A map. Its keys have an order that depends on nothing but its contents.
class MapValue : public rt::RefCounted {
 public:
  virtual size_t size() const = 0;
  virtual Value KeyAt(size_t index) const = 0;  // REQUIRES: index < size().
  // False when there is no such key; `value` is then left alone. Keys that are numbers are found by
  // their value: 1, 1u and 1.0 are one key.
  virtual bool Find(const Value& key, Value* value) const = 0;
};

// An object of the host with fields (or opaque, without).
class ObjectValue : public rt::RefCounted {
 public:
  virtual const ObjectType& type() const = 0;
  // By the number that `ObjectType::FindField` gave. The value of a field that is not set is its
  // default or an error, as the host decides.
  virtual Value Get(int field) const { return Value::Error("no such field"); }
  virtual bool Has(int field) const { return false; }
  // REQUIRES: `other` is of the same type.
  virtual bool Equals(const ObjectValue& other) const { return this == &other; }
};

// CEL's equality: numbers by value across types, lists and maps by their elements, values of
// different types are not equal. REQUIRES: no errors.
bool Equal(const Value& a, const Value& b);

// Below zero, zero, above zero; nothing when the two have no order (other types, NaN).
std::optional<int> Compare(const Value& a, const Value& b);

// What it takes to compare the value with another, in steps.
uint64_t ComparisonCost(const Value& value);

// As a map or list index: the integer that a number is, if it is one.
std::optional<int64_t> ExactInt(const Value& number);

// Characters of UTF-8; a byte that belongs to none counts as one.
size_t CharacterCount(absl::string_view text);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_VALUE_H_
