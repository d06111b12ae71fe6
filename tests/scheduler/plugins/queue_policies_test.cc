// ShortestJobFirst and DominantResourceFairness: who is tried before whom.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/object.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kGi = World::kGi;

// A queue with one of the plugins: the pods in the order in which they would be tried.
class QueueOrder {
 public:
  explicit QueueOrder(const std::string& plugin,
                      std::vector<std::pair<std::string, std::string>> parameters = {}) {
    world.AddNode("a", 100'000, 1000 * kGi);
    PluginArgs args;
    args.parameters = std::move(parameters);
    absl::StatusOr<PluginInstance> made = (*world.registry.Find(plugin))(
        args, PluginContext{world.cluster, rt::Random(1, "plugins")});
    EXPECT_TRUE(made.ok()) << made.status();
    plugin_ = *std::move(made);
    if (plugin_.listener != nullptr) world.cluster.nodes.AddListener(plugin_.listener);
  }

  void Add(const PodRef& pod) {
    if (plugin_.pre_enqueue != nullptr) EXPECT_EQ(plugin_.pre_enqueue->PreEnqueue(*pod), "");
    auto queued = rt::MakeRef<QueuedPod>();
    queued->pod = pod;
    queued->timestamp = rt::Instant() + absl::Seconds(++seconds_);
    queue_.push_back(queued);
  }
  void Add(const std::string& ns, const std::string& name, int64_t cpu, int64_t memory,
           int32_t priority = 0) {
    Add(world.NewPod(name, [&](PodShape& shape) {
      shape.ns = ns;
      shape.priority = priority;
      shape.requests.cpu_millis = cpu;
      shape.requests.memory = memory;
    }));
  }
  // Comes back after an attempt that failed.
  void Again(const std::string& name) {
    for (const QueuedPodRef& queued : queue_) {
      if (queued->pod->name != name) continue;
      EXPECT_EQ(plugin_.pre_enqueue->PreEnqueue(*queued->pod), "");
      queued->timestamp = rt::Instant() + absl::Seconds(++seconds_);
    }
  }
  // Places the first.
  std::string Next() {
    Sort();
    const PodRef pod = queue_.front()->pod;
    queue_.erase(queue_.begin());
    world.cluster.nodes.AddPod(pod, "a");
    return pod->name;
  }
  std::string Names() {
    Sort();
    std::vector<std::string> names;
    for (const QueuedPodRef& queued : queue_) names.push_back(queued->pod->name);
    return absl::StrJoin(names, " ");
  }

  World world;

 private:
  void Sort() {
    std::stable_sort(queue_.begin(), queue_.end(), [this](const auto& a, const auto& b) {
      return plugin_.queue_sort->Less(*a, *b);
    });
  }

  PluginInstance plugin_;
  std::vector<QueuedPodRef> queue_;
  int seconds_ = 0;
};

PodRef Job(World& world, const std::string& name, const std::string& runs, int64_t deadline = 0,
           const std::string& annotation = "drydock.dev/run-time") {
  api::Pod message;
  message.mutable_metadata()->set_name(name);
  if (!runs.empty()) {
    api::Set(message.mutable_metadata()->mutable_annotations(), annotation, runs);
  }
  if (deadline > 0) message.mutable_spec()->set_active_deadline_seconds(deadline);
  PodRef pod = world.NewPod(name, 1000, kGi);
  pod->origin = api::MakeObject(std::move(message)).object();
  return pod;
}

struct JobCase {
  const char* name;
  const char* runs;
  int64_t deadline;
};

TEST(ShortestJobFirst, OrdersByWhatIsKnownOfRunTimes) {
  QueueOrder order("ShortestJobFirst");
  const JobCase cases[] = {{"unknown", "", 0},          {"hour", "1h", 0},
                           {"minute", "60s", 0},        {"half", "0.5s", 0},
                           {"deadline", "", 120},       {"sooner-than-deadline", "90s", 100'000},
                           {"nonsense", "soon", 0},     {"nonsense-with-deadline", "soon", 30},
                           {"negative", "-1s", 0},      {"long", "1h30m", 0},
                           {"another-minute", "1m", 0}, {"at-once", "0s", 0}};
  for (const JobCase& c : cases) order.Add(Job(order.world, c.name, c.runs, c.deadline));
  EXPECT_EQ(order.Names(),
            "at-once half nonsense-with-deadline minute another-minute sooner-than-deadline "
            "deadline hour long unknown nonsense negative");
}

TEST(ShortestJobFirst, PutsPriorityBeforeRunTime) {
  QueueOrder order("ShortestJobFirst");
  order.Add(Job(order.world, "short", "1s"));
  PodRef important = Job(order.world, "long", "1h");
  important->shape = order.world.NewPod("x", [](PodShape& s) { s.priority = 10; })->shape;
  order.Add(important);
  EXPECT_EQ(order.Names(), "long short");
}

TEST(ShortestJobFirst, ReadsAnotherAnnotationThatTheArgumentsName) {
  QueueOrder order("ShortestJobFirst", {{"ShortestJobFirst.annotation", "example.com/t"}});
  order.Add(Job(order.world, "a", "1s"));
  order.Add(Job(order.world, "b", "9s", 0, "example.com/t"));
  EXPECT_EQ(order.Names(), "b a");
}

TEST(ShortestJobFirst, TakesPodsWithoutAnObject) {
  QueueOrder order("ShortestJobFirst");
  order.Add(order.world.NewPod("what-if", 1000, kGi));
  order.Add(Job(order.world, "a", "1s"));
  EXPECT_EQ(order.Names(), "a what-if");
}

constexpr char kFair[] = "DominantResourceFairness";

TEST(DominantResourceFairness, AlternatesBetweenNamespacesThatAskAlike) {
  QueueOrder order(kFair);
  for (const char* name : {"a1", "a2", "a3"}) order.Add("a", name, 1000, kGi);
  for (const char* name : {"b1", "b2", "b3"}) order.Add("b", name, 1000, kGi);
  EXPECT_EQ(order.Names(), "a1 b1 a2 b2 a3 b3");
}

// The example of the DRF paper (NSDI 2011): 9 CPUs and 18 GB; A's tasks need <1 CPU, 4 GB>,
// B's <3 CPU, 1 GB>. A runs three for each two of B, so that both have 2/3.
TEST(DominantResourceFairness, GivesEqualDominantShares) {
  QueueOrder order(kFair);
  order.world.AddNode("a", 9000, 18 * kGi);
  for (int i = 1; i <= 6; ++i) order.Add("a", absl::StrCat("a", i), 1000, 4 * kGi);
  for (int i = 1; i <= 6; ++i) order.Add("b", absl::StrCat("b", i), 3000, kGi);
  int of_a = 0;
  for (int i = 0; i < 5; ++i) of_a += order.Next()[0] == 'a' ? 1 : 0;
  EXPECT_EQ(of_a, 3);
}

TEST(DominantResourceFairness, KeepsWeights) {
  QueueOrder order(kFair, {{"DominantResourceFairness.weights.b", "2"}});
  for (int i = 1; i <= 6; ++i) order.Add("a", absl::StrCat("a", i), 1000, 0);
  for (int i = 1; i <= 6; ++i) order.Add("b", absl::StrCat("b", i), 1000, 0);
  int of_b = 0;
  for (int i = 0; i < 6; ++i) of_b += order.Next()[0] == 'b' ? 1 : 0;
  EXPECT_EQ(of_b, 4);
}

TEST(DominantResourceFairness, LetsNobodySaveUp) {
  QueueOrder order(kFair);
  for (int i = 1; i <= 4; ++i) order.Add("a", absl::StrCat("a", i), 1000, 0);
  for (int i = 0; i < 3; ++i) order.Next();
  // b comes late: it shares from now on, and does not make up for what it did not ask for.
  for (int i = 1; i <= 3; ++i) order.Add("b", absl::StrCat("b", i), 1000, 0);
  order.Add("a", "a5", 1000, 0);
  EXPECT_EQ(order.Names(), "b1 a4 b2 b3 a5");
}

TEST(DominantResourceFairness, PutsPriorityFirst) {
  QueueOrder order(kFair);
  order.Add("a", "a1", 1000, 0);
  order.Add("b", "b1", 1000, 0);
  order.Add("a", "a2", 1000, 0, /*priority=*/5);
  EXPECT_EQ(order.Names(), "a2 a1 b1");
}

TEST(DominantResourceFairness, LetsAPodThatComesBackKeepItsPlace) {
  QueueOrder order(kFair);
  order.Add("a", "a1", 1000, 0);
  order.Add("a", "a2", 1000, 0);
  order.Add("b", "b1", 1000, 0);
  order.Add("b", "b2", 1000, 0);
  order.Again("a1");
  EXPECT_EQ(order.Names(), "b1 a1 a2 b2") << "behind b1 by its time, before a2 by its share";
}

TEST(DominantResourceFairness, CountsExtendedResourcesAndWhatNodesOffer) {
  QueueOrder order(kFair);
  const ResourceId device = order.world.cluster.resource_names.Intern("example.com/device");
  order.world.AddNode("b", [&](NodeSpec& spec) { spec.allocatable.extended = {{device, 2}}; });
  const auto add = [&](const std::string& ns, const std::string& name, bool wants_device) {
    order.Add(order.world.NewPod(name, [&](PodShape& shape) {
      shape.ns = ns;
      shape.requests.cpu_millis = 1000;
      if (wants_device) shape.requests.extended = {{device, 1}};
    }));
  };
  for (const char* name : {"a1", "a2"}) add("a", name, true);
  for (const char* name : {"b1", "b2", "b3"}) add("b", name, false);
  EXPECT_EQ(order.Names(), "a1 b1 b2 b3 a2") << "a device is half of all there are";
}

TEST(DominantResourceFairness, RefusesWeightsThatAreNone) {
  World world;
  PluginArgs args;
  args.parameters = {{"DominantResourceFairness.weights.a", "0"}};
  const PluginContext context{world.cluster, rt::Random(1, "plugins")};
  const PluginFactory& factory = *world.registry.Find(kFair);
  EXPECT_THAT(std::string(factory(args, context).status().message()),
              HasSubstr("weights.a: expected a number above 0, got \"0\""));
  args.parameters = {{"DominantResourceFairness.weight.a", "1"}};
  EXPECT_THAT(std::string(factory(args, context).status().message()),
              HasSubstr("unknown argument weight.a"));
}

}  // namespace
}  // namespace drydock::scheduler
