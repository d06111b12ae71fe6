// The normalisation that several plugins share: scales to 0..100 by the highest
// score, and turns the scale round when fewer is better.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_DEFAULT_NORMALIZE_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_DEFAULT_NORMALIZE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/scheduler/framework.h"

namespace drydock::scheduler {

inline void DefaultNormalize(bool reverse, int64_t* scores, size_t count) {
  int64_t highest = 0;
  for (size_t i = 0; i < count; ++i) highest = std::max(highest, scores[i]);
  if (highest == 0) {
    if (reverse) std::fill(scores, scores + count, kMaxNodeScore);
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const int64_t scaled = kMaxNodeScore * scores[i] / highest;
    scores[i] = reverse ? kMaxNodeScore - scaled : scaled;
  }
}

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_DEFAULT_NORMALIZE_H_
