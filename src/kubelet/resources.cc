// Sums of requests, as the scheduler and the kubelet agree on them.
#include "src/kubelet/resources.h"

#include <algorithm>

#include "src/api/quantity.h"

namespace drydock::kubelet {

int64_t AmountOf(absl::string_view name, const std::string& quantity) {
  const absl::StatusOr<api::Quantity> parsed = api::Quantity::Parse(quantity);
  if (!parsed.ok()) return 0;
  return name == "cpu" ? parsed->MilliValue() : parsed->Value();
}

int64_t AmountIn(const api::ResourceMap& map, absl::string_view name) {
  const std::string* const quantity = api::Find(map, name);
  return quantity == nullptr ? 0 : AmountOf(name, *quantity);
}

int64_t PodRequest(const api::PodSpec& spec, absl::string_view name) {
  const int64_t overhead = AmountIn(spec.overhead(), name);
  if (api::Contains(spec.resources().requests(), name)) {
    return AmountIn(spec.resources().requests(), name) + overhead;
  }
  int64_t sum = 0;
  for (const api::Container& container : spec.containers()) {
    sum += AmountIn(container.resources().requests(), name);
  }
  int64_t sidecars = 0;
  int64_t peak = 0;
  for (const api::Container& container : spec.init_containers()) {
    const int64_t request = AmountIn(container.resources().requests(), name);
    if (container.restart_policy() == "Always") {
      sidecars += request;
      peak = std::max(peak, sidecars);
    } else {
      peak = std::max(peak, sidecars + request);
    }
  }
  return std::max(sum + sidecars, peak) + overhead;
}

}  // namespace drydock::kubelet
