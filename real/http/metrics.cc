#include "real/http/metrics.h"

#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/apiserver/watch_cache.h"

namespace drydock::real {
namespace {

// Metrics name verbs by HTTP's methods, and reads by what they are.
absl::string_view MetricVerb(api::Verb verb, bool apply) {
  switch (verb) {
    case api::Verb::kGet:
      return "GET";
    case api::Verb::kList:
      return "LIST";
    case api::Verb::kWatch:
      return "WATCH";
    case api::Verb::kCreate:
      return "POST";
    case api::Verb::kUpdate:
      return "PUT";
    case api::Verb::kPatch:
      return apply ? "APPLY" : "PATCH";
    case api::Verb::kDelete:
      return "DELETE";
    case api::Verb::kDeleteCollection:
      return "DELETECOLLECTION";
  }
  return "";
}

// The subresource as the scheme has it, which lives on; empty for one that it has not.
absl::string_view KnownSubresource(const api::KindInfo& kind, absl::string_view name) {
  for (const absl::string_view known : kind.subresources) {
    if (known == name) return known;
  }
  return "";
}

void Header(absl::string_view name, absl::string_view type, absl::string_view help,
            std::string* out) {
  absl::StrAppend(out, "# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n");
}

template <typename Number>
void Single(absl::string_view name, absl::string_view type, absl::string_view help, Number value,
            std::string* out) {
  Header(name, type, help, out);
  absl::StrAppend(out, name, " ", value, "\n");
}

void AppendRequests(const apiserver::ServerMetrics& metrics, std::string* out) {
  Header("apiserver_request_total", "counter",
         "Requests answered, by verb, resource and HTTP code.", out);
  for (const auto& [key, count] : metrics.requests) {
    absl::StrAppend(out, "apiserver_request_total{code=\"", key.code,
                    "\",component=\"apiserver\",group=\"", key.group, "\",resource=\"",
                    key.resource, "\",subresource=\"", key.subresource, "\",verb=\"",
                    MetricVerb(key.verb, false), "\"} ", count, "\n");
  }
  Header("apiserver_current_inflight_requests", "gauge", "Requests in work, by kind.", out);
  absl::StrAppend(out, "apiserver_current_inflight_requests{request_kind=\"mutating\"} ",
                  metrics.writes_in_flight,
                  "\napiserver_current_inflight_requests{request_kind=\"readOnly\"} ",
                  metrics.reads_in_flight, "\n");
  Single("apiserver_dropped_requests_total", "counter", "Requests turned away with 429.",
         metrics.rejected, out);
}

void AppendStorage(const apiserver::Server& server, std::string* out) {
  Header("apiserver_storage_objects", "gauge", "Objects of each resource.", out);
  for (const auto& resource : server.resources().all()) {
    if (!resource->cached) continue;
    const std::string name = resource->group().empty()
                                 ? std::string(resource->plural())
                                 : absl::StrCat(resource->plural(), ".", resource->group());
    absl::StrAppend(out, "apiserver_storage_objects{resource=\"", name, "\"} ",
                    server.cacher().For(*resource).size(), "\n");
  }
}

void AppendProcess(std::string* out) {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  Single("process_cpu_seconds_total", "counter", "User and system CPU time spent.",
         seconds(usage.ru_utime) + seconds(usage.ru_stime), out);
  int64_t pages = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  const int64_t page = sysconf(_SC_PAGESIZE);
  Single("process_resident_memory_bytes", "gauge", "Memory of this process that is resident.",
         resident * page, out);
  Single("process_virtual_memory_bytes", "gauge", "Address space of this process.", pages * page,
         out);
}

}  // namespace

bool RequestDurations::Key::operator<(const Key& other) const {
  const auto tie = [](const auto& key) {
    return std::tie(key.kind->group, key.kind->version, key.kind->resource, key.verb,
                    key.subresource, key.dry_run, key.named, key.in_namespace);
  };
  return tie(*this) < tie(other);
}

void RequestDurations::Add(const apiserver::RequestRecord& record) {
  const api::Request& request = record.request;
  if (request.kind == nullptr) return;
  Histogram& histogram =
      histograms_[{.kind = request.kind,
                   .verb = request.verb,
                   .subresource = KnownSubresource(*request.kind, request.subresource),
                   .dry_run = request.dry_run,
                   .named = !request.name.empty(),
                   .in_namespace = !request.ns.empty()}];
  const double seconds = absl::ToDoubleSeconds(record.latency);
  for (size_t i = 0; i < kBounds.size(); ++i) {
    if (seconds <= kBounds[i]) ++histogram.counts[i];
  }
  ++histogram.count;
  histogram.sum += record.latency;
}

void RequestDurations::AppendTo(std::string* out) const {
  constexpr char kName[] = "apiserver_request_duration_seconds";
  Header(kName, "histogram", "Latency of requests; of watches, until they begin.", out);
  for (const auto& [key, histogram] : histograms_) {
    const std::string labels =
        absl::StrCat("component=\"apiserver\",dry_run=\"", key.dry_run ? "All" : "", "\",group=\"",
                     key.kind->group, "\",resource=\"", key.kind->resource, "\",scope=\"",
                     key.named ? "resource" : (key.in_namespace ? "namespace" : "cluster"),
                     "\",subresource=\"", key.subresource, "\",verb=\"",
                     MetricVerb(key.verb, false), "\",version=\"", key.kind->version, "\"");
    for (size_t i = 0; i < kBounds.size(); ++i) {
      absl::StrAppend(out, kName, "_bucket{", labels, ",le=\"", kBounds[i], "\"} ",
                      histogram.counts[i], "\n");
    }
    absl::StrAppend(out, kName, "_bucket{", labels, ",le=\"+Inf\"} ", histogram.count, "\n", kName,
                    "_sum{", labels, "} ", absl::ToDoubleSeconds(histogram.sum), "\n", kName,
                    "_count{", labels, "} ", histogram.count, "\n");
  }
}

std::string WriteMetrics(const apiserver::Server& server, const RequestDurations& durations,
                         const HttpMetrics& http) {
  std::string out;
  AppendRequests(server.metrics(), &out);
  durations.AppendTo(&out);
  AppendStorage(server, &out);
  Single("apiserver_longrunning_requests", "gauge", "Watches that are open over HTTP.",
         http.streams, &out);
  Single("drydock_http_connections", "gauge", "HTTP connections that are open.", http.open, &out);
  Single("drydock_http_connections_total", "counter", "HTTP connections accepted.", http.accepted,
         &out);
  Single("drydock_http_connections_refused_total", "counter",
         "Connections closed at once, as there were too many.", http.refused, &out);
  Single("drydock_http_malformed_requests_total", "counter",
         "Requests that were no HTTP, too large or too slow.", http.malformed, &out);
  AppendProcess(&out);
  return out;
}

}  // namespace drydock::real
