// What the scheduler writes: bindings, the PodScheduled condition, the end of victims.
#ifndef DRYDOCK_SRC_SCHEDULER_API_WRITER_H_
#define DRYDOCK_SRC_SCHEDULER_API_WRITER_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/rt/task.h"
#include "src/scheduler/framework.h"

namespace drydock::scheduler {

struct PodConditionUpdate {
  std::string type;
  std::string status;  // "True", "False".
  std::string reason;
  std::string message;
};

class ApiWriter final : public BindPlugin {
 public:
  // Both outlive the writer.
  ApiWriter(client::Client& client, client::InformerCore& pods) : client_(client), pods_(pods) {}

  // Through pods/binding.
  rt::Task<absl::Status> Bind(PodRef pod, std::string node) override;

  // Sets the condition, and the nominated node unless absent, where they differ. A pod
  // that is gone, or another of the same name, is no error.
  rt::Task<absl::Status> SetStatus(PodRef pod, PodConditionUpdate condition,
                                   std::optional<std::string> nominated_node);

  // Marks the pod as a disruption target and deletes it.
  rt::Task<absl::Status> Preempt(PodRef victim, std::string scheduler_name);

 private:
  client::Client& client_;
  client::InformerCore& pods_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_API_WRITER_H_
