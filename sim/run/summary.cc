// The summary on the terminal, and the report page.
#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/report/page.h"
#include "sim/run/progress.h"
#include "sim/run/results.h"

namespace drydock::sim {
namespace {

std::string Time(absl::Duration duration) {
  const double seconds = absl::ToDoubleSeconds(duration);
  if (seconds == 0) return "0 s";
  if (seconds < 1e-3) return absl::StrFormat("%.0f us", seconds * 1e6);
  if (seconds < 1) return absl::StrFormat("%.0f ms", seconds * 1e3);
  if (seconds < 120) return absl::StrFormat("%.1f s", seconds);
  return FormatClock(duration);
}

std::string Percent(double part) { return absl::StrFormat("%.1f%%", part * 100); }

double Mean(const std::vector<double>& samples) {
  if (samples.empty()) return 0;
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

double Max(const std::vector<double>& samples) {
  return samples.empty() ? 0 : *std::max_element(samples.begin(), samples.end());
}

std::string Memory(int64_t bytes) {
  return bytes < (int64_t{1} << 30)
             ? absl::StrFormat("%d MiB", bytes >> 20)
             : absl::StrFormat("%.1f GiB", static_cast<double>(bytes) / (1 << 30));
}

uint64_t TotalRequests(const Results& results) {
  uint64_t total = 0;
  for (const auto& [verb, stats] : results.requests) total += stats.count;
  return total;
}

std::string CheckLine(const CheckResult& check) {
  std::string line =
      absl::StrFormat("%s %-8s %s", check.held ? "held  " : "FAILED",
                      FormatClock(check.at) + (check.always ? "+" : ""), check.expect);
  if (!check.held) {
    absl::StrAppend(&line, "\n           ",
                    check.always ? absl::StrCat("at ", FormatClock(check.failed_at), ": ") : "",
                    check.seen);
  }
  return line;
}

std::vector<std::pair<double, double>> Points(const std::vector<double>& seconds,
                                              const std::vector<double>& values, double scale) {
  std::vector<std::pair<double, double>> points;
  for (size_t i = 0; i < seconds.size(); ++i) {
    points.emplace_back(seconds[i] / 60, values[i] * scale);
  }
  return points;
}

std::vector<std::pair<double, double>> Curve(const std::vector<double>& values) {
  std::vector<std::pair<double, double>> points;
  for (size_t i = 0; i < values.size(); ++i) points.emplace_back(static_cast<double>(i), values[i]);
  return points;
}

void AddClusterPage(const Results& results, Page& page) {
  const TimeSeries& series = *results.series;
  const PodTotals& pods = *results.pods;
  page.facts = {{WithCommas(results.nodes), "nodes"},
                {WithCommas(pods.created), "pods created"},
                {WithCommas(pods.started), "pods started"},
                {Time(pods.pending.Quantile(0.5)), "median wait for a node"},
                {Time(pods.start.Quantile(0.99)), "99% running within"},
                {Percent(Mean(series.cpu)), "CPU requested, mean"},
                {WithCommas(TotalRequests(results)), "API requests"},
                {WithCommas(results.events), "events"},
                {absl::StrFormat("%.1f s", results.wall_seconds), "of real time"}};
  const auto& x = series.seconds;
  page.plots = {
      {"Pods",
       "minutes",
       "pods",
       {{"running", Points(x, series.pods_running, 1)},
        {"pending", Points(x, series.pods_pending, 1)}}},
      {"Requested of allocatable",
       "minutes",
       "percent",
       {{"CPU", Points(x, series.cpu, 100)},
        {"memory", Points(x, series.memory, 100)},
        {"pods", Points(x, series.pods, 100)}}},
      {"Ready nodes", "minutes", "nodes", {{"ready", Points(x, series.nodes_ready, 1)}}},
      {"Free CPU where a mean pod does not fit",
       "minutes",
       "percent of the free CPU",
       {{"fragmentation", Points(x, series.cpu_fragmentation, 100)}}},
  };
  Table checks{"Checks", {"", "when", "expected", "seen"}, {}};
  for (const CheckResult& check : results.checks) {
    checks.rows.push_back({check.held ? "held" : "FAILED",
                           FormatClock(check.at) + (check.always ? " on" : ""), check.expect,
                           check.seen});
  }
  page.tables.push_back(std::move(checks));
  Table faults{"Faults", {"at", "what", "healed"}, {}};
  for (const FaultResult& fault : results.faults) {
    faults.rows.push_back({FormatClock(fault.at), fault.what,
                           fault.healed_at ? FormatClock(*fault.healed_at) : "never"});
  }
  page.tables.push_back(std::move(faults));
  Table requests{"API requests", {"verb", "requests", "refused", "p50", "p99", "max"}, {}};
  for (const auto& [verb, stats] : results.requests) {
    requests.rows.push_back({verb, WithCommas(stats.count), WithCommas(stats.errors),
                             Time(stats.latency.Quantile(0.5)), Time(stats.latency.Quantile(0.99)),
                             Time(stats.latency.Max())});
  }
  page.tables.push_back(std::move(requests));
}

void AddStudyPage(const Results& results, Page& page) {
  const OpenbStudy& study = *results.study;
  page.facts = {{results.policy, "policy"},
                {WithCommas(study.arrived), "pods arrived"},
                {WithCommas(study.placed), "placed"},
                {WithCommas(study.failed), "failed"},
                {absl::StrFormat("%.2f%%", study.allocation.back()), "of all GPUs used"},
                {absl::StrFormat("%.2f%%", study.fragmentation.back()), "of all GPUs stranded"},
                {absl::StrFormat("%.1f s", results.wall_seconds), "of real time"}};
  page.plots = {{"Allocation",
                 "arrived load, percent of all GPUs",
                 "percent of all GPUs",
                 {{"allocation", Curve(study.allocation)},
                  {"bound of any policy", Curve(study.allocation_bound), {}, true}}},
                {"Fragmentation",
                 "arrived load, percent of all GPUs",
                 "percent of all GPUs",
                 {{"fragmentation", Curve(study.fragmentation)}}}};
}

std::string ClusterSummary(const Results& results) {
  const PodTotals& pods = *results.pods;
  const TimeSeries& series = *results.series;
  std::string text;
  absl::StrAppendFormat(
      &text, "  pods       %s created, %s started, %s finished, %s failed, %s deleted\n",
      WithCommas(pods.created), WithCommas(pods.started), WithCommas(pods.succeeded),
      WithCommas(pods.failed), WithCommas(pods.deleted));
  absl::StrAppendFormat(&text,
                        "  waiting    for a node: half under %s, 99%% under %s;  until running: "
                        "half under %s, 99%% under %s\n",
                        Time(pods.pending.Quantile(0.5)), Time(pods.pending.Quantile(0.99)),
                        Time(pods.start.Quantile(0.5)), Time(pods.start.Quantile(0.99)));
  absl::StrAppendFormat(&text,
                        "  nodes      %s;  requested of what they have: CPU %s (at most %s), "
                        "memory %s (at most %s)\n",
                        WithCommas(results.nodes), Percent(Mean(series.cpu)),
                        Percent(Max(series.cpu)), Percent(Mean(series.memory)),
                        Percent(Max(series.memory)));
  absl::StrAppendFormat(&text, "  scheduler  %s attempts, %s without a place, %s preemptions\n",
                        WithCommas(results.scheduler.attempts),
                        WithCommas(results.scheduler.unschedulable),
                        WithCommas(results.scheduler.preemptions));
  absl::StrAppendFormat(&text, "  API        %s requests\n", WithCommas(TotalRequests(results)));
  for (const FaultResult& fault : results.faults) {
    absl::StrAppendFormat(
        &text, "  fault      %s  %s, %s\n", FormatClock(fault.at), fault.what,
        fault.healed_at ? "healed at " + FormatClock(*fault.healed_at) : std::string("not healed"));
  }
  for (const CheckResult& check : results.checks) {
    absl::StrAppend(&text, "  ", CheckLine(check), "\n");
  }
  for (const std::string& error : results.workload_errors) {
    absl::StrAppend(&text, "  REFUSED    ", error, "\n");
  }
  return text;
}

std::string StudySummary(const Results& results) {
  const OpenbStudy& study = *results.study;
  std::string text;
  absl::StrAppendFormat(&text, "  policy     %s on the list %s (%s order of arrival)\n",
                        results.policy, results.trace_list,
                        results.stored_order ? "stored" : "drawn");
  absl::StrAppendFormat(&text, "  pods       %s arrived, %s placed, %s failed\n",
                        WithCommas(study.arrived), WithCommas(study.placed),
                        WithCommas(study.failed));
  for (const size_t load : {60, 90, 100, 130}) {
    absl::StrAppendFormat(&text, "  at %3d%%    %6.2f%% of all GPUs used, %5.2f%% stranded\n", load,
                          study.allocation[load], study.fragmentation[load]);
  }
  return text;
}

}  // namespace

std::string ToPage(const Results& results) {
  Page page;
  page.title = results.scenario;
  page.subtitle = absl::StrFormat("%s. Seed %d, digest %016x, Drydock %s", results.description,
                                  results.seed, results.digest, results.version);
  if (results.study.has_value()) {
    AddStudyPage(results, page);
  } else {
    AddClusterPage(results, page);
  }
  return RenderPage(page);
}

std::string ToSummary(const Results& results, const std::string& report) {
  std::string text = absl::StrFormat("%s: %s\n", results.scenario, results.description);
  if (results.virtual_time > absl::ZeroDuration()) {
    absl::StrAppendFormat(
        &text, "  ran        %s of virtual time in %.1f s (%sx), %s events, %s\n",
        FormatClock(results.virtual_time), results.wall_seconds,
        WithCommas(static_cast<uint64_t>(absl::ToDoubleSeconds(results.virtual_time) /
                                         std::max(0.001, results.wall_seconds))),
        WithCommas(results.events), Memory(results.peak_memory_bytes));
  } else {
    absl::StrAppendFormat(&text, "  ran        in %.1f s, %s\n", results.wall_seconds,
                          Memory(results.peak_memory_bytes));
  }
  absl::StrAppend(&text,
                  results.study.has_value() ? StudySummary(results) : ClusterSummary(results));
  absl::StrAppendFormat(&text, "  digest     %016x (seed %d)\n  report     %s/report.html\n",
                        results.digest, results.seed, report);
  return text;
}

}  // namespace drydock::sim
