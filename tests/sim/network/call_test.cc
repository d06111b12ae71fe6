// Calls between simulated machines, with nothing wrong and under each fault.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/machine/world.h"
#include "tests/sim/network/probe.h"

namespace drydock::sim {
namespace {

constexpr char kEcho[] = "server/echo";

class CallTest : public testing::Test {
 protected:
  void Serve(absl::Duration think = absl::ZeroDuration()) {
    server_process_ = &server_.AddProcess("echo", [this, think](Process& process) {
      echo_ = &process.Emplace<EchoService>(process, think);
      process.Own(process.transport().Listen("echo", *echo_));
    });
  }
  void Call(absl::Duration timeout = absl::Seconds(10)) {
    client_.Spawn(CallOnce(client_, kEcho, timeout, &log_));
  }
  void Cut(bool both_ways, Machine& from, Machine& to) {
    world_.network().AddFault({.from = Network::Only(from.id()),
                               .to = Network::Only(to.id()),
                               .both_ways = both_ways,
                               .cut = true});
  }

  World world_{WorldOptions{.seed = 1}};
  Machine& server_ = world_.AddMachine("server", "a");
  Machine& client_ = world_.AddMachine("client", "a");
  Process* server_process_ = nullptr;
  EchoService* echo_ = nullptr;
  CallLog log_;
};

TEST_F(CallTest, AReplyArrivesAfterARoundTripAndNamesItsCaller) {
  Serve();
  Call();
  world_.Run(absl::Seconds(1));
  ASSERT_TRUE(log_.reply.has_value());
  EXPECT_EQ(log_.reply->value(), "hello");
  EXPECT_EQ(echo_->last_peer, "client");
  EXPECT_GE(*log_.took, absl::Microseconds(400));
  EXPECT_LT(*log_.took, absl::Milliseconds(5));
}

TEST_F(CallTest, AnUnknownMachineAndAServiceThatNobodyServesAreUnavailableAtOnce) {
  for (const char* address : {"nowhere/echo", "server/nothing"}) {
    CallLog log;
    client_.Spawn(CallOnce(client_, address, absl::Seconds(10), &log));
    world_.RunFor(absl::Seconds(1));
    ASSERT_TRUE(log.reply.has_value()) << address;
    EXPECT_EQ(log.code(), absl::StatusCode::kUnavailable);
    EXPECT_GT(*log.took, absl::ZeroDuration());
    EXPECT_LT(*log.took, absl::Milliseconds(5));
  }
}

TEST_F(CallTest, ACallToAKilledProcessIsRefusedAtOnceAndServedAgainAfterItsRestart) {
  Serve();
  server_process_->Kill();
  Call();
  world_.RunFor(absl::Seconds(1));
  EXPECT_EQ(log_.code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(*log_.took, absl::Milliseconds(5));

  server_process_->Start();
  Call();
  world_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(log_.reply->ok());
}

TEST_F(CallTest, AProcessKilledWhileItServesResetsItsCallers) {
  Serve(/*think=*/absl::Seconds(5));
  Call();
  world_.RunFor(absl::Seconds(1));
  ASSERT_EQ(echo_->served, 1);
  server_process_->Kill();
  world_.RunFor(absl::Seconds(1));
  ASSERT_TRUE(log_.reply.has_value());
  EXPECT_EQ(log_.code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(*log_.took, absl::Seconds(1.1));
}

TEST_F(CallTest, AMachineWithoutPowerSaysNothing) {
  Serve();
  server_.PowerOff();
  Call();
  world_.RunFor(absl::Seconds(20));
  EXPECT_EQ(log_.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(*log_.took, absl::Seconds(10));
}

TEST_F(CallTest, PowerLostWhileServingIsNoticedByTheKeepAlive) {
  Serve(/*think=*/absl::Seconds(5));
  Call(/*timeout=*/absl::InfiniteDuration());
  world_.RunFor(absl::Seconds(1));
  server_.PowerOff();
  world_.RunFor(absl::Seconds(20));
  EXPECT_FALSE(log_.reply.has_value());
  world_.RunFor(absl::Seconds(20));
  EXPECT_EQ(log_.code(), absl::StatusCode::kUnavailable);
}

TEST_F(CallTest, ARequestWaitsForAShortPartitionToEnd) {
  Serve();
  Cut(/*both_ways=*/true, client_, server_);
  Call();
  world_.RunFor(absl::Seconds(5));
  EXPECT_FALSE(log_.reply.has_value());
  EXPECT_EQ(echo_->served, 0);
  world_.network().RemoveAllFaults();
  world_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(log_.reply->ok());
  EXPECT_GT(*log_.took, absl::Seconds(5));
}

TEST_F(CallTest, ACallAcrossALongPartitionTimesOutAndIsNotServedLater) {
  Serve();
  Cut(/*both_ways=*/true, client_, server_);
  Call();
  world_.RunFor(absl::Seconds(15));
  EXPECT_EQ(log_.code(), absl::StatusCode::kDeadlineExceeded);
  world_.network().RemoveAllFaults();
  world_.RunFor(absl::Minutes(1));
  EXPECT_EQ(echo_->served, 0);
}

TEST_F(CallTest, AOneWayCutLetsTheRequestThroughAndKeepsTheReply) {
  Serve();
  Cut(/*both_ways=*/false, server_, client_);
  Call();
  world_.RunFor(absl::Seconds(15));
  EXPECT_EQ(log_.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(echo_->served, 1);
}

TEST_F(CallTest, APartialPartitionCutsOnlyThePairsItNames) {
  Serve();
  Machine& bystander = world_.AddMachine("bystander", "a");
  Cut(/*both_ways=*/true, client_, server_);
  CallLog other;
  Call();
  bystander.Spawn(CallOnce(bystander, kEcho, absl::Seconds(10), &other));
  world_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(log_.reply.has_value());
  EXPECT_TRUE(other.reply->ok());
}

TEST_F(CallTest, AFaultOnEveryoneHoldsForMachinesThatComeLater) {
  Serve();
  world_.network().AddFault(
      {.from = Network::Everyone(), .to = Network::Only(server_.id()), .cut = true});
  Machine& late = world_.AddMachine("late", "b");
  CallLog log;
  late.Spawn(CallOnce(late, kEcho, absl::Seconds(10), &log));
  world_.RunFor(absl::Seconds(20));
  EXPECT_EQ(log.code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(CallTest, ALostReplyLeavesTheRequestApplied) {
  Serve();
  world_.network().AddFault(
      {.from = Network::Everyone(), .to = Network::Everyone(), .lose_reply = 1});
  Call();
  world_.RunFor(absl::Seconds(20));
  EXPECT_EQ(log_.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(echo_->finished, 1);
}

TEST_F(CallTest, ALostRequestIsNeverServed) {
  Serve();
  world_.network().AddFault(
      {.from = Network::Everyone(), .to = Network::Everyone(), .lose_request = 1});
  Call();
  world_.RunFor(absl::Seconds(20));
  EXPECT_EQ(log_.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(echo_->served, 0);
}

TEST_F(CallTest, AResetIsHeardAtOnceAndLeavesOpenWhetherTheCallWasServed) {
  Serve();
  world_.network().AddFault({.from = Network::Everyone(), .to = Network::Everyone(), .reset = 1});
  constexpr int kCalls = 200;
  CallLog logs[kCalls];
  for (CallLog& log : logs) {
    client_.Spawn(CallOnce(client_, kEcho, absl::Seconds(10), &log));
  }
  world_.RunFor(absl::Seconds(1));
  for (const CallLog& log : logs) EXPECT_EQ(log.code(), absl::StatusCode::kUnavailable);
  EXPECT_GT(echo_->served, kCalls / 4);
  EXPECT_LT(echo_->served, kCalls * 3 / 4);
}

TEST_F(CallTest, RetransmissionsAndSlowLinksDelayCallsWithoutLosingThem) {
  Serve();
  world_.network().AddFault({.from = Network::Only(client_.id()),
                             .to = Network::Only(server_.id()),
                             .both_ways = false,
                             .retransmit = 1,
                             .extra_latency = absl::Seconds(1)});
  Call(/*timeout=*/absl::Hours(1));
  world_.RunFor(absl::Minutes(10));
  ASSERT_TRUE(log_.reply->ok());
  // 200 ms, doubling, ten times.
  EXPECT_GT(*log_.took, absl::Seconds(1 + 204.6));
}

TEST_F(CallTest, IndependentCallsOvertakeEachOther) {
  Serve();
  constexpr int kCalls = 100;
  CallLog logs[kCalls];
  for (int i = 0; i < kCalls; ++i) {
    client_.Spawn(CallOnce(client_, kEcho, absl::Seconds(10), &logs[i]));
  }
  world_.RunFor(absl::Seconds(1));
  int overtaken = 0;
  for (int i = 1; i < kCalls; ++i) overtaken += *logs[i].took < *logs[i - 1].took ? 1 : 0;
  EXPECT_GT(overtaken, 10);
}

TEST_F(CallTest, AFrozenServerAnswersAfterItsThaw) {
  Serve();
  server_.Freeze();
  Call();
  world_.RunFor(absl::Seconds(3));
  EXPECT_EQ(echo_->served, 0);
  server_.Thaw();
  world_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(log_.reply->ok());
  EXPECT_GT(*log_.took, absl::Seconds(3));
}

TEST_F(CallTest, ARequestHeldByAFrozenProcessIsRefusedWhenThatIsKilled) {
  Serve();
  server_.Freeze();
  Call();
  world_.RunFor(absl::Seconds(1));
  server_process_->Kill();
  world_.RunFor(absl::Seconds(1));
  EXPECT_EQ(log_.code(), absl::StatusCode::kUnavailable);
}

TEST_F(CallTest, ACallerThatDiesLeavesItsCallToTheServer) {
  Serve(/*think=*/absl::Seconds(1));
  Call();
  world_.RunFor(absl::Milliseconds(100));
  client_.PowerOff();
  world_.RunFor(absl::Seconds(5));
  EXPECT_EQ(echo_->finished, 1);
  EXPECT_FALSE(log_.reply.has_value());
}

TEST_F(CallTest, ZonesHaveTheirOwnLatencies) {
  NetworkOptions options;
  const LatencyModel slow = {.base = absl::Milliseconds(40), .tail = LatencyModel::Tail::kNone};
  options.zone_pairs[{"a", "far"}].latency = slow;
  World world({.seed = 1, .network = options});
  Machine& server = world.AddMachine("server", "a");
  EchoService echo(server);
  const auto listener = server.transport().Listen("echo", echo);
  CallLog logs[3];
  int i = 0;
  for (const char* zone : {"a", "b", "far"}) {
    Machine& client = world.AddMachine(zone, zone);
    client.Spawn(CallOnce(client, kEcho, absl::Seconds(10), &logs[i++]));
  }
  world.RunFor(absl::Seconds(1));
  EXPECT_LT(*logs[0].took, *logs[1].took);
  EXPECT_EQ(*logs[2].took, absl::Milliseconds(80));
}

}  // namespace
}  // namespace drydock::sim
