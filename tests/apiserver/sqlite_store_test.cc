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

#include "absl/strings/str_cat.h"
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
  DurableCluster() : master_(world_.AddMachine("master-0")) {
    master_.AddPowerListener([this](bool powered) {
      if (!powered) disk_.Crash();
    });
    master_.AddProcess("apiserver", [this](sim::Process& process) {
      absl::StatusOr<std::unique_ptr<store::SqliteStore>> store =
          store::SqliteStore::Open(process.executor(), process.NewRandom("store"), disk_, codec_);
      DRYDOCK_CHECK(store.ok(), store.status().ToString());
      const std::shared_ptr<store::SqliteStore> owned = *std::move(store);
      process.Own(owned);
      server_ = &process.Emplace<Server>(process, *owned, ServerOptions());
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

}  // namespace
}  // namespace drydock::apiserver
