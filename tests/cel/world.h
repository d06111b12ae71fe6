// What the tests' expressions can mention.
#ifndef DRYDOCK_TESTS_CEL_WORLD_H_
#define DRYDOCK_TESTS_CEL_WORLD_H_

#include <limits>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "src/cel/environment.h"

namespace drydock::cel {

// The C++ library's regular expressions: good enough for the patterns of the tests.
class StdRegex final : public Regex {
 public:
  explicit StdRegex(std::regex regex) : regex_(std::move(regex)) {}
  std::optional<Match> Find(absl::string_view text, size_t from) const override {
    std::cmatch match;
    const char* begin = text.data();
    if (!std::regex_search(begin + from, begin + text.size(), match, regex_)) return std::nullopt;
    const size_t at = from + static_cast<size_t>(match.position(0));
    return Match{at, at + static_cast<size_t>(match.length(0))};
  }

 private:
  const std::regex regex_;
};

class StdRegexEngine final : public RegexEngine {
 public:
  absl::StatusOr<std::unique_ptr<const Regex>> Compile(absl::string_view pattern) const override {
    try {
      return std::make_unique<StdRegex>(std::regex(pattern.begin(), pattern.end()));
    } catch (const std::regex_error&) {
      return absl::InvalidArgumentError("missing )");
    }
  }
};

// A host's object: Node{name, ready, labels, price}, of which the price is not set.
class NodeType final : public ObjectType {
 public:
  const std::string& name() const override { return name_; }
  std::optional<Field> FindField(absl::string_view name) const override {
    if (name == "name") return Field{Type::String(), 0};
    if (name == "ready") return Field{Type::Bool(), 1};
    if (name == "labels") return Field{Type::Map(Type::String(), Type::String()), 2};
    if (name == "price") return Field{Type::Double(), 3};
    return std::nullopt;
  }

 private:
  const std::string name_ = "Node";
};

class Node final : public ObjectValue {
 public:
  explicit Node(const ObjectType& type) : type_(type) {}
  const ObjectType& type() const override { return type_; }
  Value Get(int field) const override {
    switch (field) {
      case 0:
        return Value::BorrowedString("a-1");
      case 1:
        return Value::Bool(true);
      case 2:
        return labels_;
      default:
        return Value::Error("no such key: price");
    }
  }
  bool Has(int field) const override { return field != 3; }

 private:
  const ObjectType& type_;
  const Value labels_ = Value::Map({{Value::String("zone"), Value::String("north")},
                                    {Value::String("ssd"), Value::String("yes")}});
};

struct World {
  World() : environment(&regex) {
    const auto add = [this](const char* name, Type type, Value value) {
      environment.AddVariable(name, std::move(type));
      values.push_back(std::move(value));
    };
    std::vector<Value> hundred;
    for (int i = 0; i < 100; ++i) hundred.push_back(Value::Int(i));
    add("i", Type::Int(), Value::Int(6));
    add("u", Type::Uint(), Value::Uint(7));
    add("f", Type::Double(), Value::Double(2.5));
    add("s", Type::String(), Value::String("hello"));
    add("ok", Type::Bool(), Value::Bool(true));
    add("most", Type::Int(), Value::Int(std::numeric_limits<int64_t>::max()));
    add("numbers", Type::List(Type::Int()),
        Value::List({Value::Int(3), Value::Int(1), Value::Int(2)}));
    add("hundred", Type::List(Type::Int()), Value::List(std::move(hundred)));
    add("long", Type::String(), Value::String(std::string(3000, 'a')));
    add("d", Type::Dyn(),
        Value::Map({{Value::String("a"), Value::Map({{Value::String("b"), Value::Int(7)}})}}));
    add("node", Type::Object(node_type), Value::Borrowed(node));
  }

  void Fill(Evaluation* evaluation) const {
    for (uint32_t i = 0; i < values.size(); ++i) evaluation->Set(i, values[i]);
  }

  StdRegexEngine regex;
  NodeType node_type;
  Node node{node_type};
  Environment environment;
  std::vector<Value> values;
};

}  // namespace drydock::cel

#endif  // DRYDOCK_TESTS_CEL_WORLD_H_
