// The results as JSON.
#include "sim/run/results.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_format.h"
#include "sim/report/json_number.h"

namespace drydock::sim {
namespace {

using api::Value;

Value Count(uint64_t number) { return Value::Int(static_cast<int64_t>(number)); }

Value Seconds(absl::Duration duration) { return JsonNumber(absl::ToDoubleSeconds(duration)); }

Value Array(const std::vector<double>& numbers) {
  Value array = Value::Array();
  for (const double number : numbers) array.items().push_back(JsonNumber(number));
  return array;
}

Value Percentiles(const Histogram& histogram, bool with_mean) {
  Value value = Value::Object();
  value["count"] = Count(histogram.count());
  if (with_mean) value["mean"] = Seconds(histogram.Mean());
  value["p50"] = Seconds(histogram.Quantile(0.5));
  value["p90"] = Seconds(histogram.Quantile(0.9));
  value["p99"] = Seconds(histogram.Quantile(0.99));
  value["max"] = Seconds(histogram.Max());
  return value;
}

Value MeanAndMax(const std::vector<double>& samples) {
  Value value = Value::Object();
  const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
  value["mean"] = JsonNumber(samples.empty() ? 0 : sum / static_cast<double>(samples.size()));
  value["max"] =
      JsonNumber(samples.empty() ? 0 : *std::max_element(samples.begin(), samples.end()));
  return value;
}

void AddCluster(const Results& results, Value& json) {
  const PodTotals& totals = *results.pods;
  Value pods = Value::Object();
  pods["created"] = Count(totals.created);
  pods["scheduled"] = Count(totals.scheduled);
  pods["started"] = Count(totals.started);
  pods["succeeded"] = Count(totals.succeeded);
  pods["failed"] = Count(totals.failed);
  pods["deleted"] = Count(totals.deleted);
  pods["pendingSeconds"] = Percentiles(totals.pending, /*with_mean=*/true);
  pods["startSeconds"] = Percentiles(totals.start, /*with_mean=*/true);
  json["pods"] = pods;

  Value scheduler = Value::Object();
  scheduler["attempts"] = Count(results.scheduler.attempts);
  scheduler["unschedulable"] = Count(results.scheduler.unschedulable);
  scheduler["preemptions"] = Count(results.scheduler.preemptions);
  json["scheduler"] = scheduler;

  const TimeSeries& series = *results.series;
  json["utilisation"]["cpu"] = MeanAndMax(series.cpu);
  json["utilisation"]["memory"] = MeanAndMax(series.memory);
  json["utilisation"]["pods"] = MeanAndMax(series.pods);
  json["fragmentation"]["cpu"] = MeanAndMax(series.cpu_fragmentation);

  Value requests = Value::Object();
  Value errors = Value::Object();
  Value latency = Value::Object();
  for (const auto& [verb, stats] : results.requests) {
    requests[verb] = Count(stats.count);
    errors[verb] = Count(stats.errors);
    latency[verb] = Percentiles(stats.latency, /*with_mean=*/false);
  }
  json["api"]["requests"] = requests;
  json["api"]["errors"] = errors;
  json["api"]["latencySeconds"] = latency;

  Value faults = Value::Array();
  for (const FaultResult& fault : results.faults) {
    Value item = Value::Object();
    item["at"] = Seconds(fault.at);
    item["fault"] = Value::String(fault.what);
    if (fault.healed_at.has_value()) item["healedAt"] = Seconds(*fault.healed_at);
    faults.items().push_back(item);
  }
  json["faults"] = faults;

  Value all = Value::Object();
  all["seconds"] = Array(series.seconds);
  all["podsRunning"] = Array(series.pods_running);
  all["podsPending"] = Array(series.pods_pending);
  all["cpu"] = Array(series.cpu);
  all["memory"] = Array(series.memory);
  all["nodesReady"] = Array(series.nodes_ready);
  all["cpuFragmentation"] = Array(series.cpu_fragmentation);
  json["series"] = all;
}

void AddStudy(const Results& results, Value& json) {
  const OpenbStudy& study = *results.study;
  json["policy"] = Value::String(results.policy);
  json["trace"]["list"] = Value::String(results.trace_list);
  json["trace"]["storedOrder"] = Value::Bool(results.stored_order);
  json["pods"]["created"] = Count(study.arrived);
  json["pods"]["scheduled"] = Count(study.placed);
  json["pods"]["failed"] = Count(study.failed);
  json["gpuMilli"]["arrived"] = Value::Int(study.arrived_milli);
  json["gpuMilli"]["used"] = Value::Int(study.used_milli);
  json["utilisation"]["cpu"] = JsonNumber(study.cpu_utilisation);
  json["utilisation"]["memory"] = JsonNumber(study.memory_utilisation);
  json["curves"]["allocation"] = Array(study.allocation);
  json["curves"]["allocationBound"] = Array(study.allocation_bound);
  json["curves"]["fragmentation"] = Array(study.fragmentation);
  json["curves"]["fragmentationRatio"] = Array(study.fragmentation_ratio);
}

}  // namespace

bool Results::Held() const {
  return workload_error_count == 0 &&
         std::all_of(checks.begin(), checks.end(),
                     [](const CheckResult& check) { return check.held; });
}

Value ToJson(const Results& results) {
  Value json = Value::Object();
  json["scenario"] = Value::String(results.scenario);
  json["seed"] = Count(results.seed);
  json["version"] = Value::String(results.version);
  json["digest"] = Value::String(absl::StrFormat("%016x", results.digest));
  json["held"] = Value::Bool(results.Held());
  json["events"] = Count(results.events);
  json["nodes"] = Count(results.nodes);
  json["virtualSeconds"] = Seconds(results.virtual_time);
  json["wallSeconds"] = JsonNumber(results.wall_seconds);
  json["peakMemoryBytes"] = Value::Int(results.peak_memory_bytes);
  if (results.study.has_value()) {
    AddStudy(results, json);
    return json;
  }
  Value checks = Value::Array();
  for (const CheckResult& check : results.checks) {
    Value item = Value::Object();
    item[check.always ? "from" : "by"] = Seconds(check.at);
    item[check.always ? "always" : "expect"] = Value::String(check.expect);
    item["held"] = Value::Bool(check.held);
    item["seen"] = Value::String(check.seen);
    if (check.always && !check.held) item["failedAt"] = Seconds(check.failed_at);
    checks.items().push_back(item);
  }
  json["checks"] = checks;
  Value errors = Value::Array();
  for (const std::string& error : results.workload_errors) {
    errors.items().push_back(Value::String(error));
  }
  json["workloadErrors"] = errors;
  AddCluster(results, json);
  return json;
}

}  // namespace drydock::sim
