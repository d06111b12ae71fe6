// A miniature of the node lease protocol: one component for both worlds. Nothing
// here names a clock, a socket or a simulator.
#ifndef DRYDOCK_TESTS_RT_LEASE_H_
#define DRYDOCK_TESTS_RT_LEASE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/rt/env.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"

namespace drydock::rt {

struct LeaseOptions {
  absl::Duration renew_period = absl::Seconds(10);
  absl::Duration renew_timeout = absl::Seconds(5);
  absl::Duration grace_period = absl::Seconds(40);
};

// Runs on every node.
class LeaseRenewer {
 public:
  LeaseRenewer(Env& env, LeaseOptions options) : env_(env), options_(options) {}

  Task<> Run() {
    for (;;) {
      const absl::StatusOr<Reply> reply =
          co_await env_.transport().Call("master/leases", nullptr, options_.renew_timeout);
      if (!reply.ok()) ++failures_;
      co_await env_.executor().SleepFor(options_.renew_period);
    }
  }

  int failures() const { return failures_; }

 private:
  Env& env_;
  const LeaseOptions options_;
  int failures_ = 0;
};

// Runs on the control plane; reports each change of a node's readiness.
class LeaseMonitor final : public Service {
 public:
  using Report = std::function<void(const std::string& node, bool ready)>;

  LeaseMonitor(Env& env, LeaseOptions options, Report report)
      : env_(env),
        options_(options),
        report_(std::move(report)),
        listener_(env.transport().Listen("leases", *this)) {}

  Task<Reply> Serve(Address peer, PayloadRef request) override {
    Lease& lease = leases_[peer];
    lease.renewed = env_.executor().Now();
    SetReady(peer, lease, true);
    co_return Reply();
  }

  Task<> Run() {
    for (;;) {
      co_await env_.executor().SleepFor(options_.renew_period);
      for (auto& [node, lease] : leases_) {
        SetReady(node, lease, env_.executor().Now() - lease.renewed <= options_.grace_period);
      }
    }
  }

 private:
  struct Lease {
    Instant renewed;
    bool ready = false;
  };

  void SetReady(const std::string& node, Lease& lease, bool ready) {
    if (lease.ready == ready) return;
    lease.ready = ready;
    report_(node, ready);
  }

  Env& env_;
  const LeaseOptions options_;
  const Report report_;
  std::map<std::string, Lease> leases_;
  const std::unique_ptr<Transport::Listener> listener_;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_TESTS_RT_LEASE_H_
