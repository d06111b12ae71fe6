// Does what a workload of a benchmark says, operation by operation, through the API.
#ifndef DRYDOCK_SIM_PERF_PERF_DRIVER_H_
#define DRYDOCK_SIM_PERF_PERF_DRIVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "sim/perf/perf_file.h"
#include "sim/perf/pod_progress.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::sim {

// How far a driver is; it outlives the driver.
struct PerfState {
  bool finished = false;
  absl::Status status;  // Why it finished, if not because all was done.
  std::string op;       // The one at work, for messages.
  uint64_t nodes = 0;   // Created by operations so far, churn left out.
  uint64_t pods = 0;
};

class PerfDriver {
 public:
  // Everything outlives the driver.
  PerfDriver(rt::Env& env, client::Client& client, const PerfWorkload& workload,
             PodProgress& progress, PerfState& state);

  rt::Task<> Run();  // Until the last operation is done. Churn goes on after that.

 private:
  using Message = std::unique_ptr<google::protobuf::Message>;
  struct Batch;

  rt::Task<absl::Status> Perform(const PerfOp& op);
  rt::Task<absl::Status> Do(const CreateNodes& action);
  rt::Task<absl::Status> Do(const CreateNamespaces& action);
  rt::Task<absl::Status> Do(const CreatePods& action, std::string ns);
  rt::Task<absl::Status> Do(const CreatePodSets& action);
  rt::Task<absl::Status> Do(const CreateAny& action);
  rt::Task<absl::Status> Do(const DeletePods& action);
  rt::Task<absl::Status> Do(const Barrier& action);
  rt::Task<absl::Status> Do(const StartCollecting& action);

  rt::Task<> RunChurn(const Churn& action);
  rt::Task<absl::Status> CreateCycle(const Churn& action, std::vector<api::ObjectRef>* made);
  rt::Task<> DeleteInBackground(const DeletePods& action);
  rt::Task<absl::Status> DeleteAll(const DeletePods& action);

  // Several at a time, as scheduler_perf's workers create them. `change` may be null.
  rt::Task<absl::Status> CreateAll(const ObjectTemplate& object, int count, std::string ns,
                                   std::function<void(int, google::protobuf::Message*)> change);
  rt::Task<> CreateSome(std::shared_ptr<Batch> batch);
  rt::Task<absl::StatusOr<api::ObjectRef>> CreateOne(Message message, std::string ns);
  rt::Task<absl::Status> NeedNamespace(std::string ns);
  // Gives a pod that asks for a bare priority the class that stands for it.
  rt::Task<absl::Status> NeedPriorityClass(google::protobuf::Message* message);
  rt::Task<> EndCollection();
  rt::Task<> WaitUntilScheduled(std::vector<std::string> namespaces, bool attempted);
  void Fail(const absl::Status& status);

  rt::Env& env_;
  client::Client& client_;
  const PerfWorkload& workload_;
  PodProgress& progress_;
  PerfState& state_;
  std::set<std::string> namespaces_;      // Known to exist.
  std::set<std::string> pod_namespaces_;  // In which operations created pods.
  std::map<int32_t, bool> priorities_;    // That have a class, and whether it is known yet.
  int unique_labels_ = 0;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_PERF_DRIVER_H_
