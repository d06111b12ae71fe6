// The world is run in slices that end at samples and checks; between slices nothing
// of it moves.
#include "sim/run/cluster_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/faults/check_faults.h"
#include "src/client/client.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

WorldOptions OptionsOf(const Scenario& scenario) {
  WorldOptions options;
  options.seed = scenario.seed;
  options.wall_origin = scenario.start;
  const Latencies& latency = scenario.cluster.latency;
  // A quarter of the base comes on top on average, with an exponential tail.
  options.network.same_zone.latency = {.base = latency.same_zone, .spread = latency.same_zone / 4};
  options.network.cross_zone.latency = {.base = latency.cross_zone,
                                        .spread = latency.cross_zone / 4};
  return options;
}

api::ObjectRef AsObject(const rt::PayloadRef& value) {
  return api::ObjectRef(static_cast<const api::Object*>(value.get()));
}

}  // namespace

ClusterRun::ClusterRun(const Scenario& scenario)
    : scenario_(scenario), world_(OptionsOf(scenario)) {}

ClusterRun::~ClusterRun() = default;

absl::StatusOr<std::unique_ptr<ClusterRun>> ClusterRun::Create(const Scenario& scenario) {
  std::unique_ptr<ClusterRun> run(new ClusterRun(scenario));
  RETURN_IF_ERROR(run->Start());
  return run;
}

absl::Status ClusterRun::Start() {
  for (const CheckItem& item : scenario_.checks) {
    absl::StatusOr<Expression> expression = Expression::Parse(item.expect);
    if (!expression.ok()) return expression.status();
    // Functions that do not exist are found now, not after an hour.
    const absl::Status known = expression->Evaluate(recorder_).status();
    if (!known.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(scenario_.path, ": spec.checks: ", known.message()));
    }
    Check check;
    check.result.at = item.at;
    check.result.always = item.always;
    check.result.expect = item.expect;
    check.expression = *std::move(expression);
    checks_.push_back(std::move(check));
  }

  absl::StatusOr<std::unique_ptr<Cluster>> cluster =
      Cluster::Create(world_, scenario_, [this](const apiserver::RequestRecord& record) {
        RequestStats& stats = requests_[api::VerbName(record.request.verb)];
        ++stats.count;
        if (record.code >= 400) ++stats.errors;
        stats.latency.Add(record.latency);
      });
  if (!cluster.ok()) return cluster.status();
  cluster_ = *std::move(cluster);
  tasks_.Spawn(Observe());

  Machine& user = world_.AddMachine(kUserMachine, "zone-a");
  user.AddProcess("kubectl", [this](Process& process) {
    client::ClientOptions options;
    options.user_agent = "kubectl";
    options.user = "kubernetes-admin";
    options.groups = {"system:masters"};
    auto& client = process.Emplace<client::Client>(process, kApiServerAddress, std::move(options));
    auto& driver = process.Emplace<WorkloadDriver>(process, client, scenario_, workload_errors_);
    process.Spawn(driver.Run());
  });

  RETURN_IF_ERROR(CheckFaults(scenario_, world_));
  faults_ = std::make_unique<FaultInjector>(world_, scenario_.faults, world_.NewRandom("faults"));
  faults_->Start();
  return absl::OkStatus();
}

rt::Task<> ClusterRun::Observe() {
  absl::StatusOr<std::unique_ptr<store::Watch>> watch = co_await cluster_->store().StartWatch(
      "/registry/", store::PrefixEnd("/registry/"), cluster_->store().current_revision());
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
      recorder_.Observe(AsObject(event.previous), deleted ? nullptr : AsObject(event.kv.value),
                        world_.Now());
    }
  }
}

absl::Status ClusterRun::EvaluateOne(Check& check, absl::Duration now) {
  const absl::StatusOr<Expression::Outcome> outcome = check.expression.Evaluate(recorder_);
  if (!outcome.ok()) return outcome.status();
  CheckResult& result = check.result;
  result.evaluated = true;
  result.seen = outcome->seen;
  if (!outcome->holds) {
    result.held = false;
    result.failed_at = now;
  }
  return absl::OkStatus();
}

absl::Status ClusterRun::Evaluate(absl::Duration now, bool sampled) {
  for (Check& check : checks_) {
    CheckResult& result = check.result;
    // An `always` that has failed keeps what was seen then.
    const bool due = result.always ? sampled && now >= result.at && result.held
                                   : now >= result.at && !result.evaluated;
    if (!due) continue;
    RETURN_IF_ERROR(EvaluateOne(check, now));
  }
  return absl::OkStatus();
}

absl::Status ClusterRun::Run(Progress& progress) {
  const absl::Duration end = scenario_.duration;
  absl::Duration next_sample;
  for (absl::Duration now;;) {
    absl::Duration next = std::min({end, next_sample, now + absl::Seconds(1)});
    for (const Check& check : checks_) {
      if (!check.result.evaluated && check.result.at > now) {
        next = std::min(next, check.result.at);
      }
    }
    world_.Run(next);
    now = next;
    const bool sampled = now == next_sample;
    if (sampled) {
      recorder_.Sample(now);
      next_sample += scenario_.sample_every;
    }
    RETURN_IF_ERROR(Evaluate(now, sampled));
    RETURN_IF_ERROR(observed_);
    progress.Update(now, end, recorder_.running(), world_.kernel().turns());
    if (now >= end) break;
  }
  // Checks whose time never came did not hold.
  for (Check& check : checks_) {
    if (check.result.evaluated) continue;
    check.result.held = false;
    check.result.seen = "the run ended before";
  }
  return absl::OkStatus();
}

void ClusterRun::Report(Results* results) const {
  results->virtual_time = scenario_.duration;
  results->digest = world_.digest();
  results->events = const_cast<World&>(world_).kernel().turns();
  results->nodes = cluster_->node_count();
  results->pods = &recorder_.pods();
  results->series = &recorder_.series();
  const scheduler::SchedulerMetrics scheduler = cluster_->SchedulerTotals();
  results->scheduler.attempts = scheduler.scheduled + scheduler.unschedulable + scheduler.errors;
  results->scheduler.unschedulable = scheduler.unschedulable;
  results->scheduler.preemptions = scheduler.preemption_victims;
  results->requests = requests_;
  for (const Check& check : checks_) results->checks.push_back(check.result);
  for (const FaultRecord& fault : faults_->records()) {
    results->faults.push_back({fault.at, fault.what, fault.healed_at});
  }
  results->workload_errors = workload_errors_.first;
  results->workload_error_count = workload_errors_.count;
}

}  // namespace drydock::sim
