// Autoscaling, disruption, scheduling, leases and device claims.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/autoscaling_v1.h"
#include "src/api/autoscaling_v2.h"
#include "src/api/coordination_v1.h"
#include "src/api/int_or_string.h"
#include "src/api/node_v1.h"
#include "src/api/policy_v1.h"
#include "src/api/resource_v1.h"
#include "src/api/scheduling_v1.h"
#include "src/apiserver/printing/printer.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

constexpr Column kAutoscalerColumns[] = {
    kNameColumn,
    {"Reference", "string", "What is scaled."},
    {"Targets", "string", "Some of the metrics: their values, and what they should be."},
    {"MinPods", "string", "The least number of pods."},
    {"MaxPods", "string", "The greatest number of pods."},
    {"Replicas", "string", "The number of pods that there are."},
    kAgeColumn,
};

// "35%/80%", "500m/1": what a metric is, and what it should be.
class MetricText {
 public:
  MetricText(const api::MetricTarget& target, const api::MetricValueStatus* current)
      : target_(target), current_(current) {}

  std::string AverageValue() const {
    const bool known = current_ != nullptr && current_->has_average_value();
    return absl::StrCat(known ? Text(current_->average_value()) : kUnknown, "/",
                        target_.has_average_value() ? Text(target_.average_value()) : "<nil>");
  }

  std::string Utilization() const {
    const bool known = current_ != nullptr && current_->has_average_utilization();
    return absl::StrCat(known ? absl::StrCat(current_->average_utilization(), "%") : kUnknown, "/",
                        target_.has_average_utilization()
                            ? absl::StrCat(target_.average_utilization(), "%")
                            : "<auto>");
  }

  // Of objects and external metrics.
  std::string ValueOrAverage() const {
    if (target_.has_average_value()) return absl::StrCat(AverageValue(), " (avg)");
    const bool known = current_ != nullptr && current_->has_value();
    return absl::StrCat(known ? Text(current_->value()) : kUnknown, "/",
                        target_.has_value() ? Text(target_.value()) : "<nil>");
  }

  // Of resources.
  std::string AverageOrUtilization() const {
    return target_.has_average_value() ? AverageValue() : Utilization();
  }

 private:
  template <typename Quantity>
  static std::string Text(const Quantity& quantity) {
    return std::string(TextOr(quantity.string(), "0"));
  }

  const api::MetricTarget& target_;
  const api::MetricValueStatus* current_;
};

std::string MetricOf(const api::autoscalingv2::MetricSpec& spec,
                     const api::autoscalingv2::MetricStatus* status) {
  if (spec.type() == "External") {
    return MetricText(spec.external().target(), status != nullptr && status->has_external()
                                                    ? &status->external().current()
                                                    : nullptr)
        .ValueOrAverage();
  }
  if (spec.type() == "Object") {
    return MetricText(spec.object().target(), status != nullptr && status->has_object()
                                                  ? &status->object().current()
                                                  : nullptr)
        .ValueOrAverage();
  }
  if (spec.type() == "Pods") {
    return MetricText(spec.pods().target(),
                      status != nullptr && status->has_pods() ? &status->pods().current() : nullptr)
        .AverageValue();
  }
  if (spec.type() == "Resource") {
    const MetricText text(spec.resource().target(), status != nullptr && status->has_resource()
                                                        ? &status->resource().current()
                                                        : nullptr);
    return absl::StrCat(spec.resource().name(), ": ", text.AverageOrUtilization());
  }
  if (spec.type() == "ContainerResource") {
    const MetricText text(spec.container_resource().target(),
                          status != nullptr && status->has_container_resource()
                              ? &status->container_resource().current()
                              : nullptr);
    return absl::StrCat(spec.container_resource().name(), ": ", text.AverageOrUtilization());
  }
  return "<unknown type>";
}

std::string MetricsText(const api::autoscalingv2::HorizontalPodAutoscaler& autoscaler) {
  constexpr int kShown = 2;
  const auto& metrics = autoscaler.spec().metrics();
  const auto& current = autoscaler.status().current_metrics();
  if (metrics.empty()) return kNone;
  std::vector<std::string> texts;
  for (int i = 0; i < metrics.size() && i < kShown; ++i) {
    texts.push_back(MetricOf(metrics[i], i < current.size() ? &current[i] : nullptr));
  }
  std::string text = absl::StrJoin(texts, ", ");
  if (metrics.size() > kShown) {
    absl::StrAppend(&text, " + ", metrics.size() - kShown, " more...");
  }
  return text;
}

// autoscaling/v1 has one metric: the CPU.
std::string MetricsText(const api::autoscalingv1::HorizontalPodAutoscaler& autoscaler) {
  const auto& spec = autoscaler.spec();
  const auto& status = autoscaler.status();
  if (!spec.has_target_cpu_utilization_percentage()) return kNone;
  return absl::StrCat("cpu: ",
                      status.has_current_cpu_utilization_percentage()
                          ? absl::StrCat(status.current_cpu_utilization_percentage(), "%")
                          : kUnknown,
                      "/", spec.target_cpu_utilization_percentage(), "%");
}

template <typename Autoscaler>
void PrintAutoscaler(const Autoscaler& autoscaler, Row& row) {
  const auto& spec = autoscaler.spec();
  const auto& reference = spec.scale_target_ref();
  row.Text(autoscaler.metadata().name())
      .Text(absl::StrCat(reference.kind(), "/", reference.name()))
      .Text(MetricsText(autoscaler))
      .Text(spec.has_min_replicas() ? absl::StrCat(spec.min_replicas()) : kUnset)
      .Number(spec.max_replicas())
      .Number(autoscaler.status().current_replicas())
      .Age(autoscaler.metadata());
}

constexpr Column kScaleColumns[] = {
    {"Name", "string", "The name of what is scaled."},
    {"Desired", "integer", "The number of pods that is asked for."},
    {"Available", "integer", "The number of pods that there are."},
    kAgeColumn,
};

void PrintScale(const api::Scale& scale, Row& row) {
  row.Text(scale.metadata().name())
      .Number(scale.spec().replicas())
      .Number(scale.status().replicas())
      .Age(scale.metadata());
}

constexpr Column kDisruptionBudgetColumns[] = {
    kNameColumn,
    {"Min Available", "string", "How many pods must stay available."},
    {"Max Unavailable", "string", "How many pods may be unavailable."},
    {"Allowed Disruptions", "integer", "How many pods may be evicted now."},
    kAgeColumn,
};

void PrintDisruptionBudget(const api::PodDisruptionBudget& budget, Row& row) {
  const api::PodDisruptionBudgetSpec& spec = budget.spec();
  row.Text(budget.metadata().name())
      .Text(spec.has_min_available() ? api::ToString(spec.min_available()) : "N/A")
      .Text(spec.has_max_unavailable() ? api::ToString(spec.max_unavailable()) : "N/A")
      .Number(budget.status().disruptions_allowed())
      .Age(budget.metadata());
}

constexpr Column kPriorityClassColumns[] = {
    kNameColumn,
    {"Value", "integer", "The priority of pods of the class."},
    {"Global-Default", "boolean", "Whether pods without a class are of this one."},
    kAgeColumn,
    {"PreemptionPolicy", "string", "Whether pods of the class may displace others."},
};

void PrintPriorityClass(const api::PriorityClass& priority, Row& row) {
  row.Text(priority.metadata().name())
      .Number(priority.value())
      .Flag(priority.global_default())
      .Age(priority.metadata())
      .Text(priority.preemption_policy());
}

constexpr Column kRuntimeClassColumns[] = {
    kNameColumn,
    {"Handler", "string", "The handler of the container runtime."},
    kAgeColumn,
};

void PrintRuntimeClass(const api::RuntimeClass& runtime, Row& row) {
  row.Text(runtime.metadata().name()).Text(runtime.handler()).Age(runtime.metadata());
}

constexpr Column kLeaseColumns[] = {
    kNameColumn,
    {"Holder", "string", "Who holds the lease."},
    kAgeColumn,
};

void PrintLease(const api::Lease& lease, Row& row) {
  row.Text(lease.metadata().name()).Text(lease.spec().holder_identity()).Age(lease.metadata());
}

constexpr Column kNameAndAge[] = {kNameColumn, kAgeColumn};

template <typename T>
void PrintNameAndAge(const T& object, Row& row) {
  row.Text(object.metadata().name()).Age(object.metadata());
}

constexpr Column kResourceClaimColumns[] = {
    kNameColumn,
    {"State", "string", "What has become of the claim: pending, allocated, reserved, deleted."},
    kAgeColumn,
};

std::string ClaimState(const api::resourcev1::ResourceClaim& claim) {
  std::vector<std::string> states;
  const bool deleted = claim.metadata().has_deletion_timestamp();
  if (deleted) states.emplace_back("deleted");
  if (claim.status().has_allocation()) {
    states.emplace_back("allocated");
    if (claim.status().reserved_for_size() > 0) states.emplace_back("reserved");
  } else if (!deleted) {
    states.emplace_back("pending");
  }
  return absl::StrJoin(states, ",");
}

void PrintResourceClaim(const api::resourcev1::ResourceClaim& claim, Row& row) {
  row.Text(claim.metadata().name()).Text(ClaimState(claim)).Age(claim.metadata());
}

constexpr Column kResourceSliceColumns[] = {
    kNameColumn,
    {"Node", "string", "The node that has the devices."},
    {"Driver", "string", "The driver of the devices."},
    {"Pool", "string", "The pool that the slice is a part of."},
    kAgeColumn,
};

void PrintResourceSlice(const api::ResourceSlice& slice, Row& row) {
  row.Text(slice.metadata().name())
      .Text(slice.spec().node_name())
      .Text(slice.spec().driver())
      .Text(slice.spec().pool().name())
      .Age(slice.metadata());
}

}  // namespace

void AddSchedulingPrinters(PrinterTable& table) {
  table.Add<api::autoscalingv2::HorizontalPodAutoscaler>(kAutoscalerColumns, PrintAutoscaler);
  table.Add<api::autoscalingv1::HorizontalPodAutoscaler>(kAutoscalerColumns, PrintAutoscaler);
  table.Add<api::Scale>(kScaleColumns, PrintScale);
  table.Add<api::PodDisruptionBudget>(kDisruptionBudgetColumns, PrintDisruptionBudget);
  table.Add<api::PriorityClass>(kPriorityClassColumns, PrintPriorityClass);
  table.Add<api::RuntimeClass>(kRuntimeClassColumns, PrintRuntimeClass);
  table.Add<api::Lease>(kLeaseColumns, PrintLease);
  table.Add<api::DeviceClass>(kNameAndAge, PrintNameAndAge);
  table.Add<api::ResourceClaimTemplate>(kNameAndAge, PrintNameAndAge);
  table.Add<api::resourcev1::ResourceClaim>(kResourceClaimColumns, PrintResourceClaim);
  table.Add<api::ResourceSlice>(kResourceSliceColumns, PrintResourceSlice);
}

}  // namespace drydock::apiserver
