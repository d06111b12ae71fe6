// Owners that go, and what becomes of what they own.
#include "src/controllers/garbage_collector/garbage_collector.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/pod.h"
#include "tests/controllers/support/controller_world.h"

namespace drydock::controllers {
namespace {

class GarbageCollectorTest : public testing::Test {
 protected:
  ~GarbageCollectorTest() override { w_.tasks.Clear(); }

  std::string AddSet(const std::string& name) {
    api::ReplicaSet set;
    set.mutable_metadata()->set_namespace_("ns");
    set.mutable_metadata()->set_name(name);
    w_.server.Create(std::move(set));
    return w_.Get<api::ReplicaSet>("ns", name)->metadata().uid();
  }
  static void Own(const std::string& name, const std::string& uid, api::ObjectMeta* owned) {
    api::OwnerReference& owner = *owned->add_owner_references();
    owner.set_api_version("apps/v1");
    owner.set_kind("ReplicaSet");
    owner.set_name(name);
    owner.set_uid(uid);
    owner.set_block_owner_deletion(true);
  }
  static api::Pod NewPod(const std::string& name) {
    api::Pod pod;
    pod.mutable_metadata()->set_namespace_("ns");
    pod.mutable_metadata()->set_name(name);
    return pod;
  }
  void AddPod(const std::string& name, const std::string& owner, const std::string& uid) {
    api::Pod pod = NewPod(name);
    Own(owner, uid, pod.mutable_metadata());
    w_.server.Create(std::move(pod));
  }
  void Delete(const std::string& set, api::Propagation propagation) {
    client::DeleteOptions options;
    options.propagation = propagation;
    w_.tasks.Spawn(DeleteSet(w_.client, set, options));
    w_.RunFor(absl::Seconds(20));
  }
  static rt::Task<> DeleteSet(client::Client& client, std::string name,
                              client::DeleteOptions options) {
    const absl::Status deleted = co_await client.Delete<api::ReplicaSet>("ns", name, options);
    EXPECT_TRUE(deleted.ok()) << deleted;
  }

  ControllerWorld w_;
  GarbageCollector collector_{w_.machine, w_.client, w_.informers, {}};
};

TEST_F(GarbageCollectorTest, DependentsGoAfterTheirOwner) {
  const std::string uid = AddSet("web");
  for (int i = 0; i < 5; ++i) AddPod(absl::StrCat("p", i), "web", uid);
  w_.server.Create(NewPod("free"));
  w_.Start(collector_);
  EXPECT_EQ(w_.List<api::Pod>().size(), 6u);
  Delete("web", api::Propagation::kBackground);
  EXPECT_FALSE(w_.Get<api::ReplicaSet>("ns", "web"));
  ASSERT_EQ(w_.List<api::Pod>().size(), 1u);
  EXPECT_EQ(w_.List<api::Pod>()[0]->metadata().name(), "free");
  EXPECT_EQ(collector_.metrics().deleted, 5u);
}

TEST_F(GarbageCollectorTest, InTheForegroundTheOwnerGoesLast) {
  const std::string uid = AddSet("web");
  api::Pod held = NewPod("held");
  Own("web", uid, held.mutable_metadata());
  held.mutable_metadata()->add_finalizers("example.com/hold");
  w_.server.Create(std::move(held));
  AddPod("quick", "web", uid);
  w_.Start(collector_);
  Delete("web", api::Propagation::kForeground);
  EXPECT_TRUE(w_.Get<api::ReplicaSet>("ns", "web"));
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "quick"));
  w_.server.Delete(api::KindOf<api::Pod>(), "ns", "held");
  w_.RunFor(absl::Seconds(20));
  EXPECT_FALSE(w_.Get<api::ReplicaSet>("ns", "web"));
}

TEST_F(GarbageCollectorTest, OrphansStayAndForgetTheirOwner) {
  const std::string uid = AddSet("web");
  AddPod("p", "web", uid);
  w_.Start(collector_);
  Delete("web", api::Propagation::kOrphan);
  EXPECT_FALSE(w_.Get<api::ReplicaSet>("ns", "web"));
  ASSERT_TRUE(w_.Get<api::Pod>("ns", "p"));
  EXPECT_EQ(w_.Get<api::Pod>("ns", "p")->metadata().owner_references_size(), 0);
}

TEST_F(GarbageCollectorTest, WhatIsBornWithoutItsOwnerGoes) {
  AddSet("web");
  w_.Start(collector_);
  AddPod("p", "web", "uid-of-a-namesake-before");
  AddPod("q", "gone", "uid-of-another");
  w_.RunFor(absl::Seconds(20));
  EXPECT_TRUE(w_.List<api::Pod>().empty());
  EXPECT_TRUE(w_.Get<api::ReplicaSet>("ns", "web"));
}

TEST_F(GarbageCollectorTest, OneOwnerThatLivesIsEnough) {
  const std::string a = AddSet("a");
  const std::string b = AddSet("b");
  api::Pod pod = NewPod("p");
  Own("a", a, pod.mutable_metadata());
  Own("b", b, pod.mutable_metadata());
  w_.server.Create(std::move(pod));
  w_.Start(collector_);
  Delete("a", api::Propagation::kBackground);
  ASSERT_TRUE(w_.Get<api::Pod>("ns", "p"));
  EXPECT_EQ(w_.Get<api::Pod>("ns", "p")->metadata().owner_references_size(), 1);
  Delete("b", api::Propagation::kBackground);
  EXPECT_FALSE(w_.Get<api::Pod>("ns", "p"));
}

TEST_F(GarbageCollectorTest, NothingIsDeletedWhileTheServerCannotTell) {
  w_.Start(collector_);
  w_.server.FailRequests(absl::UnavailableError("no"));
  AddPod("p", "gone", "uid-of-another");
  w_.RunFor(absl::Minutes(2));
  EXPECT_EQ(w_.List<api::Pod>().size(), 1u);
  w_.server.FailRequests(absl::OkStatus());
  w_.RunFor(absl::Minutes(5));
  EXPECT_TRUE(w_.List<api::Pod>().empty());
}

TEST_F(GarbageCollectorTest, TheGraphHoldsNothingOfWhatIsGone) {
  const std::string uid = AddSet("web");
  for (int i = 0; i < 20; ++i) AddPod(absl::StrCat("p", i), "web", uid);
  w_.Start(collector_);
  EXPECT_EQ(collector_.graph().size(), 21u);
  Delete("web", api::Propagation::kBackground);
  EXPECT_EQ(collector_.graph().size(), 0u);
}

}  // namespace
}  // namespace drydock::controllers
