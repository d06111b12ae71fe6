// A quantity as a function of the load that has arrived: the curves of the
// shared-GPU experiment.
#ifndef DRYDOCK_SIM_MEASURE_LOAD_CURVE_H_
#define DRYDOCK_SIM_MEASURE_LOAD_CURVE_H_

#include <cstddef>
#include <vector>

namespace drydock::sim {

class LoadCurve {
 public:
  // Bins 0 to `last_bin`, one for each percent of load.
  explicit LoadCurve(int last_bin);

  // `load` in percent; it falls into the nearest bin, halves to the even one. Loads
  // beyond the last bin are left out.
  void Add(double load, double value);

  // For each bin the mean of its samples, rounded to two decimals. A bin without
  // samples takes the mean of the samples of the nearest bins that have some, on
  // both sides at the same distance.
  std::vector<double> Means() const;

 private:
  std::vector<double> sums_;
  std::vector<size_t> counts_;
};

// To two decimals, halves away from zero, as the experiment's tables are.
double RoundToCents(double value);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_MEASURE_LOAD_CURVE_H_
