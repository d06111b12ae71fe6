// A scenario's cluster from the first event to the last: the world, what users do,
// what breaks, what is measured and what is checked.
#ifndef DRYDOCK_SIM_RUN_CLUSTER_RUN_H_
#define DRYDOCK_SIM_RUN_CLUSTER_RUN_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/cluster/cluster.h"
#include "sim/faults/fault_injector.h"
#include "sim/machine/world.h"
#include "sim/measure/recorder.h"
#include "sim/run/progress.h"
#include "sim/run/results.h"
#include "sim/scenario/expression.h"
#include "sim/scenario/scenario.h"
#include "sim/workload/driver.h"

namespace drydock::sim {

class ClusterRun {
 public:
  // `scenario` outlives the run.
  static absl::StatusOr<std::unique_ptr<ClusterRun>> Create(const Scenario& scenario);
  ClusterRun(const ClusterRun&) = delete;
  ClusterRun& operator=(const ClusterRun&) = delete;
  ~ClusterRun();

  absl::Status Run(Progress& progress);
  // `results` refers to the run afterwards.
  void Report(Results* results) const;

 private:
  struct Check {
    CheckResult result;
    Expression expression;
  };

  explicit ClusterRun(const Scenario& scenario);
  absl::Status Start();
  rt::Task<> Observe();
  absl::Status Evaluate(absl::Duration now, bool sampled);
  absl::Status EvaluateOne(Check& check, absl::Duration now);

  const Scenario& scenario_;
  World world_;
  Recorder recorder_;
  std::map<std::string, RequestStats> requests_;
  std::vector<Check> checks_;
  WorkloadErrors workload_errors_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<FaultInjector> faults_;
  absl::Status observed_;  // Why measuring ended, if it did.
  rt::TaskGroup tasks_;    // Last: dies before what its tasks use.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUN_CLUSTER_RUN_H_
