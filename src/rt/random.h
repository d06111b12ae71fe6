// Random numbers, the same on every machine and in every build.
//
// A stream is named by what it is for ("scheduler/ties", "network/loss") and is
// counter-based: its n-th number is a function of (seed, name, n) alone. A draw
// more in one stream therefore moves nothing in any other, and a seed keeps its
// meaning from one version to the next as far as possible. The distributions are
// our own, because those of the standard library differ between libraries.
#ifndef DRYDOCK_SRC_RT_RANDOM_H_
#define DRYDOCK_SRC_RT_RANDOM_H_

#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace drydock::rt {

class Random {
 public:
  // `seed` of the world, `stream` the purpose; both worlds run the same generator.
  Random(uint64_t seed, absl::string_view stream);

  // A stream of its own for one of many (a machine, a pod), without drawing.
  Random Fork(absl::string_view stream) const;

  uint64_t Next();                 // Uniform over all 64 bits.
  uint64_t Below(uint64_t bound);  // Uniform in [0, bound); unbiased. REQUIRES: bound > 0.
  int64_t Between(int64_t low, int64_t high);  // Uniform in [low, high]. REQUIRES: low <= high.
  double Unit();                               // Uniform in [0, 1), 53 bits.
  bool Chance(double probability);

  double Exponential(double mean);
  double Normal(double mean, double deviation);  // Box-Muller; two draws each.
  double LogNormal(double median, double sigma);
  // Uniform in [duration, duration * (1 + factor)): wait.Jitter of Kubernetes.
  absl::Duration Jitter(absl::Duration duration, double factor);

  // Fisher-Yates from the back, so that equal seeds give equal orders everywhere.
  template <typename Sequence>
  void Shuffle(Sequence& items) {
    using std::swap;
    for (uint64_t i = items.size(); i > 1; --i) swap(items[i - 1], items[Below(i)]);
  }

 private:
  explicit Random(uint64_t key) : key_(key) {}

  uint64_t key_;
  uint64_t counter_ = 0;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_RANDOM_H_
