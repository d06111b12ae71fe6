// Handles that share specs, and digests that do not depend on who shares with whom.
#include "src/api/object.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/pod.h"

namespace drydock::api {
namespace {

Pod SomePod() {
  Pod pod;
  pod.mutable_metadata()->set_namespace_("ns");
  pod.mutable_metadata()->set_name("web-0");
  pod.mutable_metadata()->set_resource_version("17");
  pod.mutable_spec()->set_node_name("node-3");
  pod.mutable_spec()->add_containers()->set_name("main");
  pod.mutable_status()->set_phase("Pending");
  return pod;
}

rt::Ref<Object> WithPhase(const ObjectRef& base, const char* phase) {
  MessagePtr copy = CopyWithoutSpec(*base);
  static_cast<Pod&>(*copy).mutable_status()->set_phase(phase);
  return MakeObjectSharingSpec(std::move(copy), base);
}

TEST(Object, KnowsItsKindAndRevision) {
  const Ref<Pod> pod = MakeObject(SomePod());
  EXPECT_EQ(pod.object()->kind().kind, "Pod");
  EXPECT_EQ(pod.object()->revision(), 17);
  EXPECT_EQ(pod.object()->metadata().name(), "web-0");
}

TEST(Object, ANewVersionBorrowsTheSpecOfTheOldOne) {
  const Ref<Pod> pod = MakeObject(SomePod());
  const Ref<Pod> running(WithPhase(pod.object(), "Running"));
  EXPECT_EQ(&running->spec(), &pod->spec());
  EXPECT_EQ(running->status().phase(), "Running");
  EXPECT_EQ(pod->status().phase(), "Pending");
}

TEST(Object, ABorrowedSpecOutlivesTheVersionsBefore) {
  Ref<Pod> pod = MakeObject(SomePod());
  for (const char* phase : {"Running", "Succeeded", "Failed"}) {
    pod = Ref<Pod>(WithPhase(pod.object(), phase));
  }
  EXPECT_EQ(pod->spec().node_name(), "node-3");
  EXPECT_EQ(pod->spec().containers(0).name(), "main");
}

TEST(Object, TheDigestIsThatOfTheContentAlone) {
  const Ref<Pod> pod = MakeObject(SomePod());
  Pod running = SomePod();
  running.mutable_status()->set_phase("Running");
  const Ref<Pod> whole = MakeObject(std::move(running));
  const Ref<Pod> sharing(WithPhase(pod.object(), "Running"));
  EXPECT_EQ(whole.object()->Digest(), sharing.object()->Digest());
  EXPECT_NE(whole.object()->Digest(), pod.object()->Digest());
}

TEST(Object, AStampedRevisionIsInTheMetadataAndTheDigest) {
  const rt::Ref<Object> object = MakeObject(std::make_unique<Pod>(SomePod()));
  const uint64_t before = object->Digest();
  object->StampRevision(18);
  EXPECT_EQ(object->metadata().resource_version(), "18");
  EXPECT_EQ(object->revision(), 18);
  EXPECT_NE(object->Digest(), before);
}

TEST(Object, HoldsKindsWithoutObjectMeta) {
  metav1::Status status;
  status.set_message("no");
  const Ref<metav1::Status> object = MakeObject(std::move(status));
  EXPECT_EQ(object.object()->metadata().name(), "");
  EXPECT_EQ(object.object()->revision(), 0);
}

TEST(Object, AsGivesNothingForAnotherKind) {
  const Ref<Pod> pod = MakeObject(SomePod());
  EXPECT_TRUE(As<Pod>(pod.object()));
  EXPECT_FALSE(As<ConfigMap>(pod.object()));
  EXPECT_FALSE(As<Pod>(nullptr));
}

}  // namespace
}  // namespace drydock::api
