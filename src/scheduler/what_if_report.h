// The decisions of a WhatIf as documents: docs/scheduling.md describes the form.
#ifndef DRYDOCK_SRC_SCHEDULER_WHAT_IF_REPORT_H_
#define DRYDOCK_SRC_SCHEDULER_WHAT_IF_REPORT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/codec/tree.h"
#include "src/scheduler/what_if.h"

namespace drydock::scheduler {

// For JSON and YAML: apiVersion sim.drydock.dev/v1, kind ScheduleReport.
api::Value ReportOf(const std::vector<PodDecision>& decisions, const WhatIfOptions& options);

// For people: one line a pod, then a table of nodes for each.
std::string TableOf(const std::vector<PodDecision>& decisions);

// "Scheduled", "Preempting", "Unschedulable", "Gated", "Skipped".
absl::string_view NameOf(PodDecision::Result result);
// Kubernetes' codes: "Success", "Unschedulable", "UnschedulableAndUnresolvable".
absl::string_view NameOf(Verdict verdict);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_WHAT_IF_REPORT_H_
