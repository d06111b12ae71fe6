// What the recorder makes of changes to a cluster.
#include "sim/measure/recorder.h"

#include <string>

#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"

namespace drydock::sim {
namespace {

api::Pod MakePod(const std::string& name, const std::string& cpu) {
  api::Pod pod;
  pod.mutable_metadata()->set_name(name);
  pod.mutable_metadata()->set_uid("uid-" + name);
  api::Container* container = pod.mutable_spec()->add_containers();
  api::MutableEntry(container->mutable_resources()->mutable_requests(), "cpu")
      ->mutable_value()
      ->set_string(cpu);
  pod.mutable_status()->set_phase("Pending");
  return pod;
}

api::Node MakeNode(const std::string& name, const std::string& cpu, bool ready) {
  api::Node node;
  node.mutable_metadata()->set_name(name);
  for (const auto& [resource, amount] :
       {std::pair<std::string, std::string>{"cpu", cpu}, {"memory", "8Gi"}, {"pods", "110"}}) {
    api::MutableEntry(node.mutable_status()->mutable_allocatable(), resource)
        ->mutable_value()
        ->set_string(amount);
  }
  auto* condition = node.mutable_status()->add_conditions();
  condition->set_type("Ready");
  condition->set_status(ready ? "True" : "Unknown");
  return node;
}

class RecorderTest : public ::testing::Test {
 protected:
  template <typename T>
  void Create(T object, int second) {
    recorder_.Observe(nullptr, api::MakeObject(std::move(object)).object(), absl::Seconds(second));
  }
  template <typename T>
  void Change(T before, T after, int second) {
    recorder_.Observe(api::MakeObject(std::move(before)).object(),
                      api::MakeObject(std::move(after)).object(), absl::Seconds(second));
  }
  template <typename T>
  void Remove(T object, int second) {
    recorder_.Observe(api::MakeObject(std::move(object)).object(), nullptr, absl::Seconds(second));
  }
  double Value(const std::string& name, const std::string& argument) {
    const absl::StatusOr<double> value = recorder_.Value(name, argument);
    EXPECT_TRUE(value.ok()) << value.status();
    return value.ok() ? *value : -1;
  }

  Recorder recorder_;
};

TEST_F(RecorderTest, FollowsAPodFromItsCreationToItsEnd) {
  const api::Pod created = MakePod("a", "500m");
  Create(created, 10);
  EXPECT_EQ(Value("pending", "pods"), 1);

  api::Pod bound = created;
  bound.mutable_spec()->set_node_name("n1");
  Change(created, bound, 12);
  api::Pod running = bound;
  running.mutable_status()->set_phase("Running");
  Change(bound, running, 15);
  EXPECT_EQ(Value("running", "pods"), 1);
  EXPECT_EQ(recorder_.pods().scheduled, 1u);
  EXPECT_EQ(recorder_.pods().started, 1u);
  EXPECT_EQ(recorder_.pods().pending.Max(), absl::Seconds(2));
  EXPECT_EQ(recorder_.pods().start.Max(), absl::Seconds(5));

  Remove(running, 20);
  EXPECT_EQ(Value("running", "pods"), 0);
  EXPECT_EQ(recorder_.pods().deleted, 1u);
}

TEST_F(RecorderTest, CountsARequestOnItsNodeUntilThePodEnds) {
  Create(MakeNode("n1", "4", true), 0);
  const api::Pod created = MakePod("a", "1");
  Create(created, 1);
  recorder_.Sample(absl::Seconds(1));
  api::Pod bound = created;
  bound.mutable_spec()->set_node_name("n1");
  Change(created, bound, 2);
  recorder_.Sample(absl::Seconds(2));
  api::Pod done = bound;
  done.mutable_status()->set_phase("Succeeded");
  Change(bound, done, 3);
  recorder_.Sample(absl::Seconds(3));
  Remove(done, 4);
  recorder_.Sample(absl::Seconds(4));
  EXPECT_EQ(recorder_.series().cpu, (std::vector<double>{0, 0.25, 0, 0}));
}

TEST_F(RecorderTest, CountsReadyNodes) {
  Create(MakeNode("n1", "4", true), 0);
  Create(MakeNode("n2", "4", true), 0);
  EXPECT_EQ(Value("ready", "nodes"), 2);
  Change(MakeNode("n2", "4", true), MakeNode("n2", "4", false), 1);
  EXPECT_EQ(Value("ready", "nodes"), 1);
  Remove(MakeNode("n1", "4", true), 2);
  EXPECT_EQ(Value("ready", "nodes"), 0);
  EXPECT_EQ(Value("count", "nodes"), 1);
}

TEST_F(RecorderTest, MeasuresFreeCpuWhereAMeanPodDoesNotFit) {
  Create(MakeNode("n1", "4", true), 0);
  Create(MakeNode("n2", "4", true), 0);
  for (const char* name : {"a", "b"}) {
    const api::Pod created = MakePod(name, name[0] == 'a' ? "3500m" : "500m");
    Create(created, 1);
    api::Pod bound = created;
    bound.mutable_spec()->set_node_name(name[0] == 'a' ? "n1" : "n2");
    Change(created, bound, 1);
  }
  recorder_.Sample(absl::Seconds(1));
  // A mean pod asks for 2; n1 has 0.5 free, n2 has 3.5.
  EXPECT_DOUBLE_EQ(recorder_.series().cpu_fragmentation.back(), 0.125);
}

TEST_F(RecorderTest, ReadsTheStatusOfWorkloads) {
  api::Deployment web;
  web.mutable_metadata()->set_name("web");
  web.mutable_metadata()->set_namespace_("default");
  web.mutable_metadata()->set_generation(2);
  web.mutable_spec()->set_replicas(3);
  Create(web, 0);
  EXPECT_EQ(Value("available", "deployment/web"), 0);
  EXPECT_EQ(Value("converged", ""), 0);
  api::Deployment done = web;
  done.mutable_status()->set_observed_generation(2);
  done.mutable_status()->set_replicas(3);
  done.mutable_status()->set_updated_replicas(3);
  done.mutable_status()->set_available_replicas(3);
  Change(web, done, 1);
  EXPECT_EQ(Value("available", "deployment/web"), 3);
  EXPECT_EQ(Value("available", "default/deployment/web"), 3);
  EXPECT_EQ(Value("converged", ""), 1);
  EXPECT_EQ(Value("available", "deployment/missing"), 0);
}

TEST_F(RecorderTest, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(recorder_.Value("speed", "").ok());
  EXPECT_FALSE(recorder_.Value("available", "web").ok());
}

}  // namespace
}  // namespace drydock::sim
