// Results as scheduler_perf writes them, and as a table.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/perf/perf.h"
#include "sim/report/json_number.h"

namespace drydock::sim {
namespace {

using api::Value;

Value Item(Value data, const char* unit, const char* metric, const PerfResult& result,
           const std::string& name) {
  Value item = Value::Object();
  item["data"] = std::move(data);
  item["unit"] = Value::String(unit);
  item["labels"] = Value::Object();
  item["labels"]["Metric"] = Value::String(metric);
  item["labels"]["Name"] =
      Value::String(absl::StrCat("BenchmarkPerfScheduling/", result.workload, "/", name));
  if (result.clock == PerfClock::kCpu) item["labels"]["Clock"] = Value::String("CPU");
  return item;
}

std::string ThresholdText(const PerfResult& result) {
  if (!result.threshold.has_value()) return "-";
  const Threshold& threshold = *result.threshold;
  return absl::StrCat(threshold.expect_lower ? "<= " : ">= ", threshold.value,
                      threshold.bucket == "Average" ? "" : absl::StrCat(" ", threshold.bucket));
}

}  // namespace

Value ToPerfJson(const std::vector<PerfResult>& results) {
  Value items = Value::Array();
  for (const PerfResult& result : results) {
    for (const auto& [name, throughput] : result.measured) {
      Value data = Value::Object();
      data["Average"] = JsonNumber(throughput.average);
      data["Perc50"] = JsonNumber(throughput.perc50);
      data["Perc90"] = JsonNumber(throughput.perc90);
      data["Perc95"] = JsonNumber(throughput.perc95);
      data["Perc99"] = JsonNumber(throughput.perc99);
      items.items().push_back(
          Item(std::move(data), "pods/s", "SchedulingThroughput", result, name));
      Value used = Value::Object();
      used["CPU"] = JsonNumber(throughput.cpu_seconds);
      used["Wall"] = JsonNumber(throughput.wall_seconds);
      items.items().push_back(Item(std::move(used), "s", "SchedulingTime", result, name));
    }
  }
  Value root = Value::Object();
  root["version"] = Value::String("v1");
  root["dataItems"] = std::move(items);
  return root;
}

std::string ToPerfTable(const std::vector<PerfResult>& results) {
  size_t width = 8;
  for (const PerfResult& result : results) width = std::max(width, result.workload.size());
  const int column = static_cast<int>(width);
  std::string out = absl::StrFormat("%-*s %7s %7s %9s %9s %9s %9s %9s %8s %10s %-6s %s\n", column,
                                    "workload", "nodes", "pods", "pods/s", "Perc50", "Perc90",
                                    "Perc95", "Perc99", "CPU s", "threshold", "met", "digest");
  for (const PerfResult& result : results) {
    for (const auto& [name, rate] : result.measured) {
      const char* const met = !result.threshold.has_value() ? "-" : result.Met(rate) ? "yes" : "no";
      absl::StrAppend(
          &out, absl::StrFormat("%-*s %7d %7d %9.1f %9.1f %9.1f %9.1f %9.1f %8.3f %10s %-6s "
                                "%016x\n",
                                column, result.workload, result.nodes, rate.pods, rate.average,
                                rate.perc50, rate.perc90, rate.perc95, rate.perc99,
                                rate.cpu_seconds, ThresholdText(result), met, result.digest));
    }
    if (!result.status.ok() || result.measured.empty()) {
      absl::StrAppend(&out, absl::StrFormat("%-*s %7d %7d %s, digest %016x\n", column,
                                            result.workload, result.nodes, result.pods,
                                            result.status.ok() ? "nothing was measured" : "failed",
                                            result.digest));
    }
  }
  return out;
}

}  // namespace drydock::sim
