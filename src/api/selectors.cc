// Grammar and texts of k8s.io/apimachinery/pkg/labels and pkg/fields.
#include "src/api/selectors.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/names.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::absl::string_view;
using Operator = Selector::Operator;
using Requirement = Selector::Requirement;

absl::Status CheckRequirement(const Requirement& requirement) {
  const auto wrong = [&](string_view what, const Complaints& complaints) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", absl::StrJoin(complaints, "; ")));
  };
  const Complaints of_key = CheckQualifiedName(requirement.key);
  if (!of_key.empty()) {
    return wrong(absl::StrCat("key: Invalid value: \"", requirement.key, "\""), of_key);
  }
  switch (requirement.op) {
    case Operator::kIn:
    case Operator::kNotIn:
      if (requirement.values.empty()) {
        return wrong("values: Invalid value: []",
                     {"for 'in', 'notin' operators, values set can't be empty"});
      }
      break;
    case Operator::kExists:
    case Operator::kDoesNotExist:
      if (!requirement.values.empty()) {
        return wrong(
            absl::StrCat("values: Invalid value: [", absl::StrJoin(requirement.values, ","), "]"),
            {"values set must be empty for exists and does not exist"});
      }
      break;
    case Operator::kGreaterThan:
    case Operator::kLessThan: {
      int64_t number;
      if (requirement.values.size() != 1) {
        return wrong("values: Invalid value", {"for 'Gt', 'Lt' operators, exactly one value is "
                                               "required"});
      }
      if (!absl::SimpleAtoi(requirement.values[0], &number)) {
        return wrong(absl::StrCat("values[0]: Invalid value: \"", requirement.values[0], "\""),
                     {"for 'Gt', 'Lt' operators, the value must be an integer"});
      }
      break;
    }
  }
  for (size_t i = 0; i < requirement.values.size(); ++i) {
    const Complaints of_value = CheckLabelValue(requirement.values[i]);
    if (!of_value.empty()) {
      return wrong(absl::StrCat("values[", i, "][", requirement.key, "]: Invalid value: \"",
                                requirement.values[i], "\""),
                   of_value);
    }
  }
  return absl::OkStatus();
}

// Reads the request form, a requirement at a time.
class LabelParser {
 public:
  explicit LabelParser(string_view text) : rest_(text) {}

  absl::StatusOr<std::vector<Requirement>> Parse() {
    std::vector<Requirement> requirements;
    SkipSpace();
    while (!rest_.empty()) {
      Requirement requirement;
      RETURN_IF_ERROR(ParseRequirement(&requirement));
      RETURN_IF_ERROR(CheckRequirement(requirement));
      requirements.push_back(std::move(requirement));
      SkipSpace();
      if (rest_.empty()) break;
      if (!TakeIf(",")) return Unexpected("',' or the end");
      SkipSpace();
      if (rest_.empty()) return Unexpected("a key after ','");
    }
    return requirements;
  }

 private:
  absl::Status ParseRequirement(Requirement* requirement) {
    const bool negated = TakeIf("!");
    requirement->key = TakeWord();
    if (requirement->key.empty()) return Unexpected("a key");
    if (negated) {
      requirement->op = Operator::kDoesNotExist;
      return absl::OkStatus();
    }
    SkipSpace();
    if (rest_.empty() || rest_[0] == ',') {
      requirement->op = Operator::kExists;
      return absl::OkStatus();
    }
    if (TakeIf("!=")) {
      requirement->op = Operator::kNotIn;
    } else if (TakeIf("==") || TakeIf("=")) {
      requirement->op = Operator::kIn;
    } else if (TakeIf(">")) {
      requirement->op = Operator::kGreaterThan;
    } else if (TakeIf("<")) {
      requirement->op = Operator::kLessThan;
    } else {
      const std::string word = TakeWord();
      if (word != "in" && word != "notin") {
        return Unexpected("one of: in, notin, =, ==, !=, gt, lt");
      }
      requirement->op = word == "in" ? Operator::kIn : Operator::kNotIn;
      return ParseSet(requirement);
    }
    SkipSpace();
    requirement->values.push_back(TakeWord());
    return absl::OkStatus();
  }

  absl::Status ParseSet(Requirement* requirement) {
    SkipSpace();
    if (!TakeIf("(")) return Unexpected("'('");
    while (true) {
      SkipSpace();
      requirement->values.push_back(TakeWord());
      SkipSpace();
      if (TakeIf(")")) break;
      if (!TakeIf(",")) return Unexpected("',' or ')'");
    }
    std::vector<std::string>& values = requirement->values;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return absl::OkStatus();
  }

  void SkipSpace() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

  bool TakeIf(string_view token) {
    if (rest_.substr(0, token.size()) != token) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::string TakeWord() {
    const size_t length = std::min(rest_.find_first_of(" \t\r\n=!(),<>"), rest_.size());
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

  absl::Status Unexpected(string_view expected) const {
    return absl::InvalidArgumentError(absl::StrCat("unable to parse requirement: found '",
                                                   rest_.substr(0, 32), "', expected: ", expected));
  }

  string_view rest_;
};

bool IsNumberAbove(const std::string& a, const std::string& b) {
  int64_t x, y;
  return absl::SimpleAtoi(a, &x) && absl::SimpleAtoi(b, &y) && x > y;
}

bool ByKey(const Requirement& a, const Requirement& b) { return a.key < b.key; }

}  // namespace

bool Selector::Requirement::Matches(const StringMap& labels) const {
  const std::string* const value = Find(labels, key);
  const auto listed = [&] {
    return std::find(values.begin(), values.end(), *value) != values.end();
  };
  switch (op) {
    case Operator::kIn:
      return value != nullptr && listed();
    case Operator::kNotIn:
      return value == nullptr || !listed();
    case Operator::kExists:
      return value != nullptr;
    case Operator::kDoesNotExist:
      return value == nullptr;
    case Operator::kGreaterThan:
      return value != nullptr && IsNumberAbove(*value, values[0]);
    case Operator::kLessThan:
      return value != nullptr && IsNumberAbove(values[0], *value);
  }
  return false;
}

Selector Selector::Nothing() {
  Selector selector;
  selector.nothing_ = true;
  return selector;
}

void Selector::Add(Requirement requirement) {
  requirements_.insert(
      std::upper_bound(requirements_.begin(), requirements_.end(), requirement, ByKey),
      std::move(requirement));
}

absl::StatusOr<Selector> Selector::Parse(string_view text) {
  absl::StatusOr<std::vector<Requirement>> requirements = LabelParser(text).Parse();
  if (!requirements.ok()) return requirements.status();
  Selector selector;
  for (Requirement& requirement : *requirements) selector.Add(std::move(requirement));
  return selector;
}

absl::StatusOr<Selector> Selector::From(const LabelSelector& from) {
  Selector selector;
  for (const StringEntry& label : from.match_labels()) {
    selector.Add({label.key(), Operator::kIn, {label.value()}});
  }
  for (const LabelSelectorRequirement& expression : from.match_expressions()) {
    Requirement requirement{
        expression.key(), Operator::kIn, {expression.values().begin(), expression.values().end()}};
    std::sort(requirement.values.begin(), requirement.values.end());
    if (expression.operator_() == "NotIn") {
      requirement.op = Operator::kNotIn;
    } else if (expression.operator_() == "Exists") {
      requirement.op = Operator::kExists;
    } else if (expression.operator_() == "DoesNotExist") {
      requirement.op = Operator::kDoesNotExist;
    } else if (expression.operator_() != "In") {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", expression.operator_(), "\" is not a valid label selector operator"));
    }
    selector.Add(std::move(requirement));
  }
  for (const Requirement& requirement : selector.requirements_) {
    RETURN_IF_ERROR(CheckRequirement(requirement));
  }
  return selector;
}

absl::StatusOr<Selector> Selector::FromOptional(const LabelSelector* selector) {
  if (selector == nullptr) return Nothing();
  return From(*selector);
}

Selector Selector::FromLabels(const StringMap& labels) {
  Selector selector;
  for (const StringEntry& label : labels) {
    selector.Add({label.key(), Operator::kIn, {label.value()}});
  }
  return selector;
}

bool Selector::Matches(const StringMap& labels) const {
  if (nothing_) return false;
  for (const Requirement& requirement : requirements_) {
    if (!requirement.Matches(labels)) return false;
  }
  return true;
}

std::string Selector::ToString() const {
  std::vector<std::string> parts;
  for (const Requirement& r : requirements_) {
    const std::string values = absl::StrJoin(r.values, ",");
    switch (r.op) {
      case Operator::kIn:
        parts.push_back(r.values.size() == 1 ? absl::StrCat(r.key, "=", values)
                                             : absl::StrCat(r.key, " in (", values, ")"));
        break;
      case Operator::kNotIn:
        parts.push_back(r.values.size() == 1 ? absl::StrCat(r.key, "!=", values)
                                             : absl::StrCat(r.key, " notin (", values, ")"));
        break;
      case Operator::kExists:
        parts.push_back(r.key);
        break;
      case Operator::kDoesNotExist:
        parts.push_back(absl::StrCat("!", r.key));
        break;
      case Operator::kGreaterThan:
        parts.push_back(absl::StrCat(r.key, ">", values));
        break;
      case Operator::kLessThan:
        parts.push_back(absl::StrCat(r.key, "<", values));
        break;
    }
  }
  return absl::StrJoin(parts, ",");
}

absl::StatusOr<FieldSelector> FieldSelector::Parse(string_view text) {
  FieldSelector selector;
  while (!text.empty()) {
    Requirement requirement;
    bool in_value = false;
    bool done = false;
    size_t i = 0;
    for (; i < text.size() && !done; ++i) {
      const char c = text[i];
      if (!in_value) {
        if (c == ',') break;
        if (c == '=' || (c == '!' && text.substr(i + 1, 1) == "=")) {
          requirement.equal = c == '=';
          if (c == '!' || text.substr(i + 1, 1) == "=") ++i;
          in_value = true;
          continue;
        }
        requirement.field.push_back(c);
      } else if (c == '\\') {
        // Backslashes escape ',', '=' and themselves in values.
        if (i + 1 == text.size() || string_view(",=\\").find(text[i + 1]) == string_view::npos) {
          return absl::InvalidArgumentError(
              absl::StrCat("invalid field selector: invalid escape sequence in value: ", text));
        }
        requirement.value.push_back(text[++i]);
      } else if (c == ',') {
        done = true;
      } else if (c == '=') {
        return absl::InvalidArgumentError(
            absl::StrCat("invalid field selector: unescaped '=' in value: ", text));
      } else {
        requirement.value.push_back(c);
      }
    }
    if (!in_value) {
      if (requirement.field.empty() && i < text.size()) {
        text.remove_prefix(i + 1);  // An empty term, as Kubernetes allows.
        continue;
      }
      return absl::InvalidArgumentError(absl::StrCat(
          "invalid selector: '", text, "'; can't understand '", requirement.field, "'"));
    }
    selector.requirements_.push_back(std::move(requirement));
    text.remove_prefix(i);
  }
  return selector;
}

bool FieldSelector::Matches(const std::function<std::string(string_view field)>& get) const {
  for (const Requirement& requirement : requirements_) {
    if ((get(requirement.field) == requirement.value) != requirement.equal) return false;
  }
  return true;
}

std::optional<std::string> FieldSelector::RequiredValue(string_view field) const {
  for (const Requirement& requirement : requirements_) {
    if (requirement.equal && requirement.field == field) return requirement.value;
  }
  return std::nullopt;
}

std::string FieldSelector::ToString() const {
  return absl::StrJoin(requirements_, ",", [](std::string* out, const Requirement& requirement) {
    absl::StrAppend(out, requirement.field, requirement.equal ? "=" : "!=");
    for (const char c : requirement.value) {
      if (c == '\\' || c == ',' || c == '=') out->push_back('\\');
      out->push_back(c);
    }
  });
}

}  // namespace drydock::api
