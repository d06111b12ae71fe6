// Student's t by the incomplete beta function, Wilcoxon's by counting.
#include "sim/compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace drydock::sim {
namespace {

constexpr size_t kExactPairs = 200;

// The continued fraction of the incomplete beta function, by Lentz's method
// (Numerical Recipes, 6.4). Converges within some tens of steps for x < (a+1)/(a+b+2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto not_zero = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int i = 1; i <= 1000; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    const double step = d * c;
    fraction *= step;
    if (std::fabs(step - 1) < 1e-15) break;
  }
  return fraction;
}

// The regularised incomplete beta function I_x(a, b).
double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

}  // namespace

double StudentP(double t, double freedom) {
  if (std::isinf(t)) return 0;
  return IncompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double StudentT95(double freedom) {
  double low = 0;
  double high = 1000;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (StudentP(middle, freedom) > 0.05 ? low : high) = middle;
  }
  return (low + high) / 2;
}

SampleSummary Summarize(const std::vector<double>& sample) {
  SampleSummary summary;
  summary.count = sample.size();
  if (sample.empty()) return summary;
  const auto count = static_cast<double>(sample.size());
  summary.mean = std::accumulate(sample.begin(), sample.end(), 0.0) / count;
  summary.min = *std::min_element(sample.begin(), sample.end());
  summary.max = *std::max_element(sample.begin(), sample.end());
  // Equal numbers have no spread, whatever rounding makes of their mean.
  if (summary.min == summary.max) summary.mean = summary.min;
  double squares = 0;
  for (const double value : sample) squares += (value - summary.mean) * (value - summary.mean);
  double half = 0;
  if (sample.size() > 1) {
    summary.deviation = std::sqrt(squares / (count - 1));
    half = StudentT95(count - 1) * summary.deviation / std::sqrt(count);
  }
  summary.low = summary.mean - half;
  summary.high = summary.mean + half;
  return summary;
}

double WilcoxonP(const std::vector<double>& differences) {
  struct Ranked {
    double size;
    bool positive;
    uint64_t twice_rank = 0;  // The mean rank of ties may end in a half.
  };
  std::vector<Ranked> ranked;
  for (const double difference : differences) {
    if (difference != 0) ranked.push_back({std::fabs(difference), difference > 0});
  }
  const size_t count = ranked.size();
  if (count == 0) return 1;
  std::sort(ranked.begin(), ranked.end(),
            [](const Ranked& a, const Ranked& b) { return a.size < b.size; });
  uint64_t total = 0;
  uint64_t positive = 0;
  double squares = 0;  // Of the ranks.
  for (size_t begin = 0; begin < count;) {
    size_t end = begin;
    while (end < count && ranked[end].size == ranked[begin].size) ++end;
    for (size_t i = begin; i < end; ++i) {
      ranked[i].twice_rank = begin + 1 + end;
      total += ranked[i].twice_rank;
      if (ranked[i].positive) positive += ranked[i].twice_rank;
      const double rank = static_cast<double>(ranked[i].twice_rank) / 2;
      squares += rank * rank;
    }
    begin = end;
  }
  const uint64_t smaller = std::min(positive, total - positive);
  if (count > kExactPairs) {
    const double mean = static_cast<double>(total) / 4;
    const double deviation = std::sqrt(squares / 4);
    const double z = (static_cast<double>(smaller) / 2 - mean) / deviation;
    return std::min(1.0, std::erfc(-z / std::sqrt(2.0)));
  }
  // How likely each sum of ranks is when every sign is a toss.
  std::vector<double> chance(total + 1, 0);
  chance[0] = 1;
  uint64_t reached = 0;
  for (const Ranked& one : ranked) {
    reached += one.twice_rank;
    for (uint64_t sum = reached;; --sum) {
      const double with = sum >= one.twice_rank ? chance[sum - one.twice_rank] : 0;
      chance[sum] = (chance[sum] + with) / 2;
      if (sum == 0) break;
    }
  }
  double tail = 0;
  for (uint64_t sum = 0; sum <= smaller; ++sum) tail += chance[sum];
  return std::min(1.0, 2 * tail);
}

PairedComparison ComparePaired(const std::vector<double>& a, const std::vector<double>& b) {
  PairedComparison result;
  std::vector<double> differences;
  for (size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  const SampleSummary summary = Summarize(differences);
  result.count = summary.count;
  result.difference = summary.mean;
  result.low = summary.low;
  result.high = summary.high;
  if (summary.count < 2) return result;
  const auto count = static_cast<double>(summary.count);
  if (summary.deviation > 0) {
    result.t = summary.mean / (summary.deviation / std::sqrt(count));
    result.t_p = StudentP(result.t, count - 1);
  } else {
    result.t_p = summary.mean == 0 ? 1 : 0;
  }
  result.wilcoxon_p = WilcoxonP(differences);
  return result;
}

std::vector<double> HolmAdjusted(const std::vector<double>& p) {
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&p](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double so_far = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    so_far = std::max(so_far, std::min(1.0, left * p[order[i]]));
    adjusted[order[i]] = so_far;
  }
  return adjusted;
}

}  // namespace drydock::sim
