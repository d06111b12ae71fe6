// Bins and means.
#include "sim/measure/load_curve.h"

#include <cmath>

namespace drydock::sim {

LoadCurve::LoadCurve(int last_bin)
    : sums_(static_cast<size_t>(last_bin) + 1), counts_(static_cast<size_t>(last_bin) + 1) {}

void LoadCurve::Add(double load, double value) {
  const double bin = std::nearbyint(load);  // The default rounding mode: halves to even.
  if (bin < 0 || bin >= static_cast<double>(sums_.size())) return;
  sums_[static_cast<size_t>(bin)] += value;
  ++counts_[static_cast<size_t>(bin)];
}

std::vector<double> LoadCurve::Means() const {
  const auto size = static_cast<long>(sums_.size());
  std::vector<double> means(sums_.size(), 0);
  for (long bin = 0; bin < size; ++bin) {
    double sum = sums_[bin];
    size_t count = counts_[bin];
    for (long distance = 1; count == 0 && distance < size; ++distance) {
      for (const long beside : {bin - distance, bin + distance}) {
        if (beside < 0 || beside >= size) continue;
        sum += sums_[beside];
        count += counts_[beside];
      }
    }
    if (count > 0) means[bin] = RoundToCents(sum / static_cast<double>(count));
  }
  return means;
}

double RoundToCents(double value) { return std::round(value * 100) / 100; }

}  // namespace drydock::sim
