// The life of a pod in the API server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/api/status.h"
#include "tests/apiserver/support.h"

namespace drydock::apiserver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

const api::KindInfo& Pods() { return api::KindOf<api::Pod>(); }

TEST(Pods, AreBornPendingWithAnIdentity) {
  ServerTest test;
  const api::Ref<api::Pod> pod = test.cluster().Create(MakePod("a"));
  EXPECT_THAT(pod->metadata().uid(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_GT(pod->metadata().creation_timestamp().seconds(), 0);
  EXPECT_EQ(pod->metadata().generation(), 1);
  EXPECT_EQ(pod->status().phase(), "Pending");
  EXPECT_EQ(pod->status().qos_class(), "BestEffort");
  EXPECT_GT(pod.object()->revision(), 0);
}

TEST(Pods, GetNamesFromTheirPrefix) {
  ServerTest test;
  api::Pod pod = MakePod("");
  pod.mutable_metadata()->set_generate_name("web-");
  const api::Ref<api::Pod> made = test.cluster().Create(pod);
  EXPECT_THAT(made->metadata().name(), MatchesRegex("web-[bcdfghjklmnpqrstvwxz2456789]{5}"));
  EXPECT_NE(test.cluster().Create(pod)->metadata().name(), made->metadata().name());
}

TEST(Pods, OfOneNameExistOnce) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  rt::Ref<api::Request> again = test.Request(api::Verb::kCreate, Pods(), "default", "");
  again->object = api::MakeObject(MakePod("a")).object();
  const absl::Status error = test.Error(again);
  EXPECT_TRUE(api::IsAlreadyExists(error));
  EXPECT_EQ(error.message(), "pods \"a\" already exists");
}

TEST(Pods, ThatAreMissingAreNotFound) {
  ServerTest test;
  const absl::Status error = test.Error(test.Request(api::Verb::kGet, Pods(), "default", "nobody"));
  EXPECT_TRUE(api::IsNotFound(error));
  EXPECT_EQ(error.message(), "pods \"nobody\" not found");
}

TEST(Pods, KeepTheirStatusWhenTheirSpecIsUpdatedAndTheOtherWayRound) {
  ServerTest test;
  api::Pod pod = *test.cluster().Create(MakePod("a"));
  pod.mutable_status()->set_phase("Running");
  pod.mutable_spec()->mutable_containers(0)->set_image("registry.example/app:2");
  const api::Ref<api::Pod> updated = test.cluster().Update(pod);
  EXPECT_EQ(updated->status().phase(), "Pending");
  EXPECT_EQ(updated->spec().containers(0).image(), "registry.example/app:2");
  EXPECT_EQ(updated->metadata().generation(), 2);

  pod = *updated;
  pod.mutable_status()->set_phase("Running");
  pod.mutable_spec()->mutable_containers(0)->set_image("registry.example/app:3");
  const api::Ref<api::Pod> running = test.cluster().UpdateStatus(pod);
  EXPECT_EQ(running->status().phase(), "Running");
  EXPECT_EQ(running->spec().containers(0).image(), "registry.example/app:2");
  EXPECT_EQ(running->metadata().generation(), 2);
  // The spec is one object in memory, whatever happens to the status.
  EXPECT_EQ(&running->spec(), &updated->spec());
}

TEST(Pods, AreNotWrittenWhenNothingChanges) {
  ServerTest test;
  const api::Ref<api::Pod> pod = test.cluster().Create(MakePod("a"));
  EXPECT_EQ(test.cluster().Update(*pod).object()->revision(), pod.object()->revision());
  EXPECT_EQ(test.cluster().UpdateStatus(*pod).object()->revision(), pod.object()->revision());
}

TEST(Pods, RefuseUpdatesOfAnOldRevision) {
  ServerTest test;
  api::Pod pod = *test.cluster().Create(MakePod("a"));
  test.SetPhase("a", "Running");
  rt::Ref<api::Request> update = test.Request(api::Verb::kUpdate, Pods(), "default", "a");
  pod.mutable_spec()->mutable_containers(0)->set_image("registry.example/app:2");
  update->object = api::MakeObject(pod).object();
  const absl::Status error = test.Error(update);
  EXPECT_TRUE(api::IsConflict(error));
  EXPECT_EQ(error.message(),
            "Operation cannot be fulfilled on pods \"a\": the object has been modified; please "
            "apply your changes to the latest version and try again");
  // Without a revision an update holds whatever the present state is.
  pod.mutable_metadata()->clear_resource_version();
  update = test.Request(api::Verb::kUpdate, Pods(), "default", "a");
  update->object = api::MakeObject(pod).object();
  EXPECT_TRUE(test.Error(update).ok());
}

TEST(Pods, AreBoundOnce) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  ASSERT_TRUE(test.Bind("a", "node-1").ok());
  const api::Ref<api::Pod> bound = test.cluster().Get<api::Pod>("default", "a");
  EXPECT_EQ(bound->spec().node_name(), "node-1");
  ASSERT_EQ(bound->status().conditions_size(), 1);
  EXPECT_EQ(bound->status().conditions(0).type(), "PodScheduled");
  EXPECT_EQ(bound->status().conditions(0).status(), "True");

  const absl::Status error = test.Bind("a", "node-2");
  EXPECT_TRUE(api::IsConflict(error));
  EXPECT_EQ(error.message(),
            "Operation cannot be fulfilled on pods/binding \"a\": pod a is already assigned to "
            "node \"node-1\"");
}

TEST(Pods, GoAtOnceWhenNobodyRunsThem) {
  ServerTest test;
  test.cluster().Create(MakePod("unbound"));
  test.cluster().Create(MakePod("done"));
  ASSERT_TRUE(test.Bind("done", "node-1").ok());
  test.SetPhase("done", "Succeeded");
  EXPECT_TRUE(test.cluster().Delete<api::Pod>("default", "unbound").ok());
  EXPECT_TRUE(test.cluster().Delete<api::Pod>("default", "done").ok());
  EXPECT_FALSE(test.cluster().Get<api::Pod>("default", "unbound"));
  EXPECT_FALSE(test.cluster().Get<api::Pod>("default", "done"));
}

TEST(Pods, AreDeletedWithGrace) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  ASSERT_TRUE(test.Bind("a", "node-1").ok());
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "a").ok());
  const api::Ref<api::Pod> dying = test.cluster().Get<api::Pod>("default", "a");
  ASSERT_TRUE(dying);
  EXPECT_EQ(dying->metadata().deletion_grace_period_seconds(), 30);
  const int64_t when = dying->metadata().deletion_timestamp().seconds();
  EXPECT_EQ(when - dying->metadata().creation_timestamp().seconds(), 30);
  EXPECT_EQ(dying->metadata().generation(), 2);

  // A later wish may only shorten it.
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "a", {.grace_period_seconds = 60}).ok());
  EXPECT_EQ(test.cluster().Get<api::Pod>("default", "a")->metadata().deletion_timestamp().seconds(),
            when);
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "a", {.grace_period_seconds = 10}).ok());
  EXPECT_EQ(test.cluster().Get<api::Pod>("default", "a")->metadata().deletion_timestamp().seconds(),
            when - 20);
  // The kubelet's last word.
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "a", {.grace_period_seconds = 0}).ok());
  EXPECT_FALSE(test.cluster().Get<api::Pod>("default", "a"));
}

TEST(Pods, WithFinalizersWaitForThem) {
  ServerTest test;
  api::Pod pod = MakePod("a");
  pod.mutable_metadata()->add_finalizers("batch.kubernetes.io/job-tracking");
  test.cluster().Create(pod);
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "a").ok());
  api::Pod dying = *test.cluster().Get<api::Pod>("default", "a");
  EXPECT_TRUE(dying.metadata().has_deletion_timestamp());
  EXPECT_EQ(dying.metadata().deletion_grace_period_seconds(), 0);
  dying.mutable_metadata()->clear_finalizers();
  test.cluster().Update(dying);
  EXPECT_FALSE(test.cluster().Get<api::Pod>("default", "a"));
}

TEST(Pods, AreDeletedOnPreconditionsOnly) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  const absl::Status error =
      test.cluster().Delete<api::Pod>("default", "a", {.precondition_uid = "another"});
  EXPECT_TRUE(api::IsConflict(error));
  EXPECT_THAT(std::string(error.message()),
              testing::StartsWith("Operation cannot be fulfilled on pods \"a\": Precondition "
                                  "failed: UID in precondition: another, UID in object meta: "));
}

TEST(Pods, GetTolerationsForSickNodesAndAPriority) {
  ServerTest test;
  api::Pod pod = MakePod("a");
  pod.mutable_spec()->set_priority_class_name("system-node-critical");
  const api::Ref<api::Pod> made = test.cluster().Create(pod);
  EXPECT_EQ(made->spec().priority(), 2000001000);
  EXPECT_EQ(made->spec().preemption_policy(), "PreemptLowerPriority");
  ASSERT_EQ(made->spec().tolerations_size(), 2);
  EXPECT_EQ(made->spec().tolerations(0).key(), "node.kubernetes.io/not-ready");
  EXPECT_EQ(made->spec().tolerations(1).toleration_seconds(), 300);

  rt::Ref<api::Request> request = test.Request(api::Verb::kCreate, Pods(), "default", "");
  pod = MakePod("b");
  pod.mutable_spec()->set_priority_class_name("no-such");
  request->object = api::MakeObject(pod).object();
  EXPECT_EQ(test.Error(request).message(),
            "pods \"b\" is forbidden: no PriorityClass with name no-such was found");
}

TEST(Pods, AreNotMadeByADryRun) {
  ServerTest test;
  rt::Ref<api::Request> request = test.Request(api::Verb::kCreate, Pods(), "default", "");
  request->object = api::MakeObject(MakePod("a")).object();
  request->dry_run = true;
  const absl::StatusOr<api::ObjectRef> answer = test.Object(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE((*answer)->metadata().uid().empty());
  EXPECT_FALSE(test.cluster().Get<api::Pod>("default", "a"));
}

rt::Ref<api::Request> PatchOf(ServerTest& test, api::PatchType type, const std::string& patch,
                              const std::string& subresource = "") {
  rt::Ref<api::Request> request = test.Request(api::Verb::kPatch, Pods(), "default", "a");
  request->patch_type = type;
  request->patch = patch;
  request->subresource = subresource;
  return request;
}

TEST(Pods, ArePatchedInThreeWays) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  ASSERT_TRUE(
      test.Object(PatchOf(test, api::PatchType::kMerge, R"({"metadata":{"labels":{"app":"web"}}})"))
          .ok());
  ASSERT_TRUE(test.Object(PatchOf(test, api::PatchType::kJson,
                                  R"([{"op":"add","path":"/metadata/labels/tier","value":"x"}])"))
                  .ok());
  ASSERT_TRUE(
      test
          .Object(PatchOf(
              test, api::PatchType::kStrategicMerge,
              R"({"spec":{"containers":[{"name":"main","image":"registry.example/b:2"}]}})"))
          .ok());
  const api::Ref<api::Pod> pod = test.cluster().Get<api::Pod>("default", "a");
  EXPECT_EQ(pod->metadata().labels_size(), 2);
  ASSERT_EQ(pod->spec().containers_size(), 1);
  EXPECT_EQ(pod->spec().containers(0).image(), "registry.example/b:2");
  EXPECT_EQ(pod->metadata().generation(), 2);
}

TEST(Pods, TakeTheStatusAloneFromAPatchOfTheirStatus) {
  ServerTest test;
  const api::Ref<api::Pod> made = test.cluster().Create(MakePod("a"));
  ASSERT_TRUE(
      test.Object(PatchOf(test, api::PatchType::kStrategicMerge,
                          R"({"spec":{"nodeName":"n"},"status":{"phase":"Running"}})", "status"))
          .ok());
  const api::Ref<api::Pod> pod = test.cluster().Get<api::Pod>("default", "a");
  EXPECT_EQ(pod->status().phase(), "Running");
  EXPECT_EQ(pod->spec().node_name(), "");
}

TEST(Pods, AreDefaulted) {
  ServerTest test;
  const api::ObjectRef object = test.cluster()
                                    .Apply(R"(
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers: [{name: main, image: registry.example/app, resources: {limits: {cpu: 1, memory: 1Gi}}}]
)")
                                    .at(0);
  const api::Ref<api::Pod> pod(object);
  EXPECT_EQ(pod->spec().restart_policy(), "Always");
  EXPECT_EQ(pod->spec().termination_grace_period_seconds(), 30);
  EXPECT_EQ(pod->status().qos_class(), "Guaranteed");
}

}  // namespace
}  // namespace drydock::apiserver
