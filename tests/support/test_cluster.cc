// The world, its master and its administrator.
#include "tests/support/test_cluster.h"

#include "src/api/codec/codec.h"

namespace drydock::testing_support {

TestCluster::TestCluster(TestClusterOptions options)
    : world_(std::move(options.world)),
      server_options_(std::move(options.server)),
      // On nobody's machine: it survives the API server's crashes.
      store_(std::make_unique<store::MemoryStore>(world_.executor(), codec_, options.store)) {
  sim::Machine& master = world_.AddMachine("master-0");
  server_process_ = &master.AddProcess("apiserver", [this](sim::Process& process) {
    server_ = &process.Emplace<apiserver::Server>(process, *store_, server_options_);
    process.Own(std::shared_ptr<rt::Transport::Listener>(
        process.transport().Listen("apiserver", *server_)));
    process.Spawn(server_->Run());
  });
  sim::Machine& workstation = world_.AddMachine("client-0");
  clients_.push_back(std::make_unique<client::Client>(
      workstation, kServerAddress,
      client::ClientOptions{
          .user_agent = "kubectl", .user = "admin", .groups = {"system:masters"}}));
  client_ = clients_.back().get();
  DRYDOCK_CHECK(RunUntil([this] { return server_->ready(); }), "the API server did not start");
}

TestCluster::~TestCluster() = default;

std::vector<api::ObjectRef> TestCluster::Apply(absl::string_view yaml) {
  absl::StatusOr<std::vector<api::DecodedObject>> decoded =
      api::DecodeDocuments(yaml, api::Format::kYaml, {.expand_lists = true});
  DRYDOCK_CHECK(decoded.ok(), decoded.status().ToString());
  std::vector<api::ObjectRef> objects;
  for (api::DecodedObject& object : *decoded) {
    if (object.kind->namespaced) {
      api::metav1::ObjectMeta& metadata = *api::MutableMetadataOf(object.message.get());
      if (metadata.namespace_().empty()) metadata.set_namespace_("default");
    }
    absl::StatusOr<api::ObjectRef> made =
        Await(client_->Create(api::ObjectRef(api::MakeObject(std::move(object.message)))));
    DRYDOCK_CHECK(made.ok(), made.status().ToString());
    objects.push_back(*std::move(made));
  }
  return objects;
}

client::Client& TestCluster::NewClient(rt::Env& env, std::string user_agent) {
  clients_.push_back(std::make_unique<client::Client>(
      env, kServerAddress, client::ClientOptions{.user_agent = std::move(user_agent)}));
  return *clients_.back();
}

}  // namespace drydock::testing_support
