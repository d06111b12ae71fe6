// Events on their way to the server.
#include "src/client/event_recorder.h"

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/event.h"
#include "tests/client/fake_api_server.h"

namespace drydock::client {
namespace {

class EventRecorderTest : public testing::Test {
 protected:
  EventRecorderTest() {
    listener_ = master_.transport().Listen("apiserver", server_);
    api::ConfigMap config;
    config.mutable_metadata()->set_namespace_("ns");
    config.mutable_metadata()->set_name("settings");
    config.mutable_metadata()->set_uid("uid-9");
    about_ = api::MakeObject(std::move(config)).object();
    node_.Spawn(recorder_.Run());
  }

  std::vector<Ref<api::corev1::Event>> Events() const {
    std::vector<Ref<api::corev1::Event>> events;
    for (const ObjectRef& object : server_.Objects(api::KindOf<api::corev1::Event>())) {
      events.push_back(Ref<api::corev1::Event>(object));
    }
    return events;
  }

  sim::World world_;
  sim::Machine& master_ = world_.AddMachine("master");
  sim::Machine& node_ = world_.AddMachine("node");
  FakeApiServer server_{master_};
  std::unique_ptr<rt::Transport::Listener> listener_;
  Client client_{node_, "master/apiserver", {}};
  EventRecorder recorder_{client_, "kubelet", "node"};
  ObjectRef about_;
};

TEST_F(EventRecorderTest, AnEventSaysWhatHappenedToWhomAndWhoSaysSo) {
  recorder_.Event(about_, kEventWarning, "Failed", "it is broken");
  world_.RunFor(absl::Seconds(1));
  ASSERT_EQ(Events().size(), 1u);
  const api::corev1::Event& event = *Events()[0];
  EXPECT_EQ(event.involved_object().kind(), "ConfigMap");
  EXPECT_EQ(event.involved_object().api_version(), "v1");
  EXPECT_EQ(event.involved_object().uid(), "uid-9");
  EXPECT_EQ(event.metadata().namespace_(), "ns");
  EXPECT_TRUE(absl::StartsWith(event.metadata().name(), "settings."));
  EXPECT_EQ(event.type(), "Warning");
  EXPECT_EQ(event.reason(), "Failed");
  EXPECT_EQ(event.message(), "it is broken");
  EXPECT_EQ(event.source().component(), "kubelet");
  EXPECT_EQ(event.source().host(), "node");
  EXPECT_EQ(event.count(), 1);
}

TEST_F(EventRecorderTest, RepetitionsCount) {
  for (int i = 0; i < 5; ++i) {
    recorder_.Event(about_, kEventNormal, "Pulled", "image");
    world_.RunFor(absl::Seconds(10));
  }
  ASSERT_EQ(Events().size(), 1u);
  EXPECT_EQ(Events()[0]->count(), 5);
  EXPECT_EQ(Events()[0]->last_timestamp().seconds() - Events()[0]->first_timestamp().seconds(), 40);
}

TEST_F(EventRecorderTest, BeginsAnewWhenItsEventIsGone) {
  recorder_.Event(about_, kEventNormal, "Pulled", "image");
  world_.RunFor(absl::Seconds(1));
  server_.Delete(api::KindOf<api::corev1::Event>(), "ns", Events()[0]->metadata().name());
  recorder_.Event(about_, kEventNormal, "Pulled", "image");
  world_.RunFor(absl::Seconds(1));
  ASSERT_EQ(Events().size(), 1u);
  EXPECT_EQ(Events()[0]->count(), 2);
}

TEST_F(EventRecorderTest, ItsQueueIsBoundedWhileTheServerIsAway) {
  listener_.reset();
  for (int i = 0; i < 2000; ++i) {
    recorder_.Event(about_, kEventNormal, absl::StrCat("Reason", i), "image");
  }
  world_.RunFor(absl::Seconds(1));
  EXPECT_GE(recorder_.dropped(), 990u);
}

}  // namespace
}  // namespace drydock::client
