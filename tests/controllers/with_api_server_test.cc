// The cluster's housekeepers against the real API server: deletion of each kind, a
// namespace's end, a silent node, a service's endpoints.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/service.h"
#include "src/api/discovery_v1.h"
#include "src/api/maps.h"
#include "src/client/informer.h"
#include "src/controllers/endpoint_slice/endpoint_slice_controller.h"
#include "src/controllers/garbage_collector/garbage_collector.h"
#include "src/controllers/namespace/namespace_controller.h"
#include "src/controllers/node_lifecycle/node_lifecycle_controller.h"
#include "src/controllers/pod_gc/pod_gc_controller.h"
#include "src/controllers/taint_eviction/taint_eviction_controller.h"
#include "src/controllers/taints/taints.h"
#include "tests/support/test_cluster.h"

namespace drydock::controllers {
namespace {

class WithApiServer : public testing::Test {
 protected:
  WithApiServer() {
    AddNamespace("ns");
    tasks_.Spawn(Run());
    cluster_.RunFor(absl::Seconds(1));
  }

  rt::Task<> Run() {
    informers_.Start(tasks_);
    co_await informers_.WaitForSync();
    tasks_.Spawn(collector_.Run());
    tasks_.Spawn(namespaces_.Run());
    tasks_.Spawn(nodes_.Run());
    tasks_.Spawn(evictions_.Run());
    tasks_.Spawn(pod_gc_.Run());
    tasks_.Spawn(slices_.Run());
  }

  void AddNamespace(const std::string& name) {
    api::Namespace ns;
    ns.mutable_metadata()->set_name(name);
    cluster_.Create(std::move(ns));
  }
  static api::Pod NewPod(const std::string& ns, const std::string& name) {
    api::Pod pod;
    pod.mutable_metadata()->set_namespace_(ns);
    pod.mutable_metadata()->set_name(name);
    api::Set(pod.mutable_metadata()->mutable_labels(), "app", "web");
    api::Container& container = *pod.mutable_spec()->add_containers();
    container.set_name("main");
    container.set_image("web:1");
    return pod;
  }
  api::Ref<api::ReplicaSet> AddSet(const std::string& name) {
    api::ReplicaSet set;
    set.mutable_metadata()->set_namespace_("ns");
    set.mutable_metadata()->set_name(name);
    set.mutable_spec()->set_replicas(0);
    api::Set(set.mutable_spec()->mutable_selector()->mutable_match_labels(), "app", "web");
    const api::Pod pod = NewPod("ns", "template");
    *set.mutable_spec()->mutable_template_()->mutable_metadata()->mutable_labels() =
        pod.metadata().labels();
    *set.mutable_spec()->mutable_template_()->mutable_spec() = pod.spec();
    return cluster_.Create(std::move(set));
  }
  void AddOwnedPod(const std::string& name, const api::ReplicaSet& set) {
    api::Pod pod = NewPod("ns", name);
    api::OwnerReference& owner = *pod.mutable_metadata()->add_owner_references();
    owner.set_api_version("apps/v1");
    owner.set_kind("ReplicaSet");
    owner.set_name(set.metadata().name());
    owner.set_uid(set.metadata().uid());
    owner.set_controller(true);
    owner.set_block_owner_deletion(true);
    cluster_.Create(std::move(pod));
  }
  absl::Status DeleteSet(const std::string& name, api::Propagation propagation) {
    client::DeleteOptions options;
    options.propagation = propagation;
    const absl::Status deleted = cluster_.Delete<api::ReplicaSet>("ns", name, options);
    cluster_.RunFor(absl::Seconds(30));
    return deleted;
  }

  testing_support::TestCluster cluster_;
  sim::Machine& machine_ = cluster_.AddMachine("controllers");
  client::Client& client_ = cluster_.NewClient(machine_, "kube-controller-manager");
  client::InformerFactory informers_{client_};
  GarbageCollector collector_{machine_, client_, informers_, {}};
  NamespaceController namespaces_{machine_, client_, informers_};
  NodeLifecycleController nodes_{machine_, client_, informers_, {}};
  TaintEvictionController evictions_{machine_, client_, informers_};
  PodGcController pod_gc_{machine_, client_, informers_, {}};
  EndpointSliceController slices_{machine_, client_, informers_, {}};
  rt::TaskGroup tasks_;
};

TEST_F(WithApiServer, InTheBackgroundPodsGoAfterTheirSet) {
  const api::Ref<api::ReplicaSet> set = AddSet("web");
  for (int i = 0; i < 3; ++i) AddOwnedPod(absl::StrCat("p", i), *set);
  cluster_.Create(NewPod("ns", "free"));
  EXPECT_TRUE(DeleteSet("web", api::Propagation::kBackground).ok());
  EXPECT_FALSE(cluster_.Get<api::ReplicaSet>("ns", "web"));
  EXPECT_EQ(cluster_.List<api::Pod>("ns").size(), 1u);
}

TEST_F(WithApiServer, InTheForegroundTheSetGoesAfterItsPods) {
  const api::Ref<api::ReplicaSet> set = AddSet("web");
  for (int i = 0; i < 3; ++i) AddOwnedPod(absl::StrCat("p", i), *set);
  cluster_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(DeleteSet("web", api::Propagation::kForeground).ok());
  EXPECT_FALSE(cluster_.Get<api::ReplicaSet>("ns", "web"));
  EXPECT_TRUE(cluster_.List<api::Pod>("ns").empty());
}

TEST_F(WithApiServer, OrphansStay) {
  const api::Ref<api::ReplicaSet> set = AddSet("web");
  AddOwnedPod("p", *set);
  cluster_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(DeleteSet("web", api::Propagation::kOrphan).ok());
  EXPECT_FALSE(cluster_.Get<api::ReplicaSet>("ns", "web"));
  const api::Ref<api::Pod> pod = cluster_.Get<api::Pod>("ns", "p");
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->metadata().owner_references_size(), 0);
}

TEST_F(WithApiServer, ADeletedNamespaceIsEmptiedAndGoes) {
  AddNamespace("old");
  cluster_.Create(NewPod("old", "p"));
  api::ConfigMap config;
  config.mutable_metadata()->set_namespace_("old");
  config.mutable_metadata()->set_name("c");
  cluster_.Create(std::move(config));
  EXPECT_TRUE(cluster_.Delete<api::Namespace>("", "old").ok());
  cluster_.RunFor(absl::Minutes(1));
  EXPECT_FALSE(cluster_.Get<api::Namespace>("", "old"));
  EXPECT_TRUE(cluster_.List<api::Pod>("old").empty());
}

TEST_F(WithApiServer, ASilentNodeLosesItsPodsAfterTheTolerationThatTheyHaveByDefault) {
  for (const char* name : {"a", "b"}) {
    api::Node node;
    node.mutable_metadata()->set_name(name);
    const api::Ref<api::Node> made = cluster_.Create(std::move(node));
    api::Node ready = *made;
    api::NodeCondition& condition = *ready.mutable_status()->add_conditions();
    condition.set_type("Ready");
    condition.set_status("True");
    cluster_.UpdateStatus(std::move(ready));
  }
  api::Pod pod = NewPod("ns", "p");
  pod.mutable_spec()->set_node_name("a");
  cluster_.Create(std::move(pod));
  int64_t heartbeats = 0;
  const auto let_b_speak_alone = [&](int times) {
    for (int i = 0; i < times; ++i) {
      api::Node node = *cluster_.Get<api::Node>("", "b");
      node.mutable_status()->mutable_conditions(0)->mutable_last_heartbeat_time()->set_seconds(
          ++heartbeats);
      cluster_.UpdateStatus(std::move(node));
      cluster_.RunFor(absl::Seconds(10));
    }
  };
  let_b_speak_alone(30);
  EXPECT_TRUE(HasTaint(*cluster_.Get<api::Node>("", "a"), kTaintUnreachable, kNoExecute));
  EXPECT_FALSE(cluster_.Get<api::Pod>("ns", "p")->metadata().has_deletion_timestamp());
  let_b_speak_alone(8);
  EXPECT_TRUE(cluster_.Get<api::Pod>("ns", "p")->metadata().has_deletion_timestamp());
}

TEST_F(WithApiServer, AServiceGetsTheEndpointsOfItsPodsAndTheyGoWithIt) {
  api::Service service;
  service.mutable_metadata()->set_namespace_("ns");
  service.mutable_metadata()->set_name("web");
  api::Set(service.mutable_spec()->mutable_selector(), "app", "web");
  service.mutable_spec()->add_ports()->set_port(80);
  cluster_.Create(std::move(service));
  api::Pod pod = *cluster_.Create(NewPod("ns", "p"));
  pod.mutable_status()->set_phase("Running");
  pod.mutable_status()->set_pod_ip("10.1.0.1");
  pod.mutable_status()->add_pod_ips()->set_ip("10.1.0.1");
  api::PodCondition& ready = *pod.mutable_status()->add_conditions();
  ready.set_type("Ready");
  ready.set_status("True");
  cluster_.UpdateStatus(std::move(pod));
  cluster_.RunFor(absl::Seconds(5));
  const auto slices = cluster_.List<api::EndpointSlice>("ns");
  ASSERT_EQ(slices.size(), 1u);
  ASSERT_EQ(slices[0]->endpoints_size(), 1);
  EXPECT_TRUE(slices[0]->endpoints(0).conditions().ready());
  EXPECT_TRUE(cluster_.Delete<api::Service>("ns", "web").ok());
  cluster_.RunFor(absl::Seconds(10));
  EXPECT_TRUE(cluster_.List<api::EndpointSlice>("ns").empty());
}

}  // namespace
}  // namespace drydock::controllers
