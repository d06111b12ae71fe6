// A recursive-descent parser over one line, and its evaluation.
#include "sim/scenario/expression.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

constexpr std::array<absl::string_view, 6> kOperators = {"==", "!=", ">=", "<=", ">", "<"};

bool IsNameChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Expression::Comparison>> Run() {
    std::vector<Expression::Comparison> comparisons;
    for (;;) {
      absl::StatusOr<Expression::Comparison> comparison = Compare();
      if (!comparison.ok()) return comparison.status();
      comparisons.push_back(*std::move(comparison));
      SkipSpace();
      if (position_ == text_.size()) return comparisons;
      if (!TakeWord("and")) return Expected("\"and\" or the end");
    }
  }

 private:
  absl::StatusOr<Expression::Comparison> Compare() {
    Expression::Comparison comparison;
    absl::StatusOr<Expression::Operand> left = TakeOperand();
    if (!left.ok()) return left.status();
    comparison.left = *std::move(left);
    SkipSpace();
    for (const absl::string_view op : kOperators) {
      if (text_.substr(position_, op.size()) != op) continue;
      position_ += op.size();
      comparison.op = std::string(op);
      absl::StatusOr<Expression::Operand> right = TakeOperand();
      if (!right.ok()) return right.status();
      comparison.right = *std::move(right);
      break;
    }
    return comparison;
  }

  absl::StatusOr<Expression::Operand> TakeOperand() {
    SkipSpace();
    const size_t begin = position_;
    Expression::Operand operand;
    if (position_ < text_.size() && !absl::ascii_isalpha(static_cast<unsigned char>(Peek()))) {
      while (position_ < text_.size() && (IsNameChar(Peek()) || Peek() == '.' || Peek() == '-')) {
        ++position_;
      }
      operand.is_number = true;
      if (!absl::SimpleAtod(text_.substr(begin, position_ - begin), &operand.number)) {
        position_ = begin;
        return Expected("a number or a name");
      }
      return operand;
    }
    while (position_ < text_.size() && IsNameChar(Peek())) ++position_;
    if (position_ == begin) return Expected("a number or a name");
    operand.name = std::string(text_.substr(begin, position_ - begin));
    if (position_ == text_.size() || Peek() != '(') return operand;
    const size_t close = text_.find(')', position_);
    if (close == absl::string_view::npos) {
      position_ = text_.size();
      return Expected("\")\"");
    }
    operand.argument =
        std::string(absl::StripAsciiWhitespace(text_.substr(position_ + 1, close - position_ - 1)));
    position_ = close + 1;
    return operand;
  }

  bool TakeWord(absl::string_view word) {
    if (text_.substr(position_, word.size()) != word) return false;
    if (position_ + word.size() < text_.size() && IsNameChar(text_[position_ + word.size()])) {
      return false;
    }
    position_ += word.size();
    return true;
  }

  void SkipSpace() {
    while (position_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(Peek()))) {
      ++position_;
    }
  }
  char Peek() const { return text_[position_]; }

  absl::Status Expected(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", what, " at column ", position_ + 1, " of \"", text_, "\""));
  }

  const absl::string_view text_;
  size_t position_ = 0;
};

bool Holds(double left, absl::string_view op, double right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == ">=") return left >= right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left < right;
}

std::string Spell(const Expression::Operand& operand) {
  return operand.argument.empty() ? operand.name
                                  : absl::StrCat(operand.name, "(", operand.argument, ")");
}

// The operand's value; a function's is added to what was seen.
absl::StatusOr<double> ValueOf(const Expression::Operand& operand, const Observations& observations,
                               std::string* seen) {
  if (operand.is_number) return operand.number;
  absl::StatusOr<double> value = observations.Value(operand.name, operand.argument);
  if (value.ok()) {
    absl::StrAppend(seen, seen->empty() ? "" : ", ", Spell(operand), " is ", *value);
  }
  return value;
}

}  // namespace

absl::StatusOr<Expression> Expression::Parse(absl::string_view text) {
  absl::StatusOr<std::vector<Comparison>> comparisons = Parser(text).Run();
  if (!comparisons.ok()) return comparisons.status();
  Expression expression;
  expression.text_ = std::string(text);
  expression.comparisons_ = *std::move(comparisons);
  return expression;
}

absl::StatusOr<Expression::Outcome> Expression::Evaluate(const Observations& observations) const {
  Outcome outcome;
  outcome.holds = true;
  for (const Comparison& comparison : comparisons_) {
    const absl::StatusOr<double> left = ValueOf(comparison.left, observations, &outcome.seen);
    if (!left.ok()) return left.status();
    if (comparison.op.empty()) {
      outcome.holds &= *left != 0;
      continue;
    }
    const absl::StatusOr<double> right = ValueOf(comparison.right, observations, &outcome.seen);
    if (!right.ok()) return right.status();
    outcome.holds &= Holds(*left, comparison.op, *right);
  }
  return outcome;
}

}  // namespace drydock::sim
