// Reads a container's annotations and draws its fate.
#include "sim/runtime/workload_model.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "src/api/quantity.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

// The time in which memory grows from nothing to usage-memory.
constexpr absl::Duration kMemoryRamp = absl::Seconds(10);
constexpr absl::Duration kFailAfter = absl::Seconds(1);

// The annotations of one container: "run-for.web" for the container web, otherwise
// "run-for" for all containers of the pod but init containers and sidecars, which
// rarely behave like the rest.
class Annotations {
 public:
  explicit Annotations(const rt::ContainerConfig& config) : config_(config) {
    for (const auto& [key, value] : config.annotations) {
      any_ = any_ || absl::StartsWith(key, kSimAnnotationPrefix);
    }
  }
  bool any() const { return any_; }

  const std::string* Find(absl::string_view name) const {
    if (!any_) return nullptr;
    const std::string* general = nullptr;
    for (const auto& [key, value] : config_.annotations) {
      absl::string_view rest = key;
      if (!absl::ConsumePrefix(&rest, kSimAnnotationPrefix)) continue;
      if (rest == name && General()) general = &value;
      if (absl::ConsumePrefix(&rest, name) && absl::ConsumePrefix(&rest, ".") &&
          rest == config_.name) {
        return &value;
      }
    }
    return general;
  }

  absl::Status ReadDuration(absl::string_view name, const DurationModel& otherwise,
                            rt::Random& random, absl::Duration* result) const {
    const std::string* const text = Find(name);
    if (text == nullptr) {
      *result = otherwise.Sample(random);
      return absl::OkStatus();
    }
    const absl::StatusOr<DurationModel> model = DurationModel::Parse(*text);
    if (!model.ok()) return Wrong(name, model.status().message());
    *result = model->Sample(random);
    return absl::OkStatus();
  }

  template <typename Number>
  absl::Status ReadInteger(absl::string_view name, Number* result) const {
    const std::string* const text = Find(name);
    if (text == nullptr || absl::SimpleAtoi(*text, result)) return absl::OkStatus();
    return Wrong(name, absl::StrCat("\"", *text, "\" is no whole number"));
  }

  absl::Status ReadProbability(absl::string_view name, double* result) const {
    const std::string* const text = Find(name);
    if (text == nullptr) return absl::OkStatus();
    if (absl::SimpleAtod(*text, result) && *result >= 0 && *result <= 1) return absl::OkStatus();
    return Wrong(name, absl::StrCat("\"", *text, "\" is no probability from 0 to 1"));
  }

  absl::Status Wrong(absl::string_view name, absl::string_view why) const {
    return absl::InvalidArgumentError(
        absl::StrCat("annotation ", kSimAnnotationPrefix, name, ": ", why));
  }

 private:
  bool General() const {
    return config_.lifetime == rt::ContainerLifetime::kService ||
           config_.lifetime == rt::ContainerLifetime::kTask;
  }

  const rt::ContainerConfig& config_;
  bool any_ = false;
};

absl::Status ReadUsage(const Annotations& annotations, const rt::ContainerConfig& config,
                       const WorkloadDefaults& defaults, ContainerFate* fate) {
  fate->usage_cpu_millis = static_cast<int64_t>(static_cast<double>(config.cpu_request_millis) *
                                                defaults.usage_cpu_of_request);
  fate->usage_memory_bytes = static_cast<int64_t>(static_cast<double>(config.memory_request_bytes) *
                                                  defaults.usage_memory_of_request);
  if (const std::string* const text = annotations.Find("usage-cpu")) {
    const absl::StatusOr<api::Quantity> quantity = api::Quantity::Parse(*text);
    if (!quantity.ok()) return annotations.Wrong("usage-cpu", quantity.status().message());
    fate->usage_cpu_millis = quantity->MilliValue();
  }
  if (const std::string* const text = annotations.Find("usage-memory")) {
    const absl::StatusOr<api::Quantity> quantity = api::Quantity::Parse(*text);
    if (!quantity.ok()) return annotations.Wrong("usage-memory", quantity.status().message());
    fate->usage_memory_bytes = quantity->Value();
  }
  // CPU is throttled at the limit; memory kills.
  if (config.cpu_limit_millis > 0) {
    fate->usage_cpu_millis = std::min(fate->usage_cpu_millis, config.cpu_limit_millis);
  }
  return absl::OkStatus();
}

void EndOutOfMemory(absl::Duration after, ContainerFate* fate) {
  if (after >= fate->runs_for) return;
  fate->runs_for = after;
  fate->out_of_memory = true;
  fate->exit_code = 137;
}

}  // namespace

absl::StatusOr<ContainerFate> DrawFate(const rt::ContainerConfig& config,
                                       const WorkloadDefaults& defaults, rt::Random random) {
  const Annotations annotations(config);
  ContainerFate fate;
  RETURN_IF_ERROR(annotations.ReadDuration("start-latency", defaults.start_latency, random,
                                           &fate.start_latency));
  const DurationModel& run_for =
      config.lifetime == rt::ContainerLifetime::kInit   ? defaults.init_run_for
      : config.lifetime == rt::ContainerLifetime::kTask ? defaults.job_run_for
                                                        : defaults.service_run_for;
  RETURN_IF_ERROR(annotations.ReadDuration("run-for", run_for, random, &fate.runs_for));
  RETURN_IF_ERROR(
      annotations.ReadDuration("stop-latency", defaults.stop_latency, random, &fate.stop_latency));
  RETURN_IF_ERROR(
      annotations.ReadDuration("ready-after", defaults.ready_after, random, &fate.ready_after));
  const DurationModel never = DurationModel::Never();
  RETURN_IF_ERROR(annotations.ReadDuration("unready-after", never, random, &fate.unready_after));
  RETURN_IF_ERROR(
      annotations.ReadDuration("unhealthy-after", never, random, &fate.unhealthy_after));
  RETURN_IF_ERROR(annotations.ReadInteger("exit-code", &fate.exit_code));
  RETURN_IF_ERROR(annotations.ReadInteger("stop-exit-code", &fate.stop_exit_code));
  RETURN_IF_ERROR(ReadUsage(annotations, config, defaults, &fate));

  double fail_probability = defaults.fail_probability;
  RETURN_IF_ERROR(annotations.ReadProbability("fail-probability", &fail_probability));
  uint32_t fail_attempts = 0;
  RETURN_IF_ERROR(annotations.ReadInteger("fail-attempts", &fail_attempts));
  if (config.attempt < fail_attempts || (fail_probability > 0 && random.Chance(fail_probability))) {
    if (fate.exit_code == 0) fate.exit_code = 1;
    fate.runs_for = std::min(fate.runs_for, kFailAfter);
  } else if (annotations.Find("fail-attempts") != nullptr ||
             annotations.Find("fail-probability") != nullptr) {
    fate.exit_code = 0;  // The exit code belongs to the failures.
  }

  absl::Duration oom_after;
  RETURN_IF_ERROR(annotations.ReadDuration("oom-after", never, random, &oom_after));
  EndOutOfMemory(oom_after, &fate);
  if (config.memory_limit_bytes > 0 && fate.usage_memory_bytes > config.memory_limit_bytes) {
    EndOutOfMemory(kMemoryRamp * (static_cast<double>(config.memory_limit_bytes) /
                                  static_cast<double>(fate.usage_memory_bytes)),
                   &fate);
    fate.usage_memory_bytes = config.memory_limit_bytes;
  }
  return fate;
}

}  // namespace drydock::sim
