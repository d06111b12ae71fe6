// From API objects: effective requests, shared shapes, and the rules' forms.
#include "src/scheduler/parse.h"

#include "gtest/gtest.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/api/maps.h"

namespace drydock::scheduler {
namespace {

constexpr int64_t kMi = 1 << 20;

using api::Set;

api::Pod NewPod(const std::string& name) {
  api::Pod pod;
  pod.mutable_metadata()->set_namespace_("default");
  pod.mutable_metadata()->set_name(name);
  pod.mutable_metadata()->set_uid("uid-" + name);
  pod.mutable_spec();
  return pod;
}

api::Container* AddContainer(api::Pod& pod, const std::string& cpu, const std::string& memory) {
  api::Container* container = pod.mutable_spec()->add_containers();
  if (!cpu.empty()) Set(container->mutable_resources()->mutable_requests(), "cpu", cpu);
  if (!memory.empty()) Set(container->mutable_resources()->mutable_requests(), "memory", memory);
  return container;
}

api::Container* AddInit(api::Pod& pod, const std::string& cpu, bool sidecar) {
  api::Container* container = pod.mutable_spec()->add_init_containers();
  Set(container->mutable_resources()->mutable_requests(), "cpu", cpu);
  if (sidecar) container->set_restart_policy("Always");
  return container;
}

class Parse : public testing::Test {
 protected:
  PodRef Parsed(const api::Pod& pod) { return ParsePod(cluster, api::MakeObject(pod)); }
  int64_t Cpu(const api::Pod& pod) { return Parsed(pod)->shape->requests.cpu_millis; }
  Cluster cluster;
};

TEST_F(Parse, AddsUpContainersAndOverhead) {
  api::Pod pod = NewPod("p");
  AddContainer(pod, "500m", "1Gi");
  AddContainer(pod, "0.25", "64Mi");
  Set(pod.mutable_spec()->mutable_overhead(), "cpu", "10m");
  const PodRef parsed = Parsed(pod);
  EXPECT_EQ(parsed->shape->requests.cpu_millis, 760);
  EXPECT_EQ(parsed->shape->requests.memory, 1088 * kMi);
}

TEST_F(Parse, TakesTheLargestInitContainerWhenItNeedsMore) {
  api::Pod pod = NewPod("p");
  AddContainer(pod, "500m", "");
  AddInit(pod, "300m", false);
  EXPECT_EQ(Cpu(pod), 500);
  AddInit(pod, "900m", false);
  EXPECT_EQ(Cpu(pod), 900);
}

TEST_F(Parse, CountsSidecarsWithContainersAndWithLaterInitContainers) {
  api::Pod pod = NewPod("p");
  AddContainer(pod, "500m", "");
  AddInit(pod, "200m", true);
  EXPECT_EQ(Cpu(pod), 700);
  AddInit(pod, "600m", false);  // With the sidecar before it: 800m.
  EXPECT_EQ(Cpu(pod), 800);
}

TEST_F(Parse, LetsResourcesOfThePodReplaceThoseOfItsContainers) {
  api::Pod pod = NewPod("p");
  AddContainer(pod, "500m", "1Gi");
  Set(pod.mutable_spec()->mutable_resources()->mutable_requests(), "cpu", "2");
  const PodRef parsed = Parsed(pod);
  EXPECT_EQ(parsed->shape->requests.cpu_millis, 2000);
  EXPECT_EQ(parsed->shape->requests.memory, 1024 * kMi);
  EXPECT_EQ(parsed->shape->nonzero_cpu, 2000);
}

TEST_F(Parse, PutsDefaultsForScoringWhereAContainerRequestsNothing) {
  api::Pod pod = NewPod("p");
  AddContainer(pod, "", "");
  AddContainer(pod, "0", "1Gi");
  const PodRef parsed = Parsed(pod);
  EXPECT_EQ(parsed->shape->requests.cpu_millis, 0);
  EXPECT_EQ(parsed->shape->nonzero_cpu, 100) << "an explicit zero is a zero";
  EXPECT_EQ(parsed->shape->nonzero_memory, (200 + 1024) * kMi);
}

TEST_F(Parse, NumbersExtendedResources) {
  api::Pod pod = NewPod("p");
  Set(AddContainer(pod, "1", "")->mutable_resources()->mutable_requests(), "nvidia.com/gpu", "2");
  const PodRef parsed = Parsed(pod);
  ASSERT_EQ(parsed->shape->requests.extended.size(), 1u);
  EXPECT_EQ(cluster.resource_names.Name(parsed->shape->requests.extended[0].first),
            "nvidia.com/gpu");
  EXPECT_EQ(parsed->shape->requests.extended[0].second, 2);
}

TEST_F(Parse, SharesTheShapeOfPodsThatDifferInNameAlone) {
  api::Pod a = NewPod("a");
  AddContainer(a, "1", "1Gi");
  api::Pod b = a;
  b.mutable_metadata()->set_name("b");
  b.mutable_metadata()->set_uid("uid-b");
  b.mutable_spec()->set_node_name("somewhere");
  EXPECT_EQ(Parsed(a)->shape.get(), Parsed(b)->shape.get());
  b.mutable_spec()->set_priority(5);
  EXPECT_NE(Parsed(a)->shape.get(), Parsed(b)->shape.get());
}

TEST_F(Parse, ReadsTolerationsPortsAndImages) {
  api::Pod pod = NewPod("p");
  api::Container* container = AddContainer(pod, "1", "");
  container->set_image("registry:5000/app");
  container->add_ports()->set_container_port(8080);
  container->add_ports()->set_host_port(80);
  auto* toleration = pod.mutable_spec()->add_tolerations();
  toleration->set_key("k");
  toleration->set_operator_("Exists");
  toleration->set_effect("NoExecute");
  const PodRef parsed = Parsed(pod);
  ASSERT_EQ(parsed->shape->ports.size(), 1u);
  EXPECT_EQ(parsed->shape->ports[0], (HostPort{"0.0.0.0", "TCP", 80}));
  EXPECT_EQ(cluster.symbols.Text(parsed->shape->images[0]), "registry:5000/app:latest");
  EXPECT_TRUE(parsed->shape->Tolerates({"k", "v", TaintEffect::kNoExecute}));
  EXPECT_FALSE(parsed->shape->Tolerates({"k", "v", TaintEffect::kNoSchedule}));
}

TEST_F(Parse, MergesMatchLabelKeysIntoSpreadingAndAffinity) {
  api::Pod pod = NewPod("p");
  api::MutableEntry(pod.mutable_metadata()->mutable_labels(), "app")->set_value("web");
  api::MutableEntry(pod.mutable_metadata()->mutable_labels(), "hash")->set_value("1");
  auto* spread = pod.mutable_spec()->add_topology_spread_constraints();
  spread->set_max_skew(1);
  spread->set_topology_key("zone");
  spread->set_when_unsatisfiable("DoNotSchedule");
  api::MutableEntry(spread->mutable_label_selector()->mutable_match_labels(), "app")
      ->set_value("web");
  spread->add_match_label_keys("hash");
  auto* term = pod.mutable_spec()
                   ->mutable_affinity()
                   ->mutable_pod_anti_affinity()
                   ->add_required_during_scheduling_ignored_during_execution();
  term->set_topology_key("zone");
  term->mutable_label_selector();
  term->add_mismatch_label_keys("hash");
  const PodRef parsed = Parsed(pod);
  const LabelSelector& selector = parsed->shape->spread[0].selector;
  EXPECT_TRUE(selector.Matches({{"app", "web"}, {"hash", "1"}}));
  EXPECT_FALSE(selector.Matches({{"app", "web"}, {"hash", "2"}}));
  EXPECT_TRUE(parsed->shape->spread[0].self_match);
  const PodCondition& condition = parsed->shape->required_anti_affinity[0]->condition;
  EXPECT_FALSE(condition.selector.Matches({{"hash", "1"}}));
  EXPECT_TRUE(condition.selector.Matches({{"hash", "2"}}));
  EXPECT_EQ(condition.namespaces, std::vector<std::string>{"default"});
}

TEST_F(Parse, ReadsANode) {
  api::Node node;
  node.mutable_metadata()->set_name("n");
  api::MutableEntry(node.mutable_metadata()->mutable_labels(), "zone")->set_value("a");
  node.mutable_spec()->set_unschedulable(true);
  auto* taint = node.mutable_spec()->add_taints();
  taint->set_key("k");
  taint->set_effect("PreferNoSchedule");
  Set(node.mutable_status()->mutable_allocatable(), "cpu", "3920m");
  Set(node.mutable_status()->mutable_allocatable(), "memory", "30Gi");
  Set(node.mutable_status()->mutable_allocatable(), "pods", "110");
  auto* image = node.mutable_status()->add_images();
  image->add_names("app");
  image->set_size_bytes(5);
  const NodeSpec spec = ParseNode(cluster, api::MakeObject(node));
  EXPECT_EQ(spec.name, "n");
  EXPECT_TRUE(spec.unschedulable);
  EXPECT_EQ(spec.taints[0].effect, TaintEffect::kPreferNoSchedule);
  EXPECT_EQ(spec.allocatable.cpu_millis, 3920);
  EXPECT_EQ(spec.allocatable.memory, 30 * 1024 * kMi);
  EXPECT_EQ(spec.allowed_pods, 110);
  EXPECT_EQ(cluster.symbols.Text(spec.images[0].first), "app:latest");
}

}  // namespace
}  // namespace drydock::scheduler
