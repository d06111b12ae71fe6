// Makes the controllers that the options ask for. A new controller is one line in
// `kEntries`.
#include "src/controllers/manager.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "src/client/informer.h"
#include "src/client/leader_election.h"
#include "src/controllers/job/ttl_after_finished.h"
#include "src/controllers/namespace/namespace_controller.h"
#include "src/controllers/taint_eviction/taint_eviction_controller.h"
#include "src/rt/check.h"
#include "src/rt/sync.h"

namespace drydock::controllers {
namespace {

// What a controller is made with.
struct Parts {
  rt::Env& env;
  client::Client& client;
  client::InformerFactory& informers;
  const ControllerManagerOptions& options;
};

// A controller that owns itself: its loop, ready to run.
using Runner = std::function<rt::Task<>()>;

template <typename T, typename... Options>
Runner Make(const Parts& parts, const Options&... options) {
  const auto controller = std::make_shared<T>(parts.env, parts.client, parts.informers, options...);
  return [controller] { return controller->Run(); };
}

struct Entry {
  const char* name;
  Runner (*make)(const Parts& parts);
};

constexpr std::array<Entry, 11> kEntries = {{
    {"deployment-controller",
     [](const Parts& p) { return Make<DeploymentController>(p, p.options.deployment); }},
    {"replicaset-controller",
     [](const Parts& p) { return Make<ReplicaSetController>(p, p.options.replica_set); }},
    {"daemonset-controller",
     [](const Parts& p) { return Make<DaemonSetController>(p, p.options.daemon_set); }},
    {"job-controller", [](const Parts& p) { return Make<JobController>(p, p.options.job); }},
    {"ttl-after-finished-controller",
     [](const Parts& p) { return Make<TtlAfterFinishedController>(p); }},
    {"endpointslice-controller",
     [](const Parts& p) { return Make<EndpointSliceController>(p, p.options.endpoint_slice); }},
    {"node-lifecycle-controller",
     [](const Parts& p) { return Make<NodeLifecycleController>(p, p.options.node_lifecycle); }},
    {"taint-eviction-controller", [](const Parts& p) { return Make<TaintEvictionController>(p); }},
    {"pod-garbage-collector-controller",
     [](const Parts& p) { return Make<PodGcController>(p, p.options.pod_gc); }},
    {"namespace-controller", [](const Parts& p) { return Make<NamespaceController>(p); }},
    {"garbage-collector-controller",
     [](const Parts& p) { return Make<GarbageCollector>(p, p.options.garbage_collector); }},
}};

bool Lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsEnabled(const std::vector<std::string>& selection, const std::string& name) {
  if (Lists(selection, name)) return true;
  return Lists(selection, "*") && !Lists(selection, absl::StrCat("-", name));
}

}  // namespace

std::vector<std::string> ControllerNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kEntries) names.emplace_back(entry.name);
  return names;
}

absl::Status Validate(const ControllerManagerOptions& options) {
  const std::vector<std::string> known = ControllerNames();
  for (const std::string& given : options.controllers) {
    const std::string name = given.starts_with('-') ? given.substr(1) : given;
    if (given == "*" || Lists(known, name)) continue;
    return absl::InvalidArgumentError(absl::StrCat("\"", name,
                                                   "\" is not in the list of known "
                                                   "controllers: ",
                                                   absl::StrJoin(known, ", ")));
  }
  if (options.leader_election && options.identity.empty()) {
    return absl::InvalidArgumentError("leader election needs an identity");
  }
  return absl::OkStatus();
}

// The controllers of one lead, with their caches.
class ControllerManager::Controllers {
 public:
  Controllers(rt::Env& env, client::Client& client, const ControllerManagerOptions& options)
      : informers_(client) {
    const Parts parts{env, client, informers_, options};
    for (const Entry& entry : kEntries) {
      if (IsEnabled(options.controllers, entry.name)) runners_.push_back(entry.make(parts));
    }
  }

  rt::Task<> Start() {
    informers_.Start(tasks_);
    co_await informers_.WaitForSync();
    for (const Runner& runner : runners_) tasks_.Spawn(runner());
  }

 private:
  client::InformerFactory informers_;
  std::vector<Runner> runners_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

ControllerManager::ControllerManager(rt::Env& env, client::Client& client,
                                     ControllerManagerOptions options)
    : env_(env), client_(client), options_(std::move(options)) {
  const absl::Status valid = Validate(options_);
  DRYDOCK_CHECK(valid.ok(), valid.message());
}

rt::Task<> ControllerManager::Run() {
  if (!options_.leader_election) {
    co_await Lead();
    co_return;
  }
  client::LeaderElectionOptions election;
  election.lease_name = "kube-controller-manager";
  client::LeaderElector elector(env_, client_, options_.identity, std::move(election));
  co_await elector.Run([this] { return Lead(); });
}

rt::Task<> ControllerManager::Lead() {
  // Set while this frame lives; losing the lead destroys it.
  struct Working {
    bool& flag;
    ~Working() { flag = false; }
  } working{working_};
  Controllers controllers(env_, client_, options_);
  co_await controllers.Start();
  working_ = true;
  rt::Signal never(env_.executor());
  co_await never.Wait();
}

}  // namespace drydock::controllers
