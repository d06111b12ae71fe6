// Nodes that fall silent, zones that fail, and what becomes of their pods.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/api/maps.h"
#include "src/controllers/node_lifecycle/node_lifecycle_controller.h"
#include "src/controllers/taint_eviction/taint_eviction_controller.h"
#include "src/controllers/taints/taints.h"
#include "tests/controllers/support/controller_world.h"

namespace drydock::controllers {
namespace {

class NodeLifecycleTest : public testing::Test {
 protected:
  ~NodeLifecycleTest() override { w_.tasks.Clear(); }

  void AddNode(const std::string& name, const std::string& zone) {
    api::Node node;
    node.mutable_metadata()->set_name(name);
    api::Set(node.mutable_metadata()->mutable_labels(), "topology.kubernetes.io/zone", zone);
    for (const char* type : {"MemoryPressure", "DiskPressure", "PIDPressure", "Ready"}) {
      api::NodeCondition& condition = *node.mutable_status()->add_conditions();
      condition.set_type(type);
      condition.set_status(std::string(type) == "Ready" ? "True" : "False");
      condition.mutable_last_heartbeat_time()->set_seconds(1);
    }
    w_.server.Create(std::move(node));
    api::Lease lease;
    lease.mutable_metadata()->set_namespace_("kube-node-lease");
    lease.mutable_metadata()->set_name(name);
    w_.server.Create(std::move(lease));
    alive_.push_back(name);
  }
  void AddPod(const std::string& name, const std::string& node, int64_t toleration_seconds) {
    api::Pod pod;
    pod.mutable_metadata()->set_namespace_("ns");
    pod.mutable_metadata()->set_name(name);
    pod.mutable_spec()->set_node_name(node);
    api::Toleration& toleration = *pod.mutable_spec()->add_tolerations();
    toleration.set_key(kTaintUnreachable);
    toleration.set_operator_("Exists");
    toleration.set_effect(kNoExecute);
    toleration.set_toleration_seconds(toleration_seconds);
    api::PodCondition& ready = *pod.mutable_status()->add_conditions();
    ready.set_type("Ready");
    ready.set_status("True");
    w_.server.Create(std::move(pod));
  }
  // Lets time pass; the leases of the nodes that live are renewed every ten seconds.
  void RunFor(absl::Duration duration) {
    for (absl::Duration past; past < duration; past += absl::Seconds(10)) {
      for (const std::string& name : alive_) {
        api::Lease lease = *w_.Get<api::Lease>("kube-node-lease", name);
        lease.mutable_spec()->mutable_renew_time()->set_seconds(++renewals_);
        w_.server.Update(std::move(lease));
      }
      w_.RunFor(std::min(absl::Seconds(10), duration - past));
    }
  }
  void Silence(const std::string& name) { std::erase(alive_, name); }
  // It posts its status again, as a kubelet does that is back.
  void Revive(const std::string& name) {
    alive_.push_back(name);
    api::Node node = *w_.Get<api::Node>("", name);
    for (api::NodeCondition& condition : *node.mutable_status()->mutable_conditions()) {
      condition.set_status(condition.type() == "Ready" ? "True" : "False");
      condition.mutable_last_heartbeat_time()->set_seconds(++renewals_ + 1000);
    }
    w_.server.Update(std::move(node));
  }
  std::string ReadyOf(const std::string& name) const {
    return FindNodeCondition(w_.Get<api::Node>("", name)->status(), "Ready")->status();
  }
  int CountTainted() const {
    int tainted = 0;
    for (const auto& node : w_.List<api::Node>()) {
      tainted += HasTaint(*node, kTaintUnreachable, kNoExecute) ? 1 : 0;
    }
    return tainted;
  }

  ControllerWorld w_;
  NodeLifecycleController nodes_{w_.machine, w_.client, w_.informers, {}};
  TaintEvictionController evictions_{w_.machine, w_.client, w_.informers};
  std::vector<std::string> alive_;
  int64_t renewals_ = 0;

  void Start() {
    w_.Start(nodes_);
    w_.tasks.Spawn(evictions_.Run());
  }
};

TEST_F(NodeLifecycleTest, ASilentNodeBecomesUnknownAfterTheGracePeriodAndNotBefore) {
  AddNode("a", "z1");
  AddNode("b", "z1");
  Start();
  RunFor(absl::Seconds(60));
  Silence("a");
  RunFor(absl::Seconds(40));
  EXPECT_EQ(ReadyOf("a"), "True");
  RunFor(absl::Seconds(20));
  EXPECT_EQ(ReadyOf("a"), "Unknown");
  EXPECT_EQ(ReadyOf("b"), "True");
  const api::NodeCondition* ready =
      FindNodeCondition(w_.Get<api::Node>("", "a")->status(), "Ready");
  EXPECT_EQ(ready->reason(), "NodeStatusUnknown");
  EXPECT_EQ(ready->message(), "Kubelet stopped posting node status.");
}

TEST_F(NodeLifecycleTest, ASilentNodeIsTaintedAndItsPodsAreNotReady) {
  AddNode("a", "z1");
  AddNode("b", "z1");
  AddPod("p", "a", 300);
  Start();
  Silence("a");
  RunFor(absl::Seconds(80));
  const auto node = w_.Get<api::Node>("", "a");
  EXPECT_TRUE(HasTaint(*node, kTaintUnreachable, kNoSchedule));
  EXPECT_TRUE(HasTaint(*node, kTaintUnreachable, kNoExecute));
  EXPECT_EQ(w_.Get<api::Pod>("ns", "p")->status().conditions(0).status(), "False");
  EXPECT_EQ(nodes_.metrics().pods_not_ready, 1u);
}

TEST_F(NodeLifecycleTest, PodsGoWhenTheirTolerationRunsOut) {
  AddNode("a", "z1");
  AddNode("b", "z1");
  AddPod("short", "a", 30);
  AddPod("long", "a", 300);
  Start();
  Silence("a");
  RunFor(absl::Seconds(140));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "short"));
  EXPECT_TRUE(w_.Get<api::Pod>("ns", "long"));
  RunFor(absl::Seconds(300));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "long"));
  EXPECT_EQ(evictions_.metrics().evicted, 2u);
}

TEST_F(NodeLifecycleTest, ANodeThatComesBackKeepsItsPodsAndLosesItsTaints) {
  AddNode("a", "z1");
  AddNode("b", "z1");
  AddPod("p", "a", 300);
  Start();
  Silence("a");
  RunFor(absl::Seconds(120));
  EXPECT_EQ(CountTainted(), 1);
  Revive("a");
  RunFor(absl::Seconds(600));
  EXPECT_EQ(w_.Get<api::Node>("", "a")->spec().taints_size(), 0);
  EXPECT_TRUE(w_.Get<api::Pod>("ns", "p"));
  EXPECT_EQ(evictions_.metrics().cancelled, 1u);
}

TEST_F(NodeLifecycleTest, NodesOfAZoneAreTaintedOneInTenSeconds) {
  for (int i = 0; i < 10; ++i) AddNode(absl::StrCat("n", i), "z1");
  Start();
  RunFor(absl::Seconds(30));
  for (int i = 0; i < 4; ++i) Silence(absl::StrCat("n", i));
  RunFor(absl::Seconds(60));
  EXPECT_LE(CountTainted(), 2);
  RunFor(absl::Seconds(40));
  EXPECT_EQ(CountTainted(), 4);
}

TEST_F(NodeLifecycleTest, ASmallZoneThatFailsPartlyIsLeftAlone) {
  for (int i = 0; i < 10; ++i) AddNode(absl::StrCat("n", i), "z1");
  Start();
  RunFor(absl::Seconds(30));
  for (int i = 0; i < 7; ++i) Silence(absl::StrCat("n", i));
  RunFor(absl::Seconds(300));
  EXPECT_EQ(nodes_.zone_state("/z1"), ZoneState::kPartialDisruption);
  EXPECT_LE(CountTainted(), 1);
}

TEST_F(NodeLifecycleTest, WhenEveryNodeIsSilentNobodyIsEvicted) {
  for (int i = 0; i < 6; ++i) {
    AddNode(absl::StrCat("n", i), i < 3 ? "z1" : "z2");
    AddPod(absl::StrCat("p", i), absl::StrCat("n", i), 5);
  }
  Start();
  RunFor(absl::Seconds(30));
  const std::vector<std::string> all = alive_;
  for (const std::string& name : all) Silence(name);
  RunFor(absl::Minutes(30));
  EXPECT_EQ(nodes_.zone_state("/z1"), ZoneState::kFullDisruption);
  EXPECT_EQ(CountTainted(), 0);
  EXPECT_EQ(w_.List<api::Pod>().size(), 6u);
}

TEST_F(NodeLifecycleTest, ACordonedNodeGetsItsTaintAndLosesIt) {
  AddNode("a", "z1");
  Start();
  api::Node node = *w_.Get<api::Node>("", "a");
  node.mutable_spec()->set_unschedulable(true);
  w_.server.Update(std::move(node));
  RunFor(absl::Seconds(5));
  EXPECT_TRUE(HasTaint(*w_.Get<api::Node>("", "a"), kTaintUnschedulable, kNoSchedule));
  node = *w_.Get<api::Node>("", "a");
  node.mutable_spec()->set_unschedulable(false);
  w_.server.Update(std::move(node));
  RunFor(absl::Seconds(5));
  EXPECT_EQ(w_.Get<api::Node>("", "a")->spec().taints_size(), 0);
}

TEST(ToleratedFor, TheShortestOfTheUsedTolerationsHolds) {
  google::protobuf::RepeatedPtrField<api::Toleration> tolerations;
  api::Taint taint;
  taint.set_key("k");
  taint.set_effect(kNoExecute);
  EXPECT_EQ(ToleratedFor(tolerations, {taint}), absl::ZeroDuration());
  api::Toleration& one = *tolerations.Add();
  one.set_key("k");
  one.set_operator_("Exists");
  EXPECT_EQ(ToleratedFor(tolerations, {taint}), absl::InfiniteDuration());
  one.set_toleration_seconds(20);
  api::Taint other = taint;
  other.set_key("other");
  api::Toleration& two = *tolerations.Add();
  two.set_key("other");
  two.set_toleration_seconds(10);
  EXPECT_EQ(ToleratedFor(tolerations, {taint}), absl::Seconds(20));
  EXPECT_EQ(ToleratedFor(tolerations, {taint, other}), absl::Seconds(10));
}

}  // namespace
}  // namespace drydock::controllers
