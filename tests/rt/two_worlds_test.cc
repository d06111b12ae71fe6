// One component, two worlds: the lease protocol of lease.h in virtual time, and in
// real time on Boost.Asio, from the same source.
//
// The real side has real clocks and turns, but no wire: its calls go through a
// loop-back transport of this file, inside the process. The wire has tests of its
// own.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "real/asio/asio_executor.h"
#include "sim/machine/world.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"
#include "tests/rt/lease.h"

namespace drydock::rt {
namespace {

using Log = std::vector<std::string>;

LeaseMonitor::Report ReportTo(Log* log) {
  return [log](const std::string& node, bool ready) {
    log->push_back(absl::StrCat(node, ready ? " up" : " down"));
  };
}

const Log kCrashAndReturn = {"n0 up", "n0 down", "n0 up"};

TEST(TwoWorlds, ASimulatedNodeCrashesAndReturns) {
  Log log;
  sim::World world;
  world.AddMachine("master").AddProcess("monitor", [&log](sim::Process& process) {
    auto& monitor = process.Emplace<LeaseMonitor>(process, LeaseOptions(), ReportTo(&log));
    process.Spawn(monitor.Run());
  });
  sim::Machine& node = world.AddMachine("n0");
  node.AddProcess("renewer", [](sim::Process& process) {
    process.Spawn(process.Emplace<LeaseRenewer>(process, LeaseOptions()).Run());
  });
  world.RunFor(absl::Seconds(30));
  node.PowerOff();
  world.RunFor(absl::Seconds(60));
  node.PowerOn();
  world.RunFor(absl::Seconds(30));
  EXPECT_EQ(log, kCrashAndReturn);
}

// Services of one process by their addresses.
using Directory = std::map<Address, Service*>;

class LoopbackTransport final : public Transport {
 public:
  LoopbackTransport(Executor& executor, Directory& directory, std::string machine)
      : executor_(executor), directory_(directory), machine_(std::move(machine)) {}

  std::unique_ptr<Listener> Listen(std::string name, Service& service) override {
    return std::make_unique<Entry>(directory_, absl::StrCat(machine_, "/", name), service);
  }

  Task<absl::StatusOr<Reply>> Call(Address to, PayloadRef request,
                                   absl::Duration timeout) override {
    const auto service = directory_.find(to);
    if (service == directory_.end()) co_return absl::UnavailableError("nobody serves " + to);
    Completion<Reply> completion(executor_);
    TaskGroup serving;
    serving.Spawn(Serve(*service->second, machine_, std::move(request), completion));
    std::optional<Reply> reply = co_await completion.WaitUntil(executor_.Now() + timeout);
    if (!reply) co_return absl::DeadlineExceededError("no reply from " + to);
    co_return *std::move(reply);
  }

 private:
  class Entry final : public Listener {
   public:
    Entry(Directory& directory, Address address, Service& service)
        : directory_(directory), address_(std::move(address)) {
      directory_[address_] = &service;
    }
    ~Entry() override { directory_.erase(address_); }

   private:
    Directory& directory_;
    const Address address_;
  };

  static Task<> Serve(Service& service, Address peer, PayloadRef request,
                      Completion<Reply>& completion) {
    Reply reply = co_await service.Serve(std::move(peer), std::move(request));
    completion.Set(std::move(reply));
  }

  Executor& executor_;
  Directory& directory_;
  const std::string machine_;
};

class NoTrace final : public Trace {
 public:
  void Note(absl::string_view kind, uint64_t digest) override {}
};

class RealEnv final : public Env {
 public:
  RealEnv(Executor& executor, Directory& directory, std::string machine)
      : machine_(std::move(machine)),
        executor_(executor),
        transport_(executor, directory, machine_) {}
  const std::string& machine() const override { return machine_; }
  Executor& executor() override { return executor_; }
  Transport& transport() override { return transport_; }
  Trace& trace() override { return trace_; }
  Random NewRandom(absl::string_view purpose) override { return Random(1, purpose); }

 private:
  const std::string machine_;
  Executor& executor_;
  LoopbackTransport transport_;
  NoTrace trace_;
};

TEST(TwoWorlds, ARealNodeCrashesAndReturns) {
  const LeaseOptions options = {.renew_period = absl::Milliseconds(20),
                                .renew_timeout = absl::Milliseconds(200),
                                .grace_period = absl::Milliseconds(300)};
  Log log;
  boost::asio::io_context io(1);
  real::AsioExecutor executor(io);
  Directory directory;
  RealEnv master(executor, directory, "master");
  LeaseMonitor monitor(master, options, ReportTo(&log));
  TaskGroup control_plane;
  control_plane.Spawn(monitor.Run());

  struct Node {
    Node(Executor& node_executor, Directory& directory, LeaseOptions options)
        : env(node_executor, directory, "n0"), renewer(env, options) {
      tasks.Spawn(renewer.Run());
    }
    RealEnv env;
    LeaseRenewer renewer;
    TaskGroup tasks;
  };
  // Runs for a while, or until the log is as long as it should be by then.
  const auto run = [&](size_t expected) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (log.size() < expected && std::chrono::steady_clock::now() < give_up) {
      io.run_for(std::chrono::milliseconds(10));
    }
  };
  auto node = std::make_unique<Node>(executor, directory, options);
  run(1);
  node.reset();
  run(2);
  node = std::make_unique<Node>(executor, directory, options);
  run(3);
  EXPECT_EQ(log, kCrashAndReturn);
}

}  // namespace
}  // namespace drydock::rt
