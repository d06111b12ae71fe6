// How selectors are evaluated (apimachinery's labels.Requirement, component-helpers'
// nodeaffinity).
#include "src/scheduler/selector.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::scheduler {
namespace {

bool Contains(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool Contains(const std::vector<Symbol>& values, Symbol value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool Holds(const LabelRequirement& requirement, const Labels& labels) {
  const std::string* value = FindLabel(labels, requirement.key);
  switch (requirement.op) {
    case SelectorOp::kIn:
      return value != nullptr && Contains(requirement.values, *value);
    case SelectorOp::kNotIn:
      return value == nullptr || !Contains(requirement.values, *value);
    case SelectorOp::kExists:
      return value != nullptr;
    case SelectorOp::kDoesNotExist:
      return value == nullptr;
    case SelectorOp::kGt:
    case SelectorOp::kLt:
      return false;  // Not in metav1.LabelSelector.
  }
  return false;
}

bool Holds(const NodeRequirement& requirement, const Symbols& symbols, Symbol value) {
  switch (requirement.op) {
    case SelectorOp::kIn:
      return value != kNoSymbol && Contains(requirement.values, value);
    case SelectorOp::kNotIn:
      return value == kNoSymbol || !Contains(requirement.values, value);
    case SelectorOp::kExists:
      return value != kNoSymbol;
    case SelectorOp::kDoesNotExist:
      return value == kNoSymbol;
    case SelectorOp::kGt:
    case SelectorOp::kLt: {
      int64_t number = 0;
      if (value == kNoSymbol || requirement.bad_number ||
          !absl::SimpleAtoi(symbols.Text(value), &number)) {
        return false;
      }
      return requirement.op == SelectorOp::kGt ? number > requirement.number
                                               : number < requirement.number;
    }
  }
  return false;
}

}  // namespace

const std::string* FindLabel(const Labels& labels, absl::string_view key) {
  const auto found =
      std::lower_bound(labels.begin(), labels.end(), key,
                       [](const auto& label, absl::string_view k) { return label.first < k; });
  return found != labels.end() && found->first == key ? &found->second : nullptr;
}

bool LabelSelector::Matches(const Labels& labels) const {
  if (nothing) return false;
  for (const LabelRequirement& requirement : requirements) {
    if (!Holds(requirement, labels)) return false;
  }
  return true;
}

void LabelSelector::AppendKey(std::string* key) const {
  if (nothing) {
    absl::StrAppend(key, "!");
    return;
  }
  for (const LabelRequirement& requirement : requirements) {
    absl::StrAppend(key, requirement.key.size(), ":", requirement.key,
                    static_cast<int>(requirement.op), "(");
    for (const std::string& value : requirement.values) {
      absl::StrAppend(key, value.size(), ":", value);
    }
    absl::StrAppend(key, ")");
  }
}

Symbol FindLabel(const NodeLabels& labels, Symbol key) {
  for (const auto& [label, value] : labels) {  // A dozen at most: faster than halving.
    if (label == key) return value;
  }
  return kNoSymbol;
}

bool NodeTerm::Matches(const Symbols& symbols, const NodeLabels& labels, Symbol node_name) const {
  if (expressions.empty() && fields.empty()) return false;
  for (const NodeRequirement& requirement : expressions) {
    if (!Holds(requirement, symbols, FindLabel(labels, requirement.key))) return false;
  }
  for (const NodeRequirement& requirement : fields) {
    if (!Holds(requirement, symbols, node_name)) return false;
  }
  return true;
}

bool NodeSelector::Matches(const Symbols& symbols, const NodeLabels& labels,
                           Symbol node_name) const {
  for (const NodeTerm& term : terms) {
    if (term.Matches(symbols, labels, node_name)) return true;
  }
  return false;
}

}  // namespace drydock::scheduler
