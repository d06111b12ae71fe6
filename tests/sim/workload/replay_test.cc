// Recorded workloads as pods: when they come, what they ask for, when they go.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "tests/sim/workload/driver_fixture.h"

namespace drydock::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

//                     job submit wait run procs
constexpr char kSwf[] =
    "; three jobs\n"
    "1 100 -1 60 2 -1 1024 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n"
    "2 200 -1 5 1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n"
    "3 300 -1 5 1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n";

class ReplayTest : public WorkloadDriverTest {
 protected:
  static void WriteTrace(const std::string& text) {
    const std::string folder = absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/");
    ASSERT_TRUE(WriteFile(folder + "trace", text).ok());
  }
  std::vector<std::string> Pods(const std::string& ns = "default") {
    std::vector<std::string> names;
    for (const auto& pod : cluster_.List<api::Pod>(ns)) names.push_back(pod->metadata().name());
    return names;
  }
};

TEST_F(ReplayTest, CreatesPodsWhenTheirTasksCame) {
  WriteTrace(kSwf);
  Play("  - {at: 10s, replay: {format: swf, file: trace}}\n");
  RunTo(109);
  EXPECT_THAT(Pods(), IsEmpty());
  RunTo(111);
  EXPECT_THAT(Pods(), ElementsAre("job-1"));
  const auto pod = cluster_.Get<api::Pod>("default", "job-1");
  EXPECT_EQ(*api::Find(pod->metadata().annotations(), "sim.drydock.dev/run-for"), "60000ms");
  const auto& requests = pod->spec().containers(0).resources().requests();
  EXPECT_EQ(*api::Find(requests, "cpu"), "2");
  EXPECT_EQ(*api::Find(requests, "memory"), "2097152");
  EXPECT_EQ(pod->spec().restart_policy(), "Never");
  RunTo(211);
  EXPECT_THAT(Pods(), ElementsAre("job-1", "job-2"));
  RunTo(311);
  EXPECT_THAT(Pods(), ElementsAre("job-1", "job-2", "job-3"));
  EXPECT_EQ(errors_.count, 0u);
}

TEST_F(ReplayTest, BeginsLaterAndGoesFaster) {
  WriteTrace(kSwf);
  Play("  - {at: 10s, replay: {format: swf, file: trace, from: 150s, speed: 10}}\n");
  RunTo(14);
  EXPECT_THAT(Pods(), IsEmpty());
  RunTo(16);
  EXPECT_THAT(Pods(), ElementsAre("job-2"));
  RunTo(26);
  EXPECT_THAT(Pods(), ElementsAre("job-2", "job-3"));
}

TEST_F(ReplayTest, EndsAtItsLimit) {
  WriteTrace(kSwf);
  Play("  - {at: 10s, replay: {format: swf, file: trace, limit: 2, speed: 100}}\n");
  RunTo(600);
  EXPECT_THAT(Pods(), ElementsAre("job-1", "job-2"));
}

TEST_F(ReplayTest, NumbersTheCopiesOfATask) {
  WriteTrace("M1,2,j_1,1,Terminated,10,20,50,0.5\n");
  Play(R"(
  - at: 10s
    replay: {format: alibaba-2018, file: trace, machine: {cpu: 96, memory: 100Gi}}
)");
  RunTo(30);
  EXPECT_THAT(Pods(), ElementsAre("j-1-1-0", "j-1-1-1"));
  const auto pod = cluster_.Get<api::Pod>("default", "j-1-1-1");
  EXPECT_EQ(*api::Find(pod->spec().containers(0).resources().requests(), "memory"), "536870912");
}

TEST_F(ReplayTest, DeletesPodsWhenTheirTasksEnded) {
  WriteTrace(
      "10000000,,7,0,,0,u,2,0,0.125,0.0625,0.001,\n"
      "20000000,,7,1,,0,u,2,0,0.125,0.0625,0.001,\n"
      "50000000,,7,0,11,4,u,2,0,0.125,0.0625,0.001,\n");
  Play(R"(
  - at: 0s
    replay:
      format: google-2011
      file: trace
      machine: {cpu: 32, memory: 64Gi}
      object:
        apiVersion: v1
        kind: Pod
        metadata: {namespace: default, labels: {team: borg}}
        spec: {containers: [{name: t, image: t, resources: {limits: {cpu: 32}}}]}
)");
  RunTo(45);
  EXPECT_THAT(Pods(), ElementsAre("task-7-0-1", "task-7-1-2"));
  const auto pod = cluster_.Get<api::Pod>("default", "task-7-0-1");
  EXPECT_EQ(*api::Find(pod->metadata().labels(), "team"), "borg");
  EXPECT_EQ(*api::Find(pod->spec().containers(0).resources().requests(), "cpu"), "4");
  RunTo(90);
  EXPECT_THAT(Pods(), ElementsAre("task-7-1-2"));
}

TEST_F(ReplayTest, ReportsALineThatIsWrongWhenItComes) {
  WriteTrace(absl::StrCat(kSwf, "4 400\n"));
  Play("  - {at: 10s, replay: {format: swf, file: trace}}\n");
  RunTo(600);
  EXPECT_EQ(errors_.count, 1u);
  ASSERT_EQ(errors_.first.size(), 1u);
  EXPECT_THAT(errors_.first[0], HasSubstr("trace:5: expected 18 fields, got 2"));
  EXPECT_EQ(Pods().size(), 3u);
}

TEST(CheckWorkload, LooksAtTheFirstTaskOfATrace) {
  const std::string folder = absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/");
  ASSERT_TRUE(WriteFile(folder + "bad", "1 2 3\n").ok());
  ASSERT_TRUE(
      WriteFile(folder + "test.yaml",
                absl::StrCat(kScenarioHead, "  - {at: 1s, replay: {format: swf, file: bad}}\n"))
          .ok());
  const absl::StatusOr<Scenario> scenario = LoadScenario(folder + "test.yaml", {});
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_THAT(std::string(CheckWorkload(*scenario).message()),
              HasSubstr("bad:1: expected 18 fields, got 3"));
}

}  // namespace
}  // namespace drydock::sim
