// One loop for all pods of the node.
#include "src/kubelet/status_writer.h"

#include <algorithm>
#include <utility>

#include "src/api/status.h"
#include "src/kubelet/pod_status.h"

namespace drydock::kubelet {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(200);
constexpr absl::Duration kLastRetry = absl::Seconds(10);  // The real one's sync period.
constexpr int kConflictRetries = 5;
// What an update takes in memory besides the status.
constexpr size_t kUpdateRoom = 768;

bool SameStatus(const api::PodStatus& a, const api::PodStatus& b) {
  // What nearly always differs, before what always tells.
  if (a.phase() != b.phase() || a.conditions_size() != b.conditions_size()) return false;
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

void Adopt(const api::ObjectRef& object, PodRecord* pod) {
  if (object->metadata().uid() != pod->uid) return;
  if (object->revision() > pod->pod.object()->revision()) pod->pod = api::Ref<api::Pod>(object);
}

StatusWriter::StatusWriter(client::Client& client, PodTable& pods, std::string host_ip)
    : client_(client),
      executor_(client.env().executor()),
      pods_(pods),
      host_ip_(std::move(host_ip)),
      changed_(executor_) {}

void StatusWriter::Seen(PodRecord& pod) {
  // Most likely the echo of the write in flight; what is newer than that is looked at
  // when the answer is here.
  if (pod.uid != writing_) Queue(pod);
}

void StatusWriter::Queue(PodRecord& pod) {
  if (pod.status_queued || pod.gone) return;
  pod.status_queued = true;
  queue_.push_back(pod.uid);
  changed_.Raise();
}

rt::Task<> StatusWriter::Run() {
  absl::Duration retry = kFirstRetry;
  for (;;) {
    while (queue_.empty()) co_await changed_.Wait();
    const std::string uid = std::move(queue_.front());
    queue_.pop_front();
    PodRecord* const pod = pods_.FindPod(uid);
    if (pod == nullptr) continue;
    pod->status_queued = false;
    const bool written = co_await Write(uid);
    if (written) {
      retry = kFirstRetry;
      continue;
    }
    PodRecord* const again = pods_.FindPod(uid);
    if (again != nullptr) Queue(*again);
    co_await executor_.SleepFor(retry);
    retry = std::min(retry * 2, kLastRetry);
  }
}

rt::Task<bool> StatusWriter::Write(std::string uid) {
  const bool written = co_await WriteStatus(uid);
  if (!written) co_return false;
  const bool deleted = co_await Delete(uid);
  co_return deleted;
}

rt::Task<bool> StatusWriter::WriteStatus(std::string uid) {
  for (int attempt = 0; attempt < kConflictRetries; ++attempt) {
    PodRecord* pod = pods_.FindPod(uid);
    if (pod == nullptr || pod->gone || pod->stage == PodStage::kPending) co_return true;
    const api::PodStatus status = ComputePodStatus(*pod, host_ip_, executor_.WallNow());
    if (SameStatus(status, pod->pod->status())) co_return true;
    api::Draft<api::Pod> update = api::NewDraft<api::Pod>(kUpdateRoom + api::RoomFor(status));
    *update->mutable_status() = status;
    const auto& stored = pod->pod->metadata();
    const std::string ns = stored.namespace_();
    const std::string name = stored.name();
    update->mutable_metadata()->set_namespace_(ns);
    update->mutable_metadata()->set_name(name);
    update->mutable_metadata()->set_uid(uid);
    update->mutable_metadata()->set_resource_version(stored.resource_version());
    ++writes_;
    writing_ = uid;
    const absl::StatusOr<api::Ref<api::Pod>> reply =
        co_await client_.UpdateStatus(std::move(update));
    writing_.clear();
    pod = pods_.FindPod(uid);
    if (pod == nullptr || api::IsNotFound(reply.status())) co_return true;
    if (reply.ok()) {
      Adopt(*reply, pod);
      if (pod->pod.object()->revision() > reply->object()->revision()) Queue(*pod);
      co_return true;
    }
    if (!api::IsConflict(reply.status())) co_return false;
    const absl::StatusOr<api::Ref<api::Pod>> newest = co_await client_.Get<api::Pod>(ns, name);
    pod = pods_.FindPod(uid);
    if (pod == nullptr || api::IsNotFound(newest.status())) co_return true;
    if (!newest.ok()) co_return false;
    // Another pod of the same name: ours is gone, and the watch will say so.
    if ((*newest)->metadata().uid() != uid) co_return true;
    Adopt(*newest, pod);
  }
  co_return false;
}

rt::Task<bool> StatusWriter::Delete(std::string uid) {
  const PodRecord* const pod = pods_.FindPod(uid);
  if (pod == nullptr || pod->gone || pod->deletion_done) co_return true;
  if (pod->stage != PodStage::kFinished) co_return true;
  if (!pod->pod->metadata().has_deletion_timestamp()) co_return true;
  const std::string ns = pod->pod->metadata().namespace_();
  const std::string name = pod->pod->metadata().name();
  client::DeleteOptions options;
  options.grace_period_seconds = 0;
  options.precondition_uid = uid;
  const absl::Status deleted = co_await client_.Delete<api::Pod>(ns, name, std::move(options));
  const bool done = deleted.ok() || api::IsNotFound(deleted) || api::IsConflict(deleted);
  PodRecord* const still = pods_.FindPod(uid);
  if (done && still != nullptr) still->deletion_done = true;
  co_return done;
}

}  // namespace drydock::kubelet
