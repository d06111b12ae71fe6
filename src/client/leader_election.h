// A lease held by one of several candidates, so that one of them acts at a time.
//
// Safe as long as the clocks of the candidates run at rates within
// `LeaderElectionOptions::max_rate_error` of each other; their offsets do not
// matter, since nobody compares a remote timestamp with its own clock: a candidate
// waits a whole lease duration from when it saw the lease change last, and a leader
// counts from before it asked for the renewal that succeeded last
// (coordination.k8s.io/v1 Lease; semantics of client-go's leaderelection).
#ifndef DRYDOCK_SRC_CLIENT_LEADER_ELECTION_H_
#define DRYDOCK_SRC_CLIENT_LEADER_ELECTION_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/coordination_v1.h"
#include "src/client/client.h"
#include "src/rt/env.h"
#include "src/rt/random.h"
#include "src/rt/task.h"

namespace drydock::client {

struct LeaderElectionOptions {
  std::string lease_namespace = "kube-system";
  std::string lease_name;                             // "kube-scheduler"
  absl::Duration lease_duration = absl::Seconds(15);  // Whole seconds.
  absl::Duration renew_deadline = absl::Seconds(10);
  absl::Duration retry_period = absl::Seconds(2);
  // REQUIRES: renew_deadline * (1 + max_rate_error) < lease_duration * (1 - max_rate_error).
  double max_rate_error = 0.1;
};

struct LeaderElectionMetrics {
  uint64_t elected = 0;
  uint64_t lost = 0;
  uint64_t failures = 0;  // Attempts that failed for another reason than another holder.
};

class LeaderElector {
 public:
  // `client` and `env` outlive the elector. `identity` is unique per candidate and per
  // life of its process: a name that a dead process left in the lease is nobody's.
  LeaderElector(rt::Env& env, Client& client, std::string identity, LeaderElectionOptions options);

  // Runs until cancelled. Calls `lead` when elected and cancels it, before the lease
  // can be taken over, when renewal fails; then stands for election again. Never
  // returns an error: API failures are retried and counted in `metrics()`.
  Task<> Run(std::function<Task<>()> lead);

  bool leading() const { return leading_; }
  const std::string& leader() const { return holder_; }  // As seen last; empty: nobody.
  const LeaderElectionMetrics& metrics() const { return metrics_; }

 private:
  Task<> Acquire();
  Task<> Renew();  // Returns when the lease may be lost.
  // Takes or renews the lease, once. Ok: it is ours.
  Task<absl::Status> Try();
  Task<absl::Status> CreateLease();
  Task<absl::Status> UpdateLease(Ref<api::Lease> current);
  void Observe(const Ref<api::Lease>& lease);
  void FillSpec(api::LeaseSpec* spec) const;

  rt::Env& env_;
  Client& client_;
  const std::string identity_;
  const LeaderElectionOptions options_;
  rt::Random random_;

  Ref<api::Lease> observed_;
  rt::Instant observed_at_ = absl::ZeroDuration();  // When observed_'s spec was new to us.
  rt::Instant renewed_at_ = absl::ZeroDuration();   // Before the renewal that succeeded last.
  std::string holder_;
  bool leading_ = false;
  LeaderElectionMetrics metrics_;
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_LEADER_ELECTION_H_
