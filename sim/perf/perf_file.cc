// Test cases and workloads; op_reader.h reads their operations.
#include "sim/perf/perf_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "sim/perf/op_reader.h"
#include "sim/scenario/reader.h"
#include "src/api/codec/yaml.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr char kMetric[] = "SchedulingThroughput";
constexpr double kMostPods = 100000;  // A second, of a threshold.

// The gates of kube-scheduler: read, and without effect.
void ReadFeatureGates(Errors& errors, ObjectReader& reader) {
  ObjectReader gates = reader.Object("featureGates");
  if (!gates.present()) return;
  for (const Value::Member& gate : gates.value().members()) {
    if (gate.value.type() != Value::Type::kBool) {
      errors.Expected(gate.value, gates.PathOf(gate.key), "true or false");
    }
  }
}

// Which number of the results a threshold is for. Keeps `otherwise` where there is none.
Threshold ReadSelector(Errors& errors, ObjectReader selector, Threshold otherwise) {
  if (!selector.present()) return otherwise;
  Threshold threshold;
  if (const Value* name = selector.Need("name"); name != nullptr && name->text() != kMetric) {
    errors.Expected(*name, selector.PathOf("name"),
                    absl::StrCat(kMetric, ", the one metric that is measured"));
  }
  selector.StringMap("labels");
  threshold.bucket = selector.String("dataBucket", threshold.bucket);
  const std::vector<std::string> buckets = {"Average", "Perc50", "Perc90", "Perc95", "Perc99"};
  if (std::find(buckets.begin(), buckets.end(), threshold.bucket) == buckets.end()) {
    errors.Expected(*selector.Find("dataBucket"), selector.PathOf("dataBucket"),
                    "Average, Perc50, Perc90, Perc95 or Perc99");
  }
  threshold.expect_lower = selector.Bool("expectLower", false);
  selector.Finish();
  return threshold;
}

// The name of the folder of `path`: what scheduler_perf calls its topic.
std::string TopicOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  const std::string folder = path.substr(0, slash);
  return folder.substr(folder.rfind('/') + 1);
}

void ReadThreshold(Errors& errors, ObjectReader& reader, Threshold threshold,
                   PerfWorkload* workload) {
  const Value* const value = reader.Find("threshold");
  if (value == nullptr) return;
  if (!value->is_object()) {
    threshold.value = reader.Number("threshold", 0, 0, kMostPods);
  } else {
    // By topic; of another one it is none of ours.
    ObjectReader topics = reader.Object("threshold");
    bool ours = false;
    for (const Value::Member& topic : value->members()) {
      const double number = topics.Number(topic.key, 0, 0, kMostPods);
      if (topic.key != TopicOf(errors.file())) continue;
      threshold.value = number;
      ours = true;
    }
    if (!ours) return;
  }
  if (threshold.value > 0) workload->threshold = threshold;
}

void ReadScheduler(Errors& errors, const Value& at, const std::string& path,
                   const std::string& file, PerfWorkload* workload) {
  const absl::StatusOr<std::string> text = ReadFile(file);
  if (!text.ok()) return errors.Add(at, path, text.status().message());
  absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    return errors.Add(at, path, absl::StrCat(file, ":", documents.status().message()));
  }
  if (documents->size() != 1) {
    return errors.Add(at, path, absl::StrCat(file, ": expected one KubeSchedulerConfiguration"));
  }
  workload->scheduler_path = file;
  workload->scheduler = std::move(documents->front());
}

class CaseReader {
 public:
  using Keep = std::function<bool(const PerfWorkload&)>;

  CaseReader(Errors& errors, const Value& value, const std::string& path, const Keep& keep)
      : errors_(errors), reader_(errors, &value, path), keep_(keep) {}

  void Read(std::vector<PerfWorkload>* out) {
    reader_.Need("name");
    name_ = reader_.String("name", "");
    labels_ = reader_.StringList("labels");
    ReadFeatureGates(errors_, reader_);
    reader_.Find("metricsCollectorConfig");  // Which histograms: none of them is measured.
    threshold_ = ReadSelector(errors_, reader_.Object("defaultThresholdMetricSelector"), {});
    reader_.String("schedulerConfigPath", "");
    const std::string pod = reader_.String("defaultPodTemplatePath", "");
    if (!pod.empty()) default_pod_ = Beside(errors_.file(), pod);
    reader_.Need("workloadTemplate");
    ops_ = reader_.Items("workloadTemplate");
    reader_.Need("workloads");
    size_t index = 0;
    for (const Value* workload : reader_.Items("workloads")) {
      ReadWorkload(*workload, IndexPath(reader_.PathOf("workloads"), index++), out);
    }
    reader_.Finish();
  }

 private:
  void ReadWorkload(const Value& value, const std::string& path, std::vector<PerfWorkload>* out) {
    ObjectReader reader(errors_, &value, path);
    PerfWorkload workload;
    workload.test_case = name_;
    reader.Need("name");
    workload.name = reader.String("name", "");
    workload.labels = reader.StringList("labels");
    workload.labels.insert(workload.labels.end(), labels_.begin(), labels_.end());
    ReadFeatureGates(errors_, reader);
    ReadThreshold(errors_, reader,
                  ReadSelector(errors_, reader.Object("thresholdMetricSelector"), threshold_),
                  &workload);
    ObjectReader given = reader.Object("params");
    reader.Finish();
    if (errors_.status().ok() && keep_(workload)) {
      if (const Value* scheduler = reader_.Find("schedulerConfigPath")) {
        ReadScheduler(errors_, *scheduler, reader_.PathOf("schedulerConfigPath"),
                      Beside(errors_.file(), scheduler->text()), &workload);
      }
      PerfParams params(errors_, given.present() ? &given.value() : nullptr, given.path(),
                        workload.FullName());
      for (size_t i = 0; i < ops_.size(); ++i) {
        workload.ops.push_back(ReadOp(errors_, *ops_[i],
                                      IndexPath(reader_.PathOf("workloadTemplate"), i), i, params,
                                      default_pod_));
      }
      CheckCollecting(workload);
      params.Finish();
    }
    out->push_back(std::move(workload));
  }

  // One collection at a time, each with an end.
  void CheckCollecting(const PerfWorkload& workload) {
    bool collecting = false;
    for (size_t i = 0; i < workload.ops.size(); ++i) {
      const auto& action = workload.ops[i].action;
      const std::string path = IndexPath(reader_.PathOf("workloadTemplate"), i);
      const bool starts = std::holds_alternative<StartCollecting>(action);
      const auto* pods = std::get_if<CreatePods>(&action);
      const auto* sets = std::get_if<CreatePodSets>(&action);
      const bool collects = starts || (pods != nullptr && pods->collect_metrics) ||
                            (sets != nullptr && sets->pods.collect_metrics);
      if (collects && collecting)
        errors_.Add(*ops_[i], path, "metrics are being collected already");
      if (std::holds_alternative<StopCollecting>(action)) {
        if (!collecting) errors_.Add(*ops_[i], path, "no metrics are being collected");
        collecting = false;
      }
      collecting = collecting || starts;
    }
    if (collecting) {
      errors_.Add(*ops_.back(), reader_.PathOf("workloadTemplate"),
                  "expected stopCollectingMetrics after startCollectingMetrics");
    }
  }

  Errors& errors_;
  ObjectReader reader_;
  const Keep& keep_;
  std::string name_;
  std::vector<std::string> labels_;
  Threshold threshold_;
  std::string default_pod_;
  std::vector<const Value*> ops_;
};

}  // namespace

absl::StatusOr<std::vector<PerfWorkload>> LoadPerfFile(
    const std::string& path, const std::function<bool(const PerfWorkload&)>& keep) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", documents.status().message()));
  }
  if (documents->size() != 1 || !documents->front().is_array()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":1:1: expected one list of test cases, as scheduler_perf has it"));
  }
  Errors errors(path);
  CheckDuplicates(errors, documents->front(), "");
  std::vector<PerfWorkload> workloads;
  for (size_t i = 0; i < documents->front().items().size(); ++i) {
    CaseReader(errors, documents->front().items()[i], IndexPath("", i), keep).Read(&workloads);
  }
  if (!errors.status().ok()) return errors.status();
  return workloads;
}

}  // namespace drydock::sim
