// Whole studies, with the real binary, on a small trace of our own.
#include "sim/compare/compare.h"

#include <csignal>
#include <cstdlib>
#include <string>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "src/api/codec/json.h"

namespace drydock::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CompareTest : public ::testing::Test {
 protected:
  CompareTest() {
    folder_ = absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/",
                           testing::UnitTest::GetInstance()->current_test_info()->name());
    EXPECT_TRUE(MakeDirectories(folder_).ok());
    options_.program = "src/cli/drydock";
    options_.version = "test";
    options_.quiet = true;
    options_.jobs = 2;
    options_.out = folder_ + "/out";
    options_.file = folder_ + "/study.yaml";
    WriteStudy("[bestfit, dotproduct]", "");
  }

  void WriteStudy(const std::string& policies, const std::string& more) {
    char* const here = realpath("scenarios/openb.yaml", nullptr);
    ASSERT_TRUE(WriteFile(options_.file, absl::StrCat(R"(apiVersion: sim.drydock.dev/v1
kind: Study
metadata: {name: small}
spec:
  scenario: )",
                                                      here, R"(
  seeds: 1..3
  set: {trace.dir: tests/determinism/openb, trace.list: small}
  vary: [{path: policy, values: )",
                                                      policies, "}]\n", more))
                    .ok());
    free(here);
  }

  std::string Result(const std::string& file) {
    const absl::StatusOr<std::string> text = ReadFile(absl::StrCat(options_.out, "/", file));
    EXPECT_TRUE(text.ok()) << text.status();
    return text.ok() ? *text : "";
  }

  std::string folder_;
  CompareOptions options_;
};

TEST_F(CompareTest, RanksPoliciesAndSaysHowSureItIs) {
  const absl::StatusOr<bool> held = Compare(options_);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_TRUE(*held);
  const absl::StatusOr<api::Value> json = api::ParseJson(Result("results.json"));
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(json->Find("study")->text(), "small");
  EXPECT_EQ(json->Find("runs")->items().size(), 6u);
  const api::Value& ranking = json->Find("groups")->items()[0].Find("rankings")->items()[0];
  EXPECT_EQ(ranking.Find("metric")->text(), "allocation at 100% load");
  EXPECT_NE(ranking.Find("bound"), nullptr);
  const api::Value& best = ranking.Find("values")->items()[0];
  EXPECT_EQ(best.Find("rank")->text(), "1");
  EXPECT_EQ(best.Find("compared"), nullptr) << "the best is what the others are compared with";
  const api::Value& second = ranking.Find("values")->items()[1];
  EXPECT_EQ(second.Find("compared")->Find("with")->text(), best.Find("value")->text());
  EXPECT_THAT(Result("report.html"), HasSubstr("bound of any policy"));
  EXPECT_THAT(Result("plots/allocation.svg"), HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""));
}

TEST_F(CompareTest, TellsTheSameWhateverRanWhen) {
  ASSERT_TRUE(Compare(options_).ok());
  const std::string json = Result("results.json");
  const std::string page = Result("report.html");
  options_.out = folder_ + "/one-by-one";
  options_.jobs = 1;
  ASSERT_TRUE(Compare(options_).ok());
  EXPECT_EQ(Result("results.json"), json);
  EXPECT_EQ(Result("report.html"), page);
  EXPECT_THAT(json, Not(HasSubstr("wallSeconds")));
}

// Counts how often the binary is started: each run leaves a line.
std::string CountingProgram(const std::string& folder) {
  const std::string script = folder + "/drydock";
  char* const binary = realpath("src/cli/drydock", nullptr);
  EXPECT_TRUE(WriteFile(script, absl::StrCat("#!/bin/sh\necho run >> ", folder, "/count\nexec ",
                                             binary, " \"$@\"\n"))
                  .ok());
  free(binary);
  EXPECT_EQ(chmod(script.c_str(), 0755), 0);
  return script;
}

size_t Count(const std::string& folder) {
  const absl::StatusOr<std::string> text = ReadFile(folder + "/count");
  return text.ok() ? text->size() / 4 : 0;
}

TEST_F(CompareTest, GoesOnWhereItWasKilled) {
  CompareOptions reference = options_;
  reference.out = folder_ + "/reference";
  ASSERT_TRUE(Compare(reference).ok());

  options_.program = CountingProgram(folder_);
  options_.jobs = 1;
  const pid_t child = fork();
  if (child == 0) {
    (void)Compare(options_);
    _exit(0);
  }
  // The third run has begun: two have been kept.
  while (Count(folder_) < 3) absl::SleepFor(absl::Milliseconds(5));
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));

  const absl::StatusOr<bool> held = Compare(options_);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_LE(Count(folder_), 3u + 4u) << "the two that were kept ran again";
  const std::string json = Result("results.json");
  options_.out = reference.out;
  EXPECT_EQ(json, Result("results.json"));
}

TEST_F(CompareTest, StopsAtASignalAndKeepsWhatHasFinished) {
  options_.program = CountingProgram(folder_);
  options_.jobs = 1;
  const pid_t child = fork();
  if (child == 0) _exit(absl::IsCancelled(Compare(options_).status()) ? 42 : 0);
  while (Count(folder_) < 3) absl::SleepFor(absl::Milliseconds(5));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
  ASSERT_TRUE(Compare(options_).ok());
  EXPECT_LE(Count(folder_), 3u + 4u);
}

TEST_F(CompareTest, RunsNothingTwice) {
  options_.program = CountingProgram(folder_);
  ASSERT_TRUE(Compare(options_).ok());
  EXPECT_EQ(Count(folder_), 6u);
  ASSERT_TRUE(Compare(options_).ok());
  EXPECT_EQ(Count(folder_), 6u);
  options_.fresh = true;
  ASSERT_TRUE(Compare(options_).ok());
  EXPECT_EQ(Count(folder_), 12u);
}

TEST_F(CompareTest, RefusesTheRunsOfAnotherStudy) {
  ASSERT_TRUE(Compare(options_).ok());
  WriteStudy("[bestfit, fgd]", "");
  absl::Status refused = Compare(options_).status();
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("what varies (vary, set or seeds) changed since. Add --fresh"));
  options_.fresh = true;
  EXPECT_TRUE(Compare(options_).ok());
  options_.fresh = false;
  options_.version = "another";
  refused = Compare(options_).status();
  EXPECT_THAT(std::string(refused.message()), HasSubstr("the version of Drydock changed"));
}

TEST_F(CompareTest, ReadsAnotherReportOutOfTheSameRuns) {
  options_.program = CountingProgram(folder_);
  ASSERT_TRUE(Compare(options_).ok());
  WriteStudy("[bestfit, dotproduct]",
             "  metrics: [{name: failed pods, path: pods.failed, better: lower}]\n");
  ASSERT_TRUE(Compare(options_).ok());
  EXPECT_EQ(Count(folder_), 6u);
  EXPECT_THAT(Result("results.json"), HasSubstr("failed pods"));
}

TEST_F(CompareTest, RefusesAFolderThatIsInUse) {
  ASSERT_TRUE(Compare(options_).ok());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((options_.out + "/study.sqlite").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(std::string(Compare(options_).status().message()),
              HasSubstr("another drydock sim compare is using it"));
  sqlite3_close(other);
}

TEST_F(CompareTest, RefusesAFileThatIsNotItsOwn) {
  ASSERT_TRUE(MakeDirectories(options_.out).ok());
  ASSERT_TRUE(WriteFile(options_.out + "/study.sqlite", std::string(5000, 'x')).ok());
  EXPECT_THAT(std::string(Compare(options_).status().message()),
              HasSubstr("study.sqlite: write: file is not a database"));
}

TEST_F(CompareTest, FindsBadSettingsBeforeAnythingRuns) {
  WriteStudy("[bestfit, worstfit]", "");
  EXPECT_THAT(std::string(Compare(options_).status().message()),
              HasSubstr("policy=worstfit seed=1: "));
  EXPECT_FALSE(FileExists(options_.out + "/study.sqlite"));
}

TEST_F(CompareTest, SaysWhichRunFailedAndHowToTryIt) {
  WriteStudy("[bestfit, dotproduct]", "");
  options_.changes.set = {{"trace.list", "nothing"}};
  const std::string message(Compare(options_).status().message());
  EXPECT_THAT(message, HasSubstr("small: the run policy=bestfit seed=1 failed: "));
  EXPECT_THAT(message, HasSubstr("openb_pod_list_nothing.csv: No such file"));
  EXPECT_THAT(message, HasSubstr("Try it alone: drydock sim run "));
  EXPECT_THAT(message, HasSubstr("--seed 1"));
}

TEST_F(CompareTest, NamesAMetricThatTheResultsDoNotHave) {
  WriteStudy("[bestfit, dotproduct]", "  metrics: [{name: luck, path: pods.luck}]\n");
  EXPECT_THAT(
      std::string(Compare(options_).status().message()),
      HasSubstr("the metric luck: expected a number at pods.luck of the results, got nothing"));
}

TEST_F(CompareTest, RunsAScenarioWithItsClusterAndReportsFailedChecks) {
  options_.file = folder_ + "/scenario.yaml";
  ASSERT_TRUE(WriteFile(options_.file, R"(apiVersion: sim.drydock.dev/v1
kind: Scenario
metadata: {name: web}
spec:
  duration: 1m
  cluster: {nodePools: [{name: a, count: 2, capacity: {cpu: 4, memory: 8Gi}}]}
  workload:
  - at: 1s
    apply:
    - apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 4
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]
  checks:
  - {by: 50s, expect: available(deployment/web) >= 4}
)")
                  .ok());
  options_.changes.seeds = "1..2";
  options_.changes.vary = {{"cluster.nodePools[0].capacity.cpu", "2,1"}};
  const absl::StatusOr<bool> held = Compare(options_);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_FALSE(*held) << "two nodes with a CPU each cannot take four pods";
  const absl::StatusOr<api::Value> json = api::ParseJson(Result("results.json"));
  ASSERT_TRUE(json.ok());
  EXPECT_FALSE(json->Find("held")->flag());
  EXPECT_TRUE(json->Find("runs")->items()[0].Find("held")->flag());
  EXPECT_FALSE(json->Find("runs")->items()[3].Find("held")->flag());
}

}  // namespace
}  // namespace drydock::sim
