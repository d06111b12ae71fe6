// Informers against a server that breaks watches, forgets the past, and lags behind.
#include "src/client/informer.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/core/v1/config.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "tests/client/fake_api_server.h"

namespace drydock::client {
namespace {

using api::ConfigMap;
using testing::ElementsAre;

ConfigMap Config(absl::string_view name, absl::string_view color, absl::string_view ns = "ns") {
  ConfigMap config;
  config.mutable_metadata()->set_namespace_(std::string(ns));
  config.mutable_metadata()->set_name(std::string(name));
  api::Set(config.mutable_data(), "color", color);
  return config;
}

std::string ColorOf(const ObjectRef& object) {
  const std::string* color =
      api::Find(static_cast<const ConfigMap&>(object->message()).data(), "color");
  return color == nullptr ? "" : *color;
}

std::string Describe(const ObjectRef& object) {
  return absl::StrCat(object->metadata().name(), "=", ColorOf(object));
}

// A server on one machine, an informer on another.
struct Cluster {
  explicit Cluster(uint64_t seed = 1) : world({.seed = seed}) {
    listener = master.transport().Listen("apiserver", server);
    informer.AddHandler({
        .on_add = [this](const ObjectRef& object) { log.push_back("+" + Describe(object)); },
        .on_update =
            [this](const ObjectRef& before, const ObjectRef& after) {
              log.push_back(absl::StrCat("~", Describe(before), ">", ColorOf(after)));
            },
        .on_delete = [this](const ObjectRef& object) { log.push_back("-" + Describe(object)); },
    });
    informer.AddIndex("color", [](const ObjectRef& object, std::vector<std::string>* values) {
      values->push_back(ColorOf(object));
    });
  }

  void Start() { node.Spawn(informer.Run()); }
  void RunFor(absl::Duration duration) { world.RunFor(duration); }
  std::vector<std::string> TakeLog() { return std::exchange(log, {}); }
  std::vector<std::string> Cached() const {
    std::vector<std::string> cached;
    for (const ObjectRef& object : informer.List()) cached.push_back(Describe(object));
    return cached;
  }
  // Everything that the cache says agrees with the server's state at its revision.
  bool Agrees() const {
    const std::vector<ObjectRef> expected =
        server.ObjectsAt(api::KindOf<ConfigMap>(), informer.revision());
    if (informer.List() != expected || informer.size() != expected.size()) return false;
    for (const ObjectRef& object : expected) {
      if (informer.Get(KeyOf(object)) != object) return false;
    }
    for (const char* color : {"red", "green", "blue"}) {
      std::vector<ObjectRef> filed;
      for (const ObjectRef& object : expected) {
        if (ColorOf(object) == color) filed.push_back(object);
      }
      if (informer.ByIndex("color", color) != filed) return false;
    }
    return true;
  }

  std::vector<std::string> log;
  sim::World world;
  sim::Machine& master = world.AddMachine("master");
  sim::Machine& node = world.AddMachine("node");
  FakeApiServer server{master};
  std::unique_ptr<rt::Transport::Listener> listener;
  Client client{node, "master/apiserver", {}};
  InformerCore informer{client, api::KindOf<ConfigMap>(), {}};
};

TEST(Informer, ListsThenFollowsTheWatch) {
  Cluster cluster;
  cluster.server.Create(Config("b", "red"));
  cluster.server.Create(Config("a", "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  EXPECT_TRUE(cluster.informer.synced());
  EXPECT_THAT(cluster.TakeLog(), ElementsAre("+a=red", "+b=red"));
  cluster.server.Create(Config("c", "blue"));
  cluster.server.Update(Config("c", "green"));
  cluster.server.Delete(api::KindOf<ConfigMap>(), "ns", "c");
  cluster.RunFor(absl::Seconds(1));
  EXPECT_THAT(cluster.TakeLog(), ElementsAre("+c=blue", "-c=blue", "+c=green", "-c=green"));
}

TEST(Informer, ReportsAnUpdateWithTheStateBefore) {
  Cluster cluster;
  cluster.server.Create(Config("a", "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  cluster.TakeLog();
  ConfigMap changed = Config("a", "blue");
  changed.mutable_metadata()->set_uid("uid-1");
  cluster.server.Update(std::move(changed));
  cluster.RunFor(absl::Seconds(1));
  EXPECT_THAT(cluster.TakeLog(), ElementsAre("~a=red>blue"));
}

TEST(Informer, WatchesAgainFromWhatItSawLast) {
  Cluster cluster;
  cluster.server.Create(Config("a", "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  cluster.TakeLog();
  cluster.server.EndWatches(absl::UnavailableError("gone"));
  cluster.server.Create(Config("b", "red"));
  cluster.RunFor(absl::Seconds(5));
  EXPECT_THAT(cluster.TakeLog(), ElementsAre("+b=red"));
  EXPECT_EQ(cluster.server.requests(api::Verb::kList), 1);
  EXPECT_EQ(cluster.server.requests(api::Verb::kWatch), 2);
}

TEST(Informer, RelistsAndReportsTheDifferenceWhenTheWatchIsTooOld) {
  Cluster cluster;
  for (const char* name : {"a", "b", "c"}) cluster.server.Create(Config(name, "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  cluster.TakeLog();
  cluster.server.EndWatches(absl::UnavailableError("gone"));
  cluster.server.Delete(api::KindOf<ConfigMap>(), "ns", "a");
  ConfigMap changed = Config("b", "blue");
  changed.mutable_metadata()->set_uid("uid-2");
  cluster.server.Update(std::move(changed));
  cluster.server.Create(Config("d", "red"));
  cluster.server.Compact();
  cluster.RunFor(absl::Seconds(30));
  EXPECT_THAT(cluster.TakeLog(), ElementsAre("~b=red>blue", "+d=red", "-a=red"));
  EXPECT_EQ(cluster.server.requests(api::Verb::kList), 2);
}

TEST(Informer, AnotherUidIsADeleteAndAnAdd) {
  Cluster cluster;
  cluster.server.Create(Config("a", "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  cluster.TakeLog();
  cluster.server.EndWatches(absl::UnavailableError("gone"));
  cluster.server.Delete(api::KindOf<ConfigMap>(), "ns", "a");
  cluster.server.Create(Config("a", "blue"));
  cluster.server.Compact();
  cluster.RunFor(absl::Seconds(30));
  EXPECT_THAT(cluster.TakeLog(), ElementsAre("-a=red", "+a=blue"));
}

TEST(Informer, NeverGoesBackInTime) {
  Cluster cluster;
  cluster.server.Create(Config("a", "red"));
  const int64_t past = cluster.server.revision();
  cluster.server.Create(Config("b", "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  cluster.TakeLog();
  cluster.server.ServeListsAt(past);
  cluster.server.EndWatches(api::Expired("too old resource version"));
  cluster.RunFor(absl::Minutes(1));
  EXPECT_THAT(cluster.TakeLog(), ElementsAre());
  EXPECT_THAT(cluster.Cached(), ElementsAre("a=red", "b=red"));
  cluster.server.ServeListsAt(0);
  cluster.server.Create(Config("c", "red"));
  cluster.RunFor(absl::Minutes(1));
  EXPECT_THAT(cluster.Cached(), ElementsAre("a=red", "b=red", "c=red"));
}

TEST(Informer, BacksOffWhileTheServerFails) {
  Cluster cluster;
  cluster.server.FailRequests(api::InternalError("no"));
  cluster.Start();
  cluster.RunFor(absl::Minutes(10));
  EXPECT_FALSE(cluster.informer.synced());
  EXPECT_GE(cluster.server.requests(api::Verb::kList), 10);
  EXPECT_LE(cluster.server.requests(api::Verb::kList), 30);
  cluster.server.FailRequests(absl::OkStatus());
  cluster.RunFor(absl::Minutes(1));
  EXPECT_TRUE(cluster.informer.synced());
}

TEST(Informer, ALateHandlerHearsOfEverythingInTheCache) {
  Cluster cluster;
  cluster.server.Create(Config("b", "red"));
  cluster.server.Create(Config("a", "red"));
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  std::vector<std::string> heard;
  InformerHandler handler;
  handler.on_add = [&heard](const ObjectRef& object) { heard.push_back(Describe(object)); };
  cluster.informer.AddHandler(std::move(handler));
  EXPECT_THAT(heard, ElementsAre("a=red", "b=red"));
}

TEST(Informer, ListsOneNamespace) {
  Cluster cluster;
  for (const char* ns : {"n1", "n2", "n3"}) {
    cluster.server.Create(Config("b", ns, ns));
    cluster.server.Create(Config("a", ns, ns));
  }
  cluster.Start();
  cluster.RunFor(absl::Seconds(1));
  std::vector<std::string> found;
  for (const ObjectRef& object : cluster.informer.ListNamespace("n2")) {
    found.push_back(Describe(object));
  }
  EXPECT_THAT(found, ElementsAre("a=n2", "b=n2"));
  EXPECT_TRUE(cluster.informer.ListNamespace("n0").empty());
}

TEST(InformerFactory, GivesOneInformerForEachKindAndSelection) {
  Cluster cluster;
  InformerFactory factory(cluster.client);
  EXPECT_EQ(&factory.For<ConfigMap>().core(), &factory.For<ConfigMap>().core());
  InformerOptions selected;
  selected.ns = "kube-system";
  EXPECT_NE(&factory.Core(api::KindOf<ConfigMap>(), selected), &factory.For<ConfigMap>().core());
  EXPECT_EQ(&factory.Core(api::KindOf<ConfigMap>(), selected),
            &factory.Core(api::KindOf<ConfigMap>(), selected));
}

// Whatever happens to objects and watches, the cache is a state that the server was
// in, never an older one than before, and in the end the newest; the handlers' story
// tells the same.
RC_GTEST_PROP(Informer, IsAStateOfTheServerAndEndsAtTheNewest, ()) {
  Cluster cluster(*rc::gen::arbitrary<uint64_t>());
  std::vector<std::string> story;
  cluster.Start();
  const int steps = *rc::gen::inRange(0, 60);
  int64_t seen = 0;
  for (int i = 0; i < steps; ++i) {
    const std::string name(1, static_cast<char>('a' + *rc::gen::inRange(0, 6)));
    const std::string color = *rc::gen::element<std::string>("red", "green", "blue");
    ObjectRef existing;
    for (const ObjectRef& object : cluster.server.Objects(api::KindOf<ConfigMap>())) {
      if (object->metadata().name() == name) existing = object;
    }
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
      case 1:
      case 2:
        if (existing) {
          ConfigMap changed = Config(name, color);
          changed.mutable_metadata()->set_uid(existing->metadata().uid());
          cluster.server.Update(std::move(changed));
        } else {
          cluster.server.Create(Config(name, color));
        }
        break;
      case 3:
        if (existing) cluster.server.Delete(api::KindOf<ConfigMap>(), "ns", name);
        break;
      case 4:
        cluster.server.EndWatches(*rc::gen::element(absl::UnavailableError("broken"),
                                                    absl::ResourceExhaustedError("slow"),
                                                    absl::OkStatus()));
        break;
      case 5:
        cluster.server.Compact();
        break;
      case 6:
        cluster.RunFor(absl::Milliseconds(*rc::gen::inRange(1, 2000)));
        break;
    }
    RC_ASSERT(cluster.informer.revision() >= seen);
    seen = cluster.informer.revision();
    if (cluster.informer.synced()) RC_ASSERT(cluster.Agrees());
  }
  cluster.RunFor(absl::Minutes(5));
  RC_ASSERT(cluster.informer.synced());
  RC_ASSERT(cluster.Agrees());
  RC_ASSERT(cluster.informer.List() == cluster.server.Objects(api::KindOf<ConfigMap>()));

  std::map<std::string, std::string> told;
  for (const std::string& line : cluster.log) {
    const std::string name = line.substr(1, 1);
    if (line[0] == '+') {
      RC_ASSERT(told.emplace(name, line.substr(3)).second);
    } else if (line[0] == '-') {
      RC_ASSERT(told.erase(name) == 1u);
    } else {
      told.at(name) = line.substr(line.find('>') + 1);
    }
  }
  std::map<std::string, std::string> cached;
  for (const ObjectRef& object : cluster.informer.List()) {
    cached[object->metadata().name()] = ColorOf(object);
  }
  RC_ASSERT(told == cached);
}

}  // namespace
}  // namespace drydock::client
