// Puts a node together.
#include "tests/kubelet/harness.h"

#include "absl/strings/str_cat.h"
#include "sim/runtime/runtime_session.h"
#include "sim/runtime/sim_prober.h"
#include "src/api/maps.h"
#include "src/client/client.h"
#include "src/kubelet/kubelet.h"
#include "src/rt/check.h"

namespace drydock::kubelet {

void Witness::ContainerStarted(const std::string& machine, const sim::RunningContainer& container) {
  starts_[{container.pod_name, container.name}].push_back(world_.Now());
  for (const auto& [id, other] : running_) {
    if (other.pod_uid == container.pod_uid && other.name == container.name) {
      violations_.push_back(
          absl::StrCat("two incarnations of ", container.pod_name, "/", container.name));
    }
    if (other.pod_uid != container.pod_uid && other.pod_name == container.pod_name) {
      violations_.push_back(absl::StrCat("two identities of ", container.pod_name));
    }
  }
  running_[container.id] = container;
}

void Witness::ContainerEnded(const std::string& machine, const sim::RunningContainer& container,
                             const sim::ContainerEnd& end) {
  running_.erase(container.id);
  ends_.push_back({container, end, world_.Now()});
  if (end.killed && end.after_term < end.grace) {
    violations_.push_back(absl::StrCat("SIGKILL ", absl::FormatDuration(end.after_term),
                                       " after SIGTERM of ", container.pod_name));
  }
}

std::vector<absl::Duration> Witness::Starts(const std::string& pod, const std::string& name) const {
  const auto found = starts_.find({pod, name});
  return found == starts_.end() ? std::vector<absl::Duration>() : found->second;
}

sim::RuntimeModel PlainModel() {
  sim::RuntimeModel model;
  model.sandbox_latency = sim::DurationModel::Fixed(absl::Milliseconds(300));
  model.registry_latency = sim::DurationModel::Fixed(absl::Milliseconds(200));
  model.workload.start_latency = sim::DurationModel::Fixed(absl::Milliseconds(100));
  model.workload.stop_latency = sim::DurationModel::Fixed(absl::Milliseconds(400));
  model.images.SetSize("app", 125000000);
  return model;
}

KubeletConfig PlainConfig() {
  KubeletConfig config;
  config.node_name = "node";
  config.host_ip = "192.168.0.2";
  config.capacity = {{"cpu", "4"}, {"memory", "8Gi"}};
  return config;
}

api::Pod MakePod(const std::string& name, const std::string& restart_policy) {
  api::Pod pod;
  pod.mutable_metadata()->set_name(name);
  pod.mutable_spec()->set_restart_policy(restart_policy);
  pod.mutable_spec()->set_termination_grace_period_seconds(30);
  api::Container* const container = pod.mutable_spec()->add_containers();
  container->set_name("main");
  container->set_image("app");
  container->set_image_pull_policy("IfNotPresent");
  return pod;
}

void Annotate(api::Pod* pod, const std::string& name, const std::string& value) {
  api::Set(pod->mutable_metadata()->mutable_annotations(),
           absl::StrCat(sim::kSimAnnotationPrefix, name), value);
}

namespace {

struct KubeletProcess {
  KubeletProcess(sim::Process& process, sim::SimContainerRuntime& runtime,
                 const KubeletConfig& config)
      : client(process, "master/apiserver", {.user_agent = "kubelet"}),
        session(runtime, process.executor()),
        prober(runtime),
        kubelet(process, client, session, config, &prober) {}
  client::Client client;
  sim::RuntimeSession session;
  sim::SimProber prober;
  Kubelet kubelet;
};

}  // namespace

Harness::Harness(sim::RuntimeModel runtime_model, KubeletConfig kubelet_config, uint64_t seed)
    : model(std::move(runtime_model)),
      config(std::move(kubelet_config)),
      world({.seed = seed}),
      master(world.AddMachine("master")),
      node(world.AddMachine("node")),
      server(master),
      listener(master.transport().Listen("apiserver", server)),
      witness(world),
      runtime(node, model, "10.1.2.0/24", nullptr, &witness) {
  node.AddPowerListener([this](bool powered) { powered ? runtime.PowerOn() : runtime.PowerOff(); });
  kubelet = &node.AddProcess("kubelet", [this](sim::Process& process) {
    auto& made = process.Emplace<KubeletProcess>(process, runtime, config);
    process.Spawn(made.kubelet.Run());
  });
}

Harness::~Harness() { kubelet->Kill(); }

bool Harness::RunUntilPhase(const std::string& pod, const std::string& phase,
                            absl::Duration patience) {
  return RunUntil(
      [&] {
        const api::Ref<api::Pod> found = server.FindPod(pod);
        return found && found->status().phase() == phase;
      },
      patience);
}

const api::ContainerStatus& Harness::Main(const std::string& pod) const {
  const api::PodStatus& status = server.GetPod(pod).status();
  DRYDOCK_CHECK(status.container_statuses_size() > 0, pod);
  return status.container_statuses(0);
}

std::string Harness::ConditionOf(const std::string& pod, const std::string& type) const {
  const api::Pod& found = server.GetPod(pod);
  for (const api::PodCondition& condition : found.status().conditions()) {
    if (condition.type() == type) return condition.status();
  }
  return "";
}

std::string Harness::ConditionReason(const std::string& pod, const std::string& type) const {
  const api::Pod& found = server.GetPod(pod);
  for (const api::PodCondition& condition : found.status().conditions()) {
    if (condition.type() == type) return condition.reason();
  }
  return "";
}

}  // namespace drydock::kubelet
