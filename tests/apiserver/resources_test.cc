// Kinds with behaviour of their own: namespaces, services, scales, budgets, leases,
// events, and what deletion does to all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "src/api/apps_v1.h"
#include "src/api/autoscaling_v1.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/event.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/service.h"
#include "src/api/maps.h"
#include "src/api/policy_v1.h"
#include "src/api/status.h"
#include "tests/apiserver/support.h"

namespace drydock::apiserver {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::StartsWith;

template <typename T>
T Named(const std::string& name, const std::string& ns = "default") {
  T object;
  object.mutable_metadata()->set_name(name);
  if (!ns.empty()) object.mutable_metadata()->set_namespace_(ns);
  return object;
}

template <typename T>
absl::Status CreateError(ServerTest& test, T object) {
  rt::Ref<api::Request> request =
      test.Request(api::Verb::kCreate, api::KindOf<T>(), object.metadata().namespace_(), "");
  request->object = api::MakeObject(std::move(object)).object();
  return test.Error(request);
}

api::Deployment MakeDeployment(const std::string& name, int replicas) {
  api::Deployment deployment = Named<api::Deployment>(name);
  deployment.mutable_spec()->set_replicas(replicas);
  api::Set(deployment.mutable_spec()->mutable_selector()->mutable_match_labels(), "app", name);
  auto& metadata = *deployment.mutable_spec()->mutable_template_()->mutable_metadata();
  api::Set(metadata.mutable_labels(), "app", name);
  *deployment.mutable_spec()->mutable_template_()->mutable_spec() = MakePod("x").spec();
  return deployment;
}

TEST(Namespaces, ThatEveryClusterHasAreThere) {
  ServerTest test;
  const auto list = test.Do(test.Request(api::Verb::kList, api::KindOf<api::Namespace>(), "", ""));
  EXPECT_THAT(test.Names(*list),
              ElementsAre("default", "kube-node-lease", "kube-public", "kube-system"));
  const api::Ref<api::Namespace> ns = test.cluster().Get<api::Namespace>("", "default");
  EXPECT_EQ(ns->status().phase(), "Active");
  EXPECT_THAT(ns->spec().finalizers(), ElementsAre("kubernetes"));
}

TEST(Namespaces, MustExistForWhatIsCreatedInThem) {
  ServerTest test;
  const absl::Status error = CreateError(test, MakePod("a", "nowhere"));
  EXPECT_TRUE(api::IsNotFound(error));
  EXPECT_EQ(error.message(), "namespaces \"nowhere\" not found");
}

TEST(Namespaces, GoWhenTheyHaveBeenFinalized) {
  ServerTest test;
  test.cluster().Create(Named<api::Namespace>("work", ""));
  ASSERT_TRUE(test.cluster().Delete<api::Namespace>("", "work").ok());
  const api::Ref<api::Namespace> dying = test.cluster().Get<api::Namespace>("", "work");
  EXPECT_EQ(dying->status().phase(), "Terminating");
  EXPECT_TRUE(dying->metadata().has_deletion_timestamp());

  const absl::Status error = CreateError(test, MakePod("a", "work"));
  EXPECT_TRUE(api::IsForbidden(error));
  EXPECT_EQ(error.message(),
            "pods \"a\" is forbidden: unable to create new content in namespace work because it "
            "is being terminated");
  EXPECT_EQ(api::DetailsOf(error).causes.at(0).reason, "NamespaceTerminating");

  api::Namespace empty = *dying;
  empty.mutable_spec()->clear_finalizers();
  rt::Ref<api::Request> finalize =
      test.Request(api::Verb::kUpdate, api::KindOf<api::Namespace>(), "", "work");
  finalize->subresource = "finalize";
  finalize->object = api::MakeObject(empty).object();
  EXPECT_TRUE(test.Error(finalize).ok());
  EXPECT_FALSE(test.cluster().Get<api::Namespace>("", "work"));
}

TEST(Namespaces, OfTheSystemStay) {
  ServerTest test;
  const absl::Status error = test.cluster().Delete<api::Namespace>("", "kube-system");
  EXPECT_EQ(error.message(),
            "namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
}

TEST(Services, GetAddressesAndGiveThemBack) {
  ServerTest test;
  api::Service service = Named<api::Service>("web");
  service.mutable_spec()->set_type("ClusterIP");
  service.mutable_spec()->add_ports()->set_port(80);
  const api::Ref<api::Service> made = test.cluster().Create(service);
  const std::string address = made->spec().cluster_ip();
  EXPECT_THAT(address, testing::MatchesRegex("10\\.(9[6-9]|10[0-9]|11[01])\\.[0-9.]+"));
  EXPECT_THAT(made->spec().cluster_ips(), ElementsAre(address));

  api::Service other = Named<api::Service>("other");
  other.mutable_spec()->set_cluster_ip(address);
  other.mutable_spec()->add_ports()->set_port(80);
  const absl::Status error = CreateError(test, other);
  EXPECT_TRUE(api::IsInvalid(error));
  EXPECT_THAT(std::string(error.message()), testing::HasSubstr("provided IP is already allocated"));
  // An update that leaves the address out keeps it.
  service = *made;
  service.mutable_spec()->clear_cluster_ip();
  service.mutable_spec()->clear_cluster_ips();
  EXPECT_EQ(test.cluster().Update(service)->spec().cluster_ip(), address);
  ASSERT_TRUE(test.cluster().Delete<api::Service>("default", "web").ok());
  EXPECT_EQ(test.cluster().Create(other)->spec().cluster_ip(), address);
}

TEST(Services, GetNodePortsWhenTheyAskForThem) {
  ServerTest test;
  api::Service service = Named<api::Service>("web");
  service.mutable_spec()->set_type("NodePort");
  service.mutable_spec()->add_ports()->set_port(80);
  const api::Ref<api::Service> made = test.cluster().Create(service);
  const int32_t port = made->spec().ports(0).node_port();
  EXPECT_GE(port, 30000);
  EXPECT_LE(port, 32767);
  api::Service other = Named<api::Service>("other");
  other.mutable_spec()->set_type("NodePort");
  other.mutable_spec()->add_ports()->set_port(80);
  other.mutable_spec()->mutable_ports(0)->set_node_port(port);
  EXPECT_THAT(std::string(CreateError(test, other).message()),
              testing::HasSubstr("provided port is already allocated"));
  service = *made;
  service.mutable_spec()->mutable_ports(0)->clear_node_port();
  EXPECT_EQ(test.cluster().Update(service)->spec().ports(0).node_port(), port);
}

TEST(Scale, ReadsAndSetsReplicas) {
  ServerTest test;
  test.cluster().Create(MakeDeployment("web", 2));
  rt::Ref<api::Request> get =
      test.Request(api::Verb::kGet, api::KindOf<api::Deployment>(), "default", "web");
  get->subresource = "scale";
  api::Scale scale = *api::As<api::Scale>(*test.Object(get));
  EXPECT_EQ(scale.spec().replicas(), 2);
  EXPECT_EQ(scale.status().selector(), "app=web");

  scale.mutable_spec()->set_replicas(5);
  rt::Ref<api::Request> set =
      test.Request(api::Verb::kUpdate, api::KindOf<api::Deployment>(), "default", "web");
  set->subresource = "scale";
  set->object = api::MakeObject(scale).object();
  ASSERT_TRUE(test.Error(set).ok());
  const api::Ref<api::Deployment> scaled = test.cluster().Get<api::Deployment>("default", "web");
  EXPECT_EQ(scaled->spec().replicas(), 5);
  EXPECT_EQ(scaled->metadata().generation(), 2);
  EXPECT_TRUE(api::IsConflict(test.Error(set)));  // Its revision is old now.
}

absl::Status Evict(ServerTest& test, const std::string& pod) {
  rt::Ref<api::Request> request =
      test.Request(api::Verb::kCreate, api::KindOf<api::Pod>(), "default", pod);
  request->subresource = "eviction";
  request->object = api::MakeObject(Named<api::Eviction>(pod)).object();
  return test.Error(request);
}

void CreateRunning(ServerTest& test, const std::string& name) {
  api::Pod pod = MakePod(name);
  api::Set(pod.mutable_metadata()->mutable_labels(), "app", "web");
  test.cluster().Create(pod);
  ASSERT_TRUE(test.Bind(name, "node-1").ok());
  pod = *test.cluster().Get<api::Pod>("default", name);
  pod.mutable_status()->set_phase("Running");
  api::PodCondition& ready = *pod.mutable_status()->add_conditions();
  ready.set_type("Ready");
  ready.set_status("True");
  test.cluster().UpdateStatus(pod);
}

TEST(Eviction, StopsWhereABudgetSays) {
  ServerTest test;
  CreateRunning(test, "a");
  CreateRunning(test, "b");
  api::PodDisruptionBudget budget = Named<api::PodDisruptionBudget>("web");
  api::Set(budget.mutable_spec()->mutable_selector()->mutable_match_labels(), "app", "web");
  budget = *test.cluster().Create(budget);
  EXPECT_EQ(api::DetailsOf(Evict(test, "a")).causes.at(0).message,
            "The disruption budget web is still being processed by the server.");
  budget.mutable_status()->set_observed_generation(1);
  budget.mutable_status()->set_disruptions_allowed(1);
  budget.mutable_status()->set_current_healthy(2);
  budget.mutable_status()->set_desired_healthy(1);
  test.cluster().UpdateStatus(budget);

  ASSERT_TRUE(Evict(test, "a").ok());
  const api::Ref<api::Pod> evicted = test.cluster().Get<api::Pod>("default", "a");
  EXPECT_TRUE(evicted->metadata().has_deletion_timestamp());
  EXPECT_EQ(evicted->status().conditions(2).type(), "DisruptionTarget");
  const api::Ref<api::PodDisruptionBudget> spent =
      test.cluster().Get<api::PodDisruptionBudget>("default", "web");
  EXPECT_EQ(spent->status().disruptions_allowed(), 0);
  EXPECT_EQ(spent->status().disrupted_pods(0).key(), "a");

  const absl::Status refused = Evict(test, "b");
  EXPECT_EQ(api::HttpCodeOf(refused), 429);
  EXPECT_EQ(refused.message(), "Cannot evict pod as it would violate the pod's disruption budget.");
  EXPECT_EQ(api::DetailsOf(refused).causes.at(0).message,
            "The disruption budget web needs 1 healthy pods and has 2 currently");
}

TEST(Leases, NeedARevisionToBeUpdatedAndShareNothingWithTheirPast) {
  ServerTest test;
  api::Lease lease = Named<api::Lease>("node-1", "kube-node-lease");
  lease.mutable_spec()->set_holder_identity("node-1");
  lease.mutable_spec()->mutable_renew_time()->set_seconds(1);
  const api::Ref<api::Lease> made = test.cluster().Create(lease);
  EXPECT_FALSE(made->metadata().has_generation());
  lease = *made;
  lease.mutable_spec()->mutable_renew_time()->set_seconds(2);
  EXPECT_EQ(test.cluster().Update(lease)->spec().renew_time().seconds(), 2);
  rt::Ref<api::Request> update =
      test.Request(api::Verb::kUpdate, api::KindOf<api::Lease>(), "kube-node-lease", "node-1");
  lease.mutable_metadata()->clear_resource_version();
  update->object = api::MakeObject(lease).object();
  EXPECT_TRUE(api::IsInvalid(test.Error(update)));
}

TEST(Events, LiveForAnHour) {
  ServerTest test;
  api::corev1::Event event = Named<api::corev1::Event>("a.1");
  event.set_reason("Scheduled");
  test.cluster().Create(event);
  test.cluster().RunFor(absl::Minutes(59));
  const api::KindInfo& kind = api::KindOf<api::corev1::Event>();
  EXPECT_THAT(test.Do(test.Request(api::Verb::kList, kind, "default", ""))->items, SizeIs(1));
  rt::Ref<api::Request> watch = test.Request(api::Verb::kWatch, kind, "default", "");
  const std::unique_ptr<rt::Stream> stream = test.Watch(watch);
  EXPECT_THAT(test.Drain(*stream), ElementsAre("ADDED default/a.1"));
  test.cluster().RunFor(absl::Minutes(3));
  EXPECT_THAT(test.Do(test.Request(api::Verb::kList, kind, "default", ""))->items, SizeIs(0));
  EXPECT_THAT(test.Drain(*stream), ElementsAre("DELETED default/a.1"));
}

TEST(Events, AreBoundedInNumber) {
  testing_support::TestClusterOptions options;
  options.server.max_events = 2000;
  ServerTest test(options);
  for (int i = 0; i < 3500; ++i) {
    test.cluster().Create(Named<api::corev1::Event>(absl::StrCat("e.", i)));
  }
  const auto list =
      test.Do(test.Request(api::Verb::kList, api::KindOf<api::corev1::Event>(), "default", ""));
  EXPECT_LE(list->items.size(), 2000u);
  EXPECT_GE(list->items.size(), 1000u);
}

TEST(Deletion, LeavesPropagationToTheGarbageCollector) {
  ServerTest test;
  for (const char* name : {"background", "foreground", "orphan"}) {
    test.cluster().Create(MakeDeployment(name, 1));
  }
  ASSERT_TRUE(test.cluster().Delete<api::Deployment>("default", "background").ok());
  EXPECT_FALSE(test.cluster().Get<api::Deployment>("default", "background"));
  ASSERT_TRUE(test.cluster()
                  .Delete<api::Deployment>("default", "foreground",
                                           {.propagation = api::Propagation::kForeground})
                  .ok());
  const api::Ref<api::Deployment> foreground =
      test.cluster().Get<api::Deployment>("default", "foreground");
  EXPECT_THAT(foreground->metadata().finalizers(), ElementsAre("foregroundDeletion"));
  EXPECT_TRUE(foreground->metadata().has_deletion_timestamp());
  EXPECT_EQ(foreground->metadata().deletion_grace_period_seconds(), 0);
  ASSERT_TRUE(
      test.cluster()
          .Delete<api::Deployment>("default", "orphan", {.propagation = api::Propagation::kOrphan})
          .ok());
  api::Deployment orphan = *test.cluster().Get<api::Deployment>("default", "orphan");
  EXPECT_THAT(orphan.metadata().finalizers(), ElementsAre("orphan"));
  // Nothing may be added to what is being deleted.
  orphan.mutable_metadata()->add_finalizers("example.com/late");
  rt::Ref<api::Request> update =
      test.Request(api::Verb::kUpdate, api::KindOf<api::Deployment>(), "default", "orphan");
  update->object = api::MakeObject(orphan).object();
  EXPECT_THAT(std::string(test.Error(update).message()),
              testing::HasSubstr("metadata.finalizers: Forbidden: no new finalizers can be added "
                                 "if the object is being deleted, found new finalizers "
                                 "[]string{\"example.com/late\"}"));
  orphan.mutable_metadata()->clear_finalizers();
  test.cluster().Update(orphan);
  EXPECT_FALSE(test.cluster().Get<api::Deployment>("default", "orphan"));
}

TEST(Deletion, IsToldByAStatusOrByTheObject) {
  ServerTest test;
  const auto answer = [&test](const api::KindInfo& kind, const char* name) {
    return test.Do(test.Request(api::Verb::kDelete, kind, "default", name))->object;
  };
  const auto map = test.cluster().Create(Named<api::ConfigMap>("a"));
  const auto status = api::As<api::metav1::Status>(answer(api::KindOf<api::ConfigMap>(), "a"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->status(), "Success");
  EXPECT_EQ(status->details().name(), "a");
  EXPECT_EQ(status->details().kind(), "configmaps");
  EXPECT_EQ(status->details().uid(), map->metadata().uid());
  // Some kinds tell what they were, and what is not gone tells how it is.
  test.cluster().Create(Named<api::ServiceAccount>("a"));
  EXPECT_TRUE(api::As<api::ServiceAccount>(answer(api::KindOf<api::ServiceAccount>(), "a")));
  api::ConfigMap held = Named<api::ConfigMap>("held");
  held.mutable_metadata()->add_finalizers("example.com/hold");
  test.cluster().Create(held);
  EXPECT_TRUE(api::As<api::ConfigMap>(answer(api::KindOf<api::ConfigMap>(), "held")));
}

TEST(Deletion, OfACollectionTakesWhatIsSelected) {
  ServerTest test;
  CreateRunning(test, "a");
  test.cluster().Create(MakePod("b"));
  rt::Ref<api::Request> request =
      test.Request(api::Verb::kDeleteCollection, api::KindOf<api::Pod>(), "default", "");
  request->label_selector = "app!=web";
  EXPECT_TRUE(test.Error(request).ok());
  EXPECT_FALSE(test.cluster().Get<api::Pod>("default", "b"));
  EXPECT_TRUE(test.cluster().Get<api::Pod>("default", "a"));
}

TEST(Nodes, RegisterWithTheirStatus) {
  ServerTest test;
  api::Node node = Named<api::Node>("node-1", "");
  node.mutable_status()->mutable_node_info()->set_kubelet_version("v1.35.0");
  EXPECT_EQ(test.cluster().Create(node)->status().node_info().kubelet_version(), "v1.35.0");
}

TEST(Server, RefusesWhatIsInvalidAndTakesNothingForIt) {
  ServerTest test;
  api::Pod pod = MakePod("a");
  pod.mutable_spec()->mutable_containers(0)->clear_name();
  const absl::Status error = CreateError(test, pod);
  EXPECT_TRUE(api::IsInvalid(error));
  EXPECT_EQ(error.message(), "Pod \"a\" is invalid: spec.containers[0].name: Required value");

  api::Service service = Named<api::Service>("web");
  service.mutable_spec()->set_cluster_ip("10.96.0.7");
  EXPECT_TRUE(api::IsInvalid(CreateError(test, service)));  // It has no ports.
  service.mutable_spec()->add_ports()->set_port(80);
  EXPECT_TRUE(CreateError(test, service).ok());
}

TEST(Server, RefusesWhatItDoesNotServe) {
  ServerTest test;
  rt::Ref<api::Request> request =
      test.Request(api::Verb::kGet, api::KindOf<api::metav1::Status>(), "", "x");
  EXPECT_EQ(test.Error(request).message(), "the server could not find the requested resource");
  request = test.Request(api::Verb::kGet, api::KindOf<api::Pod>(), "default", "x");
  request->subresource = "nonsense";
  EXPECT_EQ(test.Error(request).message(), "the server could not find the requested resource");
}

TEST(Server, CountsItsRequests) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  test.cluster().Get<api::Pod>("default", "missing");
  const ServerMetrics& metrics = test.cluster().server().metrics();
  EXPECT_EQ(metrics.requests.at({api::Verb::kCreate, "", "pods", "", 201}), 1u);
  EXPECT_EQ(metrics.requests.at({api::Verb::kGet, "", "pods", "", 404}), 1u);
}

}  // namespace
}  // namespace drydock::apiserver
