// A benchmark file in the form of Kubernetes' scheduler_perf, as data: test cases, and in
// each a template of operations and workloads that fill it with numbers.
//
// docs/scheduler-perf.md says what is read and what it means here.
#ifndef DRYDOCK_SIM_PERF_PERF_FILE_H_
#define DRYDOCK_SIM_PERF_PERF_FILE_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sim/perf/object_template.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

using LabelList = std::vector<std::pair<std::string, std::string>>;

struct CreateNodes {
  int count = 0;
  ObjectTemplate node;
  LabelList allocatable;                  // Resource to quantity, instead of the template's.
  std::string label;                      // Given to each node, empty: none;
  std::vector<std::string> label_values;  // in turn these, or when empty, one of its own.
};
struct CreateNamespaces {
  int count = 0;
  std::string prefix;
  std::optional<ObjectTemplate> ns;
};
struct CreatePods {
  int count = 0;
  std::string ns;
  ObjectTemplate pod;
  bool collect_metrics = false;
  bool wait = true;  // Until they are scheduled.
};
struct CreatePodSets {
  int count = 0;
  std::string prefix;  // Of the namespaces.
  CreatePods pods;
};
struct CreateAny {
  int count = 1;
  std::string ns;
  ObjectTemplate object;
};
struct DeletePods {
  std::string ns;
  std::string selector;
  int per_second = 0;  // 0: all at once.
  bool wait = true;    // Until they are gone.
};
struct Churn {
  bool recreate = false;  // `number` cycles of creation, then as many of deletion; else creation.
  int number = 0;         // 0: no limit.
  absl::Duration interval;
  std::string ns;
  std::vector<ObjectTemplate> objects;
};
struct Barrier {
  std::vector<std::string> namespaces;  // Empty: all in which operations created pods.
  std::string selector;
  bool attempted = false;  // An attempt is enough; else they must be scheduled.
};
struct Sleep {
  absl::Duration duration;
};
struct StartCollecting {
  std::string name;
  std::vector<std::string> namespaces;
  std::string selector;
};
struct StopCollecting {};

struct PerfOp {
  std::string name;  // "workloadTemplate[3] (createPods)", for messages.
  std::variant<CreateNodes, CreateNamespaces, CreatePods, CreatePodSets, CreateAny, DeletePods,
               Churn, Barrier, Sleep, StartCollecting, StopCollecting>
      action;
};

struct Threshold {
  double value = 0;
  std::string bucket = "Average";
  bool expect_lower = false;  // The measured value must not be above it; else not below.
};

struct PerfWorkload {
  std::string test_case;
  std::string name;
  std::vector<std::string> labels;  // The test case's and its own.
  std::optional<Threshold> threshold;
  std::string scheduler_path;
  api::Value scheduler;  // A KubeSchedulerConfiguration, or null.
  std::vector<PerfOp> ops;

  std::string FullName() const { return test_case + "/" + name; }
};

// All workloads of a file, with their parameters put in and the files that they refer to
// read. Errors name the file, the line and the field. `keep` says which workloads are
// wanted: of the others only the names and labels are given.
absl::StatusOr<std::vector<PerfWorkload>> LoadPerfFile(
    const std::string& path, const std::function<bool(const PerfWorkload&)>& keep);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_PERF_FILE_H_
