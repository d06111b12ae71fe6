// `drydock sim compare`: runs a study over all cores, and says what came of it.
#ifndef DRYDOCK_SIM_COMPARE_COMPARE_H_
#define DRYDOCK_SIM_COMPARE_COMPARE_H_

#include <string>

#include "absl/status/statusor.h"
#include "sim/compare/study.h"

namespace drydock::sim {

struct CompareOptions {
  std::string file;  // A Study or a Scenario.
  StudyChanges changes;
  std::string out;     // Empty: out/NAME.
  std::string json;    // The results also there; "-": standard output; empty: nowhere.
  int jobs = 0;        // Runs at a time; 0: one for each core.
  bool fresh = false;  // Drops the runs of an earlier start.
  bool quiet = false;
  std::string version;
  std::string program = "/proc/self/exe";  // The drydock binary.
};

// Each run is a process of its own, `drydock sim run`, so that a result depends on nothing
// but scenario, settings and seed. Finished runs are kept in OUT/study.sqlite; the next
// start goes on with the others.
//
// True when every check of every run held. Cancelled when a signal (SIGINT, SIGTERM) came:
// what had finished is kept. An error when the input was bad or a run could not be made.
absl::StatusOr<bool> Compare(const CompareOptions& options);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_COMPARE_H_
