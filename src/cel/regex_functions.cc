// matches, find, findAll, through whatever engine the environment has.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/cel/function.h"

namespace drydock::cel {
namespace {

// Calls `use` with the pattern: the one compiled with the expression, or one compiled now.
template <typename Use>
Value WithPattern(const Arguments& arguments, Use use) {
  const absl::string_view pattern = arguments[1].text();
  // Time is in proportion to the text and to the size of the pattern.
  if (!arguments.Charge((arguments[0].text().size() / 10 + 1) * (pattern.size() / 4 + 1))) {
    return Value::Error(kBudgetExceeded);
  }
  if (arguments.regex() != nullptr) return use(*arguments.regex());
  const absl::StatusOr<std::unique_ptr<const Regex>> compiled =
      arguments.engine()->Compile(pattern);
  if (!compiled.ok()) {
    return Value::Error(absl::StrCat("error parsing regexp: ", compiled.status().message()));
  }
  return use(**compiled);
}

Value Matches(const Arguments& arguments) {
  return WithPattern(arguments, [&](const Regex& regex) {
    return Value::Bool(regex.Find(arguments[0].text(), 0).has_value());
  });
}

Value Find(const Arguments& arguments) {
  return WithPattern(arguments, [&](const Regex& regex) {
    const absl::string_view text = arguments[0].text();
    const std::optional<Regex::Match> match = regex.Find(text, 0);
    if (!match.has_value()) return Value::String("");
    return Value::String(text.substr(match->begin, match->end - match->begin));
  });
}

Value FindAll(const Arguments& arguments) {
  return WithPattern(arguments, [&](const Regex& regex) {
    const absl::string_view text = arguments[0].text();
    const int64_t limit = arguments.size() > 2 ? arguments[2].int_value() : -1;
    std::vector<Value> found;
    size_t from = 0;
    while (from <= text.size() && (limit < 0 || static_cast<int64_t>(found.size()) < limit)) {
      const std::optional<Regex::Match> match = regex.Find(text, from);
      if (!match.has_value()) break;
      if (!arguments.Charge(1)) return Value::Error(kBudgetExceeded);
      found.push_back(Value::String(text.substr(match->begin, match->end - match->begin)));
      from = match->end > match->begin ? match->end : match->end + 1;
    }
    return Value::List(std::move(found));
  });
}

}  // namespace

void AddRegexFunctions(std::vector<Overload>* functions) {
  const Type s = Type::String();
  functions->push_back({"matches", true, {s, s}, Type::Bool(), Matches, true});
  functions->push_back({"matches", false, {s, s}, Type::Bool(), Matches, true});
  functions->push_back({"find", true, {s, s}, s, Find, true});
  functions->push_back({"findAll", true, {s, s}, Type::List(s), FindAll, true});
  functions->push_back({"findAll", true, {s, s, Type::Int()}, Type::List(s), FindAll, true});
}

}  // namespace drydock::cel
