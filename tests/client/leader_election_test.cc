// Leader election between machines whose clocks and networks misbehave.
#include "src/client/leader_election.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "tests/client/fake_api_server.h"

namespace drydock::client {
namespace {

class Candidate {
 public:
  Candidate(sim::Machine& machine, int* leading)
      : machine_(machine),
        client_(machine, "master/apiserver", {}),
        elector_(machine, client_, machine.machine(), {.lease_name = "scheduler"}),
        leading_(leading) {
    machine.Spawn(elector_.Run([this] { return Lead(); }));
  }

  LeaderElector& elector() { return elector_; }
  sim::Machine& machine() { return machine_; }
  int terms() const { return terms_; }

 private:
  struct Term {
    explicit Term(int* leading) : leading(leading) { EXPECT_EQ(++*leading, 1) << "two leaders"; }
    ~Term() { --*leading; }
    int* leading;
  };
  rt::Task<> Lead() {
    const Term term(leading_);
    ++terms_;
    co_await machine_.executor().SleepFor(absl::Hours(1000));
  }

  sim::Machine& machine_;
  Client client_;
  LeaderElector elector_;
  int* leading_;
  int terms_ = 0;
};

class LeaderElectionTest : public testing::Test {
 protected:
  LeaderElectionTest() : world_({.seed = 7}) {
    listener_ = master_.transport().Listen("apiserver", server_);
  }
  ~LeaderElectionTest() override {
    for (const char* name : {"a", "b"}) world_.FindMachine(name)->PowerOff();
  }

  int leading_ = 0;
  sim::World world_;
  sim::Machine& master_ = world_.AddMachine("master");
  FakeApiServer server_{master_};
  std::unique_ptr<rt::Transport::Listener> listener_;
  Candidate a_{world_.AddMachine("a"), &leading_};
  Candidate b_{world_.AddMachine("b"), &leading_};
};

TEST_F(LeaderElectionTest, OneLeadsAndGoesOnLeading) {
  world_.RunFor(absl::Minutes(10));
  EXPECT_EQ(leading_, 1);
  EXPECT_EQ(a_.terms() + b_.terms(), 1);
  EXPECT_EQ(a_.elector().leader(), b_.elector().leader());
}

TEST_F(LeaderElectionTest, TheOtherTakesOverWhenTheLeaderDies) {
  world_.RunFor(absl::Minutes(1));
  Candidate& leader = a_.elector().leading() ? a_ : b_;
  Candidate& other = &leader == &a_ ? b_ : a_;
  leader.machine().PowerOff();
  world_.RunFor(absl::Seconds(25));
  EXPECT_TRUE(other.elector().leading());
}

TEST_F(LeaderElectionTest, ALeaderThatIsCutOffStopsBeforeTheOtherBegins) {
  world_.RunFor(absl::Minutes(1));
  Candidate& leader = a_.elector().leading() ? a_ : b_;
  Candidate& other = &leader == &a_ ? b_ : a_;
  world_.network().AddFault({.from = sim::Network::Only(leader.machine().id()),
                             .to = sim::Network::Only(master_.id()),
                             .both_ways = true,
                             .cut = true});
  world_.RunFor(absl::Seconds(10.5));
  EXPECT_FALSE(leader.elector().leading());
  world_.RunFor(absl::Seconds(15));
  EXPECT_TRUE(other.elector().leading());
  world_.network().RemoveAllFaults();
  world_.RunFor(absl::Minutes(5));
  EXPECT_EQ(leading_, 1);
}

TEST_F(LeaderElectionTest, OnlyLostRepliesNeverMakeTwoLeaders) {
  world_.network().AddFault({.from = sim::Network::Everyone(),
                             .to = sim::Network::Everyone(),
                             .both_ways = true,
                             .lose_reply = 0.5});
  world_.RunFor(absl::Hours(2));
  world_.network().RemoveAllFaults();
  world_.RunFor(absl::Minutes(2));
  EXPECT_EQ(leading_, 1);
}

}  // namespace
}  // namespace drydock::client
