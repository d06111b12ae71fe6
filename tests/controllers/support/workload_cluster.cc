// The stand-in for kubelets, and the processes of a test.
#include "tests/controllers/support/workload_cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/event.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/int_or_string.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/client/controller.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

class FakeKubelet final : public client::Reconciler {
 public:
  FakeKubelet(rt::Env& env, client::Client& client, FakeKubeletOptions options)
      : env_(env),
        client_(client),
        options_(std::move(options)),
        informers_(client),
        pods_(informers_.For<api::Pod>()),
        controller_(env, "fake-kubelet", *this, 1000) {
    const auto enqueue = [this](const client::ObjectRef& pod) {
      controller_.queue().Add(client::KeyOf(pod));
    };
    pods_.core().AddHandler({
        .on_add = enqueue,
        .on_update = [enqueue](const client::ObjectRef&,
                               const client::ObjectRef& pod) { enqueue(pod); },
        .on_delete = [](const client::ObjectRef&) {},
    });
  }

  rt::Task<> Run() {
    informers_.Start(tasks_);
    co_await informers_.WaitForSync();
    co_await controller_.Run();
  }

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override {
    api::Ref<api::Pod> pod = pods_.Get(key);
    if (!pod) co_return absl::OkStatus();
    if (pod->metadata().has_deletion_timestamp()) co_return co_await Stop(pod);
    if (pod->spec().node_name().empty()) co_return co_await Bind(*pod);
    if (pod->status().phase() != kPodPending) co_return absl::OkStatus();
    const Fate fate = options_.fate(*pod);
    if (fate == Fate::kStay) co_return absl::OkStatus();
    co_await env_.executor().SleepFor(options_.start);
    pod = pods_.Get(key);
    if (!pod || pod->metadata().has_deletion_timestamp()) co_return absl::OkStatus();
    co_return co_await SetStatus(*pod, fate);
  }

 private:
  rt::Task<absl::Status> Bind(const api::Pod& pod) {
    api::corev1::Binding binding;
    binding.mutable_metadata()->set_name(pod.metadata().name());
    binding.mutable_metadata()->set_namespace_(pod.metadata().namespace_());
    binding.mutable_target()->set_kind("Node");
    binding.mutable_target()->set_name(NodeFor(pod));
    const auto bound = co_await client_.CreateSubresource(
        api::KindOf<api::Pod>(), pod.metadata().namespace_(), pod.metadata().name(), "binding",
        api::MakeObject(std::move(binding)));
    co_return bound.status();
  }

  static std::string NodeFor(const api::Pod& pod) {
    for (const auto& term : pod.spec()
                                .affinity()
                                .node_affinity()
                                .required_during_scheduling_ignored_during_execution()
                                .node_selector_terms()) {
      for (const auto& field : term.match_fields()) return field.values(0);
    }
    return "node-0";
  }

  rt::Task<absl::Status> SetStatus(const api::Pod& pod, Fate fate) {
    api::Pod update;
    *update.mutable_metadata() = pod.metadata();
    *update.mutable_status() = pod.status();
    update.mutable_status()->set_phase(fate == Fate::kReady     ? kPodRunning
                                       : fate == Fate::kSucceed ? kPodSucceeded
                                                                : kPodFailed);
    update.mutable_status()->clear_conditions();
    api::PodCondition* const ready = update.mutable_status()->add_conditions();
    ready->set_type("Ready");
    ready->set_status(fate == Fate::kReady ? "True" : "False");
    *ready->mutable_last_transition_time() = api::MakeTime(env_.executor().WallNow());
    const auto updated = co_await client_.UpdateStatus(std::move(update));
    co_return updated.status();
  }

  rt::Task<absl::Status> Stop(api::Ref<api::Pod> pod) {
    co_await env_.executor().SleepFor(options_.stop);
    if (!IsFinished(*pod)) {
      const absl::Status failed = co_await SetStatus(*pod, Fate::kFail);
      if (!failed.ok()) co_return failed;
    }
    client::DeleteOptions options;
    options.grace_period_seconds = 0;
    options.precondition_uid = pod->metadata().uid();
    // The pod may be gone already, or wait for a finalizer.
    (co_await client_.Delete<api::Pod>(pod->metadata().namespace_(), pod->metadata().name(),
                                       std::move(options)))
        .IgnoreError();
    co_return absl::OkStatus();
  }

  rt::Env& env_;
  client::Client& client_;
  const FakeKubeletOptions options_;
  client::InformerFactory informers_;
  client::Informer<api::Pod> pods_;
  client::Controller controller_;
  rt::TaskGroup tasks_;
};

}  // namespace

WorkloadCluster::WorkloadCluster(Start start, FakeKubeletOptions kubelet) {
  sim::Machine& node = cluster_.AddMachine("node-0");
  node.AddProcess("kubelet", [this, kubelet](sim::Process& process) {
    client::Client& client = cluster_.NewClient(process, "kubelet");
    process.Spawn(process.Emplace<FakeKubelet>(process, client, kubelet).Run());
  });
  sim::Machine& master = cluster_.AddMachine("master-1");
  process_ = &master.AddProcess("controllers", [this, start](sim::Process& process) {
    start(process, cluster_.NewClient(process, "kube-controller-manager"));
  });
}

void WorkloadCluster::RestartControllers() {
  process_->Kill();
  process_->Start();
}

std::vector<api::Ref<api::Pod>> WorkloadCluster::ActivePods() {
  std::vector<api::Ref<api::Pod>> pods = Pods();
  pods.erase(std::remove_if(pods.begin(), pods.end(),
                            [](const api::Ref<api::Pod>& pod) { return !IsActive(*pod); }),
             pods.end());
  return pods;
}

std::vector<std::string> WorkloadCluster::Events(const std::string& name) {
  std::vector<std::string> texts;
  for (const auto& event : cluster_.List<api::corev1::Event>("default")) {
    if (event->involved_object().name() != name) continue;
    texts.push_back(absl::StrCat(event->reason(), ": ", event->message()));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

api::PodTemplateSpec MakeTemplate(const std::string& app, const std::string& image) {
  api::PodTemplateSpec made;
  api::Set(made.mutable_metadata()->mutable_labels(), "app", app);
  api::Container* const container = made.mutable_spec()->add_containers();
  container->set_name("main");
  container->set_image(image);
  made.mutable_spec()->set_restart_policy("Always");
  made.mutable_spec()->set_termination_grace_period_seconds(30);
  return made;
}

api::ReplicaSet MakeReplicaSet(const std::string& name, int replicas) {
  api::ReplicaSet set;
  set.mutable_metadata()->set_name(name);
  set.mutable_metadata()->set_namespace_("default");
  set.mutable_spec()->set_replicas(replicas);
  api::Set(set.mutable_spec()->mutable_selector()->mutable_match_labels(), "app", name);
  *set.mutable_spec()->mutable_template_() = MakeTemplate(name, "web:1");
  return set;
}

api::Deployment MakeDeployment(const std::string& name, int replicas) {
  api::Deployment deployment;
  deployment.mutable_metadata()->set_name(name);
  deployment.mutable_metadata()->set_namespace_("default");
  api::DeploymentSpec* const spec = deployment.mutable_spec();
  spec->set_replicas(replicas);
  api::Set(spec->mutable_selector()->mutable_match_labels(), "app", name);
  *spec->mutable_template_() = MakeTemplate(name, "web:1");
  spec->mutable_strategy()->set_type("RollingUpdate");
  auto* const rolling = spec->mutable_strategy()->mutable_rolling_update();
  *rolling->mutable_max_surge() = api::FromString("25%");
  *rolling->mutable_max_unavailable() = api::FromString("25%");
  spec->set_revision_history_limit(10);
  spec->set_progress_deadline_seconds(600);
  return deployment;
}

api::DaemonSet MakeDaemonSet(const std::string& name) {
  api::DaemonSet set;
  set.mutable_metadata()->set_name(name);
  set.mutable_metadata()->set_namespace_("default");
  api::Set(set.mutable_spec()->mutable_selector()->mutable_match_labels(), "app", name);
  *set.mutable_spec()->mutable_template_() = MakeTemplate(name, "agent:1");
  set.mutable_spec()->mutable_update_strategy()->set_type("RollingUpdate");
  auto* const rolling = set.mutable_spec()->mutable_update_strategy()->mutable_rolling_update();
  *rolling->mutable_max_surge() = api::FromInt(0);
  *rolling->mutable_max_unavailable() = api::FromInt(1);
  set.mutable_spec()->set_revision_history_limit(10);
  return set;
}

api::Job MakeJob(const std::string& name, int parallelism, int completions) {
  api::Job job;
  job.mutable_metadata()->set_name(name);
  job.mutable_metadata()->set_namespace_("default");
  job.mutable_spec()->set_parallelism(parallelism);
  job.mutable_spec()->set_completions(completions);
  job.mutable_spec()->set_backoff_limit(6);
  job.mutable_spec()->set_completion_mode("NonIndexed");
  *job.mutable_spec()->mutable_template_() = MakeTemplate(name, "work:1");
  job.mutable_spec()->mutable_template_()->mutable_spec()->set_restart_policy("Never");
  return job;
}

}  // namespace drydock::controllers
