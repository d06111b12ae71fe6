// Aggregation of similar events, counting of equal ones, and the limit per object.
#include "src/client/event_correlator.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace drydock::client {

EventCorrelator::Decision EventCorrelator::Correlate(absl::string_view object,
                                                     absl::string_view kind,
                                                     absl::string_view message, absl::Time now) {
  Decision decision;
  const std::string similar = absl::StrCat(object, "\n", kind);
  Aggregate& aggregate = aggregates_.Touch(similar);
  if (now - aggregate.last > kWindow) aggregate.messages.clear();
  aggregate.last = now;
  aggregate.messages.emplace(message);
  if (aggregate.messages.size() < kSimilar) {
    decision.key = absl::StrCat(similar, "\n", message);
    decision.message = std::string(message);
  } else {
    aggregate.messages.erase(aggregate.messages.begin());  // Only their number matters.
    decision.key = similar;
    decision.message = absl::StrCat("(combined from similar events): ", message);
  }
  decision.before = written_.Touch(decision.key);
  decision.skip = !TakeToken(std::string(object), now);
  return decision;
}

void EventCorrelator::Remember(const std::string& key, Written written) {
  written_.Touch(key) = std::move(written);
}

bool EventCorrelator::TakeToken(const std::string& object, absl::Time now) {
  Bucket& bucket = buckets_.Touch(object);
  if (now > bucket.refilled) {
    if (bucket.refilled != absl::InfinitePast()) {
      bucket.tokens = std::min(
          kBurst, bucket.tokens + absl::ToDoubleSeconds(now - bucket.refilled) * kTokensPerSecond);
    }
    bucket.refilled = now;
  }
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace drydock::client
