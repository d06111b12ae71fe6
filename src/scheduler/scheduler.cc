// The scheduling loop and what follows a decision.
#include "src/scheduler/scheduler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "src/client/event_recorder.h"
#include "src/rt/check.h"
#include "src/rt/payload.h"
#include "src/rt/sync.h"
#include "src/scheduler/api_writer.h"
#include "src/scheduler/cache.h"
#include "src/scheduler/cluster_objects.h"
#include "src/scheduler/engines.h"
#include "src/scheduler/nominations.h"
#include "src/scheduler/queue.h"
#include "src/scheduler/watcher.h"

namespace drydock::scheduler {
namespace {

constexpr size_t kMaxEventMessage = 1024;

uint64_t DigestOf(const std::string& text) { return rt::DigestBytes(text.data(), text.size()); }

class SchedulerImpl final : public Scheduler, public QueuePolicy {
 public:
  SchedulerImpl(rt::Env& env, client::Client& client, SchedulerOptions options)
      : env_(env),
        options_(std::move(options)),
        objects_(cluster_),
        cache_(cluster_, options_.assume_ttl),
        queue_(*this, {options_.config.pod_initial_backoff, options_.config.pod_max_backoff}),
        changed_(env.executor()),
        watcher_(client, cluster_, objects_, cache_, queue_, nominations_, NamesOf(options_.config),
                 changed_),
        writer_(client, watcher_.pods()),
        recorder_(client, "default-scheduler", "") {}

  absl::Status MakeEngines() {
    absl::StatusOr<Engines> engines =
        Engines::Make(options_.config, options_.registry,
                      {cluster_, env_.NewRandom("scheduler"), &writer_}, nominations_);
    if (!engines.ok()) return engines.status();
    engines_ = *std::move(engines);
    return absl::OkStatus();
  }

  rt::Task<> Run() override {
    watcher_.Start(tasks_);
    tasks_.Spawn(recorder_.Run());
    co_await watcher_.WaitForSync();
    for (;;) {
      const rt::Instant now = env_.executor().Now();
      if (queue_.NextFlush() <= now) queue_.Flush(now);
      const QueuedPodRef queued = bindings_ < options_.max_bindings ? queue_.Pop(now) : nullptr;
      if (queued) {
        co_await ScheduleOne(queued);
        continue;
      }
      const rt::Instant next = queue_.NextFlush();
      if (next == absl::InfiniteDuration()) {
        co_await changed_.Wait();
      } else {
        co_await changed_.WaitUntil(next);
      }
      for (const PodRef& pod : cache_.Expire(env_.executor().Now())) {
        watcher_.Happened(kPodDeleted, pod.get(), kNoNode);
      }
    }
  }

  SchedulerMetrics metrics() const override {
    SchedulerMetrics metrics = metrics_;
    metrics.pending_active = queue_.active();
    metrics.pending_backoff = queue_.backing_off();
    metrics.pending_unschedulable = queue_.unschedulable();
    metrics.pending_gated = queue_.gated();
    return metrics;
  }

  // The queue's questions.
  bool Less(const QueuedPod& a, const QueuedPod& b) const override {
    return engines_.queue_sort().Less(a, b);
  }
  std::string PreEnqueue(const PodInfo& pod) const override {
    if (preempting_.contains(pod.uid))
      return "waiting for the preemption for this pod to be finished";
    return RunPreEnqueue(EngineOf(pod).profile(), pod);
  }
  uint32_t EventsFor(const QueuedPod& pod) const override {
    uint32_t events = 0;
    for (const std::string& name : pod.unschedulable_plugins) {
      const FilterPlugin* plugin = FindFilter(*pod.pod, name);
      events |= plugin == nullptr ? uint32_t{kAnyEvent} : plugin->events();
    }
    return events;
  }
  bool MayHelp(const QueuedPod& pod, const ClusterEvent& event) const override {
    for (const std::string& name : pod.unschedulable_plugins) {
      const FilterPlugin* plugin = FindFilter(*pod.pod, name);
      if (plugin == nullptr) return true;
      if ((plugin->events() & event.kinds) != 0 && plugin->MayHelp(*pod.pod, event)) return true;
    }
    return false;
  }

 private:
  static absl::btree_set<std::string> NamesOf(const SchedulerConfig& config) {
    absl::btree_set<std::string> names;
    for (const ProfileConfig& profile : config.profiles) names.insert(profile.scheduler_name);
    return names;
  }

  Engine& EngineOf(const PodInfo& pod) const { return *engines_.Find(pod.shape->scheduler_name); }

  const FilterPlugin* FindFilter(const PodInfo& pod, const std::string& name) const {
    for (const Named<FilterPlugin>& filter : EngineOf(pod).profile().filters) {
      if (filter.name == name) return filter.plugin;
    }
    return nullptr;
  }

  static api::ObjectRef ObjectOf(const PodInfo& pod) {
    return api::ObjectRef(static_cast<const api::Object*>(pod.origin.get()));
  }

  // Decides and assumes in one turn; what the decision costs passes before anybody
  // else learns of it.
  rt::Task<> ScheduleOne(QueuedPodRef queued) {
    const PodRef pod = queued->pod;
    if (pod->terminating || cache_.IsAssumed(pod->uid)) {
      queue_.Done(queued);
      co_return;
    }
    Engine& engine = EngineOf(*pod);
    const Decision decision = engine.Schedule(*pod);
    metrics_.nodes_evaluated += decision.evaluated;
    absl::Status error;
    std::string node;
    PostFilterResult remedy;
    std::string message;
    std::vector<std::string> plugins;
    if (decision.node != kNoNode) {
      node = cluster_.nodes.name(decision.node);
      error = cache_.Assume(engine, pod, decision.node);
      if (error.ok()) error = Permit(engine, *pod, decision.node, &plugins);
      message = std::string(error.message());
    } else {
      plugins = engine.diagnosis().plugins;
      if (engine.diagnosis().node_count > 0) {
        remedy = engine.PostFilter(*pod);
        ++metrics_.preemption_attempts;
      }
      message = engine.diagnosis().Message();
    }
    env_.trace().Note("scheduler/decide",
                      rt::MixDigest(DigestOf(pod->uid), DigestOf(node + remedy.nominated_node)));
    const absl::Duration cost =
        options_.decision_base +
        options_.decision_per_node * static_cast<int64_t>(decision.evaluated);
    if (cost > absl::ZeroDuration()) co_await env_.executor().SleepFor(cost);

    if (decision.node != kNoNode && error.ok()) {
      ++metrics_.scheduled;
      nominations_.Remove(pod->uid);
      ++bindings_;
      tasks_.Spawn(BindOne(queued, pod, node));
    } else if (decision.node != kNoNode && plugins.empty()) {
      Failed(queued, pod, {}, "SchedulerError", message, std::nullopt);
    } else {
      Rejected(queued, pod, std::move(plugins), message, std::move(remedy));
    }
  }

  // On refusal the pod is forgotten; `plugins` names who refused.
  absl::Status Permit(Engine& engine, const PodInfo& pod, NodeIndex node,
                      std::vector<std::string>* plugins) {
    for (const Named<PermitPlugin>& permit : engine.profile().permits) {
      PermitResult result = permit.plugin->Permit(pod, node);
      if (result.action == PermitResult::Action::kAllow) continue;
      cache_.Forget(pod.uid);
      plugins->push_back(permit.name);
      if (result.action == PermitResult::Action::kWait) {
        return absl::UnimplementedError(
            absl::StrCat("plugin ", permit.name, " asks a pod to wait, which is not supported"));
      }
      return absl::AbortedError(result.message);
    }
    return absl::OkStatus();
  }

  void Rejected(const QueuedPodRef& queued, const PodRef& pod, std::vector<std::string> plugins,
                const std::string& message, PostFilterResult remedy) {
    ++metrics_.unschedulable;
    // Gone while the decision was made.
    if (queued->place != QueuedPod::Place::kInFlight) return;
    std::optional<std::string> nominated;
    const PodRef current = queued->pod;  // May have been updated since.
    if (remedy.success) {
      nominated = remedy.nominated_node;
      nominations_.Add(current, remedy.nominated_node);
      current->nominated_node = remedy.nominated_node;
      for (const PodRef& other : remedy.displaced) Displace(other);
    } else if (remedy.clear_nomination && !current->nominated_node.empty()) {
      nominated = "";
      nominations_.Remove(current->uid);
      current->nominated_node.clear();
    }
    Failed(queued, current, std::move(plugins), "Unschedulable", message, nominated);
    if (remedy.success) {
      preempting_.insert(current->uid);
      tasks_.Spawn(Preempt(current, std::move(remedy.victims), remedy.nominated_node));
    }
  }

  // A pod of lower priority that was promised the same node: it must look elsewhere.
  void Displace(const PodRef& pod) {
    nominations_.Remove(pod->uid);
    pod->nominated_node.clear();
    if (const QueuedPodRef queued = queue_.Find(pod->uid); queued) {
      queued->pod->nominated_node.clear();
    }
  }

  // Back to the queue, with the condition and the event that say why.
  void Failed(const QueuedPodRef& queued, const PodRef& pod, std::vector<std::string> plugins,
              const std::string& reason, const std::string& message,
              std::optional<std::string> nominated) {
    if (reason == "SchedulerError") ++metrics_.errors;
    queue_.PutBack(queued, std::move(plugins), env_.executor().Now());
    recorder_.Event(ObjectOf(*pod), client::kEventWarning, "FailedScheduling",
                    message.size() > kMaxEventMessage
                        ? message.substr(0, kMaxEventMessage - 4) + " ..."
                        : message);
    if (updates_ >= options_.max_updates) return;
    ++updates_;
    tasks_.Spawn(SetStatus(pod, {"PodScheduled", "False", reason, message}, std::move(nominated)));
  }

  rt::Task<> SetStatus(PodRef pod, PodConditionUpdate condition,
                       std::optional<std::string> nominated) {
    // An error is no harm: the next attempt says it again.
    const absl::Status ignored =
        co_await writer_.SetStatus(std::move(pod), std::move(condition), std::move(nominated));
    --updates_;
  }

  rt::Task<> Preempt(PodRef pod, std::vector<PodRef> victims, std::string node) {
    for (const PodRef& victim : victims) {
      const absl::Status gone = co_await writer_.Preempt(victim, pod->shape->scheduler_name);
      if (!gone.ok()) {
        // The promise cannot be kept: the next attempt looks again.
        nominations_.Remove(pod->uid);
        break;
      }
      ++metrics_.preemption_victims;
      recorder_.Event(ObjectOf(*victim), client::kEventNormal, "Preempted",
                      absl::StrCat("Preempted by pod ", pod->uid, " on node ", node));
    }
    preempting_.erase(pod->uid);
    queue_.Ungate(pod->uid);
    changed_.Raise();
  }

  rt::Task<> BindOne(QueuedPodRef queued, PodRef pod, std::string node) {
    const Profile& profile = EngineOf(*pod).profile();
    absl::Status status;
    for (const Named<PreBindPlugin>& plugin : profile.pre_binds) {
      if (!status.ok()) break;
      status = co_await plugin.plugin->PreBind(pod, node);
    }
    if (status.ok()) {
      status = absl::UnimplementedError("no bind plugin took the pod");
      for (const Named<BindPlugin>& plugin : profile.binds) {
        status = co_await plugin.plugin->Bind(pod, node);
        if (status.code() != absl::StatusCode::kUnimplemented) break;
      }
    }
    --bindings_;
    const rt::Instant now = env_.executor().Now();
    if (status.ok()) {
      cache_.FinishBinding(pod->uid, now);
      queue_.Done(queued);
      CountBound(now - queued->first_seen);
      recorder_.Event(ObjectOf(*pod), client::kEventNormal, "Scheduled",
                      absl::StrCat("Successfully assigned ", KeyOf(*pod), " to ", node));
      for (const Named<PostBindPlugin>& plugin : profile.post_binds) {
        plugin.plugin->PostBind(*pod, node);
      }
    } else if (cache_.Forget(pod->uid)) {
      watcher_.Happened(kPodDeleted, pod.get(), kNoNode);
      if (queued->place == QueuedPod::Place::kInFlight) {
        Failed(queued, queued->pod, {}, "SchedulerError",
               absl::StrCat("binding rejected: ", status.message()), std::nullopt);
      }
    }
    changed_.Raise();
  }

  void CountBound(absl::Duration took) {
    ++metrics_.bound;
    metrics_.e2e_total += took;
    metrics_.e2e_max = std::max(metrics_.e2e_max, took);
    size_t bucket = 0;
    for (int64_t ms = absl::ToInt64Milliseconds(took);
         ms > 0 && bucket + 1 < metrics_.e2e_histogram.size(); ms /= 2) {
      ++bucket;
    }
    ++metrics_.e2e_histogram[bucket];
  }

  rt::Env& env_;
  const SchedulerOptions options_;
  Cluster cluster_;
  ClusterObjects objects_;
  Nominations nominations_;
  Engines engines_;  // Before the cache, which remembers engines.
  Cache cache_;
  SchedulingQueue queue_;
  absl::btree_set<std::string> preempting_;  // Uids of pods whose victims are being deleted.
  rt::Signal changed_;
  Watcher watcher_;
  ApiWriter writer_;
  client::EventRecorder recorder_;
  SchedulerMetrics metrics_;
  int bindings_ = 0;
  int updates_ = 0;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace

absl::StatusOr<std::unique_ptr<Scheduler>> Scheduler::Create(rt::Env& env, client::Client& client,
                                                             SchedulerOptions options) {
  auto scheduler = std::make_unique<SchedulerImpl>(env, client, std::move(options));
  if (absl::Status made = scheduler->MakeEngines(); !made.ok()) return made;
  return std::unique_ptr<Scheduler>(std::move(scheduler));
}

}  // namespace drydock::scheduler
