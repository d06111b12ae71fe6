// What a Job's podFailurePolicy says about a failed pod (KEP-3329).
#ifndef DRYDOCK_SRC_CONTROLLERS_JOB_FAILURE_POLICY_H_
#define DRYDOCK_SRC_CONTROLLERS_JOB_FAILURE_POLICY_H_

#include <string>

#include "src/api/batch_v1.h"
#include "src/api/core/v1/pod.h"

namespace drydock::controllers {

enum class FailureAction { kCount, kIgnore, kFailJob };

struct FailureVerdict {
  FailureAction action = FailureAction::kCount;
  std::string message;  // Of kFailJob: why, for the condition.
};

// By the first rule that matches. A pod that is only on its way out is not judged yet.
FailureVerdict JudgeFailure(const api::Job& job, const api::Pod& pod);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_JOB_FAILURE_POLICY_H_
