// Taking, renewing and losing a Lease.
#include "src/client/leader_election.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"
#include "src/rt/sync.h"

namespace drydock::client {
namespace {

void SetMicroTime(absl::Time when, api::metav1::MicroTime* time) {
  const int64_t micros = absl::ToUnixMicros(when);
  time->set_seconds(micros / 1'000'000);
  time->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

// Sets `done` to what `task` returns. `done` outlives the task.
Task<> Finish(Task<absl::Status> task, rt::Completion<absl::Status>& done) {
  done.Set(co_await std::move(task));
}

// `lead` must live as long as the task that it makes.
Task<> Lead(const std::function<Task<>()>& lead) { co_await lead(); }

}  // namespace

LeaderElector::LeaderElector(rt::Env& env, Client& client, std::string identity,
                             LeaderElectionOptions options)
    : env_(env),
      client_(client),
      identity_(std::move(identity)),
      options_(std::move(options)),
      random_(env.NewRandom(absl::StrCat("leader-election/", options_.lease_namespace, "/",
                                         options_.lease_name, "/", identity_))) {
  DRYDOCK_CHECK(options_.renew_deadline * (1 + options_.max_rate_error) <
                    options_.lease_duration * (1 - options_.max_rate_error),
                "a leader could go on after its lease has been taken over");
  DRYDOCK_CHECK(!identity_.empty());
}

Task<> LeaderElector::Run(std::function<Task<>()> lead) {
  for (;;) {
    co_await Acquire();
    ++metrics_.elected;
    leading_ = true;
    {
      rt::TaskGroup work;
      work.Spawn(Lead(lead));
      co_await Renew();
    }
    leading_ = false;
    ++metrics_.lost;
  }
}

Task<> LeaderElector::Acquire() {
  for (;;) {
    const absl::Status status = co_await Try();
    if (status.ok()) co_return;
    co_await env_.executor().SleepFor(random_.Jitter(options_.retry_period, 1.2));
  }
}

Task<> LeaderElector::Renew() {
  rt::Executor& executor = env_.executor();
  for (;;) {
    const rt::Instant deadline = renewed_at_ + options_.renew_deadline;
    const rt::Instant next = executor.Now() + options_.retry_period;
    if (next >= deadline) {
      // No time for another attempt: stop when the deadline comes.
      co_await executor.SleepUntil(deadline);
      co_return;
    }
    co_await executor.SleepUntil(next);
    rt::Completion<absl::Status> done(executor);
    rt::TaskGroup attempt;  // An attempt that hangs dies with it.
    attempt.Spawn(Finish(Try(), done));
    const std::optional<absl::Status> status = co_await done.WaitUntil(deadline);
    if (!status.has_value()) co_return;
    if (!status->ok() && holder_ != identity_) co_return;  // Somebody else has it.
  }
}

Task<absl::Status> LeaderElector::Try() {
  const rt::Instant asked_at = env_.executor().Now();
  absl::Status status;
  if (leading_ && observed_ && holder_ == identity_) {
    // Nobody else writes to a lease that is being renewed: most renewals are one call.
    status = co_await UpdateLease(observed_);
    if (status.ok()) {
      renewed_at_ = asked_at;
      co_return status;
    }
  }
  absl::StatusOr<Ref<api::Lease>> lease =
      co_await client_.Get<api::Lease>(options_.lease_namespace, options_.lease_name);
  if (api::IsNotFound(lease.status())) {
    status = co_await CreateLease();
  } else if (!lease.ok()) {
    ++metrics_.failures;
    co_return lease.status();
  } else {
    Observe(*lease);
    const rt::Instant now = env_.executor().Now();
    const api::LeaseSpec& spec = (*lease)->spec();
    // The holder's own duration, by our clock, from when we saw it change.
    const absl::Duration held = absl::Seconds(spec.lease_duration_seconds());
    if (!holder_.empty() && holder_ != identity_ && now < observed_at_ + held) {
      co_return absl::FailedPreconditionError(absl::StrCat("the lease is held by ", holder_));
    }
    status = co_await UpdateLease(*lease);
  }
  if (status.ok()) {
    renewed_at_ = asked_at;
  } else {
    ++metrics_.failures;
  }
  co_return status;
}

void LeaderElector::FillSpec(api::LeaseSpec* spec) const {
  spec->set_holder_identity(identity_);
  spec->set_lease_duration_seconds(
      static_cast<int32_t>(absl::ToInt64Seconds(options_.lease_duration)));
  SetMicroTime(env_.executor().WallNow(), spec->mutable_renew_time());
}

Task<absl::Status> LeaderElector::CreateLease() {
  api::Lease lease;
  lease.mutable_metadata()->set_namespace_(options_.lease_namespace);
  lease.mutable_metadata()->set_name(options_.lease_name);
  FillSpec(lease.mutable_spec());
  *lease.mutable_spec()->mutable_acquire_time() = lease.spec().renew_time();
  lease.mutable_spec()->set_lease_transitions(0);
  absl::StatusOr<Ref<api::Lease>> created = co_await client_.Create(std::move(lease));
  if (created.ok()) Observe(*created);
  co_return created.status();
}

Task<absl::Status> LeaderElector::UpdateLease(Ref<api::Lease> current) {
  api::Lease lease = *current;  // With its resourceVersion: two candidates cannot both win.
  const bool mine = lease.spec().holder_identity() == identity_;
  FillSpec(lease.mutable_spec());
  if (!mine) {
    *lease.mutable_spec()->mutable_acquire_time() = lease.spec().renew_time();
    lease.mutable_spec()->set_lease_transitions(lease.spec().lease_transitions() + 1);
  }
  absl::StatusOr<Ref<api::Lease>> updated = co_await client_.Update(std::move(lease));
  if (updated.ok()) Observe(*updated);
  co_return updated.status();
}

void LeaderElector::Observe(const Ref<api::Lease>& lease) {
  holder_ = lease->spec().holder_identity();
  if (observed_ && observed_->spec().SerializeAsString() == lease->spec().SerializeAsString()) {
    observed_ = lease;  // Labels and the like: its holder has not renewed it.
    return;
  }
  observed_ = lease;
  observed_at_ = env_.executor().Now();
}

}  // namespace drydock::client
