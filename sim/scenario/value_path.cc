// Parsing and following paths.
#include "sim/scenario/value_path.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

absl::Status BadPath(absl::string_view path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("bad path \"", path, "\": ", why));
}

}  // namespace

absl::StatusOr<std::vector<PathStep>> ParseValuePath(absl::string_view path) {
  std::vector<PathStep> steps;
  size_t at = 0;
  while (at < path.size()) {
    PathStep step;
    if (path[at] == '[') {
      const size_t close = path.find(']', at);
      if (close == absl::string_view::npos) return BadPath(path, "expected \"]\"");
      step.key = std::string(path.substr(at + 1, close - at - 1));
      size_t index = 0;
      if (absl::SimpleAtoi(step.key, &index)) step.index = index;
      at = close + 1;
    } else {
      const size_t end = path.find_first_of(".[", at);
      step.key = std::string(path.substr(at, end == absl::string_view::npos ? end : end - at));
      at = end == absl::string_view::npos ? path.size() : end;
    }
    if (step.key.empty()) return BadPath(path, "expected a name");
    steps.push_back(std::move(step));
    if (at < path.size() && path[at] == '.') {
      ++at;
      if (at == path.size()) return BadPath(path, "expected a name after the last dot");
    } else if (at < path.size() && path[at] != '[') {
      return BadPath(path, "expected \".\" or \"[\" after \"]\"");
    }
  }
  if (steps.empty()) return BadPath(path, "expected a name");
  return steps;
}

absl::Status SetValue(absl::string_view path, api::Value value, api::Value* root) {
  const absl::StatusOr<std::vector<PathStep>> steps = ParseValuePath(path);
  if (!steps.ok()) return steps.status();
  api::Value* at = root;
  for (const PathStep& step : *steps) {
    if (step.index.has_value() && at->is_array()) {
      if (*step.index >= at->items().size()) {
        return BadPath(path, absl::StrCat("there is no item ", *step.index, ", the list has ",
                                          at->items().size()));
      }
      at = &at->items()[*step.index];
      continue;
    }
    if (at->is_null()) *at = api::Value::Object();
    if (!at->is_object()) {
      return BadPath(path, absl::StrCat("\"", step.key, "\" is below ", api::Describe(*at)));
    }
    at = &(*at)[step.key];
  }
  value.position = {};
  *at = std::move(value);
  return absl::OkStatus();
}

const api::Value* FindValue(const std::vector<PathStep>& path, const api::Value& root) {
  const api::Value* at = &root;
  for (const PathStep& step : path) {
    if (step.index.has_value() && at->is_array()) {
      if (*step.index >= at->items().size()) return nullptr;
      at = &at->items()[*step.index];
      continue;
    }
    at = at->Find(step.key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace drydock::sim
