// Actions as API calls.
#include "sim/workload/driver.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/api/apps_v1.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/status.h"

namespace drydock::sim {
namespace {

using rt::Task;

constexpr int kAttempts = 20;  // Of an action whose outcome is unknown or that was turned away.
constexpr absl::Duration kRetryDelay = absl::Seconds(1);
constexpr size_t kErrorsKept = 10;

bool MayRetry(const absl::Status& status) {
  return api::IsOutcomeUnknown(status) || api::IsConflict(status) || absl::IsUnavailable(status) ||
         absl::IsResourceExhausted(status);
}

// The label selector of a workload, as text; empty when it has none.
std::string SelectorOf(const api::ObjectRef& object) {
  const api::StringMap* labels = nullptr;
  if (const auto deployment = api::As<api::Deployment>(object)) {
    labels = &deployment->spec().selector().match_labels();
  } else if (const auto set = api::As<api::ReplicaSet>(object)) {
    labels = &set->spec().selector().match_labels();
  } else if (const auto daemons = api::As<api::DaemonSet>(object)) {
    labels = &daemons->spec().selector().match_labels();
  }
  std::string selector;
  if (labels == nullptr) return selector;
  for (const auto& label : *labels) {
    absl::StrAppend(&selector, selector.empty() ? "" : ",", label.key(), "=", label.value());
  }
  return selector;
}

}  // namespace

WorkloadDriver::WorkloadDriver(rt::Env& env, client::Client& client, const Scenario& scenario,
                               WorkloadErrors& errors)
    : env_(env), client_(client), scenario_(scenario), errors_(errors) {}

void WorkloadDriver::Check(const absl::Status& status, absl::string_view what) {
  if (status.ok()) return;
  ++errors_.count;
  if (errors_.first.size() < kErrorsKept) {
    errors_.first.push_back(absl::StrCat(what, ": ", status.message()));
  }
}

Task<> WorkloadDriver::Run() {
  for (size_t i = 0; i < scenario_.workload.size(); ++i) {
    tasks_.Spawn(Perform(scenario_.workload[i], i));
  }
  // The actions live in this component, which ends with the run.
  co_return;
}

Task<> WorkloadDriver::Perform(const WorkloadItem& item, size_t number) {
  co_await env_.executor().SleepUntil(item.at);
  // Each action draws from a stream of its own: adding one moves no other.
  rt::Random random = env_.NewRandom(absl::StrCat("workload/", number));
  if (const auto* apply = std::get_if<ApplyAction>(&item.action)) {
    co_await Do(*apply, random);
  } else if (const auto* generate = std::get_if<GenerateAction>(&item.action)) {
    co_await Do(*generate, random);
  } else if (const auto* scale = std::get_if<ScaleAction>(&item.action)) {
    co_await Do(*scale, random);
  } else if (const auto* patch = std::get_if<PatchAction>(&item.action)) {
    co_await Do(*patch, random);
  } else if (const auto* remove = std::get_if<DeleteAction>(&item.action)) {
    co_await Do(*remove, random);
  } else if (const auto* churn = std::get_if<ChurnAction>(&item.action)) {
    co_await Do(*churn, random);
  } else if (const auto* replay = std::get_if<ReplayAction>(&item.action)) {
    co_await Do(*replay, random);
  }
}

Task<> WorkloadDriver::CreateOne(api::ObjectRef object) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<api::ObjectRef> created = co_await client_.Create(object);
    // After an unknown outcome the object may be there already: then it is ours.
    if (created.ok() || (attempt > 1 && api::IsAlreadyExists(created.status()))) co_return;
    if (attempt == kAttempts || !MayRetry(created.status())) {
      Check(created.status(),
            absl::StrCat("create ", object->kind().kind, " ", object->metadata().name()));
      co_return;
    }
    co_await env_.executor().SleepFor(kRetryDelay);
  }
}

Task<> WorkloadDriver::PatchOne(Target target, api::PatchType type, std::string patch) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<api::ObjectRef> patched =
        co_await client_.Patch(*target.kind, target.ns, target.name, type, patch, "");
    if (patched.ok()) co_return;
    if (attempt == kAttempts || !MayRetry(patched.status())) {
      Check(patched.status(), absl::StrCat("patch ", target.kind->kind, " ", target.name));
      co_return;
    }
    co_await env_.executor().SleepFor(kRetryDelay);
  }
}

Task<> WorkloadDriver::DeleteOne(Target target) {
  for (int attempt = 1;; ++attempt) {
    absl::Status deleted = co_await client_.Delete(*target.kind, target.ns, target.name, {});
    if (deleted.ok() || api::IsNotFound(deleted)) co_return;
    if (attempt == kAttempts || !MayRetry(deleted)) {
      Check(deleted, absl::StrCat("delete ", target.kind->kind, " ", target.name));
      co_return;
    }
    co_await env_.executor().SleepFor(kRetryDelay);
  }
}

Task<> WorkloadDriver::Do(const ApplyAction& action, rt::Random) {
  for (const api::Value& tree : action.objects) {
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message =
        DecodeManifest(tree, action.source);
    if (!message.ok()) {
      Check(message.status(), "apply");
      continue;
    }
    co_await ApplyOne(api::MakeObject(*std::move(message)));
  }
}

Task<> WorkloadDriver::ApplyOne(api::ObjectRef object) {
  Target target{&object->kind(), object->metadata().namespace_(), object->metadata().name()};
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<api::ObjectRef> existing =
        co_await client_.Get(*target.kind, target.ns, target.name);
    if (existing.ok()) {
      co_await PatchOne(std::move(target), api::PatchType::kStrategicMerge,
                        api::EncodeJson(object->message()));
      co_return;
    }
    if (api::IsNotFound(existing.status())) {
      co_await CreateOne(object);
      co_return;
    }
    if (attempt == kAttempts || !MayRetry(existing.status())) {
      Check(existing.status(), absl::StrCat("get ", target.kind->kind, " ", target.name));
      co_return;
    }
    co_await env_.executor().SleepFor(kRetryDelay);
  }
}

Task<> WorkloadDriver::Do(const GenerateAction& action, rt::Random random) {
  const rt::Instant begin = env_.executor().Now();
  absl::Duration offset;
  for (int i = 0; i < action.count; ++i) {
    api::Value tree = action.object;
    Number(i, &tree);
    const absl::Status varied = Vary(action.vary, random, &tree);
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message =
        DecodeManifest(tree, scenario_.path);
    if (!varied.ok() || !message.ok()) {
      Check(varied.ok() ? message.status() : varied, absl::StrCat("generate number ", i));
      continue;
    }
    const absl::Duration gap = action.over / std::max(1, action.count);
    offset = action.poisson ? offset + absl::Seconds(random.Exponential(absl::ToDoubleSeconds(gap)))
                            : gap * i;
    co_await env_.executor().SleepUntil(begin + offset);
    const api::ObjectRef object = api::MakeObject(*std::move(message));
    tasks_.Spawn(CreateOne(object));
    if (action.lifetime.has_value()) {
      tasks_.Spawn(DeleteAfter(object, action.lifetime->DrawDuration(random)));
    }
  }
}

Task<> WorkloadDriver::DeleteAfter(api::ObjectRef object, absl::Duration lifetime) {
  co_await env_.executor().SleepFor(lifetime);
  Target target{&object->kind(), object->metadata().namespace_(), object->metadata().name()};
  co_await DeleteOne(std::move(target));
}

Task<> WorkloadDriver::Do(const ScaleAction& action, rt::Random) {
  Target target = *ParseTarget(action.target);
  co_await PatchOne(std::move(target), api::PatchType::kMerge,
                    absl::StrCat("{\"spec\":{\"replicas\":", action.replicas, "}}"));
}

Task<> WorkloadDriver::Do(const PatchAction& action, rt::Random) {
  const api::PatchType type = action.type == "json"    ? api::PatchType::kJson
                              : action.type == "merge" ? api::PatchType::kMerge
                                                       : api::PatchType::kStrategicMerge;
  Target target = *ParseTarget(action.target);
  co_await PatchOne(std::move(target), type, api::WriteJson(action.patch));
}

Task<> WorkloadDriver::Do(const DeleteAction& action, rt::Random) {
  const Target target = *ParseTarget(action.target);
  if (!target.name.empty()) {
    co_await DeleteOne(target);
    co_return;
  }
  client::ListOptions options;
  options.label_selector = action.selector;
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<rt::Ref<const api::Response>> list =
        co_await client_.List(*target.kind, target.ns, options);
    if (list.ok()) {
      for (const api::ObjectRef& object : (*list)->items) {
        Target one{target.kind, object->metadata().namespace_(), object->metadata().name()};
        co_await DeleteOne(std::move(one));
      }
      co_return;
    }
    if (attempt == kAttempts || !MayRetry(list.status())) {
      Check(list.status(), absl::StrCat("list ", target.kind->resource));
      co_return;
    }
    co_await env_.executor().SleepFor(kRetryDelay);
  }
}

Task<> WorkloadDriver::Do(const ChurnAction& action, rt::Random random) {
  const Target target = *ParseTarget(action.target);
  while (env_.executor().Now() < action.until) {
    co_await ChurnOne(action, target, random);
    co_await env_.executor().SleepFor(action.every);
  }
}

Task<> WorkloadDriver::ChurnOne(const ChurnAction& action, const Target& target,
                                rt::Random& random) {
  client::ListOptions options;
  options.label_selector = action.selector;
  options.resource_version = "0";
  absl::StatusOr<rt::Ref<const api::Response>> list =
      co_await client_.List(*target.kind, target.ns, options);
  if (!list.ok() || (*list)->items.empty()) co_return;  // The next turn may find one.
  const api::ObjectRef object = (*list)->items[random.Below((*list)->items.size())];
  Target one{target.kind, object->metadata().namespace_(), object->metadata().name()};
  const int weights = action.scale_weight + action.restart_weight + action.kill_weight;
  if (weights == 0) co_return;
  const auto drawn = static_cast<int>(random.Below(static_cast<uint64_t>(weights)));
  if (drawn < action.scale_weight) {
    co_await PatchOne(
        std::move(one), api::PatchType::kMerge,
        absl::StrCat("{\"spec\":{\"replicas\":", action.replicas.DrawInt(random), "}}"));
  } else if (drawn < action.scale_weight + action.restart_weight) {
    // As `kubectl rollout restart` does it.
    const std::string now =
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", env_.executor().WallNow(), absl::UTCTimeZone());
    co_await PatchOne(std::move(one), api::PatchType::kStrategicMerge,
                      absl::StrCat("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{"
                                   "\"kubectl.kubernetes.io/restartedAt\":\"",
                                   now, "\"}}}}}"));
  } else {
    co_await KillPodOf(object, random);
  }
}

Task<> WorkloadDriver::KillPodOf(api::ObjectRef workload, rt::Random& random) {
  client::ListOptions options;
  options.label_selector = SelectorOf(workload);
  if (options.label_selector.empty()) co_return;
  options.resource_version = "0";
  absl::StatusOr<rt::Ref<const api::Response>> pods =
      co_await client_.List(api::KindOf<api::Pod>(), workload->metadata().namespace_(), options);
  if (!pods.ok() || (*pods)->items.empty()) co_return;
  const api::ObjectRef pod = (*pods)->items[random.Below((*pods)->items.size())];
  Target target{&pod->kind(), pod->metadata().namespace_(), pod->metadata().name()};
  co_await DeleteOne(std::move(target));
}

}  // namespace drydock::sim
