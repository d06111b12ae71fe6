// The law of rolling updates: whatever happens, at every revision no more pods are
// asked for than maxSurge allows, and no fewer are available than maxUnavailable does.
// (More may exist for a moment: a ReplicaSet that is to shrink has yet to delete its
// pods when another one grows. Kubernetes does not wait for that either.)
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/int_or_string.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/deployment/deployment_math.h"
#include "src/controllers/deployment/deployment_status.h"
#include "src/controllers/manager.h"
#include "src/rt/check.h"
#include "tests/controllers/support/workload_cluster.h"

namespace drydock::controllers {
namespace {

void Start(sim::Process& process, client::Client& client) {
  ControllerManagerOptions options;
  options.controllers = {"deployment-controller", "replicaset-controller"};
  process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
}

// How it was at the worst, seen by watches of every revision.
struct Extremes {
  std::map<std::string, api::ObjectRef> sets;
  std::map<std::string, api::ObjectRef> pods;
  int most_wanted = 0;
  int fewest_available = 1 << 20;

  void Measure() {
    int wanted = 0;
    for (const auto& [name, set] : sets)
      wanted += api::Ref<api::ReplicaSet>(set)->spec().replicas();
    int available = 0;
    for (const auto& [name, object] : pods) {
      const api::Ref<api::Pod> pod(object);
      if (IsActive(*pod) && IsReady(*pod)) ++available;
    }
    most_wanted = std::max(most_wanted, wanted);
    fewest_available = std::min(fewest_available, available);
  }
};

// Keeps `objects` as the server has them, and measures at each change.
rt::Task<> Follow(client::Client& client, const api::KindInfo& kind,
                  std::map<std::string, api::ObjectRef>& objects, Extremes& extremes) {
  const auto list = co_await client.List(kind, "default", {});
  DRYDOCK_CHECK(list.ok(), list.status().ToString());
  for (const api::ObjectRef& object : (*list)->items) objects[object->metadata().name()] = object;
  std::string revision = std::to_string((*list)->revision);
  for (;;) {
    auto stream = co_await client.Watch(kind, "default", revision, {});
    DRYDOCK_CHECK(stream.ok(), stream.status().ToString());
    for (;;) {
      auto events = co_await stream->Next();
      DRYDOCK_CHECK(events.ok(), events.status().ToString());
      if (!events->has_value()) break;
      for (const api::WatchEvent& event : (**events)->events) {
        revision = std::to_string(event.revision);
        if (!event.object) continue;
        const std::string& name = event.object->metadata().name();
        if (event.type == api::EventType::kDeleted) {
          objects.erase(name);
        } else {
          objects[name] = event.object;
        }
        extremes.Measure();
      }
    }
  }
}

RC_GTEST_PROP(RollingUpdate, StaysWithinSurgeAndUnavailability, ()) {
  const int replicas = *rc::gen::inRange(1, 12);
  const int surge = *rc::gen::inRange(0, 60);
  // Kubernetes refuses a strategy that may neither add a pod nor take one away.
  const int unavailable = *rc::gen::inRange(surge == 0 ? 1 : 0, 60);
  WorkloadCluster workloads(Start);
  testing_support::TestCluster& cluster = workloads.cluster();
  api::Deployment deployment = MakeDeployment("web", replicas);
  auto* rolling = deployment.mutable_spec()->mutable_strategy()->mutable_rolling_update();
  *rolling->mutable_max_surge() = api::FromString(std::to_string(surge) + "%");
  *rolling->mutable_max_unavailable() = api::FromString(std::to_string(unavailable) + "%");
  cluster.Create(deployment);
  const auto get = [&] { return cluster.Get<api::Deployment>("default", "web"); };
  const auto complete = [&] { return IsComplete(*get(), get()->status()); };
  RC_ASSERT(cluster.RunUntil(complete));

  Extremes extremes;
  rt::TaskGroup watching;
  watching.Spawn(Follow(cluster.client(), api::KindOf<api::ReplicaSet>(), extremes.sets, extremes));
  watching.Spawn(Follow(cluster.client(), api::KindOf<api::Pod>(), extremes.pods, extremes));
  cluster.RunFor(absl::Seconds(1));
  extremes.fewest_available = replicas;
  for (int rollout = 0; rollout < 3; ++rollout) {
    for (;;) {  // Also in the middle of the one before.
      api::Deployment update = *get();
      update.mutable_spec()->mutable_template_()->mutable_spec()->mutable_containers(0)->set_image(
          "web:" + std::to_string(rollout + 2));
      if (cluster.Await(cluster.client().Update(update)).ok()) break;
    }
    cluster.RunFor(absl::Milliseconds(*rc::gen::inRange(1, 4000)));
    if (*rc::gen::inRange(0, 3) == 0) workloads.RestartControllers();
  }
  RC_ASSERT(cluster.RunUntil(complete, absl::Minutes(30)));
  RC_ASSERT(extremes.most_wanted <= replicas + MaxSurge(deployment));
  RC_ASSERT(extremes.fewest_available >= replicas - MaxUnavailable(deployment));
}

}  // namespace
}  // namespace drydock::controllers
