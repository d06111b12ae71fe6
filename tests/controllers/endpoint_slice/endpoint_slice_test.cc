// From services and pods to slices.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/service.h"
#include "src/api/discovery_v1.h"
#include "src/api/int_or_string.h"
#include "src/api/maps.h"
#include "src/controllers/endpoint_slice/endpoint_slice_controller.h"
#include "tests/controllers/support/controller_world.h"

namespace drydock::controllers {
namespace {

class EndpointSliceTest : public testing::Test {
 protected:
  ~EndpointSliceTest() override { w_.tasks.Clear(); }

  static api::Service NewService(const std::string& name, const std::string& app) {
    api::Service service;
    service.mutable_metadata()->set_namespace_("ns");
    service.mutable_metadata()->set_name(name);
    service.mutable_spec()->set_cluster_ip("10.96.0.1");
    api::Set(service.mutable_spec()->mutable_selector(), "app", app);
    api::ServicePort& port = *service.mutable_spec()->add_ports();
    port.set_name("web");
    port.set_port(80);
    *port.mutable_target_port() = api::FromString("http");
    return service;
  }
  void AddPod(const std::string& name, const std::string& app, int port = 8080) {
    api::Pod pod;
    pod.mutable_metadata()->set_namespace_("ns");
    pod.mutable_metadata()->set_name(name);
    api::Set(pod.mutable_metadata()->mutable_labels(), "app", app);
    pod.mutable_spec()->set_node_name("node-1");
    api::ContainerPort& container = *pod.mutable_spec()->add_containers()->add_ports();
    container.set_name("http");
    container.set_container_port(port);
    pod.mutable_status()->set_phase("Running");
    pod.mutable_status()->set_pod_ip(absl::StrCat("10.1.0.", ++addresses_));
    pod.mutable_status()->add_pod_ips()->set_ip(pod.status().pod_ip());
    api::PodCondition& ready = *pod.mutable_status()->add_conditions();
    ready.set_type("Ready");
    ready.set_status("True");
    w_.server.Create(std::move(pod));
  }
  void SetReady(const std::string& name, bool ready) {
    api::Pod pod = *w_.Get<api::Pod>("ns", name);
    pod.mutable_status()->mutable_conditions(0)->set_status(ready ? "True" : "False");
    w_.server.Update(std::move(pod));
    w_.RunFor(absl::Seconds(1));
  }
  std::vector<api::Ref<api::EndpointSlice>> Slices() const { return w_.List<api::EndpointSlice>(); }

  ControllerWorld w_;
  EndpointSliceController controller_{w_.machine, w_.client, w_.informers, {}};
  int addresses_ = 0;
};

TEST_F(EndpointSliceTest, ASliceSaysWhereThePodsOfAServiceAre) {
  api::Node node;
  node.mutable_metadata()->set_name("node-1");
  api::Set(node.mutable_metadata()->mutable_labels(), "topology.kubernetes.io/zone", "z1");
  w_.server.Create(std::move(node));
  w_.server.Create(NewService("web", "web"));
  AddPod("a", "web");
  AddPod("other", "else");
  w_.Start(controller_);
  ASSERT_EQ(Slices().size(), 1u);
  const api::EndpointSlice& slice = *Slices()[0];
  EXPECT_EQ(*api::Find(slice.metadata().labels(), "kubernetes.io/service-name"), "web");
  EXPECT_EQ(*api::Find(slice.metadata().labels(), "endpointslice.kubernetes.io/managed-by"),
            "endpointslice-controller.k8s.io");
  EXPECT_EQ(slice.metadata().owner_references(0).kind(), "Service");
  EXPECT_EQ(slice.address_type(), "IPv4");
  ASSERT_EQ(slice.ports_size(), 1);
  EXPECT_EQ(slice.ports(0).port(), 8080);
  EXPECT_EQ(slice.ports(0).name(), "web");
  ASSERT_EQ(slice.endpoints_size(), 1);
  const api::Endpoint& endpoint = slice.endpoints(0);
  EXPECT_EQ(endpoint.addresses(0), "10.1.0.1");
  EXPECT_TRUE(endpoint.conditions().ready());
  EXPECT_TRUE(endpoint.conditions().serving());
  EXPECT_FALSE(endpoint.conditions().terminating());
  EXPECT_EQ(endpoint.node_name(), "node-1");
  EXPECT_EQ(endpoint.zone(), "z1");
  EXPECT_EQ(endpoint.target_ref().name(), "a");
}

TEST_F(EndpointSliceTest, ReadinessFollowsThePod) {
  w_.server.Create(NewService("web", "web"));
  AddPod("a", "web");
  w_.Start(controller_);
  SetReady("a", false);
  EXPECT_FALSE(Slices()[0]->endpoints(0).conditions().ready());
  SetReady("a", true);
  EXPECT_TRUE(Slices()[0]->endpoints(0).conditions().ready());
  EXPECT_EQ(controller_.metrics().updated, 2u);
}

TEST_F(EndpointSliceTest, ATerminatingPodServesAndIsNotReady) {
  w_.server.Create(NewService("web", "web"));
  AddPod("a", "web");
  w_.Start(controller_);
  api::Pod pod = *w_.Get<api::Pod>("ns", "a");
  pod.mutable_metadata()->mutable_deletion_timestamp()->set_seconds(1);
  w_.server.Update(std::move(pod));
  w_.RunFor(absl::Seconds(1));
  const api::EndpointConditions& conditions = Slices()[0]->endpoints(0).conditions();
  EXPECT_FALSE(conditions.ready());
  EXPECT_TRUE(conditions.serving());
  EXPECT_TRUE(conditions.terminating());
}

TEST_F(EndpointSliceTest, PodsWithOtherPortsHaveSlicesOfTheirOwn) {
  w_.server.Create(NewService("web", "web"));
  AddPod("a", "web", 8080);
  AddPod("b", "web", 9090);
  w_.Start(controller_);
  ASSERT_EQ(Slices().size(), 2u);
  EXPECT_NE(Slices()[0]->ports(0).port(), Slices()[1]->ports(0).port());
}

TEST_F(EndpointSliceTest, AServiceWithoutPodsHasAnEmptySlice) {
  w_.server.Create(NewService("web", "web"));
  w_.Start(controller_);
  ASSERT_EQ(Slices().size(), 1u);
  EXPECT_EQ(Slices()[0]->endpoints_size(), 0);
  AddPod("a", "web");
  w_.RunFor(absl::Seconds(1));
  ASSERT_EQ(Slices().size(), 1u);
  EXPECT_EQ(Slices()[0]->endpoints_size(), 1);
  w_.server.Delete(api::KindOf<api::Pod>(), "ns", "a");
  w_.RunFor(absl::Seconds(1));
  ASSERT_EQ(Slices().size(), 1u);
  EXPECT_EQ(Slices()[0]->endpoints_size(), 0);
}

TEST_F(EndpointSliceTest, APodThatChangesItsLabelsChangesItsService) {
  w_.server.Create(NewService("one", "one"));
  w_.server.Create(NewService("two", "two"));
  AddPod("a", "one");
  w_.Start(controller_);
  api::Pod pod = *w_.Get<api::Pod>("ns", "a");
  api::Set(pod.mutable_metadata()->mutable_labels(), "app", "two");
  w_.server.Update(std::move(pod));
  w_.RunFor(absl::Seconds(1));
  for (const auto& slice : Slices()) {
    const bool two = *api::Find(slice->metadata().labels(), "kubernetes.io/service-name") == "two";
    EXPECT_EQ(slice->endpoints_size(), two ? 1 : 0);
  }
}

TEST_F(EndpointSliceTest, AHeadlessServiceIsMarkedSo) {
  api::Service service = NewService("web", "web");
  service.mutable_spec()->set_cluster_ip("None");
  w_.server.Create(std::move(service));
  AddPod("a", "web");
  w_.Start(controller_);
  EXPECT_TRUE(api::Contains(Slices()[0]->metadata().labels(), "service.kubernetes.io/headless"));
}

TEST_F(EndpointSliceTest, WithoutChangesThereAreNoWrites) {
  w_.server.Create(NewService("web", "web"));
  for (int i = 0; i < 150; ++i) AddPod(absl::StrCat("p", i), "web");
  w_.Start(controller_);
  EXPECT_EQ(Slices().size(), 2u);
  const int64_t revision = w_.server.revision();
  w_.RunFor(absl::Minutes(10));
  EXPECT_EQ(w_.server.revision(), revision);
}

}  // namespace
}  // namespace drydock::controllers
