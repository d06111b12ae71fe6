// The declarations, and how expressions are compiled against them.
#include "src/scheduler/policy/language.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace drydock::scheduler::policy {
namespace {

using cel::Type;

class RecordType final : public cel::ObjectType {
 public:
  struct Named {
    std::string name;
    Type type;
  };

  // A field's number is its place in `fields`.
  RecordType(std::string name, std::vector<Named> fields)
      : name_(std::move(name)), fields_(std::move(fields)) {}

  const std::string& name() const override { return name_; }
  std::optional<Field> FindField(absl::string_view name) const override {
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].name == name) return Field{fields_[i].type, static_cast<int>(i)};
    }
    return std::nullopt;
  }

 private:
  const std::string name_;
  const std::vector<Named> fields_;
};

cel::Environment MakeEnvironment() {
  cel::Environment environment;
  environment.AddVariable("node", Type::Object(NodeType()));
  environment.AddVariable("pod", Type::Object(PodType()));
  return environment;
}

// Everything but labels has a value for every node and pod.
cel::CompileOptions::Attribute AttributeOf(const std::vector<std::string>& path) {
  using Attribute = cel::CompileOptions::Attribute;
  const std::string& field = path[1];
  if (path.size() == 3 && field == "labels") return Attribute::kMayBeError;
  if (path.size() == 3) return Attribute::kAlways;  // Amounts of resources.
  for (const char* scalar : {"name", "namespace", "priority", "pods", "price", "unschedulable"}) {
    if (path.size() == 2 && field == scalar) return Attribute::kAlways;
  }
  return Attribute::kNo;
}

}  // namespace

const cel::ObjectType& NodeType() {
  const Type text = Type::String();
  const Type amounts = Type::Map(text, Type::Double());
  // In the order of NodeField.
  static const RecordType type("Node", {{"name", text},
                                        {"labels", Type::Map(text, text)},
                                        {"taints", Type::List(Type::Object(TaintType()))},
                                        {"unschedulable", Type::Bool()},
                                        {"allocatable", amounts},
                                        {"requested", amounts},
                                        {"free", amounts},
                                        {"pods", Type::Int()},
                                        {"price", Type::Double()}});
  return type;
}

const cel::ObjectType& PodType() {
  const Type text = Type::String();
  // In the order of PodField.
  static const RecordType type("Pod", {{"name", text},
                                       {"namespace", text},
                                       {"labels", Type::Map(text, text)},
                                       {"requests", Type::Map(text, Type::Double())},
                                       {"priority", Type::Int()}});
  return type;
}

const cel::ObjectType& TaintType() {
  const Type text = Type::String();
  static const RecordType type("Taint", {{"key", text}, {"value", text}, {"effect", text}});
  return type;
}

absl::StatusOr<cel::Program> Compile(absl::string_view source, Use use) {
  static const cel::Environment environment = MakeEnvironment();
  cel::CompileOptions options;
  options.attribute = [](const std::vector<std::string>& path, const Type&) {
    return AttributeOf(path);
  };
  if (use == Use::kFilter) options.result = Type::Bool();
  absl::StatusOr<cel::Program> program = environment.Compile(source, options);
  if (!program.ok() || use == Use::kFilter) return program;
  switch (program->type().kind()) {
    case Type::Kind::kInt:
    case Type::Kind::kUint:
    case Type::Kind::kDouble:
    case Type::Kind::kDyn:
      return program;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("must evaluate to a number, not ", program->type().ToString()));
  }
}

}  // namespace drydock::scheduler::policy
