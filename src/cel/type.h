// The types of CEL expressions, as the checker knows them.
//
// A `Type` is a small value, cheap to copy. Types of host objects are described by an
// `ObjectType`: the checker asks it for fields, the compiler keeps their numbers, so that nothing
// is looked up by name while an expression is evaluated.
#ifndef DRYDOCK_SRC_CEL_TYPE_H_
#define DRYDOCK_SRC_CEL_TYPE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace drydock::cel {

class Type;

// A kind of host object: its name, and its fields if it has any. Opaque types, such as quantities,
// have none. Outlives every type, program and value that mentions it.
class ObjectType {
 public:
  struct Field;

  virtual ~ObjectType() = default;

  // As `type()` and error messages print it.
  virtual const std::string& name() const = 0;
  // Nothing when there is no such field. Called while compiling, and for values of type `dyn`.
  virtual std::optional<Field> FindField(absl::string_view name) const;
};

class Type {
 public:
  enum class Kind : uint8_t {
    kDyn,  // Only known when the expression is evaluated.
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
    kParameter,  // Of a generic function: stands for one type in a call.
  };

  Type() = default;  // dyn

  static Type Dyn() { return Type(Kind::kDyn); }
  static Type Null() { return Type(Kind::kNull); }
  static Type Bool() { return Type(Kind::kBool); }
  static Type Int() { return Type(Kind::kInt); }
  static Type Uint() { return Type(Kind::kUint); }
  static Type Double() { return Type(Kind::kDouble); }
  static Type String() { return Type(Kind::kString); }
  static Type Bytes() { return Type(Kind::kBytes); }
  static Type Timestamp() { return Type(Kind::kTimestamp); }
  static Type Duration() { return Type(Kind::kDuration); }
  static Type TypeOfTypes() { return Type(Kind::kType); }
  static Type List(Type element);
  static Type Map(Type key, Type value);
  static Type Object(const ObjectType& type);
  static Type Parameter(int number);

  Kind kind() const { return kind_; }
  bool is_dyn() const { return kind_ == Kind::kDyn; }
  // REQUIRES: a list.
  const Type& element() const { return (*arguments_)[0]; }
  // REQUIRES: a map.
  const Type& key() const { return (*arguments_)[0]; }
  const Type& value() const { return (*arguments_)[1]; }
  // REQUIRES: an object.
  const ObjectType& object() const { return *object_; }
  // REQUIRES: a parameter.
  int parameter() const { return parameter_; }

  // As cel-go's messages have it: "int", "list(string)", "map(string, dyn)".
  std::string ToString() const;

  friend bool operator==(const Type& a, const Type& b);

 private:
  explicit Type(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::kDyn;
  int parameter_ = 0;
  const ObjectType* object_ = nullptr;
  std::shared_ptr<const std::vector<Type>> arguments_;
};

struct ObjectType::Field {
  Type type;
  int number = 0;  // What `ObjectValue::Get` is asked for.
};

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_TYPE_H_
