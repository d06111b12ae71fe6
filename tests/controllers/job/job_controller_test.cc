// Jobs in virtual time, with the real API server.
#include "src/controllers/job/job_controller.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/controllers/job/index_set.h"
#include "src/controllers/manager.h"
#include "tests/controllers/support/workload_cluster.h"

namespace drydock::controllers {
namespace {

void Start(sim::Process& process, client::Client& client) {
  ControllerManagerOptions options;
  options.controllers = {"job-controller", "ttl-after-finished-controller"};
  process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
}

class JobTest : public testing::Test {
 protected:
  testing_support::TestCluster& cluster() { return workloads_.cluster(); }
  api::Ref<api::Job> Get() { return cluster().Get<api::Job>("default", "work"); }
  std::string Reason(const std::string& type) {
    for (const api::JobCondition& condition : Get()->status().conditions()) {
      if (condition.type() == type) return condition.status() + " " + condition.reason();
    }
    return "";
  }
  bool WaitForEnd() {
    return cluster().RunUntil([&] { return IsFinished(*Get()); }, absl::Hours(2));
  }

  std::function<Fate(const api::Pod&)> fate_ = [](const api::Pod&) { return Fate::kSucceed; };
  WorkloadCluster workloads_{Start, {.fate = [this](const api::Pod& pod) { return fate_(pod); }}};
};

TEST_F(JobTest, RunsItsCompletionsAndIsComplete) {
  cluster().Create(MakeJob("work", 3, 10));
  ASSERT_TRUE(WaitForEnd());
  EXPECT_EQ(Reason("SuccessCriteriaMet"), "True CompletionsReached");
  EXPECT_EQ(Reason("Complete"), "True CompletionsReached");
  EXPECT_EQ(Get()->status().succeeded(), 10);
  EXPECT_EQ(Get()->status().failed(), 0);
  EXPECT_EQ(Get()->status().active(), 0);
  EXPECT_TRUE(Get()->status().has_completion_time());
  EXPECT_EQ(workloads_.Pods().size(), 10u);
  for (const auto& pod : workloads_.Pods()) EXPECT_FALSE(HasTrackingFinalizer(*pod));
}

TEST_F(JobTest, NeverRunsMoreThanItsParallelism) {
  cluster().Create(MakeJob("work", 2, 6));
  size_t most = 0;
  ASSERT_TRUE(cluster().RunUntil([&] {
    most = std::max(most, workloads_.ActivePods().size());
    return IsFinished(*Get());
  }));
  EXPECT_EQ(most, 2u);
}

TEST_F(JobTest, GivesEachPodOfAnIndexedJobItsIndex) {
  api::Job job = MakeJob("work", 5, 5);
  job.mutable_spec()->set_completion_mode("Indexed");
  cluster().Create(job);
  ASSERT_TRUE(WaitForEnd());
  EXPECT_EQ(Get()->status().completed_indexes(), "0-4");
  EXPECT_EQ(Get()->status().succeeded(), 5);
  std::set<std::string> indexes;
  for (const auto& pod : workloads_.Pods()) {
    const std::string index = *api::Find(pod->metadata().annotations(), kCompletionIndex);
    EXPECT_EQ(pod->spec().hostname(), "work-" + index);
    EXPECT_EQ(pod->spec().containers(0).env(0).name(), "JOB_COMPLETION_INDEX");
    indexes.insert(index);
  }
  EXPECT_EQ(indexes.size(), 5u);
}

TEST_F(JobTest, FailsWhenItsPodsHaveFailedTooOften) {
  fate_ = [](const api::Pod&) { return Fate::kFail; };
  api::Job job = MakeJob("work", 1, 1);
  job.mutable_spec()->set_backoff_limit(2);
  cluster().Create(job);
  const absl::Time begin = cluster().world().FindMachine("master-1")->executor().WallNow();
  ASSERT_TRUE(WaitForEnd());
  EXPECT_EQ(Reason("FailureTarget"), "True BackoffLimitExceeded");
  EXPECT_EQ(Reason("Failed"), "True BackoffLimitExceeded");
  EXPECT_EQ(Get()->status().failed(), 3);
  // 10 s after the first failure and 20 s after the second.
  EXPECT_GE(cluster().world().FindMachine("master-1")->executor().WallNow() - begin,
            absl::Seconds(30));
}

TEST_F(JobTest, FailsAtItsDeadlineAndStopsWhatRuns) {
  fate_ = [](const api::Pod&) { return Fate::kReady; };
  api::Job job = MakeJob("work", 3, 3);
  job.mutable_spec()->set_active_deadline_seconds(60);
  cluster().Create(job);
  ASSERT_TRUE(WaitForEnd());
  EXPECT_EQ(Reason("Failed"), "True DeadlineExceeded");
  EXPECT_TRUE(workloads_.ActivePods().empty());
  EXPECT_EQ(Get()->status().failed(), 3);
}

TEST_F(JobTest, RunsNothingWhileSuspendedAndCountsNoFailures) {
  fate_ = [](const api::Pod&) { return Fate::kReady; };
  cluster().Create(MakeJob("work", 3, 3));
  ASSERT_TRUE(cluster().RunUntil([&] { return Get()->status().ready() == 3; }));
  api::Job update = *Get();
  update.mutable_spec()->set_suspend(true);
  cluster().Update(update);
  cluster().RunFor(absl::Seconds(30));
  EXPECT_TRUE(workloads_.ActivePods().empty());
  EXPECT_EQ(Reason("Suspended"), "True JobSuspended");
  EXPECT_EQ(Get()->status().failed(), 0);
  fate_ = [](const api::Pod&) { return Fate::kSucceed; };
  update = *Get();
  update.mutable_spec()->set_suspend(false);
  cluster().Update(update);
  ASSERT_TRUE(WaitForEnd());
  EXPECT_EQ(Reason("Suspended"), "False JobResumed");
  EXPECT_EQ(Get()->status().succeeded(), 3);
}

TEST_F(JobTest, IgnoresFailuresThatItsPolicySaysToIgnore) {
  int failures = 3;
  fate_ = [&failures](const api::Pod&) { return failures-- > 0 ? Fate::kFail : Fate::kSucceed; };
  api::Job job = MakeJob("work", 1, 1);
  job.mutable_spec()->set_backoff_limit(0);
  auto* rule = job.mutable_spec()->mutable_pod_failure_policy()->add_rules();
  rule->set_action("Ignore");
  rule->add_on_pod_conditions()->set_type("Ready");
  rule->mutable_on_pod_conditions(0)->set_status("False");
  cluster().Create(job);
  ASSERT_TRUE(WaitForEnd());
  EXPECT_EQ(Reason("Complete"), "True CompletionsReached");
  EXPECT_EQ(Get()->status().failed(), 0);
}

TEST_F(JobTest, IsDeletedWhenItsTimeToLiveHasRunOut) {
  api::Job job = MakeJob("work", 1, 1);
  job.mutable_spec()->set_ttl_seconds_after_finished(100);
  cluster().Create(job);
  ASSERT_TRUE(WaitForEnd());
  cluster().RunFor(absl::Seconds(90));
  EXPECT_TRUE(Get());
  EXPECT_FALSE(Get()->metadata().has_deletion_timestamp());
  cluster().RunFor(absl::Seconds(20));
  // Foreground deletion waits for the garbage collector.
  EXPECT_TRUE(!Get() || Get()->metadata().has_deletion_timestamp());
}

RC_GTEST_PROP(JobCounting, CountsEachPodExactlyOnce, ()) {
  const int completions = *rc::gen::inRange(1, 12);
  const int parallelism = *rc::gen::inRange(1, 8);
  const bool indexed = *rc::gen::arbitrary<bool>();
  const auto fates = *rc::gen::container<std::vector<int>>(12, rc::gen::inRange(0, 4));
  size_t next = 0;
  std::map<std::string, Fate> given;  // By pod.
  const auto fate = [&](const api::Pod& pod) {
    const auto [entry, first] = given.try_emplace(pod.metadata().name(), Fate::kSucceed);
    if (first && next < fates.size() && fates[next++] == 0) entry->second = Fate::kFail;
    return entry->second;
  };
  WorkloadCluster workloads(Start, {.fate = fate});
  testing_support::TestCluster& cluster = workloads.cluster();
  api::Job job = MakeJob("work", parallelism, completions);
  job.mutable_spec()->set_backoff_limit(1000);
  if (indexed) job.mutable_spec()->set_completion_mode("Indexed");
  cluster.Create(job);
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    cluster.RunFor(absl::Milliseconds(*rc::gen::inRange(1, 3000)));
    workloads.RestartControllers();
  }
  const auto get = [&] { return cluster.Get<api::Job>("default", "work"); };
  RC_ASSERT(cluster.RunUntil([&] { return IsFinished(*get()); }, absl::Hours(3)));
  int succeeded = 0;
  int failed = 0;
  for (const auto& pod : workloads.Pods()) {
    RC_ASSERT(!HasTrackingFinalizer(*pod));
    if (pod->status().phase() == "Succeeded") ++succeeded;
    if (pod->status().phase() == "Failed") ++failed;
  }
  RC_ASSERT(get()->status().succeeded() == succeeded);
  RC_ASSERT(get()->status().failed() == failed);
  RC_ASSERT(succeeded == completions);
}

RC_GTEST_PROP(IndexSet, IsWhatASetIs, (std::vector<uint8_t> indexes)) {
  IndexSet set;
  std::set<int> model;
  for (const uint8_t index : indexes) {
    set.Insert(index);
    model.insert(index);
  }
  RC_ASSERT(set.size() == static_cast<int>(model.size()));
  for (int i = 0; i < 256; ++i) RC_ASSERT(set.Contains(i) == (model.count(i) > 0));
  RC_ASSERT(IndexSet::Parse(set.ToString(), 256).ToString() == set.ToString());
}

}  // namespace
}  // namespace drydock::controllers
