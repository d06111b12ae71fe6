// The bound by hand on clusters of a node or two, and its law: it is never below what a
// policy reaches.
#include "sim/studies/packing_bound.h"

#include <string>

#include "gtest/gtest.h"
#include "sim/studies/openb_study.h"
#include "src/scheduler/gpushare/policy.h"

namespace drydock::sim {
namespace {

OpenbTrace Cluster(std::vector<OpenbNode> nodes, std::vector<std::string> models) {
  OpenbTrace trace;
  trace.nodes = std::move(nodes);
  trace.models = std::move(models);
  return trace;
}

OpenbPod Pod(int32_t gpus, int32_t milli, int64_t cpu = 0, int64_t memory = 0) {
  OpenbPod pod;
  pod.request.gpu_count = gpus;
  pod.request.gpu_milli = milli;
  pod.request.cpu_milli = cpu;
  pod.memory_mib = memory;
  return pod;
}

OpenbPod For(const OpenbTrace& trace, OpenbPod pod, const std::vector<std::string>& models) {
  pod.request.models = 0;
  for (const std::string& model : models) {
    pod.gpu_spec += (pod.gpu_spec.empty() ? "" : "|") + model;
    pod.request.models |= trace.ModelBit(model);
  }
  return pod;
}

TEST(PackingBound, IsWhatHasArrivedUntilAllGpusAreAskedFor) {
  PackingBound bound(Cluster({{"a", 1000, 1000, 2, "T4"}}, {"T4"}));
  EXPECT_EQ(bound.Most(), 0);
  bound.Arrive(Pod(1, 700));
  bound.Arrive(Pod(0, 0, 500));
  EXPECT_EQ(bound.Most(), 700);
  bound.Arrive(Pod(1, 1000));
  bound.Arrive(Pod(1, 1000));
  EXPECT_EQ(bound.Most(), 2000);
}

TEST(PackingBound, DoesNotCountPodsThatNoNodeCouldTake) {
  const OpenbTrace trace =
      Cluster({{"a", 1000, 1000, 2, "T4"}, {"b", 9000, 9000, 1, "P100"}}, {"P100", "T4"});
  PackingBound bound(trace);
  bound.Arrive(Pod(4, 1000));
  bound.Arrive(Pod(2, 1000, 5000));
  bound.Arrive(Pod(1, 1000, 0, 10000));
  bound.Arrive(For(trace, Pod(2, 1000), {"P100"}));
  bound.Arrive(For(trace, Pod(1, 1000), {"A10"}));
  EXPECT_EQ(bound.Most(), 0);
}

TEST(PackingBound, KeepsModelsApart) {
  const OpenbTrace trace = Cluster(
      {{"a", 1000, 1000, 2, "T4"}, {"b", 1000, 1000, 2, "P100"}, {"c", 1000, 1000, 2, "A10"}},
      {"A10", "P100", "T4"});
  PackingBound bound(trace);
  // Three GPUs' worth for T4 alone: two can be served.
  for (int i = 0; i < 3; ++i) bound.Arrive(For(trace, Pod(1, 1000), {"T4"}));
  EXPECT_EQ(bound.Most(), 2000);
  // T4 and P100 have four, and five want them.
  for (int i = 0; i < 2; ++i) bound.Arrive(For(trace, Pod(1, 1000), {"T4", "P100"}));
  EXPECT_EQ(bound.Most(), 4000);
  bound.Arrive(For(trace, Pod(1, 1000), {"T4", "P100"}));
  EXPECT_EQ(bound.Most(), 4000);
  bound.Arrive(Pod(1, 500));
  EXPECT_EQ(bound.Most(), 4500);
}

TEST(PackingBound, FillsTheCpusWithThePodsThatNeedTheFewest) {
  PackingBound bound(Cluster({{"a", 1000, 1000, 4, "T4"}}, {"T4"}));
  bound.Arrive(Pod(1, 1000, 800));
  EXPECT_EQ(bound.Most(), 1000);
  bound.Arrive(Pod(1, 1000, 400));
  // 400 for a whole GPU, and 600 of 800 for three quarters of another.
  EXPECT_EQ(bound.Most(), 1750);
  bound.Arrive(Pod(1, 500, 0));
  EXPECT_EQ(bound.Most(), 2250);
}

TEST(PackingBound, CountsMemoryToo) {
  PackingBound bound(Cluster({{"a", 1000, 1000, 4, "T4"}}, {"T4"}));
  bound.Arrive(Pod(1, 1000, 0, 600));
  bound.Arrive(Pod(1, 1000, 0, 600));
  EXPECT_EQ(bound.Most(), 1000 + 667) << "a part is rounded up: it is a bound";
}

TEST(PackingBound, IsNeverBelowWhatAPolicyReaches) {
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace("tests/determinism/openb", "small");
  ASSERT_TRUE(trace.ok()) << trace.status();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const absl::StatusOr<OpenbOrder> order =
        OrderOpenb(*trace, "tests/determinism/openb", seed, 1.3);
    ASSERT_TRUE(order.ok()) << order.status();
    for (const absl::string_view name : scheduler::gpushare::PolicyNames()) {
      const absl::StatusOr<OpenbStudy> study = RunOpenbStudy(
          *trace, *order, *scheduler::gpushare::ParsePolicy(name), seed, [](uint64_t) {});
      ASSERT_TRUE(study.ok()) << study.status();
      ASSERT_EQ(study->allocation_bound.size(), study->allocation.size());
      for (size_t load = 0; load < study->allocation.size(); ++load) {
        EXPECT_LE(study->allocation[load], study->allocation_bound[load] + 1e-9)
            << name << " at " << load;
      }
    }
  }
}

}  // namespace
}  // namespace drydock::sim
