// Types and their names.
#include "src/cel/type.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace drydock::cel {

std::optional<ObjectType::Field> ObjectType::FindField(absl::string_view) const {
  return std::nullopt;
}

Type Type::List(Type element) {
  Type type(Kind::kList);
  type.arguments_ = std::make_shared<const std::vector<Type>>(1, std::move(element));
  return type;
}

Type Type::Map(Type key, Type value) {
  Type type(Kind::kMap);
  type.arguments_ =
      std::make_shared<const std::vector<Type>>(std::vector{std::move(key), std::move(value)});
  return type;
}

Type Type::Object(const ObjectType& object) {
  Type type(Kind::kObject);
  type.object_ = &object;
  return type;
}

Type Type::Parameter(int number) {
  Type type(Kind::kParameter);
  type.parameter_ = number;
  return type;
}

std::string Type::ToString() const {
  switch (kind_) {
    case Kind::kDyn:
      return "dyn";
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTimestamp:
      return "timestamp";
    case Kind::kDuration:
      return "duration";
    case Kind::kType:
      return "type";
    case Kind::kList:
      return absl::StrCat("list(", element().ToString(), ")");
    case Kind::kMap:
      return absl::StrCat("map(", key().ToString(), ", ", value().ToString(), ")");
    case Kind::kObject:
      return object_->name();
    case Kind::kParameter:
      return std::string(1, static_cast<char>('A' + parameter_));
  }
  return "";
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Type::Kind::kList:
    case Type::Kind::kMap:
      return *a.arguments_ == *b.arguments_;
    case Type::Kind::kObject:
      return a.object_ == b.object_;
    case Type::Kind::kParameter:
      return a.parameter_ == b.parameter_;
    default:
      return true;
  }
}

}  // namespace drydock::cel
