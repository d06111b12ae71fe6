// Selectors in the form in which the scheduler evaluates them: label selectors over
// the labels of pods and namespaces, node selectors over interned labels of nodes.
#ifndef DRYDOCK_SRC_SCHEDULER_SELECTOR_H_
#define DRYDOCK_SRC_SCHEDULER_SELECTOR_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/scheduler/symbols.h"

namespace drydock::scheduler {

using Labels = std::vector<std::pair<std::string, std::string>>;  // Sorted by key.
// Null when `labels` lacks `key`.
const std::string* FindLabel(const Labels& labels, absl::string_view key);

enum class SelectorOp : uint8_t { kIn, kNotIn, kExists, kDoesNotExist, kGt, kLt };

struct LabelRequirement {
  std::string key;
  SelectorOp op = SelectorOp::kIn;
  std::vector<std::string> values;
};

// All requirements hold. Empty: matches everything; `nothing`: matches nothing (what
// an absent metav1.LabelSelector means).
struct LabelSelector {
  std::vector<LabelRequirement> requirements;
  bool nothing = false;

  bool Matches(const Labels& labels) const;
  void AppendKey(std::string* key) const;  // Equal selectors append equal text.
};

using NodeLabels = std::vector<std::pair<Symbol, Symbol>>;  // Sorted by key symbol.
// kNoSymbol when `labels` lacks `key`.
Symbol FindLabel(const NodeLabels& labels, Symbol key);

struct NodeRequirement {
  Symbol key = kNoSymbol;
  SelectorOp op = SelectorOp::kIn;
  std::vector<Symbol> values;
  int64_t number = 0;       // The right side of kGt and kLt.
  bool bad_number = false;  // It was not a number: never matches.
};

// All expressions and fields hold; a term with neither matches nothing.
struct NodeTerm {
  std::vector<NodeRequirement> expressions;
  std::vector<NodeRequirement> fields;  // metadata.name only; key unused.

  bool Matches(const Symbols& symbols, const NodeLabels& labels, Symbol node_name) const;
};

// Any term matches. No terms: nothing matches.
struct NodeSelector {
  std::vector<NodeTerm> terms;

  bool Matches(const Symbols& symbols, const NodeLabels& labels, Symbol node_name) const;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_SELECTOR_H_
