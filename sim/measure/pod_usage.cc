// Sums of quantities.
#include "sim/measure/pod_usage.h"

#include <algorithm>

#include "src/api/quantity.h"

namespace drydock::sim {
namespace {

int64_t Amount(const api::ResourceMap& resources, absl::string_view name, bool milli) {
  const std::string* text = api::Find(resources, name);
  if (text == nullptr) return 0;
  const api::Quantity quantity = api::QuantityOrZero(*text);
  return milli ? quantity.MilliValue() : quantity.Value();
}

}  // namespace

PodUsage AmountsOf(const api::ResourceMap& resources) {
  return {Amount(resources, "cpu", true), Amount(resources, "memory", false),
          Amount(resources, "pods", false)};
}

PodUsage RequestsOf(const api::Pod& pod) {
  PodUsage sum;
  for (const api::Container& container : pod.spec().containers()) {
    const PodUsage part = AmountsOf(container.resources().requests());
    sum.cpu_millis += part.cpu_millis;
    sum.memory_bytes += part.memory_bytes;
  }
  for (const api::Container& container : pod.spec().init_containers()) {
    const PodUsage part = AmountsOf(container.resources().requests());
    sum.cpu_millis = std::max(sum.cpu_millis, part.cpu_millis);
    sum.memory_bytes = std::max(sum.memory_bytes, part.memory_bytes);
  }
  const PodUsage overhead = AmountsOf(pod.spec().overhead());
  sum.cpu_millis += overhead.cpu_millis;
  sum.memory_bytes += overhead.memory_bytes;
  return sum;
}

}  // namespace drydock::sim
