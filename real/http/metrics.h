// What the API server and its HTTP front have counted, under kube-apiserver's names, in
// Prometheus' text format.
#ifndef DRYDOCK_REAL_HTTP_METRICS_H_
#define DRYDOCK_REAL_HTTP_METRICS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "real/http/connection.h"
#include "src/apiserver/options.h"
#include "src/apiserver/server.h"

namespace drydock::real {

// The distribution of latencies (apiserver_request_duration_seconds). There are as many
// as pairs of verbs and resources, at most.
class RequestDurations {
 public:
  void Add(const apiserver::RequestRecord& record);
  void AppendTo(std::string* out) const;

 private:
  static constexpr std::array kBounds = {0.005, 0.025, 0.05, 0.1,  0.2,  0.4,  0.6, 0.8,
                                         1.0,   1.25,  1.5,  2.0,  3.0,  4.0,  5.0, 6.0,
                                         8.0,   10.0,  15.0, 20.0, 30.0, 45.0, 60.0};
  struct Key {
    const api::KindInfo* kind;  // Never null; compared by names, so that the order is fixed.
    api::Verb verb;
    absl::string_view subresource;
    bool dry_run;
    bool named;
    bool in_namespace;
    bool operator<(const Key& other) const;
  };
  struct Histogram {
    std::array<uint64_t, kBounds.size()> counts = {};
    uint64_t count = 0;
    absl::Duration sum;
  };

  std::map<Key, Histogram> histograms_;
};

// The whole page.
std::string WriteMetrics(const apiserver::Server& server, const RequestDurations& durations,
                         const HttpMetrics& http);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_METRICS_H_
