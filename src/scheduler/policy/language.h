// What placement policies can mention: `node` and `pod`, with their fields (docs/policies.md), in
// CEL (src/cel).
//
// Amounts of resources are doubles in base units: cpu in cores, memory and storage in bytes,
// everything else in pieces. A resource that a node does not have, or a pod does not ask for, is 0.
#ifndef DRYDOCK_SRC_SCHEDULER_POLICY_LANGUAGE_H_
#define DRYDOCK_SRC_SCHEDULER_POLICY_LANGUAGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/cel/environment.h"
#include "src/cel/program.h"

namespace drydock::scheduler::policy {

enum class Use : uint8_t { kFilter, kScore };

// InvalidArgument, with the place in `source`, when it is no expression, mentions what there is
// not, or gives what is of no use: a filter is a bool, a score a number.
absl::StatusOr<cel::Program> Compile(absl::string_view source, Use use);

// The label that `node.price` reads: a number, 0 without the label.
inline constexpr char kPriceLabel[] = "drydock.dev/price";

// The variables' numbers.
inline constexpr uint32_t kNodeVariable = 0;
inline constexpr uint32_t kPodVariable = 1;

// The fields' numbers.
enum NodeField : int {
  kNodeName,
  kNodeLabels,
  kNodeTaints,
  kNodeUnschedulable,
  kNodeAllocatable,
  kNodeRequested,
  kNodeFree,
  kNodePods,
  kNodePrice,
};
enum PodField : int { kPodName, kPodNamespace, kPodLabels, kPodRequests, kPodPriority };
enum TaintField : int { kTaintKey, kTaintValue, kTaintEffect };

const cel::ObjectType& NodeType();
const cel::ObjectType& PodType();
const cel::ObjectType& TaintType();

}  // namespace drydock::scheduler::policy

#endif  // DRYDOCK_SRC_SCHEDULER_POLICY_LANGUAGE_H_
