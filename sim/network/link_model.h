// How long a message takes and how often it fails, for each class of link.
#ifndef DRYDOCK_SIM_NETWORK_LINK_MODEL_H_
#define DRYDOCK_SIM_NETWORK_LINK_MODEL_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "sim/kernel/event.h"
#include "src/rt/random.h"

namespace drydock::sim {

// One-way latency: `base`, and a random part on top.
struct LatencyModel {
  enum class Tail : uint8_t { kNone, kUniform, kExponential, kLogNormal };

  absl::Duration base;
  Tail tail = Tail::kExponential;
  absl::Duration spread;  // The width, the mean, or the median of the random part.
  double sigma = 1.0;     // Of the log-normal tail.
};

// Probabilities are per call (its request, its reply) unless they say otherwise.
struct LinkProfile {
  LatencyModel latency;
  // Per message: TCP has to send it again, after a time-out that doubles each time.
  double retransmit = 0;
  double lose_request = 0;  // Never served; the caller hears nothing.
  double lose_reply = 0;    // Served, but the caller hears nothing.
  double reset = 0;         // The caller gets kUnavailable; in half of the cases it was served.

  bool lossy() const { return retransmit > 0 || lose_request > 0 || lose_reply > 0 || reset > 0; }
};

struct NetworkOptions {
  LinkProfile same_machine = {
      .latency = {.base = absl::Microseconds(20), .spread = absl::Microseconds(10)}};
  LinkProfile same_zone = {
      .latency = {.base = absl::Microseconds(200), .spread = absl::Microseconds(50)}};
  LinkProfile cross_zone = {
      .latency = {.base = absl::Microseconds(700), .spread = absl::Microseconds(200)}};
  // Exceptions for pairs of zones, in either order.
  std::map<std::pair<std::string, std::string>, LinkProfile> zone_pairs;

  // How long a connection may be silently dead before its ends hear of it.
  absl::Duration keep_alive = absl::Seconds(30);
  // The first of TCP's doubling time-outs.
  absl::Duration retransmission_timeout = absl::Milliseconds(200);
  // Messages of a stream on their way to the reader's code.
  size_t stream_buffer = 4096;
};

// Draws latencies. The quantile function is tabulated, because this is done for
// every message; the last of its steps, where the tail is steep, is exact.
class LatencySampler {
 public:
  explicit LatencySampler(const LatencyModel& model);

  Nanos Draw(rt::Random& random) const {
    if (constant_) return base_;
    const uint64_t draw = random.Next();
    const uint64_t step = draw >> (64 - kBits);
    const uint64_t within = (draw >> (64 - kBits - 32)) & 0xffffffffu;
    if (step == kSteps - 1) [[unlikely]]
      return Tail(within);
    const Nanos low = table_[step];
    const auto width = static_cast<uint64_t>(table_[step + 1] - low);
    return low + static_cast<Nanos>((static_cast<unsigned __int128>(width) * within) >> 32);
  }

 private:
  static constexpr int kBits = 8;
  static constexpr uint64_t kSteps = uint64_t{1} << kBits;

  Nanos Tail(uint64_t within) const;
  Nanos Quantile(double probability) const;

  const LatencyModel model_;
  const Nanos base_;
  const bool constant_;
  std::array<Nanos, kSteps> table_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_LINK_MODEL_H_
