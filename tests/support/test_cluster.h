// A small cluster for tests of components: a simulated world with the machine
// "master-0", which runs the API server over a store in memory at
// "master-0/apiserver", and whatever a test adds to it.
//
//   TestCluster cluster;
//   cluster.Create(pod);
//   cluster.Apply(R"(...YAML...)");
//   client::Client& client = cluster.NewClient(cluster.AddMachine("node-0"), "kubelet");
//   cluster.world().FindMachine("node-0")->Spawn(...);
//   ASSERT_TRUE(cluster.RunUntil([&] { return ...; }));
//
// Calls here run virtual time until they have their answer.
#ifndef DRYDOCK_TESTS_SUPPORT_TEST_CLUSTER_H_
#define DRYDOCK_TESTS_SUPPORT_TEST_CLUSTER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/object.h"
#include "src/apiserver/object_codec.h"
#include "src/apiserver/options.h"
#include "src/apiserver/server.h"
#include "src/client/client.h"
#include "src/rt/check.h"
#include "src/rt/env.h"
#include "src/rt/task.h"
#include "src/store/memory_store.h"

namespace drydock::testing_support {

inline constexpr char kServerAddress[] = "master-0/apiserver";

struct TestClusterOptions {
  sim::WorldOptions world;
  apiserver::ServerOptions server;
  store::MemoryStoreOptions store;
};

class TestCluster {
 public:
  // The API server is ready when this returns.
  explicit TestCluster(TestClusterOptions options = {});
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;
  ~TestCluster();

  sim::World& world() { return world_; }
  sim::Machine& AddMachine(std::string name) { return world_.AddMachine(std::move(name)); }
  // The API server's process, to be killed and started again.
  sim::Process& server_process() { return *server_process_; }
  // REQUIRES: the process runs.
  apiserver::Server& server() { return *server_; }
  store::MemoryStore& store() { return *store_; }

  // The test's own client, an administrator on the machine "client-0".
  client::Client& client() { return *client_; }
  // A client for a component that runs in `env`; lives as long as the cluster.
  client::Client& NewClient(rt::Env& env, std::string user_agent);

  // Runs virtual time.
  void RunFor(absl::Duration duration) { world_.RunFor(duration); }
  // Until `done` holds; false when it does not within `limit`.
  bool RunUntil(const std::function<bool()>& done, absl::Duration limit = absl::Minutes(5)) {
    return world_.kernel().RunUntil(done, world_.Now() + limit);
  }
  // Until `task` has its result. REQUIRES: it has within an hour.
  template <typename T>
  T Await(rt::Task<T> task) {
    std::optional<T> result;
    rt::TaskGroup group;
    group.Spawn(Keep(std::move(task), result));
    DRYDOCK_CHECK(RunUntil([&] { return result.has_value(); }, absl::Hours(1)),
                  "the task did not end");
    return *std::move(result);
  }

  // What the administrator does. Errors end the test where the name says nothing else.
  template <typename T>
  api::Ref<T> Create(T object) {
    absl::StatusOr<api::Ref<T>> made = Await(client_->Create(std::move(object)));
    DRYDOCK_CHECK(made.ok(), made.status().ToString());
    return *std::move(made);
  }
  // Creates every object of a YAML text with any number of documents.
  std::vector<api::ObjectRef> Apply(absl::string_view yaml);
  // Null when there is none.
  template <typename T>
  api::Ref<T> Get(const std::string& ns, const std::string& name) {
    absl::StatusOr<api::Ref<T>> found = Await(client_->Get<T>(ns, name));
    return found.ok() ? *std::move(found) : nullptr;
  }
  template <typename T>
  std::vector<api::Ref<T>> List(const std::string& ns) {
    auto list = Await(client_->List<T>(ns, {}));
    DRYDOCK_CHECK(list.ok(), list.status().ToString());
    return std::move(list->items);
  }
  template <typename T>
  api::Ref<T> Update(T object) {
    absl::StatusOr<api::Ref<T>> updated = Await(client_->Update(std::move(object)));
    DRYDOCK_CHECK(updated.ok(), updated.status().ToString());
    return *std::move(updated);
  }
  template <typename T>
  api::Ref<T> UpdateStatus(T object) {
    absl::StatusOr<api::Ref<T>> updated = Await(client_->UpdateStatus(std::move(object)));
    DRYDOCK_CHECK(updated.ok(), updated.status().ToString());
    return *std::move(updated);
  }
  template <typename T>
  absl::Status Delete(const std::string& ns, const std::string& name,
                      client::DeleteOptions options = {}) {
    return Await(client_->Delete<T>(ns, name, std::move(options)));
  }

 private:
  template <typename T>
  static rt::Task<> Keep(rt::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }

  sim::World world_;
  apiserver::ObjectCodec codec_;
  const apiserver::ServerOptions server_options_;
  std::unique_ptr<store::MemoryStore> store_;
  apiserver::Server* server_ = nullptr;  // Of the present incarnation.
  sim::Process* server_process_ = nullptr;
  std::vector<std::unique_ptr<client::Client>> clients_;
  client::Client* client_ = nullptr;
};

}  // namespace drydock::testing_support

#endif  // DRYDOCK_TESTS_SUPPORT_TEST_CLUSTER_H_
