// Pods that nobody else deletes.
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/controllers/pod_gc/pod_gc_controller.h"
#include "tests/controllers/support/controller_world.h"

namespace drydock::controllers {
namespace {

class PodGcTest : public testing::Test {
 protected:
  ~PodGcTest() override { w_.tasks.Clear(); }

  void AddNode(const std::string& name) {
    api::Node node;
    node.mutable_metadata()->set_name(name);
    w_.server.Create(std::move(node));
  }
  void AddPod(const std::string& name, const std::string& node, const std::string& phase,
              bool deleting = false) {
    api::Pod pod;
    pod.mutable_metadata()->set_namespace_("ns");
    pod.mutable_metadata()->set_name(name);
    pod.mutable_metadata()->mutable_creation_timestamp()->set_seconds(++created_);
    if (deleting) pod.mutable_metadata()->mutable_deletion_timestamp()->set_seconds(1);
    if (!node.empty()) pod.mutable_spec()->set_node_name(node);
    pod.mutable_status()->set_phase(phase);
    w_.server.Create(std::move(pod));
  }

  ControllerWorld w_;
  PodGcController controller_{w_.machine, w_.client, w_.informers, {.terminated_pod_threshold = 3}};
  int64_t created_ = 0;
};

TEST_F(PodGcTest, PodsOfANodeThatIsGoneGoAfterTheQuarantine) {
  AddNode("a");
  AddPod("p", "a", "Running");
  AddPod("never", "no-such-node", "Running");
  w_.Start(controller_);
  w_.RunFor(absl::Seconds(30));
  EXPECT_EQ(w_.List<api::Pod>().size(), 2u);
  w_.RunFor(absl::Seconds(40));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "never"));
  w_.server.Delete(api::KindOf<api::Node>(), "", "a");
  w_.RunFor(absl::Seconds(39));
  EXPECT_TRUE(w_.Get<api::Pod>("ns", "p"));
  w_.RunFor(absl::Seconds(45));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "p"));
  EXPECT_EQ(controller_.metrics().orphaned, 2u);
}

TEST_F(PodGcTest, ANodeThatComesBackInTimeKeepsItsPods) {
  AddNode("a");
  AddPod("p", "a", "Running");
  w_.Start(controller_);
  w_.server.Delete(api::KindOf<api::Node>(), "", "a");
  w_.RunFor(absl::Seconds(30));
  AddNode("a");
  w_.RunFor(absl::Minutes(5));
  EXPECT_TRUE(w_.Get<api::Pod>("ns", "p"));
}

TEST_F(PodGcTest, APodThatWasDeletedBeforeItWasBoundGoes) {
  AddPod("p", "", "Pending", true);
  AddPod("q", "", "Pending");
  w_.Start(controller_);
  w_.RunFor(absl::Seconds(25));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "p"));
  EXPECT_TRUE(w_.Get<api::Pod>("ns", "q"));
}

TEST_F(PodGcTest, TheOldestFinishedPodsGoBeyondTheThreshold) {
  AddNode("a");
  for (int i = 0; i < 5; ++i) AddPod(absl::StrCat("p", i), "a", "Succeeded");
  w_.Start(controller_);
  w_.RunFor(absl::Seconds(25));
  EXPECT_EQ(w_.List<api::Pod>().size(), 3u);
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "p0"));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "p1"));
}

}  // namespace
}  // namespace drydock::controllers
