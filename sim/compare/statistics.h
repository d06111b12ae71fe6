// What a study says of its numbers: means with intervals, and whether two settings
// differ when each is run with the same seeds.
//
// Pure functions of their arguments, with nothing drawn: the same numbers give the same
// report.
#ifndef DRYDOCK_SIM_COMPARE_STATISTICS_H_
#define DRYDOCK_SIM_COMPARE_STATISTICS_H_

#include <cstddef>
#include <vector>

namespace drydock::sim {

struct SampleSummary {
  size_t count = 0;
  double mean = 0;
  double deviation = 0;  // Of the sample: divided by count - 1. 0 for a single number.
  double low = 0;        // 95% interval of the mean, by Student's t. Both are the mean
  double high = 0;       // for a single number.
  double min = 0;
  double max = 0;
};

SampleSummary Summarize(const std::vector<double>& sample);

// a[i] and b[i] were measured with the same seed.
struct PairedComparison {
  size_t count = 0;
  double difference = 0;  // The mean of a[i] - b[i],
  double low = 0;         // with its 95% interval.
  double high = 0;
  double t = 0;           // Of the paired t-test; 0 when the differences do not vary.
  double t_p = 1;         // Its two-sided p-value.
  double wilcoxon_p = 1;  // Two-sided, of Wilcoxon's signed-rank test.
};

// REQUIRES: a and b are of the same size. Fewer than two pairs prove nothing: both
// p-values are 1.
PairedComparison ComparePaired(const std::vector<double>& a, const std::vector<double>& b);

// p-values of one family of tests, adjusted by Holm's method: each may be compared
// with the same threshold, and the chance of any false alarm stays below it.
std::vector<double> HolmAdjusted(const std::vector<double>& p);

// The two-sided p-value of Student's t with `freedom` degrees of freedom.
double StudentP(double t, double freedom);

// The t that 95% of the distribution lie within.
double StudentT95(double freedom);

// The two-sided p-value of Wilcoxon's signed-rank test. Exact, with ties, for up to 200
// differences that are not zero; by the normal approximation beyond. Zeros do not count.
double WilcoxonP(const std::vector<double>& differences);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_STATISTICS_H_
