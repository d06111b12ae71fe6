// What the seam and the simulated world cost: turns, timers, tasks, calls, streams.
//
//   bazel run --config=opt //bench:rt_bench
//   bench/instructions.sh          # instructions for each, which no noise moves
//
// Times are CPU time. `items_per_second` is what the name says: turns, timer
// events, tasks, calls, messages.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "sim/kernel/kernel.h"
#include "sim/machine/world.h"
#include "src/rt/executor.h"
#include "src/rt/payload.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"

namespace drydock {
namespace {

using sim::Kernel;
using sim::Machine;
using sim::World;

// Runs `turns` more turns.
void RunTurns(Kernel& kernel, uint64_t turns) {
  const uint64_t last = kernel.turns() + turns;
  kernel.RunUntil([&kernel, last] { return kernel.turns() >= last; }, absl::InfiniteDuration());
}

constexpr uint64_t kBatch = 10'000;

void Report(benchmark::State& state, uint64_t items) {
  state.SetItemsProcessed(static_cast<int64_t>(items));
  state.counters["items"] = static_cast<double>(items);
}

rt::Task<> YieldForever(rt::Executor& executor) {
  for (;;) co_await executor.Yield();
}

void ContextSwitch(benchmark::State& state) {
  Kernel kernel;
  rt::TaskGroup tasks;
  for (int64_t i = 0; i < state.range(0); ++i) tasks.Spawn(YieldForever(kernel.executor()));
  for (auto _ : state) RunTurns(kernel, kBatch);
  Report(state, kBatch * static_cast<uint64_t>(state.iterations()));
}

rt::Task<> SleepForever(rt::Executor& executor, rt::Random random) {
  for (;;) {
    co_await executor.SleepFor(absl::Nanoseconds(1 + (random.Next() & 0xfffff)));
  }
}

void TimerEvents(benchmark::State& state) {
  Kernel kernel;
  rt::TaskGroup tasks;
  for (int64_t i = 0; i < state.range(0); ++i) {
    tasks.Spawn(SleepForever(kernel.executor(), rt::Random(1, absl::StrCat(i))));
  }
  RunTurns(kernel, static_cast<uint64_t>(state.range(0)));
  for (auto _ : state) RunTurns(kernel, kBatch);
  Report(state, kBatch * static_cast<uint64_t>(state.iterations()));
}

class RearmingEvent final : public sim::Event {
 public:
  RearmingEvent(Kernel& kernel, rt::Random random) : kernel_(kernel), random_(random) {}
  ~RearmingEvent() override = default;
  void Fire() override {
    kernel_.ScheduleAfter(*this, 1 + static_cast<sim::Nanos>(random_.Next() & 0xfffff));
  }

 private:
  Kernel& kernel_;
  rt::Random random_;
};

void PlainEvents(benchmark::State& state) {
  Kernel kernel;
  std::vector<std::unique_ptr<RearmingEvent>> events;
  for (int64_t i = 0; i < state.range(0); ++i) {
    events.push_back(std::make_unique<RearmingEvent>(kernel, rt::Random(1, absl::StrCat(i))));
    events.back()->Fire();
  }
  RunTurns(kernel, static_cast<uint64_t>(state.range(0)));
  for (auto _ : state) RunTurns(kernel, kBatch);
  Report(state, kBatch * static_cast<uint64_t>(state.iterations()));
}

rt::Task<uint64_t> Increment(uint64_t x) { co_return x + 1; }
rt::Task<> CallMany(uint64_t count, uint64_t* result) {
  uint64_t x = 0;
  for (uint64_t i = 0; i < count; ++i) x = co_await Increment(x);
  *result = x;
}

void AwaitOfATaskThatDoesNotWait(benchmark::State& state) {
  for (auto _ : state) {
    uint64_t result = 0;
    rt::TaskGroup tasks;
    tasks.Spawn(CallMany(kBatch, &result));
    benchmark::DoNotOptimize(result);
  }
  Report(state, kBatch * static_cast<uint64_t>(state.iterations()));
}

rt::Task<> YieldOnce(rt::Executor& executor) { co_await executor.Yield(); }

void SpawnOfATaskThatYieldsOnce(benchmark::State& state) {
  Kernel kernel;
  rt::TaskGroup tasks;
  for (auto _ : state) {
    for (uint64_t i = 0; i < kBatch; ++i) tasks.Spawn(YieldOnce(kernel.executor()));
    kernel.Run();
  }
  Report(state, kBatch * static_cast<uint64_t>(state.iterations()));
}

class Message final : public rt::Payload {
 public:
  uint64_t Digest() const override { return 42; }
};

class Echo final : public rt::Service {
 public:
  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override {
    rt::Reply reply;
    reply.message = std::move(request);
    co_return reply;
  }
};

rt::Task<> CallForever(rt::Env& env, rt::PayloadRef message, uint64_t* calls) {
  for (;;) {
    absl::StatusOr<rt::Reply> reply =
        co_await env.transport().Call("master-0/apiserver", message, absl::Seconds(30));
    if (reply.ok()) ++*calls;
  }
}

// So many machines, each with one call in flight to one server.
void NetworkCalls(benchmark::State& state) {
  World world;
  Machine& master = world.AddMachine("master-0", "a");
  Echo echo;
  const auto listener = master.transport().Listen("apiserver", echo);
  const rt::PayloadRef message = rt::MakeRef<Message>();
  uint64_t calls = 0;
  for (int64_t i = 0; i < state.range(0); ++i) {
    Machine& node = world.AddMachine(absl::StrCat("node-", i), "b");
    node.Spawn(CallForever(node, message, &calls));
  }
  RunTurns(world.kernel(), static_cast<uint64_t>(state.range(0)) * 3);
  const uint64_t before = calls;
  for (auto _ : state) RunTurns(world.kernel(), kBatch);
  Report(state, calls - before);
}

class Feed final : public rt::Service {
 public:
  explicit Feed(Kernel& kernel) : kernel_(kernel), message_(rt::MakeRef<Message>()) {}

  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override {
    rt::Reply reply;
    reply.message = std::move(request);
    reply.stream = std::make_unique<Source>(*this);
    co_return reply;
  }

 private:
  class Source final : public rt::Stream {
   public:
    explicit Source(Feed& feed) : feed_(feed) {}
    rt::Task<absl::StatusOr<std::optional<rt::PayloadRef>>> Next() override {
      co_await feed_.kernel_.executor().SleepFor(absl::Microseconds(100));
      co_return feed_.message_;
    }

   private:
    Feed& feed_;
  };

  Kernel& kernel_;
  const rt::PayloadRef message_;
};

rt::Task<> ReadForever(rt::Env& env, rt::PayloadRef request) {
  absl::StatusOr<rt::Reply> reply =
      co_await env.transport().Call("master-0/apiserver", std::move(request), absl::Seconds(30));
  if (!reply.ok()) co_return;
  for (;;) {
    absl::StatusOr<std::optional<rt::PayloadRef>> next = co_await reply->stream->Next();
    if (!next.ok()) co_return;
  }
}

// One message costs the server a timer event here, beside its delivery.
void StreamMessages(benchmark::State& state) {
  World world;
  Machine& master = world.AddMachine("master-0", "a");
  Feed feed(world.kernel());
  const auto listener = master.transport().Listen("apiserver", feed);
  for (int64_t i = 0; i < state.range(0); ++i) {
    Machine& node = world.AddMachine(absl::StrCat("node-", i), "b");
    node.Spawn(ReadForever(node, rt::MakeRef<Message>()));
  }
  world.RunFor(absl::Milliseconds(10));
  const uint64_t before = world.network().stats().stream_messages;
  for (auto _ : state) RunTurns(world.kernel(), kBatch);
  Report(state, world.network().stats().stream_messages - before);
}

// `iterations` 0: as many as Google Benchmark finds necessary.
void Register(const char* name, void (*function)(benchmark::State&),
              const std::vector<int64_t>& arguments, int64_t iterations) {
  auto* registered = benchmark::RegisterBenchmark(name, function);
  for (const int64_t argument : arguments) registered->Arg(argument);
  if (iterations != 0) registered->Iterations(iterations);
}

}  // namespace
}  // namespace drydock

int main(int argc, char** argv) {
  using namespace drydock;
  const char* fixed = std::getenv("DRYDOCK_BENCH_ITERATIONS");  // For instructions.sh.
  const int64_t iterations = fixed == nullptr ? 0 : std::strtoll(fixed, nullptr, 10);
  Register("ContextSwitch", ContextSwitch, {2, 10'000}, iterations);
  Register("TimerEvents", TimerEvents, {10, 10'000, 100'000, 1'000'000}, iterations);
  Register("PlainEvents", PlainEvents, {10'000}, iterations);
  Register("AwaitOfATaskThatDoesNotWait", AwaitOfATaskThatDoesNotWait, {}, iterations);
  Register("SpawnOfATaskThatYieldsOnce", SpawnOfATaskThatYieldsOnce, {}, iterations);
  Register("NetworkCalls", NetworkCalls, {1, 100, 5'000}, iterations);
  Register("StreamMessages", StreamMessages, {1, 5'000}, iterations);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
