// Processes and machines: their lives, their deaths, and the world's one history.
#include "sim/machine/machine.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/machine/world.h"
#include "tests/sim/network/probe.h"

namespace drydock::sim {
namespace {

using Log = std::vector<std::string>;

class Component {
 public:
  Component(rt::Env& env, std::string name, Log* log)
      : env_(env), name_(std::move(name)), log_(log) {}
  ~Component() { log_->push_back(absl::StrCat("~", name_)); }
  rt::Task<> Run() {
    const Leaving leaving{*this};
    for (;;) {
      co_await env_.executor().SleepFor(absl::Seconds(1));
      ++turns;
    }
  }
  int turns = 0;

 private:
  struct Leaving {
    Component& component;
    ~Leaving() { component.log_->push_back(component.name_ + " leaves"); }
  };
  rt::Env& env_;
  const std::string name_;
  Log* const log_;
};

TEST(Process, DiesTasksFirstThenComponentsTheLastMadeFirst) {
  Log log;  // Outlives the components.
  World world;
  Machine& machine = world.AddMachine("node");
  Component* second = nullptr;
  Process& process = machine.AddProcess("app", [&](Process& made) {
    made.Emplace<Component>(made, "first", &log);
    second = &made.Emplace<Component>(made, "second", &log);
    made.Spawn(second->Run());
  });
  world.RunFor(absl::Seconds(3.5));
  EXPECT_EQ(second->turns, 3);
  process.Kill();
  EXPECT_EQ(log, (Log{"second leaves", "~second", "~first"}));
  EXPECT_FALSE(process.running());
  world.RunFor(absl::Seconds(5));
  EXPECT_EQ(world.kernel().armed_timers(), 0u);

  process.Start();
  world.RunFor(absl::Seconds(2.5));
  EXPECT_EQ(second->turns, 2);
  EXPECT_EQ(process.starts(), 2u);
}

rt::Task<> ExitSoon(Process& process, int* turns) {
  co_await process.executor().SleepFor(absl::Seconds(1));
  process.Exit();
  ++*turns;
  co_await process.executor().SleepFor(absl::Seconds(1));
  ++*turns;
}

TEST(Process, EndsByItselfInATurnOfItsOwn) {
  World world;
  int turns = 0;
  Process& process = world.AddMachine("node").AddProcess(
      "app", [&](Process& made) { made.Spawn(ExitSoon(made, &turns)); });
  world.RunFor(absl::Seconds(5));
  EXPECT_EQ(turns, 1);
  EXPECT_FALSE(process.running());
}

TEST(Process, HasItsOwnRandomNumbersInEveryIncarnation) {
  World world;
  std::vector<uint64_t> drawn;
  Machine& machine = world.AddMachine("node");
  Process& process = machine.AddProcess(
      "app", [&](Process& made) { drawn.push_back(made.NewRandom("backoff").Next()); });
  process.Kill();
  process.Start();
  world.AddMachine("other").AddProcess(
      "app", [&](Process& made) { drawn.push_back(made.NewRandom("backoff").Next()); });
  ASSERT_EQ(drawn.size(), 3u);
  EXPECT_NE(drawn[0], drawn[1]);
  EXPECT_NE(drawn[0], drawn[2]);
  World again;
  uint64_t first = 0;
  again.AddMachine("node").AddProcess(
      "app", [&](Process& made) { first = made.NewRandom("backoff").Next(); });
  EXPECT_EQ(first, drawn[0]);
}

TEST(Machine, LosesItsProcessesWithItsPowerAndStartsThemAgain) {
  Log log;  // Outlives the components.
  World world;
  Machine& machine = world.AddMachine("node");
  machine.AddPowerListener([&log](bool powered) { log.push_back(powered ? "on" : "off"); });
  machine.AddProcess("a", [&log](Process& made) {
    log.push_back("a starts");
    made.Emplace<Component>(made, "a", &log);
  });
  machine.AddProcess("b", [&log](Process&) { log.push_back("b starts"); });
  machine.PowerOff();
  machine.PowerOn();
  EXPECT_EQ(log, (Log{"a starts", "b starts", "~a", "off", "on", "a starts", "b starts"}));
}

TEST(Machine, FreezesEachProcessOrAll) {
  Log log;  // Outlives the components.
  World world;
  Machine& machine = world.AddMachine("node");
  Component* components[2] = {};
  for (int i = 0; i < 2; ++i) {
    machine.AddProcess(absl::StrCat("p", i), [&, i](Process& made) {
      components[i] = &made.Emplace<Component>(made, "c", &log);
      made.Spawn(components[i]->Run());
    });
  }
  machine.processes()[0]->Freeze();
  world.RunFor(absl::Seconds(2.5));
  EXPECT_EQ(components[0]->turns, 0);
  EXPECT_EQ(components[1]->turns, 2);
  machine.Freeze();
  world.RunFor(absl::Seconds(2));
  EXPECT_EQ(components[1]->turns, 2);
  machine.Thaw();
  world.RunFor(absl::Milliseconds(1));
  EXPECT_EQ(components[0]->turns, 1);
  EXPECT_EQ(components[1]->turns, 3);
}

// Machines that call one server, while processes die, machines lose power, links
// break and clocks drift.
rt::Task<> CallForever(rt::Env& env, rt::Random random, uint64_t* failures) {
  for (;;) {
    CallLog log;
    co_await CallOnce(env, "server/echo", absl::Seconds(5), &log, absl::StrCat(random.Next()));
    if (!log.reply->ok()) ++*failures;
    co_await env.executor().SleepFor(random.Jitter(absl::Seconds(1), 1.0));
  }
}

struct History {
  uint64_t digest;
  uint64_t turns;
  uint64_t failures;
};

History Chaos(uint64_t seed, bool explore) {
  World world({.seed = seed, .explore = explore});
  Machine& server = world.AddMachine("server", "a");
  server.AddProcess("echo", [](Process& process) {
    EchoService& echo = process.Emplace<EchoService>(process, absl::Milliseconds(10));
    process.Own(process.transport().Listen("echo", echo));
  });
  uint64_t failures = 0;
  for (int i = 0; i < 50; ++i) {
    world.AddMachine(absl::StrCat("n", i), i % 2 == 0 ? "a" : "b")
        .AddProcess("caller", [&failures](Process& process) {
          process.Spawn(CallForever(process, process.NewRandom("caller"), &failures));
        });
  }
  rt::Random random = world.NewRandom("chaos");
  for (int step = 0; step < 300; ++step) {
    Machine& machine = *world.FindMachine(absl::StrCat("n", random.Below(50)));
    Machine& victim = random.Chance(0.1) ? server : machine;
    switch (random.Below(7)) {
      case 0:
        if (victim.powered()) {
          victim.PowerOff();
        } else {
          victim.PowerOn();
        }
        break;
      case 1:
        if (Process& process = *victim.processes()[0]; process.running()) {
          process.Kill();
        } else if (victim.powered()) {
          process.Start();
        }
        break;
      case 2:
        world.network().AddFault({.from = Network::Only(machine.id()),
                                  .to = Network::Everyone(),
                                  .both_ways = random.Chance(0.5),
                                  .cut = random.Chance(0.5),
                                  .lose_reply = 0.2,
                                  .reset = 0.2});
        break;
      case 3:
        world.network().RemoveAllFaults();
        break;
      case 4:
        machine.clocks().SetMonotonicSkew(random.Between(-100'000'000, 100'000'000));
        break;
      case 5:
        victim.Freeze();
        break;
      case 6:
        victim.Thaw();
        break;
    }
    world.RunFor(absl::Milliseconds(static_cast<int64_t>(random.Below(5000))));
  }
  return {world.digest(), world.kernel().turns(), failures};
}

TEST(World, OneSeedOneHistory) {
  for (const bool explore : {false, true}) {
    const History first = Chaos(7, explore);
    const History again = Chaos(7, explore);
    EXPECT_EQ(first.digest, again.digest);
    EXPECT_EQ(first.turns, again.turns);
    EXPECT_GT(first.turns, 20'000u);
    EXPECT_GT(first.failures, 100u);
    EXPECT_NE(first.digest, Chaos(8, explore).digest);
  }
  EXPECT_NE(Chaos(7, false).digest, Chaos(7, true).digest);
}

TEST(World, NotesOfComponentsAreInTheDigest) {
  World a;
  World b;
  a.AddMachine("node").trace().Note("scheduler/bind", 1);
  b.AddMachine("node").trace().Note("scheduler/bind", 2);
  EXPECT_NE(a.digest(), b.digest());
}

}  // namespace
}  // namespace drydock::sim
