// Putting the cluster together.
#include "sim/cluster/cluster.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim/cluster/addresses.h"
#include "sim/runtime/duration_model.h"
#include "sim/runtime/runtime_session.h"
#include "sim/runtime/sim_prober.h"
#include "src/api/quantity.h"
#include "src/apiserver/server.h"
#include "src/client/client.h"
#include "src/controllers/manager.h"
#include "src/kubelet/kubelet.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"
#include "src/scheduler/engines.h"

namespace drydock::sim {
namespace {

// Changes that the store remembers: a bound on memory. Nobody reads far back: watches begin from
// the watch caches' own history, and lists in pages go on within moments.
constexpr size_t kStoreHistory = 4'000;

constexpr absl::Duration kBootSpread = absl::Seconds(10);  // Nodes do not boot as one.

std::string ZoneName(int zone) {
  return absl::StrCat("zone-", std::string(1, static_cast<char>('a' + zone)));
}

bool IsRead(api::Verb verb) {
  return verb == api::Verb::kGet || verb == api::Verb::kList || verb == api::Verb::kWatch;
}

client::ClientOptions ClientOf(std::string agent, double qps, int burst) {
  client::ClientOptions options;
  options.user_agent = agent;
  options.user = absl::StrCat("system:", agent);
  options.qps = qps;
  options.burst = burst;
  return options;
}

}  // namespace

Cluster::Cluster(World& world, const Scenario& scenario, RequestObserver observer)
    : world_(world), scenario_(scenario), observer_(std::move(observer)) {}

Cluster::~Cluster() {
  // The machines outlive the cluster, but what runs on them uses the runtimes and the
  // store.
  for (const auto& [name, machine] : world_.machines()) {
    for (const std::unique_ptr<Process>& process : machine->processes()) process->Kill();
  }
}

absl::StatusOr<std::unique_ptr<Cluster>> Cluster::Create(World& world, const Scenario& scenario,
                                                         RequestObserver observer) {
  std::unique_ptr<Cluster> cluster(new Cluster(world, scenario, std::move(observer)));
  RETURN_IF_ERROR(cluster->AddMaster());
  RETURN_IF_ERROR(cluster->AddNodes());
  return cluster;
}

absl::Status Cluster::AddMaster() {
  if (const api::Value& tree = scenario_.cluster.scheduler; !tree.is_null()) {
    const auto registry = scheduler::PluginRegistry::Builtin();
    absl::StatusOr<scheduler::SchedulerConfig> config =
        scheduler::ParseSchedulerConfig(tree, &registry);
    if (!config.ok()) {
      // "path:14:7: field: ...", or without a place what the command line has set.
      const absl::string_view message = config.status().message();
      const bool placed = absl::ascii_isdigit(static_cast<unsigned char>(message.front()));
      return absl::InvalidArgumentError(absl::StrCat(scenario_.path, placed ? ":" : ": ", message));
    }
    if (const absl::Status made = scheduler::CheckConfig(*config, registry); !made.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(scenario_.path, ": cluster.scheduler: ", made.message()));
    }
    scheduler_config_ = *std::move(config);
  }
  Machine& master = world_.AddMachine("master-0", ZoneName(0));
  store_ = std::make_unique<store::MemoryStore>(
      master.executor(), codec_, store::MemoryStoreOptions{.history_limit = kStoreHistory});

  const Latencies& latency = scenario_.cluster.latency;
  master.AddProcess("apiserver", [this, &latency](Process& process) {
    apiserver::ServerOptions options;
    options.cost = [&latency](const api::Request& request) {
      return IsRead(request.verb) ? latency.api_read : latency.api_write;
    };
    auto& server = process.Emplace<apiserver::Server>(process, *store_, std::move(options));
    if (observer_) server.OnAnswered(observer_);
    process.Own(
        std::shared_ptr<rt::Transport::Listener>(process.transport().Listen("apiserver", server)));
    process.Spawn(server.Run());
  });

  master.AddProcess("scheduler", [this, &latency](Process& process) {
    auto& client = process.Emplace<client::Client>(process, kApiServerAddress,
                                                   ClientOf("kube-scheduler", 0, 0));
    scheduler::SchedulerOptions options;
    options.config = scheduler_config_;
    options.decision_base = latency.schedule_pod;
    absl::StatusOr<std::unique_ptr<scheduler::Scheduler>> made =
        scheduler::Scheduler::Create(process, client, std::move(options));
    DRYDOCK_CHECK(made.ok(), made.status().ToString());
    scheduler_ = made->get();
    process.Own(std::shared_ptr<scheduler::Scheduler>(*std::move(made)));
    process.Spawn(scheduler_->Run());
  });

  if (!scenario_.cluster.controllers) return absl::OkStatus();
  master.AddProcess("controller-manager", [this](Process& process) {
    auto& client = process.Emplace<client::Client>(
        process, kApiServerAddress,
        ClientOf("kube-controller-manager", scenario_.cluster.controller_qps,
                 scenario_.cluster.controller_burst));
    auto& manager = process.Emplace<controllers::ControllerManager>(
        process, client, controllers::ControllerManagerOptions());
    process.Spawn(manager.Run());
  });
  return absl::OkStatus();
}

absl::Status Cluster::AddNodes() {
  const ClusterSpec& spec = scenario_.cluster;
  runtime_model_.link_bytes_per_second = static_cast<double>(spec.images.node_bandwidth);
  for (const auto& [image, bytes] : spec.images.sizes) {
    runtime_model_.images.SetSize(image, bytes);
  }
  if (!spec.container_start.empty()) {
    const absl::StatusOr<DurationModel> start = DurationModel::Parse(spec.container_start);
    if (!start.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          scenario_.path, ": spec.cluster.containerStart: ", start.status().message()));
    }
    runtime_model_.workload.start_latency = *start;
  }
  int dealt = 0;
  for (const NodePool& pool : spec.node_pools) {
    for (int i = 0; i < pool.count; ++i) {
      RETURN_IF_ERROR(AddNode(pool, i, ZoneName(dealt++ % spec.zones)));
    }
  }
  return absl::OkStatus();
}

absl::Status Cluster::AddNode(const NodePool& pool, int index, const std::string& zone) {
  const auto number = static_cast<uint32_t>(nodes_.size());
  const std::string name = absl::StrCat(pool.name, "-", index);
  auto node = std::make_unique<Node>();
  kubelet::KubeletConfig& config = node->config;
  config.node_name = name;
  config.host_ip = NodeAddress(number);
  config.provider_id = absl::StrCat("drydock://", name);
  config.machine_id = absl::StrCat("machine-", number);
  config.boot_id = absl::StrCat("boot-", number);
  config.labels = pool.labels;
  config.labels.emplace_back("topology.kubernetes.io/region", "region-1");
  config.labels.emplace_back("topology.kubernetes.io/zone", zone);
  config.labels.emplace_back("drydock.dev/pool", pool.name);
  std::sort(config.labels.begin(), config.labels.end());
  for (const auto& [resource, amount] : pool.capacity) {
    const absl::StatusOr<std::string> canonical = api::CanonicalQuantity(amount);
    if (!canonical.ok()) return canonical.status();
    if (resource == "pods" && !absl::SimpleAtoi(*canonical, &config.max_pods)) {
      return absl::InvalidArgumentError(absl::StrCat(scenario_.path, ": node pool ", pool.name,
                                                     ": capacity.pods: expected a whole number"));
    }
    config.capacity.emplace_back(resource, *canonical);
  }
  std::sort(config.capacity.begin(), config.capacity.end());
  for (const api::Value& taint : pool.taints.items()) {
    const auto text = [&taint](const char* field) {
      const api::Value* value = taint.Find(field);
      return value == nullptr ? std::string() : value->text();
    };
    config.taints.push_back({text("key"), text("value"), text("effect")});
  }
  const std::string range = PodRange(number, config.max_pods);
  if (range.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(scenario_.path, ": spec.cluster.nodePools: expected at most ", number,
                     " nodes with ", config.max_pods, " pods each"));
  }

  if (world_.FindMachine(name) != nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(scenario_.path, ": spec.cluster.nodePools: two nodes would be called ", name));
  }
  Machine& machine = world_.AddMachine(name, zone);
  node->runtime = std::make_unique<SimContainerRuntime>(machine, runtime_model_, range,
                                                        /*registry=*/nullptr,
                                                        /*observer=*/nullptr);
  machine.AddPowerListener([runtime = node->runtime.get()](bool powered) {
    if (powered) {
      runtime->PowerOn();
    } else {
      runtime->PowerOff();
    }
  });
  Node& kept = *node;
  nodes_.push_back(std::move(node));
  machine.AddProcess("kubelet", [this, &kept](Process& process) { StartKubelet(process, kept); });
  return absl::OkStatus();
}

void Cluster::StartKubelet(Process& process, Node& node) {
  client::ClientOptions options = ClientOf("kubelet", 50, 100);  // kubeAPIQPS and kubeAPIBurst.
  options.user = absl::StrCat("system:node:", node.config.node_name);
  options.groups = {"system:nodes"};
  auto& client = process.Emplace<client::Client>(process, kApiServerAddress, std::move(options));
  auto& prober = process.Emplace<SimProber>(*node.runtime);
  auto& session = process.Emplace<RuntimeSession>(*node.runtime, process.executor());
  auto& agent = process.Emplace<kubelet::Kubelet>(process, client, session, node.config, &prober);
  rt::Random random = process.NewRandom("boot");
  const absl::Duration delay = random.Unit() * kBootSpread;
  struct Boot {
    static rt::Task<> Run(Process& process, kubelet::Kubelet& agent, absl::Duration delay) {
      co_await process.executor().SleepFor(delay);
      co_await agent.Run();
    }
  };
  process.Spawn(Boot::Run(process, agent, delay));
}

scheduler::SchedulerMetrics Cluster::SchedulerTotals() const {
  return scheduler_ == nullptr ? scheduler::SchedulerMetrics() : scheduler_->metrics();
}

}  // namespace drydock::sim
