// How an API server is configured, and what it counts.
#ifndef DRYDOCK_SRC_APISERVER_OPTIONS_H_
#define DRYDOCK_SRC_APISERVER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "src/api/request.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/watch_cache.h"

namespace drydock::apiserver {

struct ServerOptions {
  // Requests that may be in work at once; more are told to try again in a second.
  // Watches count while they begin only. 0: no limit. kube-apiserver's
  // --max-requests-inflight and --max-mutating-requests-inflight.
  int max_reads_in_flight = 400;
  int max_writes_in_flight = 200;
  // The time that a request takes to serve, spent before it is handled. Null: none.
  std::function<absl::Duration(const api::Request&)> cost;

  AccessOptions access;

  WatchCacheOptions watch_cache;
  size_t watch_buffer = 10'000;  // Messages that wait for one watcher.
  absl::Duration bookmark_interval = absl::Minutes(1);
  // Watches end after a draw between this and twice this (--min-request-timeout).
  absl::Duration min_watch_timeout = absl::Minutes(30);

  // The store is compacted so often, down to what it was one interval ago.
  absl::Duration compaction_interval = absl::Minutes(5);

  // Whether new objects get managed fields, which say who wrote what. Objects that have them keep
  // them up to date whatever this says, as those that were made by an apply do; others cost
  // nothing.
  bool track_managed_fields = false;

  absl::Duration event_ttl = absl::Hours(1);
  // Events that are kept at most; the oldest go before their time. 0: no limit.
  size_t max_events = 500'000;

  // Addresses of Services, and the ports that nodes open for them.
  std::string service_cidr = "10.96.0.0/12";
  int32_t first_node_port = 30000;
  int32_t last_node_port = 32767;
};

// One request that was answered.
struct RequestRecord {
  const api::Request& request;
  int code = 0;
  absl::Duration latency;  // On this server; for watches, until they began.
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_OPTIONS_H_
