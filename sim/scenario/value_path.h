// Paths into YAML trees, as --set and `vary` write them:
//
//   cluster.nodePools[0].count
//   spec.template.metadata.annotations[sim.drydock.dev/run-for]
//
// Dots separate fields; brackets hold an index into a list, or a key that has dots
// of its own.
#ifndef DRYDOCK_SIM_SCENARIO_VALUE_PATH_H_
#define DRYDOCK_SIM_SCENARIO_VALUE_PATH_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

struct PathStep {
  std::string key;
  std::optional<size_t> index;  // Set: an item of a list, and `key` is its number as text.
};

absl::StatusOr<std::vector<PathStep>> ParseValuePath(absl::string_view path);

// Puts `value` at `path`, making the maps on the way. Items of lists must exist.
absl::Status SetValue(absl::string_view path, api::Value value, api::Value* root);

// The value at `path`; null when there is none.
const api::Value* FindValue(const std::vector<PathStep>& path, const api::Value& root);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_VALUE_PATH_H_
