// A scanner over the text, and a recursive parser of what stands between braces.
#include "sim/perf/template.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

using Node = Template::Node;

constexpr int kDeepest = 50;           // Parentheses within parentheses.
constexpr double kMostWhole = 9.0e18;  // What a 64-bit integer holds.

struct Helper {
  absl::string_view name;
  bool two;    // Exactly two arguments; else any number.
  bool whole;  // The result is cut to a whole number.
};
constexpr Helper kHelpers[] = {
    {"AddFloat", false, false},   {"AddInt", false, true},
    {"DivideFloat", true, false}, {"DivideInt", true, true},
    {"Mod", true, true},          {"MultiplyFloat", false, false},
    {"MultiplyInt", false, true}, {"SubtractFloat", true, false},
    {"SubtractInt", true, true},
};

const Helper* FindHelper(absl::string_view name) {
  for (const Helper& helper : kHelpers) {
    if (helper.name == name) return &helper;
  }
  return nullptr;
}

absl::Status Wrong(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(line, ": ", what));
}

bool IsNameChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// What stands between "{{" and "}}".
class ActionParser {
 public:
  ActionParser(absl::string_view text, int line) : text_(text), line_(line) {}

  absl::StatusOr<Node> Parse() {
    absl::StatusOr<Node> node = Expression(0);
    if (!node.ok()) return node;
    if (!AtEnd()) return Wrong(line_, absl::StrCat("expected }}, got \"", text_, "\""));
    return node;
  }

 private:
  bool AtEnd() {
    text_ = absl::StripLeadingAsciiWhitespace(text_);
    return text_.empty();
  }

  absl::string_view Name() {
    size_t length = 0;
    while (length < text_.size() && IsNameChar(text_[length])) ++length;
    const absl::string_view name = text_.substr(0, length);
    text_.remove_prefix(length);
    return name;
  }

  // A helper with its arguments, or one operand.
  absl::StatusOr<Node> Expression(int depth) {
    if (depth > kDeepest) return Wrong(line_, "too many parentheses");
    if (AtEnd()) return Wrong(line_, "expected a value such as .Index between {{ and }}");
    if (!absl::ascii_isalpha(static_cast<unsigned char>(text_.front()))) return Operand(depth);
    Node call;
    call.kind = Node::Kind::kCall;
    call.line = line_;
    call.text = std::string(Name());
    const Helper* const helper = FindHelper(call.text);
    if (helper == nullptr) {
      std::string all;
      for (const Helper& each : kHelpers) absl::StrAppend(&all, all.empty() ? "" : ", ", each.name);
      return Wrong(line_, absl::StrCat("\"", call.text,
                                       "\" is not supported; expected a value "
                                       "such as .Index or one of ",
                                       all));
    }
    while (!AtEnd() && text_.front() != ')') {
      absl::StatusOr<Node> argument = Operand(depth);
      if (!argument.ok()) return argument;
      call.arguments.push_back(*std::move(argument));
    }
    if (helper->two && call.arguments.size() != 2) {
      return Wrong(
          line_, absl::StrCat(call.text, ": expected two arguments, got ", call.arguments.size()));
    }
    return call;
  }

  absl::StatusOr<Node> Operand(int depth) {
    Node node;
    node.line = line_;
    const char first = text_.front();
    if (first == '(') {
      text_.remove_prefix(1);
      absl::StatusOr<Node> inner = Expression(depth + 1);
      if (!inner.ok()) return inner;
      if (AtEnd() || text_.front() != ')') return Wrong(line_, "expected )");
      text_.remove_prefix(1);
      return inner;
    }
    if (first == '.') {
      text_.remove_prefix(1);
      node.kind = Node::Kind::kValue;
      node.text = std::string(Name());
      if (node.text.empty()) return Wrong(line_, "expected a name after the dot");
      return node;
    }
    if (first == '"') {
      const size_t end = text_.find('"', 1);
      if (end == absl::string_view::npos) return Wrong(line_, "a string has no end");
      node.text = std::string(text_.substr(1, end - 1));
      text_.remove_prefix(end + 1);
      return node;
    }
    size_t length = 0;
    while (length < text_.size() && (IsNameChar(text_[length]) || text_[length] == '.' ||
                                     (length == 0 && (first == '-' || first == '+')))) {
      ++length;
    }
    double number = 0;
    if (length == 0 || !absl::SimpleAtod(text_.substr(0, length), &number)) {
      return Wrong(line_, absl::StrCat("expected a value such as .Index, a number or a helper, "
                                       "got \"",
                                       text_, "\""));
    }
    node.text = std::string(text_.substr(0, length));
    text_.remove_prefix(length);
    return node;
  }

  absl::string_view text_;
  const int line_;
};

// As Go prints a float64.
std::string FloatText(double number) {
  char buffer[64];
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e21);
  const std::to_chars_result end =
      std::to_chars(buffer, buffer + sizeof(buffer), number,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  return std::string(buffer, end.ptr);
}

absl::StatusOr<std::string> Evaluate(const Node& node, const Template::Values& values);

absl::StatusOr<double> Calculate(const Node& call, const std::vector<double>& numbers) {
  const absl::string_view name = call.text;
  if (absl::StartsWith(name, "Add") || absl::StartsWith(name, "Multiply")) {
    const bool add = absl::StartsWith(name, "Add");
    double result = add ? 0 : 1;
    for (const double number : numbers) result = add ? result + number : result * number;
    return result;
  }
  const double a = numbers[0];
  const double b = numbers[1];
  if (absl::StartsWith(name, "Subtract")) return a - b;
  if (name == "Mod") {
    // Both are cut to whole numbers first.
    if (std::fabs(a) > kMostWhole || std::fabs(b) > kMostWhole || std::trunc(b) == 0) {
      return Wrong(call.line, "Mod: expected whole numbers, the second one not 0");
    }
    return std::fmod(std::trunc(a), std::trunc(b));
  }
  if (b == 0) return Wrong(call.line, absl::StrCat(name, ": division by zero"));
  return a / b;
}

absl::StatusOr<std::string> Call(const Node& call, const Template::Values& values) {
  std::vector<double> numbers;
  for (const Node& argument : call.arguments) {
    const absl::StatusOr<std::string> text = Evaluate(argument, values);
    if (!text.ok()) return text;
    double number = 0;
    if (!absl::SimpleAtod(*text, &number) || !std::isfinite(number)) {
      return Wrong(call.line, absl::StrCat(call.text, ": expected a number, got \"", *text, "\""));
    }
    numbers.push_back(number);
  }
  const absl::StatusOr<double> result = Calculate(call, numbers);
  if (!result.ok()) return result.status();
  if (!FindHelper(call.text)->whole) return FloatText(*result);
  if (std::fabs(*result) > kMostWhole) {
    return Wrong(call.line, absl::StrCat(call.text, ": the result is too large"));
  }
  return absl::StrCat(static_cast<int64_t>(*result));
}

absl::StatusOr<std::string> Evaluate(const Node& node, const Template::Values& values) {
  if (node.kind == Node::Kind::kText) return node.text;
  if (node.kind == Node::Kind::kCall) return Call(node, values);
  const auto found = values.find(node.text);
  if (found == values.end()) {
    return Wrong(node.line, absl::StrCat(".", node.text, " has no value"));
  }
  return found->second;
}

bool NodeUses(const Node& node, absl::string_view name) {
  if (node.kind == Node::Kind::kValue && node.text == name) return true;
  return std::any_of(node.arguments.begin(), node.arguments.end(),
                     [name](const Node& argument) { return NodeUses(argument, name); });
}

}  // namespace

absl::StatusOr<Template> Template::Parse(absl::string_view text) {
  Template parsed;
  int line = 1;
  bool trim = false;  // The action before ended in "-}}".
  for (;;) {
    const size_t open = text.find("{{");
    Node plain;
    plain.text = std::string(text.substr(0, open));
    const auto lines = static_cast<int>(std::count(plain.text.begin(), plain.text.end(), '\n'));
    if (trim) absl::StripLeadingAsciiWhitespace(&plain.text);
    line += lines;
    const bool last = open == absl::string_view::npos;
    if (!last) text.remove_prefix(open + 2);
    if (!last && absl::StartsWith(text, "- ")) {
      text.remove_prefix(1);
      absl::StripTrailingAsciiWhitespace(&plain.text);
    }
    if (!plain.text.empty()) parsed.parts_.push_back(std::move(plain));
    if (last) return parsed;
    const size_t close = text.find("}}");
    if (close == absl::string_view::npos) return Wrong(line, "{{ has no }}");
    absl::string_view action = text.substr(0, close);
    text.remove_prefix(close + 2);
    trim = absl::EndsWith(action, " -");
    if (trim) action.remove_suffix(1);
    action = absl::StripAsciiWhitespace(action);
    if (!absl::StartsWith(action, "/*") || !absl::EndsWith(action, "*/")) {
      absl::StatusOr<Node> node = ActionParser(action, line).Parse();
      if (!node.ok()) return node.status();
      parsed.parts_.push_back(*std::move(node));
    }
    line += static_cast<int>(std::count(action.begin(), action.end(), '\n'));
  }
}

absl::StatusOr<std::string> Template::Render(const Values& values) const {
  std::string out;
  for (const Node& part : parts_) {
    const absl::StatusOr<std::string> text = Evaluate(part, values);
    if (!text.ok()) return text;
    out += *text;
  }
  return out;
}

bool Template::Uses(absl::string_view name) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [name](const Node& part) { return NodeUses(part, name); });
}

}  // namespace drydock::sim
