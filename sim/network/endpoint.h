// One process's end of the simulated network.
#ifndef DRYDOCK_SIM_NETWORK_ENDPOINT_H_
#define DRYDOCK_SIM_NETWORK_ENDPOINT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sim/kernel/local_executor.h"
#include "sim/network/linked_list.h"
#include "sim/network/network.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"

namespace drydock::sim {

class Endpoint final : public rt::Transport {
 public:
  // `network` and `executor` outlive the endpoint, which outlives its listeners and
  // the frames of its calls.
  Endpoint(Network& network, MachineId machine, LocalExecutor& executor)
      : network_(network), machine_(machine), executor_(executor) {}
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;
  ~Endpoint() override { Detach(); }

  // The address is "machine/name". REQUIRES: nobody listens there.
  std::unique_ptr<Listener> Listen(std::string name, rt::Service& service) override;

  rt::Task<absl::StatusOr<rt::Reply>> Call(rt::Address to, rt::PayloadRef request,
                                           absl::Duration timeout) override;

  // What the operating system does when the process dies: nobody listens any more,
  // what was being served dies, and whoever was connected hears of it, provided
  // that the machine has power. Whatever the process still does is not sent.
  void Detach();

  Network& network() const { return network_; }
  MachineId machine() const { return machine_; }
  LocalExecutor& executor() const { return executor_; }

 private:
  Network& network_;
  const MachineId machine_;
  LocalExecutor& executor_;
  bool detached_ = false;
  LinkedList<ServiceListener> listeners_;
};

// A service that listens, what it serves, and the streams that it feeds. All of it
// dies when the handle does.
class ServiceListener final : public rt::Transport::Listener, public ListNode {
 public:
  ServiceListener(Endpoint& endpoint, Network::ServiceId id, rt::Service& service);
  ~ServiceListener() override { Close(); }

  void Close();

  // Serves `call`, which has arrived.
  void Accept(sim::Call& call);
  LocalExecutor& executor() const { return endpoint_.executor(); }

 private:
  rt::Task<> Handle(sim::Call& call);

  Endpoint& endpoint_;
  const Network::ServiceId id_;
  rt::Service& service_;
  bool closed_ = false;
  LinkedList<sim::Call> serving_;
  rt::TaskGroup handlers_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_ENDPOINT_H_
