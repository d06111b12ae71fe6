// One call on its way: the request in flight, being served, the reply in flight.
#ifndef DRYDOCK_SIM_NETWORK_CALL_H_
#define DRYDOCK_SIM_NETWORK_CALL_H_

#include <coroutine>
#include <cstdint>

#include "absl/status/statusor.h"
#include "sim/kernel/event.h"
#include "sim/network/linked_list.h"
#include "sim/network/network.h"
#include "src/rt/executor.h"
#include "src/rt/transport.h"

namespace drydock::sim {

// The caller's end, inside the caller's frame. When the frame dies the call loses
// its caller, and nothing else.
class PendingCall {
 public:
  explicit PendingCall(LocalExecutor& executor) : executor_(executor), wakeup_(executor) {}
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;
  ~PendingCall();

  // co_await pending.WaitUntil(deadline); done() then says which came first.
  auto WaitUntil(rt::Instant deadline) {
    struct Awaiter {
      PendingCall& pending;
      rt::Instant deadline;
      bool await_ready() const { return pending.done_; }
      void await_suspend(std::coroutine_handle<> waiter) {
        pending.waiter_ = waiter;
        if (deadline != absl::InfiniteDuration()) pending.wakeup_.ScheduleAt(waiter, deadline);
      }
      void await_resume() const {}
    };
    return Awaiter{*this, deadline};
  }

  bool done() const { return done_; }
  absl::StatusOr<rt::Reply> Take();

 private:
  friend class Call;

  void Finish(absl::Status failure, rt::Reply reply);

  LocalExecutor& executor_;
  rt::Wakeup wakeup_;
  std::coroutine_handle<> waiter_;
  Call* call_ = nullptr;  // Null once it is done or lost.
  bool done_ = false;
  absl::Status failure_;
  rt::Reply reply_;
};

class Call final : public Event, public ListNode {
 public:
  explicit Call(Network& network) : network_(network) {}

  // Sends `request` on behalf of `pending`.
  void Start(PendingCall& pending, MachineId from, Network::ServiceId service,
             rt::PayloadRef request);

  // The serving side, while it serves.
  rt::PayloadRef TakeMessage() { return std::move(message_); }
  MachineId caller() const { return from_; }
  void Answer(rt::Reply reply);
  void ServerGone();  // It will never answer.

  void Abandon();  // The caller's frame is gone.
  // Some link or machine has come back; called while the call is stalled.
  void LinkChanged();

  void Fire() override;

 private:
  friend class Network;

  enum class State : uint8_t {
    kFree,
    kRequest,  // In flight, or stalled.
    kServing,  // In the listener's list.
    kReply,    // In flight, or stalled.
    kVerdict,  // What the caller's own machine will conclude from silence.
  };

  void RequestArrives();
  void ReplyArrives();
  void Stall();
  // Goes back to the caller over the network with an error.
  void SendFailure(absl::Status failure);
  // The caller hears nothing, until its keep-alive tells it that there is nobody.
  void FallSilent();
  void Deliver();
  void Release();

  Network& network_;
  State state_ = State::kFree;
  Network::Fate fate_ = Network::Fate::kNormal;
  bool stalled_ = false;
  MachineId from_ = 0;
  MachineId to_ = 0;
  Network::ServiceId service_ = 0;
  PendingCall* pending_ = nullptr;    // Null once the caller has gone.
  rt::PayloadRef message_;            // The request, then the reply.
  Connection* connection_ = nullptr;  // Of a reply with a stream.
  absl::Status failure_;              // Of a reply that is none.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_CALL_H_
