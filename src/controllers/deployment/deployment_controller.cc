// What wakes a Deployment's reconcile, and what it begins with.
#include "src/controllers/deployment/deployment_controller.h"

#include "absl/status/statusor.h"
#include "src/api/selectors.h"
#include "src/controllers/common/claim.h"
#include "src/controllers/deployment/deployment_step.h"

namespace drydock::controllers {
namespace {

absl::StatusOr<api::Selector> SelectorOf(const api::Deployment& deployment) {
  return api::Selector::FromOptional(
      deployment.spec().has_selector() ? &deployment.spec().selector() : nullptr);
}

}  // namespace

DeploymentController::DeploymentController(rt::Env& env, client::Client& client,
                                           client::InformerFactory& informers,
                                           DeploymentOptions options)
    : env_(env),
      client_(client),
      deployments_(informers.For<api::Deployment>()),
      sets_(informers.For<api::ReplicaSet>()),
      pods_(informers.For<api::Pod>()),
      recorder_(client, "deployment-controller", ""),
      controller_(env, "deployment", *this, options.workers) {
  client::AddByOwnerIndex(sets_.core());
  AddOrphansIndex(sets_.core());
  client::AddByOwnerIndex(pods_.core());
  WatchDeployments();
  WatchReplicaSets();
  WatchPods();
}

void DeploymentController::WatchDeployments() {
  const auto enqueue = [this](const client::ObjectRef& deployment) {
    controller_.queue().Add(client::KeyOf(deployment));
  };
  deployments_.core().AddHandler({
      .on_add = enqueue,
      .on_update = [enqueue](const client::ObjectRef&,
                             const client::ObjectRef& deployment) { enqueue(deployment); },
      .on_delete = enqueue,
  });
}

void DeploymentController::WatchReplicaSets() {
  sets_.core().AddHandler({
      .on_add = [this](const client::ObjectRef& set) { EnqueueOwner(set); },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            if (OwnerOf(before->metadata()) != OwnerOf(after->metadata())) EnqueueOwner(before);
            EnqueueOwner(after);
          },
      .on_delete =
          [this](const client::ObjectRef& set) {
            templates_.Forget(set->metadata().uid());
            EnqueueOwner(set);
          },
  });
}

// Recreate waits for the last old pod to be gone, which no ReplicaSet tells.
void DeploymentController::WatchPods() {
  pods_.core().AddHandler({
      .on_add = [](const client::ObjectRef&) {},
      .on_update = [](const client::ObjectRef&, const client::ObjectRef&) {},
      .on_delete = [this](const client::ObjectRef& pod) { OnPodDeleted(pod); },
  });
}

void DeploymentController::OnPodDeleted(const client::ObjectRef& pod) {
  const api::OwnerReference* const owner = ControllerRefOf(pod->metadata(), kReplicaSetKind);
  if (owner == nullptr) return;
  const api::Ref<api::ReplicaSet> set = sets_.Get(pod->metadata().namespace_(), owner->name());
  if (!set || set->metadata().uid() != owner->uid()) return;
  const api::Ref<api::Deployment> deployment = OwnerOf(set->metadata());
  if (!deployment || deployment->spec().strategy().type() != "Recreate") return;
  controller_.queue().Add(client::KeyOf(deployment));
}

api::Ref<api::Deployment> DeploymentController::OwnerOf(const api::ObjectMeta& object) const {
  const api::OwnerReference* const owner = ControllerRefOf(object, kDeploymentKind);
  if (owner == nullptr) return nullptr;
  const api::Ref<api::Deployment> deployment = deployments_.Get(object.namespace_(), owner->name());
  if (!deployment || deployment->metadata().uid() != owner->uid()) return nullptr;
  return deployment;
}

void DeploymentController::EnqueueOwner(const client::ObjectRef& set) {
  if (const api::Ref<api::Deployment> owner = OwnerOf(set->metadata())) {
    controller_.queue().Add(client::KeyOf(owner));
    return;
  }
  if (ControllerRefOf(set->metadata()) != nullptr) return;
  for (const api::Ref<api::Deployment>& deployment :
       deployments_.ListNamespace(set->metadata().namespace_())) {
    const absl::StatusOr<api::Selector> selector = SelectorOf(*deployment);
    if (!selector.ok() || !selector->Matches(set->metadata().labels())) continue;
    controller_.queue().Add(client::KeyOf(deployment));
  }
}

rt::Task<> DeploymentController::Run() {
  rt::TaskGroup events;
  events.Spawn(recorder_.Run());
  co_await controller_.Run();
}

rt::Task<absl::Status> DeploymentController::Reconcile(client::ObjectKey key) {
  const api::Ref<api::Deployment> deployment = deployments_.Get(key);
  if (!deployment) co_return absl::OkStatus();
  const absl::StatusOr<api::Selector> selector = SelectorOf(*deployment);
  if (!selector.ok()) co_return absl::OkStatus();  // Only a change of the spec can mend it.
  const absl::StatusOr<ReplicaSets> owned = co_await Claim<api::Deployment, api::ReplicaSet>(
      client_, sets_.core(), deployment, kDeploymentKind, *selector, nullptr);
  if (!owned.ok()) co_return owned.status();

  const DeploymentStep::Tools tools{env_.executor(), client_, recorder_, sets_, pods_, templates_};
  DeploymentStep step(tools, deployment, *owned);
  const absl::Status status = co_await step.Run();
  if (step.look_again_after().has_value()) {
    controller_.queue().AddAfter(key, *step.look_again_after());
  }
  co_return status;
}

}  // namespace drydock::controllers
