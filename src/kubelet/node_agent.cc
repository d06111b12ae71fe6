// Registration, status reports and the lease.
#include "src/kubelet/node_agent.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "src/api/status.h"
#include "src/api/time.h"

namespace drydock::kubelet {
namespace {

constexpr char kLeaseNamespace[] = "kube-node-lease";
constexpr absl::Duration kRegisterFirst = absl::Milliseconds(100);
constexpr absl::Duration kRegisterLast = absl::Seconds(7);
constexpr int kStatusTries = 5;  // nodeStatusUpdateRetry.
constexpr double kPeriodJitter = 0.04;

}  // namespace

NodeAgent::NodeAgent(rt::Env& env, client::Client& client, const KubeletConfig& config)
    : executor_(env.executor()),
      client_(client),
      config_(config),
      allocatable_(AllocatableOf(config)),
      random_(env.NewRandom("kubelet/node")),
      changed_signal_(executor_) {}

void NodeAgent::MarkChanged() {
  changed_ = true;
  changed_signal_.Raise();
}

void NodeAgent::SetRuntimeHealth(bool healthy) {
  if (healthy == runtime_healthy_) return;
  runtime_healthy_ = healthy;
  MarkChanged();
}

rt::Task<absl::Status> NodeAgent::Register() {
  if (config_.register_node) {
    api::Node initial = InitialNode(config_);
    *initial.mutable_status() =
        ComputeNodeStatus(config_, {runtime_healthy_, images_->list()}, {}, executor_.WallNow());
    const absl::StatusOr<api::Ref<api::Node>> created =
        co_await client_.Create<api::Node>(std::move(initial));
    if (created.ok()) {
      node_ = *created;
      created_ = true;
      co_return absl::OkStatus();
    }
    if (!api::IsAlreadyExists(created.status())) co_return created.status();
  }
  const absl::StatusOr<api::Ref<api::Node>> existing =
      co_await client_.Get<api::Node>("", config_.node_name);
  if (!existing.ok()) co_return existing.status();
  api::Node labelled = **existing;
  if (!ReconcileLabels(config_, &labelled)) {
    node_ = *existing;
    co_return absl::OkStatus();
  }
  const absl::StatusOr<api::Ref<api::Node>> updated =
      co_await client_.Update<api::Node>(std::move(labelled));
  if (!updated.ok()) co_return updated.status();
  node_ = *updated;
  co_return absl::OkStatus();
}

rt::Task<api::Ref<api::Node>> NodeAgent::RefreshNode() {
  const absl::StatusOr<api::Ref<api::Node>> newest =
      co_await client_.Get<api::Node>("", config_.node_name);
  if (newest.ok()) node_ = *newest;
  co_return node_;
}

rt::Task<absl::Status> NodeAgent::ReportStatus() {
  absl::Status failure;
  for (int attempt = 0; attempt < kStatusTries; ++attempt) {
    if (attempt > 0) co_await RefreshNode();
    api::Node update;
    update.mutable_metadata()->set_name(config_.node_name);
    update.mutable_metadata()->set_uid(node_->metadata().uid());
    update.mutable_metadata()->set_resource_version(node_->metadata().resource_version());
    *update.mutable_status() = ComputeNodeStatus(config_, {runtime_healthy_, images_->list()},
                                                 node_->status(), executor_.WallNow());
    const absl::StatusOr<api::Ref<api::Node>> reply =
        co_await client_.UpdateStatus<api::Node>(std::move(update));
    if (reply.ok()) {
      node_ = *reply;
      co_return absl::OkStatus();
    }
    failure = reply.status();
    if (api::IsNotFound(failure)) break;
  }
  co_return failure;
}

rt::Task<> NodeAgent::RunStatus() {
  // The runtime's first answer belongs into the first report.
  co_await changed_signal_.WaitUntil(executor_.Now() + absl::Seconds(1));
  absl::Duration retry = kRegisterFirst;
  for (;;) {
    const absl::Status registered = co_await Register();
    if (registered.ok()) break;
    co_await executor_.SleepFor(retry);
    retry = std::min(retry * 2, kRegisterLast);
  }
  // A node that was there before has an old status, which the node lifecycle controller
  // may have made Unknown meanwhile.
  const bool reported = created_ && node_->status().conditions_size() > 0;
  rt::Instant report_at =
      executor_.Now() + (reported ? config_.node_status_report_frequency : absl::ZeroDuration());
  changed_ = !reported;
  for (;;) {
    const rt::Instant tick =
        executor_.Now() + random_.Jitter(config_.node_status_update_frequency, kPeriodJitter);
    if (changed_ || report_at <= executor_.Now()) {
      const bool was_changed = std::exchange(changed_, false);
      const absl::Status report = co_await ReportStatus();
      if (report.ok()) {
        // After a change the next report comes at a time of its own, so that nodes that
        // changed together do not report together for ever.
        const double spread = was_changed ? 0.5 + random_.Unit() : 1.0;
        report_at = executor_.Now() + config_.node_status_report_frequency * spread;
      } else {
        changed_ = true;
        if (api::IsNotFound(report)) {
          const absl::Status again = co_await Register();
          changed_ = !again.ok() || node_->status().conditions_size() == 0;
        }
      }
      co_await executor_.SleepUntil(std::max(tick, executor_.Now()));
      continue;
    }
    co_await changed_signal_.WaitUntil(report_at);
    // A burst of changes is one report, at the next tick.
    if (report_at > executor_.Now()) co_await executor_.SleepUntil(std::max(tick, executor_.Now()));
  }
}

rt::Task<absl::Status> NodeAgent::RenewLease() {
  if (!lease_) {
    absl::StatusOr<api::Ref<api::Lease>> existing =
        co_await client_.Get<api::Lease>(kLeaseNamespace, config_.node_name);
    if (existing.ok()) {
      lease_ = *existing;
    } else if (!api::IsNotFound(existing.status())) {
      co_return existing.status();
    }
  }
  const auto renew_time = api::MakeMicroTime(executor_.WallNow());
  if (!lease_) {
    api::Lease fresh;
    fresh.mutable_metadata()->set_namespace_(kLeaseNamespace);
    fresh.mutable_metadata()->set_name(config_.node_name);
    if (node_) {
      auto* const owner = fresh.mutable_metadata()->add_owner_references();
      owner->set_api_version("v1");
      owner->set_kind("Node");
      owner->set_name(config_.node_name);
      owner->set_uid(node_->metadata().uid());
    }
    fresh.mutable_spec()->set_holder_identity(config_.node_name);
    fresh.mutable_spec()->set_lease_duration_seconds(
        static_cast<int32_t>(absl::ToInt64Seconds(config_.node_lease_duration)));
    *fresh.mutable_spec()->mutable_renew_time() = renew_time;
    absl::StatusOr<api::Ref<api::Lease>> created =
        co_await client_.Create<api::Lease>(std::move(fresh));
    if (created.ok()) lease_ = *created;
    co_return created.status();
  }
  api::Draft<api::Lease> renewed = api::CopyDraft(*lease_);
  renewed->mutable_spec()->set_holder_identity(config_.node_name);
  *renewed->mutable_spec()->mutable_renew_time() = renew_time;
  absl::StatusOr<api::Ref<api::Lease>> updated = co_await client_.Update(std::move(renewed));
  // After any failure the stored lease may be another one.
  lease_ = updated.ok() ? *updated : api::Ref<api::Lease>();
  co_return updated.status();
}

rt::Task<> NodeAgent::RunLease() {
  absl::Duration retry = kRegisterFirst;
  bool failed = false;
  for (;;) {
    const rt::Instant next =
        executor_.Now() + random_.Jitter(config_.node_lease_renew_interval, kPeriodJitter);
    const absl::Status renewed = co_await RenewLease();
    // While the server was out of reach, the node may have been given up.
    if (renewed.ok() && std::exchange(failed, false)) MarkChanged();
    if (renewed.ok()) {
      retry = kRegisterFirst;
      co_await executor_.SleepUntil(std::max(next, executor_.Now()));
    } else {
      failed = true;
      co_await executor_.SleepFor(retry);
      retry = std::min(retry * 2, kRegisterLast);
    }
  }
}

}  // namespace drydock::kubelet
