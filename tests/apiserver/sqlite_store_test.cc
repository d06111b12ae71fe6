// The API server over its embedded store, on a machine that loses power: objects come back
// as they were, and work goes on where it was.
#include "src/store/sqlite/sqlite_store.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/disk/sim_disk.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/object.h"
#include "src/api/status.h"
#include "src/apiserver/object_codec.h"
#include "src/apiserver/server.h"
#include "src/client/client.h"
#include "src/rt/check.h"
#include "tests/apiserver/support.h"

namespace drydock::apiserver {
namespace {

class DurableCluster {
 public:
  explicit DurableCluster(int64_t history_from_store = 0) : master_(world_.AddMachine("master-0")) {
    master_.AddPowerListener([this](bool powered) {
      if (!powered) disk_.Crash();
    });
    ServerOptions options;
    options.watch_cache.history_from_store = history_from_store;
    master_.AddProcess("apiserver", [this, options](sim::Process& process) {
      absl::StatusOr<std::unique_ptr<store::SqliteStore>> store =
          store::SqliteStore::Open(process.executor(), process.NewRandom("store"), disk_, codec_);
      DRYDOCK_CHECK(store.ok(), store.status().ToString());
      const std::shared_ptr<store::SqliteStore> owned = *std::move(store);
      process.Own(owned);
      server_ = &process.Emplace<Server>(process, *owned, options);
      process.Own(std::shared_ptr<rt::Transport::Listener>(
          process.transport().Listen("apiserver", *server_)));
      process.Spawn(server_->Run());
    });
    client_ = std::make_unique<client::Client>(
        world_.AddMachine("client-0"), testing_support::kServerAddress,
        client::ClientOptions{
            .user_agent = "kubectl", .user = "admin", .groups = {"system:masters"}});
    AwaitServer();
  }

  void LosePower() {
    master_.PowerOff();
    master_.PowerOn();
    AwaitServer();
  }

  template <typename T>
  T Await(rt::Task<T> task) {
    std::optional<T> result;
    rt::TaskGroup group;
    group.Spawn(Keep(std::move(task), result));
    DRYDOCK_CHECK(RunUntil([&] { return result.has_value(); }));
    return *std::move(result);
  }

  client::Client& client() { return *client_; }

 private:
  template <typename T>
  static rt::Task<> Keep(rt::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }
  bool RunUntil(const std::function<bool()>& done) {
    return world_.kernel().RunUntil(done, world_.Now() + absl::Hours(1));
  }
  void AwaitServer() {
    DRYDOCK_CHECK(RunUntil([this] { return server_->ready(); }));
  }

  sim::SimDisk disk_{{.machine = "master-0", .seed = 1}};
  const ObjectCodec codec_;
  sim::World world_;  // Its processes use the disk.
  sim::Machine& master_;
  Server* server_ = nullptr;
  std::unique_ptr<client::Client> client_;
};

TEST(SqliteApiServer, ObjectsComeBackAsTheyWere) {
  DurableCluster cluster;
  client::Client& client = cluster.client();
  std::vector<api::ObjectRef> written;
  for (int i = 0; i < 20; ++i) {
    const auto pod = cluster.Await(client.Create(MakePod(absl::StrCat("p", i))));
    ASSERT_TRUE(pod.ok()) << pod.status();
    // A version that borrows the spec of the one before.
    api::Pod running = **pod;
    running.mutable_status()->set_phase("Running");
    const auto updated = cluster.Await(client.UpdateStatus(std::move(running)));
    ASSERT_TRUE(updated.ok()) << updated.status();
    written.push_back(updated->object());
  }
  const absl::Status deleted = cluster.Await(client.Delete<api::Pod>("default", "p7", {}));
  ASSERT_TRUE(deleted.ok()) << deleted;

  cluster.LosePower();
  for (int i = 0; i < 20; ++i) {
    const auto pod = cluster.Await(client.Get<api::Pod>("default", absl::StrCat("p", i)));
    if (i == 7) {
      EXPECT_TRUE(api::IsNotFound(pod.status())) << pod.status();
      continue;
    }
    ASSERT_TRUE(pod.ok()) << pod.status();
    const api::Object& before = *written[static_cast<size_t>(i)];
    EXPECT_EQ(pod->object()->revision(), before.revision());
    EXPECT_EQ(pod->object()->Digest(), before.Digest());
  }
}

TEST(SqliteApiServer, AnUpdateIsStillRefusedWhenItsObjectIsOld) {
  DurableCluster cluster;
  client::Client& client = cluster.client();
  const auto first = *cluster.Await(client.Create(MakePod("a")));
  const auto update = [&](const api::Pod& from, const std::string& phase) {
    api::Pod pod = from;
    pod.mutable_status()->set_phase(phase);
    return cluster.Await(client.UpdateStatus(std::move(pod)));
  };
  const auto second = update(*first, "Running");
  ASSERT_TRUE(second.ok()) << second.status();
  cluster.LosePower();
  EXPECT_TRUE(api::IsConflict(update(*first, "Failed").status()));
  const auto third = update(**second, "Succeeded");
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_GT(third->object()->revision(), second->object()->revision());
}

// The names that a watch of pods after `revision` brings first, or why it cannot.
std::string WatchedFirst(DurableCluster& cluster, int64_t revision) {
  absl::StatusOr<client::WatchStream> watch = cluster.Await(
      cluster.client().Watch(api::KindOf<api::Pod>(), "default", absl::StrCat(revision), {}));
  if (!watch.ok()) return api::ReasonOf(watch.status());
  const auto events = cluster.Await(watch->Next());
  if (!events.ok()) return api::ReasonOf(events.status());
  if (!events->has_value()) return "the end";
  std::vector<std::string> names;
  for (const api::WatchEvent& event : (**events)->events) {
    names.push_back(event.type == api::EventType::kError ? "an error"
                                                         : event.object->metadata().name());
  }
  return absl::StrJoin(names, " ");
}

TEST(SqliteApiServer, WatchesGoOnFromBeforeARestartIfHistoryIsReadFromTheStore) {
  for (const bool with_history : {false, true}) {
    DurableCluster cluster(with_history ? 1000 : 0);
    const auto first = *cluster.Await(cluster.client().Create(MakePod("a")));
    ASSERT_TRUE(cluster.Await(cluster.client().Create(MakePod("b"))).ok());
    ASSERT_TRUE(cluster.Await(cluster.client().Delete<api::Pod>("default", "a", {})).ok());
    cluster.LosePower();
    // A watch brings what has happened since, in order, whether there is a message for each
    // change or one for all.
    const std::string seen = WatchedFirst(cluster, first.object()->revision());
    EXPECT_EQ(absl::StartsWith(seen, "b"), with_history) << seen;
    // The state is that of the end of the history.
    EXPECT_TRUE(
        api::IsNotFound(cluster.Await(cluster.client().Get<api::Pod>("default", "a")).status()));
    EXPECT_TRUE(cluster.Await(cluster.client().Get<api::Pod>("default", "b")).ok());
  }
}

TEST(SqliteApiServer, HistoryReachesBackAsFarAsItIsAskedFor) {
  DurableCluster cluster(/*history_from_store=*/2);
  std::vector<int64_t> revisions;
  for (int i = 0; i < 6; ++i) {
    const auto pod = *cluster.Await(cluster.client().Create(MakePod(absl::StrCat("p", i))));
    revisions.push_back(pod.object()->revision());
  }
  cluster.LosePower();
  EXPECT_EQ(WatchedFirst(cluster, revisions[0]).find("p1"), std::string::npos);
  EXPECT_TRUE(absl::StartsWith(WatchedFirst(cluster, revisions[4]), "p5"));
}

}  // namespace
}  // namespace drydock::apiserver
