// The shared-GPU policies by hand-worked cases.
#include "src/scheduler/gpushare/policy.h"

#include <cmath>
#include <initializer_list>

#include "gtest/gtest.h"
#include "src/rt/random.h"

namespace drydock::scheduler::gpushare {
namespace {

GpuNode Node(int64_t cpu_left, std::initializer_list<int32_t> left) {
  GpuNode node;
  node.cpu_left = cpu_left;
  node.model = 1;
  for (const int32_t milli : left) node.left[node.device_count++] = milli;
  return node;
}

GpuRequest Request(int64_t cpu, int32_t count, int32_t milli) {
  GpuRequest request;
  request.cpu_milli = cpu;
  request.gpu_count = count;
  request.gpu_milli = milli;
  return request;
}

int64_t Score(Policy policy, const GpuRequest& request, const GpuNode& node) {
  return Prefer(policy, request, node, {}, 0).score;
}

TEST(GpuNode, IsFeasibleOnlyWhereCpuDevicesAndModelSuffice) {
  const GpuNode node = Node(8000, {1000, 400, 1000});
  EXPECT_TRUE(node.Feasible(Request(8000, 2, 1000)));
  EXPECT_FALSE(node.Feasible(Request(8001, 2, 1000)));
  EXPECT_FALSE(node.Feasible(Request(1000, 3, 1000)));
  EXPECT_TRUE(node.Feasible(Request(1000, 1, 400)));
  GpuRequest other_model = Request(1000, 1, 400);
  other_model.models = 2;
  EXPECT_FALSE(node.Feasible(other_model));
  GpuRequest cpu_only = Request(8000, 0, 0);
  cpu_only.models = 2;
  EXPECT_TRUE(node.Feasible(cpu_only)) << "a pod without GPUs may take any node";
}

TEST(GpuNode, GivesBackWhatItTook) {
  GpuNode node = Node(8000, {1000, 400});
  const GpuRequest request = Request(1000, 1, 300);
  Take(request, 0b10, &node);
  EXPECT_EQ(node.left[1], 100);
  EXPECT_EQ(node.cpu_left, 7000);
  EXPECT_EQ(node.pods_of_class[kShareClass], 1);
  GiveBack(request, 0b10, &node);
  EXPECT_EQ(node.left[1], 400);
  EXPECT_EQ(node.cpu_left, 8000);
  EXPECT_FALSE(node.HasGpuPods());
}

TEST(Policy, NamesRoundTrip) {
  for (const absl::string_view name : PolicyNames()) {
    EXPECT_EQ(PolicyName(*ParsePolicy(name)), name);
  }
  EXPECT_FALSE(ParsePolicy("worstfit").has_value());
}

TEST(BestFit, PrefersTheNodeWithLeastLeft) {
  // (64000-8000)/128000/2 + (2000-1000)/8000/2 = 0.28125; 1 - that = 0.71875.
  EXPECT_EQ(Score(Policy::kBestFit, Request(8000, 1, 1000), Node(64000, {1000, 1000})), 71);
  EXPECT_EQ(Score(Policy::kBestFit, Request(8000, 1, 1000), Node(8000, {1000})), 100);
}

TEST(DotProduct, PrefersTheLowerProduct) {
  // (0.5 * 0.25 + 0.25 * 0.125) / 2 = 0.078125.
  EXPECT_EQ(Score(Policy::kDotProduct, Request(32000, 1, 1000), Node(64000, {1000, 1000})), 92);
}

TEST(GpuClustering, RanksNodesByTheClassesTheyHold) {
  const GpuRequest share = Request(1000, 1, 200);
  GpuNode node = Node(64000, {1000, 1000, 1000, 1000});
  EXPECT_EQ(Score(Policy::kGpuClustering, share, node), 25 + 12) << "no GPU pod";
  node.pods_of_class[kShareClass] = 1;
  EXPECT_EQ(Score(Policy::kGpuClustering, share, node), 75 + 12) << "that class alone";
  node.pods_of_class[1] = 1;
  EXPECT_EQ(Score(Policy::kGpuClustering, share, node), 50 + 12) << "that class and others";
  node.pods_of_class[kShareClass] = 0;
  EXPECT_EQ(Score(Policy::kGpuClustering, share, node), 12) << "others alone";
  EXPECT_EQ(Score(Policy::kGpuClustering, Request(1000, 0, 0), node), 0) << "no GPU asked for";
}

TEST(GpuPacking, PrefersUsedDevicesThenUsedNodes) {
  const GpuRequest share = Request(1000, 1, 500);
  EXPECT_EQ(Score(Policy::kGpuPacking, share, Node(9000, {1000, 1000})), 31) << "all idle";
  EXPECT_EQ(Score(Policy::kGpuPacking, share, Node(9000, {1000, 400})), 49) << "an idle device";
  EXPECT_EQ(Score(Policy::kGpuPacking, share, Node(9000, {1000, 600})), 94) << "a used device";
  EXPECT_EQ(Score(Policy::kGpuPacking, Request(1, 0, 0), Node(9000, {600})), 0);
}

TEST(Fgd, TakesTheDeviceThatLeavesLeastFragmentation) {
  // The typical pod wants 500: breaking a device of 500 strands nothing, taking 200
  // from one of 600 strands 400.
  const TypicalPods typical = {{Request(1000, 1, 500), 1.0}};
  const GpuNode node = Node(9000, {600, 500});
  const double before = FragmentsOf(node, typical).Fragmented();
  EXPECT_EQ(before, 0);
  const Preference half = Prefer(Policy::kFgd, Request(1000, 1, 500), node, typical, before);
  EXPECT_EQ(half.devices, 0b10);
  EXPECT_EQ(half.score, 50);
  const Preference fifth = Prefer(Policy::kFgd, Request(1000, 1, 200), node, typical, before);
  EXPECT_EQ(fifth.devices, 0b10) << "300 stranded there, 400 on the other";
  EXPECT_EQ(fifth.score, static_cast<int64_t>(100 / (1 + std::exp(0.3))));
}

TEST(Fgd, GivesWholeGpusTheIdleDevicesWithTheLowestIndices) {
  const GpuNode node = Node(9000, {300, 1000, 1000, 1000});
  EXPECT_EQ(Prefer(Policy::kFgd, Request(1000, 2, 1000), node, {}, 0).devices, 0b0110);
}

TEST(ChooseDevices, TakesTheTightestDeviceForAPart) {
  rt::Random random(1, "test");
  const GpuNode node = Node(9000, {900, 400, 300, 400});
  EXPECT_EQ(ChooseDevices(Policy::kBestFit, Request(1, 1, 350), node, nullptr), 0b0010);
  const DeviceSet drawn = ChooseDevices(Policy::kRandom, Request(1, 1, 350), node, &random);
  EXPECT_NE(drawn & 0b1011, 0) << "device 2 has too little left";
}

TEST(Fragments, SplitFreeGpusByWhatTypicalPodsFind) {
  const GpuNode node = Node(4000, {1000, 300});
  GpuRequest other_model = Request(1000, 1, 100);
  other_model.models = 2;
  const TypicalPods typical = {
      {Request(1000, 1, 500), 0.25},   // Satisfied: 1000; the device of 300 is too small.
      {Request(8000, 1, 500), 0.125},  // The CPU does not suffice.
      {Request(1000, 2, 500), 0.125},  // The devices do not.
      {Request(8000, 2, 500), 0.125},  // Neither does.
      {Request(1000, 0, 0), 0.125},    // CPU only.
      {Request(8000, 0, 0), 0.125},    // CPU only, and not enough.
      {other_model, 0.125},
  };
  const Fragments fragments = FragmentsOf(node, typical);
  EXPECT_EQ(fragments.satisfied, 250);
  EXPECT_EQ(fragments.lacks_devices, 0.25 * 300 + 0.125 * 1300);
  EXPECT_EQ(fragments.lacks_cpu, 0.125 * 1300);
  EXPECT_EQ(fragments.lacks_both, 0.125 * 1300);
  EXPECT_EQ(fragments.cpu_only, 0.125 * 1300);
  EXPECT_EQ(fragments.cpu_only_lacks_cpu, 0.125 * 1300);
  EXPECT_EQ(fragments.wrong_model, 0.125 * 1300);
  EXPECT_EQ(fragments.Fragmented() + fragments.satisfied, 1300);
}

}  // namespace
}  // namespace drydock::scheduler::gpushare
