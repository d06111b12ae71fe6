// The live line on a terminal while a run goes on; silent elsewhere.
#ifndef DRYDOCK_SIM_RUN_PROGRESS_H_
#define DRYDOCK_SIM_RUN_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "sim/run/stopwatch.h"

namespace drydock::sim {

class Progress {
 public:
  // Shows nothing when `quiet`, or when standard error is not a terminal.
  explicit Progress(bool quiet);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { Clear(); }

  // At most ten times a second; cheap to call more often.
  void Update(absl::Duration virtual_now, absl::Duration virtual_end, uint64_t pods,
              uint64_t events);
  // Removes the line.
  void Clear();

 private:
  const bool shown_;
  const Stopwatch watch_;
  double last_ = -1;
  uint64_t last_events_ = 0;
  absl::Duration last_virtual_;
  bool dirty_ = false;
};

// "1:02:03", "02:03".
std::string FormatClock(absl::Duration duration);
// "12,345".
std::string WithCommas(uint64_t number);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUN_PROGRESS_H_
