// Calls: errors, the rate limit, retries when told to wait.
#include "src/client/client.h"

#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/core/v1/config.h"
#include "src/api/status.h"
#include "tests/client/fake_api_server.h"

namespace drydock::client {
namespace {

using api::ConfigMap;

ConfigMap Config(absl::string_view name) {
  ConfigMap config;
  config.mutable_metadata()->set_namespace_("ns");
  config.mutable_metadata()->set_name(std::string(name));
  return config;
}

class ClientTest : public testing::Test {
 protected:
  ClientTest() { listener_ = master_.transport().Listen("apiserver", server_); }

  template <typename T>
  std::optional<T> Await(rt::Task<T> task, absl::Duration patience = absl::Minutes(10)) {
    std::optional<T> result;
    rt::TaskGroup group;
    group.Spawn(Store(std::move(task), &result));
    world_.kernel().RunUntil([&result] { return result.has_value(); }, world_.Now() + patience);
    return result;
  }
  template <typename T>
  static rt::Task<> Store(rt::Task<T> task, std::optional<T>* result) {
    *result = co_await std::move(task);
  }

  sim::World world_;
  sim::Machine& master_ = world_.AddMachine("master");
  sim::Machine& node_ = world_.AddMachine("node");
  FakeApiServer server_{master_};
  std::unique_ptr<rt::Transport::Listener> listener_;
};

TEST_F(ClientTest, ReadsBackWhatItCreated) {
  Client client(node_, "master/apiserver", {});
  const auto created = Await(client.Create(Config("a")));
  ASSERT_TRUE(created->ok());
  const auto got = Await(client.Get<ConfigMap>("ns", "a"));
  ASSERT_TRUE(got->ok());
  EXPECT_EQ((**got)->metadata().uid(), (**created)->metadata().uid());
}

TEST_F(ClientTest, ErrorsKeepTheirReason) {
  Client client(node_, "master/apiserver", {});
  const auto got = Await(client.Get<ConfigMap>("ns", "a"));
  EXPECT_TRUE(api::IsNotFound(got->status()));
  EXPECT_EQ(got->status().message(), "configmaps \"a\" not found");
  EXPECT_EQ(api::DetailsOf(got->status()).kind, "configmaps");
  EXPECT_EQ(client.metrics().errors, 1u);
}

TEST_F(ClientTest, TheOutcomeIsUnknownWhenNoReplyComes) {
  world_.network().AddFault({.from = sim::Network::Everyone(),
                             .to = sim::Network::Everyone(),
                             .both_ways = true,
                             .cut = true});
  Client client(node_, "master/apiserver", {.timeout = absl::Seconds(3)});
  const auto created = Await(client.Create(Config("a")));
  EXPECT_TRUE(api::IsOutcomeUnknown(created->status()));
  EXPECT_EQ(world_.Now(), absl::Seconds(3));
}

TEST_F(ClientTest, WaitsAsLongAsAnOverloadedServerAsks) {
  Client client(node_, "master/apiserver", {});
  server_.FailRequests(api::TooManyRequests("later", 2));
  rt::TaskGroup group;
  std::optional<absl::StatusOr<Ref<ConfigMap>>> created;
  group.Spawn(Store(client.Create(Config("a")), &created));
  world_.RunFor(absl::Seconds(3));
  EXPECT_EQ(server_.requests(api::Verb::kCreate), 2);
  server_.FailRequests(absl::OkStatus());
  world_.RunFor(absl::Seconds(3));
  ASSERT_TRUE(created.has_value());
  EXPECT_TRUE(created->ok());
}

TEST_F(ClientTest, KeepsItsRateAfterABurst) {
  Client client(node_, "master/apiserver", {.qps = 10, .burst = 5});
  rt::TaskGroup group;
  std::vector<std::optional<absl::StatusOr<Ref<ConfigMap>>>> got(25);
  for (auto& result : got) group.Spawn(Store(client.Get<ConfigMap>("ns", "a"), &result));
  world_.RunFor(absl::Milliseconds(50));
  EXPECT_EQ(server_.requests(api::Verb::kGet), 5);
  world_.RunFor(absl::Seconds(1));
  EXPECT_EQ(server_.requests(api::Verb::kGet), 15);
  world_.RunFor(absl::Seconds(5));
  EXPECT_EQ(server_.requests(api::Verb::kGet), 25);
}

}  // namespace
}  // namespace drydock::client
