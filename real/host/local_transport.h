// Calls between the components of one process: as the simulated network, but that
// nothing is late and nothing is lost.
#ifndef DRYDOCK_REAL_HOST_LOCAL_TRANSPORT_H_
#define DRYDOCK_REAL_HOST_LOCAL_TRANSPORT_H_

#include <map>
#include <memory>
#include <string>

#include "src/rt/executor.h"
#include "src/rt/transport.h"

namespace drydock::real {

class LocalTransport final : public rt::Transport {
 public:
  // Services listen as "`machine`/NAME", and calls come from `machine`. `executor`
  // outlives the transport, and the transport its listeners.
  LocalTransport(rt::Executor& executor, std::string machine);
  LocalTransport(const LocalTransport&) = delete;
  LocalTransport& operator=(const LocalTransport&) = delete;
  ~LocalTransport() override;

  std::unique_ptr<Listener> Listen(std::string name, rt::Service& service) override;
  // A caller that goes away, or has waited for long enough, takes its call with it. A
  // service that goes away answers what it has not yet answered with kUnavailable.
  rt::Task<absl::StatusOr<rt::Reply>> Call(rt::Address to, rt::PayloadRef request,
                                           absl::Duration timeout) override;

 private:
  class LocalListener;

  rt::Executor& executor_;
  const std::string machine_;
  std::map<std::string, LocalListener*> listeners_;  // By address.
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HOST_LOCAL_TRANSPORT_H_
