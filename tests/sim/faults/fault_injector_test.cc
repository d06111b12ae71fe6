// Each fault is seen to take effect, and to heal.
#include "sim/faults/fault_injector.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/rt/task.h"
#include "tests/sim/network/probe.h"

namespace drydock::sim {
namespace {

using Strings = std::vector<std::string>;
using Fault = decltype(FaultItem::fault);

constexpr int kNodes = 12;

FaultItem At(int at_seconds, Fault fault, int for_seconds = 0) {
  FaultItem item{.at = absl::Seconds(at_seconds), .lasts = {}, .fault = std::move(fault)};
  if (for_seconds > 0) item.lasts = absl::Seconds(for_seconds);
  return item;
}

// One master with an echo service, a user, and nodes in three zones with a toy kubelet
// that serves an echo too.
class FaultInjectorTest : public testing::Test {
 protected:
  FaultInjectorTest() { Build(); }

  void Build(uint64_t seed = 1) {
    injector_.reset();
    world_ = std::make_unique<World>(WorldOptions{.seed = seed});
    Machine& master = world_->AddMachine("master-0", "zone-a");
    for (const char* name : {"apiserver", "scheduler", "controller-manager"}) {
      master.AddProcess(name, [name](Process& process) { Serve(process, name); });
    }
    world_->AddMachine("user", "zone-a");
    for (int i = 0; i < kNodes; ++i) {
      world_
          ->AddMachine(Node(i),
                       absl::StrCat("zone-", std::string(1, static_cast<char>('a' + i % 3))))
          .AddProcess("kubelet", [](Process& process) { Serve(process, "kubelet"); });
    }
  }

  static void Serve(Process& process, const std::string& name) {
    EchoService& echo = process.Emplace<EchoService>(process);
    process.Own(process.transport().Listen(name, echo));
  }
  static std::string Node(int i) { return absl::StrCat("general-", i); }

  void Play(std::vector<FaultItem> faults) {
    faults_ = std::move(faults);
    injector_ = std::make_unique<FaultInjector>(*world_, faults_, world_->NewRandom("faults"));
    injector_->Start();
  }
  void RunTo(double seconds) { world_->Run(absl::Seconds(seconds)); }

  bool Powered(const std::string& name) { return world_->FindMachine(name)->powered(); }
  bool Runs(const std::string& machine, const std::string& process) {
    return world_->FindMachine(machine)->FindProcess(process)->running();
  }
  Strings Dark() {
    Strings dark;
    for (const auto& [name, machine] : world_->machines()) {
      if (!machine->powered()) dark.push_back(name);
    }
    return dark;
  }
  // Whether a call from a machine is answered within a second.
  bool Reaches(const std::string& from, const std::string& to, absl::Duration* took = nullptr) {
    CallLog log;
    rt::TaskGroup tasks;
    Machine& machine = *world_->FindMachine(from);
    tasks.Spawn(CallOnce(machine, to, absl::Seconds(1), &log));
    world_->RunFor(absl::Seconds(1.5));
    if (took != nullptr) *took = *log.took;
    return log.reply->ok();
  }

  std::unique_ptr<World> world_;
  std::vector<FaultItem> faults_;
  std::unique_ptr<FaultInjector> injector_;
};

TEST_F(FaultInjectorTest, PowersMachinesOffAndOnAgain) {
  Play({At(10, PowerOffFault{{Node(2), Node(7)}, 0, ""}, 20)});
  RunTo(9.9);
  EXPECT_EQ(Dark(), Strings{});
  RunTo(10);
  EXPECT_EQ(Dark(), (Strings{"general-2", "general-7"}));
  EXPECT_FALSE(Runs("general-2", "kubelet"));
  RunTo(29.9);
  EXPECT_EQ(Dark().size(), 2u);
  RunTo(30);
  EXPECT_EQ(Dark(), Strings{});
  EXPECT_TRUE(Runs("general-2", "kubelet"));
  EXPECT_EQ(world_->FindMachine("general-2")->FindProcess("kubelet")->starts(), 2u);
}

TEST_F(FaultInjectorTest, LeavesMachinesOffWithoutFor) {
  Play({At(10, PowerOffFault{{Node(2)}, 0, ""})});
  RunTo(100'000);
  EXPECT_EQ(Dark(), (Strings{"general-2"}));
  EXPECT_FALSE(injector_->records()[0].healed_at.has_value());
}

TEST_F(FaultInjectorTest, DrawsNodesWithoutRepetitionAndSparesMastersAndUsers) {
  Play({At(1, PowerOffFault{{}, 5, ""}), At(2, PowerOffFault{{}, 5, ""}),
        At(3, PowerOffFault{{}, 5, ""})});
  RunTo(1);
  EXPECT_EQ(Dark().size(), 5u);
  RunTo(2);
  EXPECT_EQ(Dark().size(), 10u);
  RunTo(3);
  EXPECT_EQ(Dark().size(), static_cast<size_t>(kNodes));
  EXPECT_TRUE(Powered("master-0"));
  EXPECT_TRUE(Powered("user"));
}

TEST_F(FaultInjectorTest, DrawsTheSameNodesForTheSameSeedWhateverElseIsDrawn) {
  Play({At(1, PowerOffFault{{}, 3, ""})});
  RunTo(1);
  const Strings first = Dark();
  Build();
  Play({At(1, PowerOffFault{{}, 3, ""}), At(2, CrashFault{"kubelet", "", 2}, 10)});
  RunTo(1);
  EXPECT_EQ(Dark(), first);
  Build(/*seed=*/2);
  Play({At(1, PowerOffFault{{}, 3, ""})});
  RunTo(1);
  EXPECT_NE(Dark(), first);
}

TEST_F(FaultInjectorTest, PowersAWholeZoneOffWithItsMaster) {
  Play({At(1, PowerOffFault{{}, 0, "zone-a"}, 5)});
  RunTo(1);
  EXPECT_EQ(Dark(), (Strings{"general-0", "general-3", "general-6", "general-9", "master-0"}));
  EXPECT_EQ(injector_->records()[0].what, "powerOff zone-a (5 machines)");
  RunTo(6);
  EXPECT_EQ(Dark(), Strings{});
}

TEST_F(FaultInjectorTest, KeepsAMachineOffUntilTheLastPowerOffHeals) {
  Play({At(10, PowerOffFault{{Node(1)}, 0, ""}, 10), At(15, PowerOffFault{{Node(1)}, 0, ""}, 30),
        At(16, PowerOffFault{{Node(1)}, 0, ""}, 1)});
  RunTo(44.9);
  EXPECT_FALSE(Powered(Node(1)));
  EXPECT_EQ(injector_->records()[0].healed_at, absl::Seconds(20));
  RunTo(45);
  EXPECT_TRUE(Powered(Node(1)));
  EXPECT_EQ(world_->FindMachine(Node(1))->FindProcess("kubelet")->starts(), 2u);
}

TEST_F(FaultInjectorTest, KeepsAMachineOffThatLosesPowerAsItComesBack) {
  Play({At(10, PowerOffFault{{Node(1)}, 0, ""}, 10), At(20, PowerOffFault{{Node(1)}, 0, ""}, 10)});
  RunTo(25);
  EXPECT_FALSE(Powered(Node(1)));
  RunTo(30);
  EXPECT_TRUE(Powered(Node(1)));
}

TEST_F(FaultInjectorTest, LetsAMachineBeThatSomebodyElseHasBooted) {
  Play({At(10, PowerOffFault{{Node(1)}, 0, ""}, 10)});
  RunTo(12);
  world_->FindMachine(Node(1))->PowerOn();
  RunTo(30);
  EXPECT_TRUE(Powered(Node(1)));
  EXPECT_EQ(world_->FindMachine(Node(1))->FindProcess("kubelet")->starts(), 2u);
}

TEST_F(FaultInjectorTest, CrashesAKubeletForASecondUnlessForSaysMore) {
  Play({At(10, CrashFault{"kubelet", Node(4), 0}), At(20, CrashFault{"kubelet", Node(5), 0}, 7)});
  RunTo(10.9);
  EXPECT_FALSE(Runs(Node(4), "kubelet"));
  EXPECT_TRUE(Powered(Node(4)));
  RunTo(11);
  EXPECT_TRUE(Runs(Node(4), "kubelet"));
  EXPECT_EQ(injector_->records()[0].healed_at, absl::Seconds(11));
  RunTo(26.9);
  EXPECT_FALSE(Runs(Node(5), "kubelet"));
  RunTo(27);
  EXPECT_TRUE(Runs(Node(5), "kubelet"));
}

TEST_F(FaultInjectorTest, CrashesSomeRandomKubelets) {
  Play({At(1, CrashFault{"kubelet", "", 4}, 10)});
  RunTo(1);
  int down = 0;
  for (int i = 0; i < kNodes; ++i) down += Runs(Node(i), "kubelet") ? 0 : 1;
  EXPECT_EQ(down, 4);
}

TEST_F(FaultInjectorTest, CrashesProcessesOfTheMasterAlone) {
  Play({At(1, CrashFault{"scheduler", "", 0}, 5),
        At(2, CrashFault{"controller-manager", "", 0}, 5)});
  RunTo(3);
  EXPECT_FALSE(Runs("master-0", "scheduler"));
  EXPECT_FALSE(Runs("master-0", "controller-manager"));
  EXPECT_TRUE(Runs("master-0", "apiserver"));
  EXPECT_EQ(injector_->records()[1].what, "crash controller-manager on master-0");
  RunTo(7);
  EXPECT_TRUE(Runs("master-0", "scheduler"));
  EXPECT_TRUE(Runs("master-0", "controller-manager"));
}

TEST_F(FaultInjectorTest, DoesNotRestartAProcessOnAMachineThatHasLostPowerSince) {
  Play(
      {At(10, CrashFault{"kubelet", Node(1), 0}, 10), At(12, PowerOffFault{{Node(1)}, 0, ""}, 30)});
  RunTo(25);
  EXPECT_FALSE(Runs(Node(1), "kubelet"));
  RunTo(42);
  EXPECT_TRUE(Runs(Node(1), "kubelet"));
}

TEST_F(FaultInjectorTest, LetsAProcessBeThatABootHasStarted) {
  Play({At(10, CrashFault{"kubelet", Node(1), 0}, 20), At(12, PowerOffFault{{Node(1)}, 0, ""}, 3)});
  RunTo(15);
  EXPECT_TRUE(Runs(Node(1), "kubelet"));
  RunTo(40);
  EXPECT_TRUE(Runs(Node(1), "kubelet"));
  EXPECT_EQ(world_->FindMachine(Node(1))->FindProcess("kubelet")->starts(), 2u);
}

TEST_F(FaultInjectorTest, KeepsAProcessDownUntilItsLastCrashHeals) {
  Play({At(10, CrashFault{"kubelet", Node(1), 0}, 10),
        At(15, CrashFault{"kubelet", Node(1), 0}, 10)});
  RunTo(24.9);
  EXPECT_FALSE(Runs(Node(1), "kubelet"));
  RunTo(25);
  EXPECT_TRUE(Runs(Node(1), "kubelet"));
}

TEST_F(FaultInjectorTest, CrashesNothingWhereThereIsNoPower) {
  Play(
      {At(10, PowerOffFault{{Node(1)}, 0, ""}, 100), At(12, CrashFault{"kubelet", Node(1), 0}, 5)});
  RunTo(20);
  EXPECT_EQ(injector_->records()[1].what, "crash kubelet on nothing");
  EXPECT_FALSE(Runs(Node(1), "kubelet"));
  RunTo(110);
  EXPECT_TRUE(Runs(Node(1), "kubelet"));
}

TEST_F(FaultInjectorTest, PartitionsAZoneFromTheMasters) {
  Play({At(10, PartitionFault{"zone-a", "masters", false}, 60)});
  EXPECT_TRUE(Reaches(Node(0), "master-0/apiserver"));
  RunTo(10);
  EXPECT_FALSE(Reaches(Node(0), "master-0/apiserver"));
  EXPECT_FALSE(Reaches("master-0", "general-0/kubelet"));
  EXPECT_TRUE(Reaches(Node(1), "master-0/apiserver"));
  EXPECT_TRUE(Reaches(Node(0), "general-3/kubelet"));
  EXPECT_TRUE(Reaches("user", "master-0/apiserver"));
  RunTo(70);
  EXPECT_TRUE(Reaches(Node(0), "master-0/apiserver"));
  EXPECT_EQ(world_->network().fault_count(), 0u);
  EXPECT_EQ(injector_->records()[0].what, "partition zone-a from masters");
}

TEST_F(FaultInjectorTest, CutsOneWay) {
  Play({At(1, PartitionFault{Node(0), Node(1), true}, 30)});
  RunTo(1);
  const Network& network = world_->network();
  const MachineId from = world_->FindMachine(Node(0))->id();
  const MachineId to = world_->FindMachine(Node(1))->id();
  EXPECT_TRUE(network.Cut(from, to));
  EXPECT_FALSE(network.Cut(to, from));
  RunTo(31);
  EXPECT_FALSE(network.Cut(from, to));
}

TEST_F(FaultInjectorTest, KeepsThePartitionsThatHaveNotHealed) {
  Play({At(1, PartitionFault{Node(0), "masters", false}, 10),
        At(2, PartitionFault{Node(0), "masters", false}, 20)});
  RunTo(11);
  EXPECT_FALSE(Reaches(Node(0), "master-0/apiserver"));
  RunTo(22);
  EXPECT_TRUE(Reaches(Node(0), "master-0/apiserver"));
}

TEST_F(FaultInjectorTest, LosesRequestsAndRepliesInEqualParts) {
  Play({At(1, NetworkDegradation{0.4, absl::ZeroDuration()}, 100'000)});
  int served = 0;
  Process& kubelet = world_->FindMachine(Node(3))->AddProcess("counter", [&](Process& process) {
    struct Counter final : rt::Service {
      explicit Counter(int* given) : count(given) {}
      rt::Task<rt::Reply> Serve(rt::Address, rt::PayloadRef request) override {
        ++*count;
        rt::Reply reply;
        reply.message = std::move(request);
        co_return reply;
      }
      int* const count;
    };
    process.Own(process.transport().Listen("counter", process.Emplace<Counter>(&served)));
  });
  ASSERT_TRUE(kubelet.running());
  RunTo(1);
  constexpr int kCalls = 2000;
  int answered = 0;
  for (int i = 0; i < kCalls; ++i) answered += Reaches(Node(0), "general-3/counter") ? 1 : 0;
  EXPECT_NEAR(answered, 0.6 * kCalls, 0.04 * kCalls);
  EXPECT_NEAR(served, 0.8 * kCalls, 0.04 * kCalls);
}

TEST_F(FaultInjectorTest, SlowsEveryMessageDownOnceAndSparesTheUser) {
  Play({At(5, NetworkDegradation{0, absl::Milliseconds(100)}, 60)});
  absl::Duration took;
  RunTo(5);
  ASSERT_TRUE(Reaches(Node(0), "master-0/apiserver", &took));
  EXPECT_GT(took, absl::Milliseconds(200));
  EXPECT_LT(took, absl::Milliseconds(220));
  ASSERT_TRUE(Reaches("user", "master-0/apiserver", &took));
  EXPECT_LT(took, absl::Milliseconds(50));
  RunTo(65);
  ASSERT_TRUE(Reaches(Node(0), "master-0/apiserver", &took));
  EXPECT_LT(took, absl::Milliseconds(50));
}

TEST_F(FaultInjectorTest, RecordsWhatWasInjectedInItsOrder) {
  Play({At(20, NetworkDegradation{0.05, absl::Milliseconds(20)}),
        At(10, PowerOffFault{{Node(3), Node(1)}, 0, ""}, 5),
        At(12, PartitionFault{"zone-b", "zone-c", true}, 100)});
  RunTo(30);
  const std::vector<FaultRecord>& records = injector_->records();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].what, "powerOff general-3, general-1");
  EXPECT_EQ(records[0].at, absl::Seconds(10));
  EXPECT_EQ(records[0].healed_at, absl::Seconds(15));
  EXPECT_EQ(records[1].what, "partition zone-b to zone-c, one way");
  EXPECT_FALSE(records[1].healed_at.has_value());
  EXPECT_EQ(records[2].what, "network loss 0.05, extra latency 20ms");
}

TEST_F(FaultInjectorTest, IsInTheDigest) {
  // A crash of nothing changes nothing but the digest.
  Play({At(1, PowerOffFault{{Node(1)}, 0, ""}), At(2, CrashFault{"kubelet", Node(1), 0}, 1)});
  RunTo(1.5);
  const uint64_t before = world_->digest();
  const uint64_t events = world_->kernel().digest().count();
  RunTo(10);
  EXPECT_NE(world_->digest(), before);
  EXPECT_GE(world_->kernel().digest().count(), events + 2);
}

TEST_F(FaultInjectorTest, StopsWithTheInjector) {
  Play({At(10, PowerOffFault{{Node(1)}, 0, ""}, 10), At(30, PowerOffFault{{Node(2)}, 0, ""})});
  RunTo(15);
  injector_.reset();
  RunTo(100);
  EXPECT_EQ(Dark(), (Strings{"general-1"}));
}

}  // namespace
}  // namespace drydock::sim
