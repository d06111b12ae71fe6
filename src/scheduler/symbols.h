// Strings as small numbers: the labels, names and images of nodes are compared
// millions of times a second, and an integer is cheaper than a string.
//
// Numbers are given in the order of first use and live as long as the table. What
// is interned is bounded by what nodes carry and node selectors name; the labels of
// pods, which are unbounded over time, are not.
#ifndef DRYDOCK_SRC_SCHEDULER_SYMBOLS_H_
#define DRYDOCK_SRC_SCHEDULER_SYMBOLS_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace drydock::scheduler {

using Symbol = uint32_t;
inline constexpr Symbol kNoSymbol = 0xffffffff;

class Symbols {
 public:
  Symbol Intern(absl::string_view text) {
    const auto found = numbers_.find(text);
    if (found != numbers_.end()) return found->second;
    const auto symbol = static_cast<Symbol>(texts_.size());
    texts_.emplace_back(text);
    numbers_.emplace(texts_.back(), symbol);
    return symbol;
  }
  // kNoSymbol when nobody has interned `text`.
  Symbol Find(absl::string_view text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? kNoSymbol : found->second;
  }
  const std::string& Text(Symbol symbol) const { return texts_[symbol]; }
  size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // A deque: the keys of the map point into it.
  absl::flat_hash_map<absl::string_view, Symbol> numbers_;  // Looked up, never iterated.
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_SYMBOLS_H_
