// Plans evictions, and carries them out.
#include "src/controllers/taint_eviction/taint_eviction_controller.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/api/time.h"
#include "src/controllers/taints/disruption_target.h"
#include "src/controllers/taints/taints.h"

namespace drydock::controllers {
namespace {

constexpr int kWorkers = 8;

std::vector<api::Taint> NoExecuteTaints(const api::Node& node) {
  std::vector<api::Taint> taints;
  for (const api::Taint& taint : node.spec().taints()) {
    if (taint.effect() == kNoExecute) taints.push_back(taint);
  }
  return taints;
}

bool SameTaints(const std::vector<api::Taint>& a, const std::vector<api::Taint>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const api::Taint& x, const api::Taint& y) {
                      return x.key() == y.key() && x.value() == y.value();
                    });
}

bool SameTolerations(const api::Pod& a, const api::Pod& b) {
  const auto& x = a.spec().tolerations();
  const auto& y = b.spec().tolerations();
  if (&x == &y) return true;  // The spec is shared, as after most updates.
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const api::Toleration& s, const api::Toleration& t) {
                      return s.SerializeAsString() == t.SerializeAsString();
                    });
}

}  // namespace

TaintEvictionController::TaintEvictionController(rt::Env& env, client::Client& client,
                                                 client::InformerFactory& informers)
    : env_(env),
      client_(client),
      nodes_(informers.For<api::Node>()),
      pods_(informers.For<api::Pod>()),
      recorder_(client, "taint-eviction-controller", ""),
      controller_(env, "taint-eviction", *this, kWorkers),
      replanned_(env.executor()) {
  client::AddPodsByNodeIndex(pods_.core());
  nodes_.core().AddHandler({
      .on_add = [this](const client::ObjectRef& node) { NodeChanged(api::Ref<api::Node>(node)); },
      .on_update = [this](
                       const client::ObjectRef& before,
                       const client::ObjectRef& node) { NodeChanged(api::Ref<api::Node>(node)); },
      .on_delete = [this](const client::ObjectRef& node) { NodeGone(node->metadata().name()); },
  });
  pods_.core().AddHandler({
      .on_add = [this](const client::ObjectRef& pod) { PodChanged(api::Ref<api::Pod>(pod)); },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            const api::Ref<api::Pod> pod(after);
            const api::Ref<api::Pod> old(before);
            if (old->spec().node_name() == pod->spec().node_name() && SameTolerations(*old, *pod)) {
              return;
            }
            PodChanged(pod);
          },
      .on_delete = [this](const client::ObjectRef& pod) { Cancel(client::KeyOf(pod)); },
  });
}

rt::Task<> TaintEvictionController::Run() {
  rt::TaskGroup tasks;
  tasks.Spawn(recorder_.Run());
  tasks.Spawn(RunTimers());
  co_await controller_.Run();
}

void TaintEvictionController::NodeChanged(const api::Ref<api::Node>& node) {
  const std::string& name = node->metadata().name();
  const auto known = taints_.find(name);
  if (known == taints_.end() && node->spec().taints().empty()) return;
  std::vector<api::Taint> taints = NoExecuteTaints(*node);
  if (known == taints_.end() ? taints.empty() : SameTaints(known->second, taints)) return;
  for (const api::Ref<api::Pod>& pod : pods_.ByIndex(client::kPodsByNode, name)) {
    Process(pod, taints);
  }
  if (taints.empty()) {
    taints_.erase(name);
  } else {
    taints_[name] = std::move(taints);
  }
}

// Its pods are the pod garbage collector's.
void TaintEvictionController::NodeGone(const std::string& name) { taints_.erase(name); }

void TaintEvictionController::PodChanged(const api::Ref<api::Pod>& pod) {
  if (pod->spec().node_name().empty()) return;
  const auto taints = taints_.find(pod->spec().node_name());
  if (taints == taints_.end()) return;
  Process(pod, taints->second);
}

void TaintEvictionController::Process(const api::Ref<api::Pod>& pod,
                                      const std::vector<api::Taint>& taints) {
  const client::ObjectKey key = client::KeyOf(pod.object());
  const absl::Duration tolerated =
      taints.empty() ? absl::InfiniteDuration() : ToleratedFor(pod->spec().tolerations(), taints);
  if (tolerated == absl::InfiniteDuration()) {
    CancelWithEvent(pod);
    return;
  }
  const rt::Instant now = env_.executor().Now();
  const auto planned = evictions_.find(key);
  if (planned != evictions_.end() && tolerated > absl::ZeroDuration() &&
      planned->second.since < now) {
    return;  // The first plan stands, as in Kubernetes, when one taint follows another.
  }
  Cancel(key);
  Schedule(key, {.since = now, .due = now + tolerated, .uid = pod->metadata().uid()});
}

void TaintEvictionController::Schedule(const client::ObjectKey& key, Eviction eviction) {
  ++metrics_.scheduled;
  const bool first = due_.empty() || eviction.due < due_.begin()->first;
  due_.insert({eviction.due, key});
  evictions_[key] = std::move(eviction);
  if (first) replanned_.Raise();
}

void TaintEvictionController::Cancel(const client::ObjectKey& key) {
  const auto planned = evictions_.find(key);
  if (planned == evictions_.end()) return;
  due_.erase({planned->second.due, key});
  evictions_.erase(planned);
}

void TaintEvictionController::CancelWithEvent(const api::Ref<api::Pod>& pod) {
  const client::ObjectKey key = client::KeyOf(pod.object());
  if (!evictions_.contains(key)) return;
  Cancel(key);
  ++metrics_.cancelled;
  recorder_.Event(pod.object(), client::kEventNormal, "TaintManagerEviction",
                  absl::StrCat("Cancelling deletion of Pod ", key.ToString()));
}

rt::Task<> TaintEvictionController::RunTimers() {
  for (;;) {
    while (!due_.empty() && due_.begin()->first <= env_.executor().Now()) {
      controller_.queue().Add(due_.begin()->second);
      due_.erase(due_.begin());
    }
    const rt::Instant next = due_.empty() ? absl::InfiniteDuration() : due_.begin()->first;
    co_await replanned_.WaitUntil(next);
  }
}

rt::Task<absl::Status> TaintEvictionController::Reconcile(client::ObjectKey key) {
  const auto planned = evictions_.find(key);
  if (planned == evictions_.end()) co_return absl::OkStatus();  // Taken back.
  const std::string uid = planned->second.uid;
  const api::Ref<api::Pod> pod = pods_.Get(key);
  if (!pod || pod->metadata().uid() != uid || pod->metadata().has_deletion_timestamp()) {
    Cancel(key);
    co_return absl::OkStatus();
  }
  recorder_.Event(pod.object(), client::kEventNormal, "TaintManagerEviction",
                  absl::StrCat("Marking for deletion Pod ", key.ToString()));
  const absl::Status marked = co_await MarkDisrupted(
      client_, pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");
  if (!marked.ok() && !api::IsNotFound(marked)) co_return marked;
  client::DeleteOptions options;
  options.precondition_uid = uid;
  const absl::Status deleted = co_await client_.Delete<api::Pod>(key.ns, key.name, options);
  if (!deleted.ok() && !api::IsNotFound(deleted) && !api::IsConflict(deleted)) co_return deleted;
  ++metrics_.evicted;
  const auto done = evictions_.find(key);
  if (done != evictions_.end() && done->second.uid == uid) Cancel(key);
  co_return absl::OkStatus();
}

}  // namespace drydock::controllers
