// `drydock sim run`: reads a scenario, runs it, writes its results.
#ifndef DRYDOCK_SIM_RUN_RUN_H_
#define DRYDOCK_SIM_RUN_RUN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace drydock::sim {

struct RunOptions {
  std::string file;
  std::optional<uint64_t> seed;                          // Instead of the file's.
  std::vector<std::pair<std::string, std::string>> set;  // Path below spec, and YAML.
  std::string out;                                       // Empty: out/NAME-SEED.
  bool files = true;                                     // False: nothing goes there.
  std::string json;  // Also written there; "-": standard output; empty: nowhere.
  bool quiet = false;
  // The process ends right after: the system takes a large world back faster than its
  // destructors do.
  bool last = false;
  std::string version;  // Drydock's, for the results.
};

// Writes progress and a summary to standard error (progress only to a terminal).
// True when every check held; an error when the input was bad or the results could
// not be written.
absl::StatusOr<bool> Run(const RunOptions& options);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUN_RUN_H_
