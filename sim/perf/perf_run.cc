// The world is run in short slices. Between them, and whenever a collection begins or
// ends, the clocks of the real world are read.
#include "sim/perf/perf_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/cluster/cluster.h"
#include "sim/machine/world.h"
#include "sim/perf/perf_driver.h"
#include "sim/perf/pod_progress.h"
#include "sim/run/stopwatch.h"
#include "sim/scenario/scenario.h"
#include "src/client/client.h"
#include "src/rt/status_macros.h"
#include "src/rt/task.h"
#include "src/store/store.h"

namespace drydock::sim {
namespace {

// scheduler_perf's limit for a workload.
constexpr absl::Duration kLimit = absl::Minutes(30);
constexpr absl::Duration kSlice = absl::Milliseconds(10);
// About what kube-scheduler takes for one in these benchmarks: what happens beside the
// scheduling at a pace of its own (churn, deletions) then happens as often for each pod.
constexpr absl::Duration kDecision = absl::Milliseconds(1);

Scenario ScenarioOf(const PerfWorkload& workload, uint64_t seed) {
  Scenario scenario;
  scenario.path = workload.scheduler_path;
  scenario.name = workload.FullName();
  scenario.seed = seed;
  scenario.cluster.scheduler = workload.scheduler;
  scenario.cluster.controllers = false;
  scenario.cluster.latency.schedule_pod = kDecision;
  return scenario;
}

api::ObjectRef AsObject(const rt::PayloadRef& value) {
  return api::ObjectRef(static_cast<const api::Object*>(value.get()));
}

class PerfRun {
 public:
  PerfRun(const PerfWorkload& workload, uint64_t seed, PerfClock clock)
      : workload_(workload),
        clock_(clock),
        scenario_(ScenarioOf(workload, seed)),
        world_({.seed = seed}),
        progress_([this] { world_.kernel().Stop(); }) {}
  PerfRun(const PerfRun&) = delete;
  PerfRun& operator=(const PerfRun&) = delete;

  absl::StatusOr<PerfResult> Run() {
    absl::StatusOr<std::unique_ptr<Cluster>> cluster = Cluster::Create(world_, scenario_, nullptr);
    if (!cluster.ok()) return cluster.status();
    cluster_ = *std::move(cluster);
    tasks_.Spawn(Observe());
    world_.AddMachine(kUserMachine, "zone-a").AddProcess("benchmark", [this](Process& process) {
      client::ClientOptions options;
      options.user_agent = "scheduler-perf";
      options.user = "kubernetes-admin";
      options.groups = {"system:masters"};
      auto& client =
          process.Emplace<client::Client>(process, kApiServerAddress, std::move(options));
      auto& driver = process.Emplace<PerfDriver>(process, client, workload_, progress_, state_);
      process.Spawn(driver.Run());
    });

    PerfResult result;
    result.workload = workload_.FullName();
    result.clock = clock_;
    result.threshold = workload_.threshold;
    result.status = RunToTheEnd(&result.measured);
    result.nodes = state_.nodes;
    result.pods = state_.pods;
    result.virtual_time = world_.Now();
    result.digest = world_.digest();
    return result;
  }

 private:
  rt::Task<> Observe() {
    absl::StatusOr<std::unique_ptr<store::Watch>> watch = co_await cluster_->store().StartWatch(
        "/registry/pods/", store::PrefixEnd("/registry/pods/"),
        cluster_->store().current_revision());
    if (!watch.ok()) {
      observed_ = watch.status();
      co_return;
    }
    for (;;) {
      absl::StatusOr<store::Watch::Batch> batch = co_await (*watch)->Next();
      if (!batch.ok()) {
        observed_ = batch.status();
        co_return;
      }
      for (const store::Event& event : batch->events) {
        const bool deleted = event.type == store::Event::Type::kDelete;
        progress_.Observe(AsObject(event.previous), deleted ? nullptr : AsObject(event.kv.value));
      }
    }
  }

  absl::Status RunToTheEnd(std::vector<PerfResult::Measured>* measured) {
    std::optional<Stopwatch> watch;
    ThroughputMeter meter(clock_);
    while (!state_.finished && world_.Now() < kLimit) {
      world_.Run(std::min(kLimit, world_.Now() + kSlice));
      RETURN_IF_ERROR(observed_);
      const Collection* const collecting = progress_.collecting();
      if (collecting != nullptr && !watch.has_value()) {
        watch.emplace();
        meter = ThroughputMeter(clock_);
      } else if (watch.has_value()) {
        const Collection& latest = progress_.collections().back();
        meter.Observe(latest.scheduled, watch->Seconds(), watch->CpuSeconds());
        if (collecting == nullptr) {
          measured->push_back({latest.name, meter.Finish()});
          watch.reset();
        }
      }
    }
    if (state_.finished) return state_.status;
    const std::string& refusal = progress_.last_refusal();
    return absl::DeadlineExceededError(absl::StrCat(
        state_.op, ": not done after ", absl::FormatDuration(kLimit), " of virtual time",
        refusal.empty() ? "" : "; the last pod without a node: ", refusal));
  }

  const PerfWorkload& workload_;
  const PerfClock clock_;
  const Scenario scenario_;
  World world_;
  PodProgress progress_;
  PerfState state_;
  std::unique_ptr<Cluster> cluster_;
  absl::Status observed_;  // Why observing ended, if it did.
  rt::TaskGroup tasks_;    // Last: dies before what its tasks use.
};

}  // namespace

bool PerfResult::Met(const Throughput& throughput) const {
  if (!threshold.has_value()) return true;
  const double value = throughput.Bucket(threshold->bucket);
  return threshold->expect_lower ? value <= threshold->value : value >= threshold->value;
}

bool PerfResult::Held() const {
  return status.ok() && std::all_of(measured.begin(), measured.end(),
                                    [this](const Measured& one) { return Met(one.throughput); });
}

absl::StatusOr<PerfResult> RunPerfWorkload(const PerfWorkload& workload, uint64_t seed,
                                           PerfClock clock) {
  return PerfRun(workload, seed, clock).Run();
}

}  // namespace drydock::sim
