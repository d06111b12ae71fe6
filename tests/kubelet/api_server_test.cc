// The kubelet against the real API server: what the small fake of the other tests may
// have got wrong.
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "sim/runtime/container_runtime.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/kubelet/kubelet.h"
#include "tests/kubelet/harness.h"
#include "tests/support/test_cluster.h"

namespace drydock::kubelet {
namespace {

TEST(KubeletWithApiServer, RunsAndDeletesAPod) {
  testing_support::TestCluster cluster;
  sim::Machine& node = cluster.AddMachine("node");
  const sim::RuntimeModel model = PlainModel();
  sim::SimContainerRuntime runtime(node, model, "10.1.2.0/24", nullptr, nullptr);
  Kubelet kubelet(node, cluster.NewClient(node, "kubelet"), runtime, PlainConfig());
  rt::TaskGroup tasks;  // Dies before the kubelet.
  tasks.Spawn(kubelet.Run());
  ASSERT_TRUE(cluster.RunUntil([&] { return kubelet.registered(); }));

  api::Pod pod = MakePod("web");
  pod.mutable_metadata()->set_namespace_("default");
  pod.mutable_spec()->set_node_name("node");
  cluster.Create(std::move(pod));
  const auto phase = [&] { return cluster.Get<api::Pod>("default", "web")->status().phase(); };
  cluster.RunFor(absl::Seconds(5));
  EXPECT_EQ(phase(), "Running");
  EXPECT_EQ(cluster.Get<api::Pod>("default", "web")->spec().containers(0).name(), "main");

  const api::Ref<api::Node> stored = cluster.Get<api::Node>("", "node");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->status().capacity_size(), 3);

  ASSERT_TRUE(cluster.Delete<api::Pod>("default", "web").ok());
  cluster.RunFor(absl::Seconds(5));
  EXPECT_FALSE(cluster.Get<api::Pod>("default", "web"));
  EXPECT_EQ(runtime.running_count(), 0u);
  EXPECT_EQ(kubelet.pods().size(), 0u);
}

}  // namespace
}  // namespace drydock::kubelet
