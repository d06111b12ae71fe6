// Decides what becomes of an event: a new Event, one more count on an old one, one
// of "similar events", or nothing. Pure: no clock, no client. Private to the
// event recorder.
#ifndef DRYDOCK_SRC_CLIENT_EVENT_CORRELATOR_H_
#define DRYDOCK_SRC_CLIENT_EVENT_CORRELATOR_H_

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace drydock::client {

// The `capacity` values used last.
template <typename V>
class LruCache {
 public:
  explicit LruCache(size_t capacity) : capacity_(capacity) {}

  // The value of `key`, made when it is missing; now the one used last.
  V& Touch(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return found->second->second;
    }
    if (order_.size() == capacity_) {
      by_key_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, V());
    by_key_.emplace(key, order_.begin());
    return order_.front().second;
  }
  size_t size() const { return order_.size(); }

 private:
  const size_t capacity_;
  std::list<std::pair<std::string, V>> order_;
  // Looked up, never iterated.
  absl::flat_hash_map<std::string, typename std::list<std::pair<std::string, V>>::iterator> by_key_;
};

class EventCorrelator {
 public:
  // What was written for a key before.
  struct Written {
    std::string name;  // Empty: nothing yet.
    int32_t count = 0;
    absl::Time first;
  };
  struct Decision {
    bool skip = false;    // The object has used up its tokens.
    std::string key;      // For Remember.
    std::string message;  // With the prefix of combined events, where it is one.
    Written before;
  };

  // `object`: the object and who reports; `kind`: type and reason.
  Decision Correlate(absl::string_view object, absl::string_view kind, absl::string_view message,
                     absl::Time now);

  // The Event of `key` is now on the server with these.
  void Remember(const std::string& key, Written written);

 private:
  static constexpr size_t kCacheSize = 4096;
  static constexpr size_t kSimilar = 10;
  static constexpr absl::Duration kWindow = absl::Minutes(10);
  static constexpr double kBurst = 25;
  static constexpr double kTokensPerSecond = 1.0 / 300;

  struct Aggregate {
    absl::btree_set<std::string> messages;
    absl::Time last = absl::InfinitePast();
  };
  struct Bucket {
    double tokens = kBurst;
    absl::Time refilled = absl::InfinitePast();
  };

  bool TakeToken(const std::string& object, absl::Time now);

  LruCache<Aggregate> aggregates_{kCacheSize};
  LruCache<Written> written_{kCacheSize};
  LruCache<Bucket> buckets_{kCacheSize};
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_EVENT_CORRELATOR_H_
