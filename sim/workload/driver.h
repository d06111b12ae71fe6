// The users of a simulated cluster: does what the scenario's workload says, when it
// says it, through the API like anybody else.
#ifndef DRYDOCK_SIM_WORKLOAD_DRIVER_H_
#define DRYDOCK_SIM_WORKLOAD_DRIVER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/workload/manifest.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::sim {

// What a user was refused, for the report: an action that does not take effect is a
// failure of the run.
struct WorkloadErrors {
  uint64_t count = 0;
  std::vector<std::string> first;  // At most ten.
};

class WorkloadDriver {
 public:
  // Everything outlives the driver. `scenario` has passed CheckWorkload.
  WorkloadDriver(rt::Env& env, client::Client& client, const Scenario& scenario,
                 WorkloadErrors& errors);

  rt::Task<> Run();  // Until the last action is done.

 private:
  rt::Task<> Perform(const WorkloadItem& item, size_t number);
  rt::Task<> Do(const ApplyAction& action, rt::Random random);
  rt::Task<> Do(const GenerateAction& action, rt::Random random);
  rt::Task<> Do(const ScaleAction& action, rt::Random random);
  rt::Task<> Do(const PatchAction& action, rt::Random random);
  rt::Task<> Do(const DeleteAction& action, rt::Random random);
  rt::Task<> Do(const ChurnAction& action, rt::Random random);
  rt::Task<> Do(const ReplayAction& action, rt::Random random);

  rt::Task<> ReplayOne(const ReplayAction& action, TraceTask task);
  rt::Task<> ApplyOne(api::ObjectRef object);
  rt::Task<> CreateOne(api::ObjectRef object);
  rt::Task<> DeleteAfter(api::ObjectRef object, absl::Duration lifetime);
  rt::Task<> PatchOne(Target target, api::PatchType type, std::string patch);
  rt::Task<> DeleteOne(Target target);
  rt::Task<> ChurnOne(const ChurnAction& action, const Target& target, rt::Random& random);
  rt::Task<> KillPodOf(api::ObjectRef workload, rt::Random& random);
  void Check(const absl::Status& status, absl::string_view what);

  rt::Env& env_;
  client::Client& client_;
  const Scenario& scenario_;
  WorkloadErrors& errors_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_WORKLOAD_DRIVER_H_
