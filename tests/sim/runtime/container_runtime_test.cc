// The simulated runtime alone: pulls and bandwidth, addresses, ends, faults.
#include "sim/runtime/container_runtime.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"

namespace drydock::sim {
namespace {

constexpr double kLink = 100e6;

RuntimeModel Model() {
  RuntimeModel model;
  model.sandbox_latency = DurationModel::Fixed(absl::Milliseconds(300));
  model.registry_latency = DurationModel();
  model.link_bytes_per_second = kLink;
  model.workload.start_latency = DurationModel::Fixed(absl::Milliseconds(100));
  model.workload.stop_latency = DurationModel::Fixed(absl::Seconds(1));
  model.images.SetSize("small", 100000000);
  model.images.SetSize("large", 300000000);
  return model;
}

class SimContainerRuntimeTest : public testing::Test {
 protected:
  SimContainerRuntimeTest() : node_(world_.AddMachine("node")) {}

  template <typename T>
  static rt::Task<> Store(rt::Task<T> task, std::optional<T>* result) {
    *result = co_await std::move(task);
  }
  template <typename T>
  T Await(rt::Task<T> task) {
    std::optional<T> result;
    rt::TaskGroup group;
    group.Spawn(Store(std::move(task), &result));
    world_.kernel().RunUntil([&] { return result.has_value(); }, world_.Now() + absl::Hours(10));
    EXPECT_TRUE(result.has_value());
    return *std::move(result);
  }

  // A container that runs, in a sandbox of its own.
  std::string RunContainer(SimContainerRuntime& runtime, const std::string& pod,
                           std::vector<std::pair<std::string, std::string>> annotations = {}) {
    EXPECT_TRUE(Await(runtime.PullImage("small")).ok());
    rt::SandboxConfig sandbox;
    sandbox.pod_uid = pod;
    sandbox.pod_name = pod;
    const std::string sandbox_id = *Await(runtime.RunPodSandbox(sandbox));
    rt::ContainerConfig config;
    config.name = "main";
    config.image = "small";
    config.annotations = std::move(annotations);
    const absl::StatusOr<std::string> id = Await(runtime.CreateContainer(sandbox_id, config));
    EXPECT_TRUE(id.ok()) << id.status();
    EXPECT_TRUE(Await(runtime.StartContainer(*id)).ok());
    return *id;
  }

  World world_;
  Machine& node_;
};

rt::Task<> NotePull(World& world, SimContainerRuntime& runtime, std::string image,
                    std::map<std::string, absl::Duration>* ends) {
  const absl::StatusOr<std::string> pulled = co_await runtime.PullImage(image);
  if (pulled.ok()) (*ends)[image] = world.Now();
}

TEST_F(SimContainerRuntimeTest, SharesTheLinkAmongConcurrentPulls) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  std::map<std::string, absl::Duration> ends;
  node_.Spawn(NotePull(world_, runtime, "small", &ends));
  node_.Spawn(NotePull(world_, runtime, "large", &ends));
  world_.RunFor(absl::Minutes(1));
  // 100 MB each at half of 100 MB/s, then the rest of the large one alone.
  EXPECT_NEAR(absl::ToDoubleSeconds(ends.at("small")), 2.0, 1e-6);
  EXPECT_NEAR(absl::ToDoubleSeconds(ends.at("large")), 4.0, 1e-6);
}

TEST_F(SimContainerRuntimeTest, SharesTheRegistryAmongNodes) {
  const RuntimeModel model = Model();
  ImageRegistry registry{.bytes_per_second = 50e6};
  Machine& other = world_.AddMachine("other");
  SimContainerRuntime first(node_, model, "10.0.0.0/24", &registry, nullptr);
  SimContainerRuntime second(other, model, "10.0.1.0/24", &registry, nullptr);
  std::map<std::string, absl::Duration> first_ends;
  std::map<std::string, absl::Duration> second_ends;
  node_.Spawn(NotePull(world_, first, "small", &first_ends));
  other.Spawn(NotePull(world_, second, "small", &second_ends));
  world_.RunFor(absl::Minutes(1));
  // 200 MB at 50 MB/s; a node hears of the other one within a second.
  EXPECT_NEAR(absl::ToDoubleSeconds(first_ends.at("small")), 4.0, 1.0);
  EXPECT_NEAR(absl::ToDoubleSeconds(second_ends.at("small")), 4.0, 1.0);
}

TEST_F(SimContainerRuntimeTest, EvictsTheImageThatWasNotUsedForLongest) {
  RuntimeModel model = Model();
  model.image_disk_bytes = 450000000;
  model.images.SetSize("third", 200000000);
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  RunContainer(runtime, "pod");  // Uses small.
  EXPECT_TRUE(Await(runtime.PullImage("large")).ok());
  EXPECT_TRUE(Await(runtime.PullImage("third")).ok());
  std::vector<std::string> present;
  const auto images = Await(runtime.ListImages());
  for (const rt::ImageState& image : *images) present.push_back(image.tags[0]);
  EXPECT_EQ(present, (std::vector<std::string>{"small:latest", "third:latest"}));
  model.images.SetSize("huge", 440000000);
  EXPECT_TRUE(absl::IsResourceExhausted(Await(runtime.PullImage("huge")).status()));
}

TEST_F(SimContainerRuntimeTest, GivesEverySandboxAnAddressOfItsOwn) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/29", nullptr, nullptr);
  std::vector<std::string> ids;
  std::map<std::string, int> ips;
  for (int i = 0; i < 5; ++i) {
    rt::SandboxConfig config;
    config.pod_uid = std::to_string(i);
    ids.push_back(*Await(runtime.RunPodSandbox(config)));
    ++ips[Await(runtime.PodSandboxStatus(ids.back()))->ip];
  }
  EXPECT_EQ(ips.size(), 5u);
  rt::SandboxConfig sixth;
  sixth.pod_uid = "sixth";
  EXPECT_FALSE(Await(runtime.RunPodSandbox(sixth)).ok());
  EXPECT_TRUE(Await(runtime.StopPodSandbox(ids[0])).ok());
  EXPECT_TRUE(Await(runtime.RunPodSandbox(sixth)).ok());
}

TEST_F(SimContainerRuntimeTest, EndsAContainerAsItsAnnotationsSay) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  const std::string id =
      RunContainer(runtime, "pod",
                   {{"sim.drydock.dev/exit-code", "4"}, {"sim.drydock.dev/run-for.main", "30s"}});
  const absl::Duration started = world_.Now();
  world_.kernel().RunUntil([&] { return runtime.running_count() == 0; },
                           world_.Now() + absl::Hours(1));
  EXPECT_EQ(world_.Now() - started, absl::Seconds(30));
  const auto state = Await(runtime.ContainerStatus(id));
  EXPECT_EQ(state->exit_code, 4);
  EXPECT_EQ(state->reason, "Error");
}

TEST_F(SimContainerRuntimeTest, SaysWhichAnnotationItDoesNotUnderstand) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  EXPECT_TRUE(Await(runtime.PullImage("small")).ok());
  rt::SandboxConfig sandbox;
  sandbox.pod_uid = "pod";
  const std::string sandbox_id = *Await(runtime.RunPodSandbox(sandbox));
  rt::ContainerConfig config;
  config.name = "main";
  config.image = "small";
  config.annotations = {{"sim.drydock.dev/run-for", "soon"}};
  const auto created = Await(runtime.CreateContainer(sandbox_id, config));
  EXPECT_NE(created.status().message().find("sim.drydock.dev/run-for"), absl::string_view::npos);
}

TEST_F(SimContainerRuntimeTest, FinishesAnOperationWhoseCallerHasDied) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  {
    rt::TaskGroup caller;
    std::optional<absl::StatusOr<std::string>> result;
    rt::SandboxConfig config;
    config.pod_uid = "pod";
    caller.Spawn(Store(runtime.RunPodSandbox(config), &result));
  }
  world_.RunFor(absl::Seconds(1));
  EXPECT_EQ(Await(runtime.ListPodSandboxes())->size(), 1u);
}

TEST_F(SimContainerRuntimeTest, SendsNoSigkillWhenTheCallerOfStopHasDied) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  const std::string id = RunContainer(runtime, "pod", {{"sim.drydock.dev/stop-latency", "never"}});
  {
    rt::TaskGroup caller;
    std::optional<absl::Status> result;
    caller.Spawn(Store(runtime.StopContainer(id, absl::Seconds(5)), &result));
    world_.RunFor(absl::Seconds(1));
  }
  world_.RunFor(absl::Minutes(1));
  EXPECT_EQ(runtime.running_count(), 1u);
  EXPECT_TRUE(Await(runtime.StopContainer(id, absl::Seconds(5))).ok());
  EXPECT_EQ(runtime.running_count(), 0u);
}

TEST_F(SimContainerRuntimeTest, ReservesTheNameOfWhatIsBeingMade) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  rt::SandboxConfig config;
  config.pod_uid = "pod";
  rt::TaskGroup caller;
  std::optional<absl::StatusOr<std::string>> result;
  caller.Spawn(Store(runtime.RunPodSandbox(config), &result));
  EXPECT_TRUE(absl::IsAlreadyExists(Await(runtime.RunPodSandbox(config)).status()));
}

TEST_F(SimContainerRuntimeTest, KillsEverythingWhenThePowerFails) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  const std::string id = RunContainer(runtime, "pod");
  runtime.PowerOff();
  EXPECT_TRUE(runtime.Running().empty());
  EXPECT_TRUE(absl::IsUnavailable(Await(runtime.ContainerStatus(id)).status()));
  runtime.PowerOn();
  EXPECT_EQ(Await(runtime.ContainerStatus(id))->phase, rt::ContainerPhase::kExited);
  EXPECT_FALSE((*Await(runtime.ListPodSandboxes()))[0].ready);
  EXPECT_EQ(Await(runtime.ListImages())->size(), 1u);
}

TEST_F(SimContainerRuntimeTest, SaysThatEventsWereLostWhenNobodyReadThem) {
  RuntimeModel model = Model();
  model.event_buffer = 2;
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  const std::string id = RunContainer(runtime, "pod");
  EXPECT_TRUE(runtime.Crash(id, 1));
  EXPECT_TRUE(absl::IsDataLoss(Await(runtime.NextEvents()).status()));
}

TEST_F(SimContainerRuntimeTest, ArmsNoTimerForAContainerThatJustRuns) {
  const RuntimeModel model = Model();
  SimContainerRuntime runtime(node_, model, "10.0.0.0/24", nullptr, nullptr);
  RunContainer(runtime, "pod");
  world_.RunFor(absl::Seconds(1));
  const uint64_t turns = world_.kernel().turns();
  world_.RunFor(absl::Hours(24));
  EXPECT_EQ(world_.kernel().turns(), turns);
}

}  // namespace
}  // namespace drydock::sim
