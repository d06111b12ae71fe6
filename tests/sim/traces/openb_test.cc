// Reading the openb trace, from a small one of our own.
#include "sim/traces/openb.h"

#include <cstdlib>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"

namespace drydock::sim {
namespace {

using ::testing::HasSubstr;

class OpenbTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = ::testing::TempDir() + "/openb_" +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
    ASSERT_TRUE(MakeDirectories(directory_ + "/orders").ok());
    Write("openb_node_list_gpu_node.csv",
          "sn,cpu_milli,memory_mib,gpu,model\n"
          "n-1,64000,262144,2,P100\n"
          "n-0,96000,393216,8,T4\n");
    Write("openb_pod_list_small.csv",
          "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos\n"
          "p-0,12000,16384,1,1000,,LS\n"
          "p-1,6000,12288,1,460,T4|V100,BE\r\n"
          "p-2,4000,1024,0,0,,LS\n"
          "p-3,6000,12288,1,460,T4|V100,BE\n");
  }

  void Write(const std::string& name, const std::string& content) {
    ASSERT_TRUE(WriteFile(directory_ + "/" + name, content).ok());
  }
  std::string ReadError() {
    const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
    return trace.ok() ? "" : std::string(trace.status().message());
  }

  std::string directory_;
};

TEST_F(OpenbTest, SortsByNameAndTurnsModelsIntoBits) {
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_EQ(trace->nodes[0].name, "n-0");
  EXPECT_EQ(trace->TotalGpuMilli(), 10000);
  EXPECT_EQ(trace->pods[1].request.models, trace->ModelBit("T4")) << "no node has a V100";
  EXPECT_EQ(trace->pods[0].request.models, scheduler::gpushare::kAnyModel);
}

TEST_F(OpenbTest, TakesTypicalPodsByFrequencyUntilTheyCoverMost) {
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
  ASSERT_TRUE(trace.ok()) << trace.status();
  const scheduler::gpushare::TypicalPods typical = TypicalOpenbPods(*trace);
  ASSERT_EQ(typical.size(), 3u);
  EXPECT_EQ(typical[0].request.gpu_milli, 460);
  EXPECT_EQ(typical[0].weight, 0.5);
  EXPECT_EQ(typical[1].request.cpu_milli, 12000) << "among equals the larger CPU first";
}

TEST_F(OpenbTest, ReadsTheStoredOrder) {
  Write("orders/arrivals-small-7.txt", "3\n0\n0\n");
  Write("orders/node-ranks.csv", "node,small-6,small-7\nn-0,0,1\nn-1,1,0\n");
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
  ASSERT_TRUE(trace.ok()) << trace.status();
  const absl::StatusOr<OpenbOrder> order = OrderOpenb(*trace, directory_, 7, 1.3);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_TRUE(order->stored);
  EXPECT_EQ(order->arrivals, (std::vector<uint32_t>{3, 0, 0}));
  EXPECT_EQ(order->node_rank, (std::vector<uint32_t>{1, 0}));
}

TEST_F(OpenbTest, DrawsAnOrderOfTheWantedLoadWhereNoneIsStored) {
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
  ASSERT_TRUE(trace.ok()) << trace.status();
  const absl::StatusOr<OpenbOrder> order = OrderOpenb(*trace, directory_, 1, 1.3);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_FALSE(order->stored);
  EXPECT_EQ(std::set<uint32_t>(order->arrivals.begin(), order->arrivals.begin() + 4).size(), 4u)
      << "every pod of the list comes once before the copies";
  int64_t requested = 0;
  for (const uint32_t row : order->arrivals) requested += trace->pods[row].request.TotalMilli();
  EXPECT_LE(requested, 13000);
  EXPECT_GT(requested, 12000);
  EXPECT_EQ(order->arrivals, OrderOpenb(*trace, directory_, 1, 1.3)->arrivals);
  EXPECT_NE(order->arrivals, OrderOpenb(*trace, directory_, 2, 1.3)->arrivals);
}

TEST_F(OpenbTest, RemovesPodsWhereTheListIsAboveTheWantedLoad) {
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
  ASSERT_TRUE(trace.ok()) << trace.status();
  const absl::StatusOr<OpenbOrder> order = OrderOpenb(*trace, directory_, 1, 0.1);
  ASSERT_TRUE(order.ok()) << order.status();
  int64_t requested = 0;
  for (const uint32_t row : order->arrivals) requested += trace->pods[row].request.TotalMilli();
  EXPECT_LE(requested, 1000);
}

TEST_F(OpenbTest, SaysWhereToGetTheDataWhenItIsMissing) {
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_ + "/nowhere", "small");
  EXPECT_THAT(std::string(trace.status().message()), HasSubstr("github.com/alibaba/clusterdata"));
}

TEST_F(OpenbTest, NamesTheLineOfABadNumber) {
  Write("openb_pod_list_small.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,2,9,1000\n");
  EXPECT_THAT(ReadError(), HasSubstr("openb_pod_list_small.csv:2: num_gpu: expected a whole "
                                     "number from 0 to 8, got \"9\""));
}

TEST_F(OpenbTest, NamesAMissingColumn) {
  Write("openb_pod_list_small.csv", "name,cpu_milli,memory_mib,num_gpu\np,1,2,1\n");
  EXPECT_THAT(ReadError(), HasSubstr(":1: expected a column \"gpu_milli\""));
}

TEST_F(OpenbTest, NamesAShortRow) {
  Write("openb_node_list_gpu_node.csv", "sn,cpu_milli,memory_mib,gpu,model\nn-0,1000\n");
  EXPECT_THAT(ReadError(), HasSubstr(":2: expected 5 columns, got 2"));
}

TEST_F(OpenbTest, NamesABadStoredArrival) {
  Write("orders/arrivals-small-7.txt", "3\nx\n");
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(directory_, "small");
  const absl::StatusOr<OpenbOrder> order = OrderOpenb(*trace, directory_, 7, 1.3);
  EXPECT_THAT(std::string(order.status().message()),
              HasSubstr("arrivals-small-7.txt:2: expected a row of the pod list, 0 to 3"));
}

}  // namespace
}  // namespace drydock::sim
