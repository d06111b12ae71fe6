// What a run costs on the machine that carries it out: wall time, processor time and memory. The
// only place of the simulator that looks at a real clock, outside of the simulation
// and for reports alone.
#ifndef DRYDOCK_SIM_RUN_STOPWATCH_H_
#define DRYDOCK_SIM_RUN_STOPWATCH_H_

#include <cstdint>

namespace drydock::sim {

class Stopwatch {
 public:
  Stopwatch();
  double Seconds() const;     // Since it was made.
  double CpuSeconds() const;  // That the process has used since, in all its threads.

 private:
  int64_t start_nanos_;
  int64_t start_cpu_nanos_;
};

// The largest resident set that the process has had.
int64_t PeakMemoryBytes();

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUN_STOPWATCH_H_
