// The life of a call.
#include "sim/network/call.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/network/connection.h"
#include "sim/network/endpoint.h"

namespace drydock::sim {

PendingCall::~PendingCall() {
  if (call_ != nullptr) call_->Abandon();
}

absl::StatusOr<rt::Reply> PendingCall::Take() {
  if (!failure_.ok()) return std::move(failure_);
  return std::move(reply_);
}

void PendingCall::Finish(absl::Status failure, rt::Reply reply) {
  call_ = nullptr;
  done_ = true;
  failure_ = std::move(failure);
  reply_ = std::move(reply);
  if (waiter_) wakeup_.Schedule(waiter_);
}

void Call::Start(PendingCall& pending, MachineId from, Network::ServiceId service,
                 rt::PayloadRef request) {
  ++network_.stats_.calls;
  pending.call_ = this;
  pending_ = &pending;
  from_ = from;
  message_ = std::move(request);
  service_ = service;
  if (service == Network::kNoService) {
    // What asking for the name takes.
    to_ = from;
    SendFailure(absl::UnavailableError("no such host"));
    return;
  }
  to_ = network_.services_[service].machine;
  fate_ = network_.DrawFate(from_, to_);
  state_ = State::kRequest;
  network_.kernel_.ScheduleAfter(*this, network_.Delay(from_, to_));
}

void Call::Fire() {
  if (state_ == State::kRequest && !stalled_) {
    RequestArrives();
  } else if (state_ == State::kReply && !stalled_) {
    __builtin_prefetch(pending_);
    ReplyArrives();
  } else {
    // Silence for as long as the keep-alive lasts.
    Unlink();
    stalled_ = false;
    ++network_.stats_.broken;
    if (failure_.ok()) failure_ = absl::UnavailableError("connection timed out");
    Deliver();
  }
}

void Call::RequestArrives() {
  if (!network_.Reachable(from_, to_)) {
    Stall();
    return;
  }
  ServiceListener* const listener = network_.services_[service_].listener;
  if (listener == nullptr) {
    ++network_.stats_.refused;
    SendFailure(absl::UnavailableError("connection refused"));
    return;
  }
  if (listener->executor().frozen()) [[unlikely]] {
    listener->executor().Hold(*this);
    return;
  }
  if (fate_ == Network::Fate::kLoseRequest) {
    FallSilent();
    return;
  }
  if (fate_ == Network::Fate::kResetBefore) {
    ++network_.stats_.broken;
    SendFailure(absl::UnavailableError("connection reset by peer"));
    return;
  }
  network_.Note(to_, EventDigest::kRequest, message_ ? message_->Digest() : 0);
  state_ = State::kServing;
  listener->Accept(*this);
}

void Call::Answer(rt::Reply reply) {
  Unlink();
  if (pending_ == nullptr) {
    Release();
    return;
  }
  if (fate_ == Network::Fate::kLoseReply) {
    FallSilent();
    return;
  }
  if (fate_ == Network::Fate::kResetAfter) {
    ++network_.stats_.broken;
    SendFailure(absl::UnavailableError("connection reset by peer"));
    return;
  }
  message_ = std::move(reply.message);
  state_ = State::kReply;
  const Nanos delay = network_.Delay(to_, from_);
  network_.kernel_.ScheduleAfter(*this, delay);
  if (reply.stream != nullptr) {
    connection_ = new Connection(network_, from_, to_, *network_.services_[service_].listener,
                                 network_.kernel_.now() + delay);
    connection_->Start(std::move(reply.stream));
  }
}

void Call::ServerGone() {
  Unlink();
  ++network_.stats_.broken;
  if (pending_ == nullptr) {
    Release();
  } else if (network_.powered(to_)) {
    SendFailure(absl::UnavailableError("connection reset by peer"));
  } else {
    FallSilent();
  }
}

void Call::SendFailure(absl::Status failure) {
  failure_ = std::move(failure);
  state_ = State::kReply;
  network_.kernel_.ScheduleAfter(*this, network_.Delay(to_, from_));
}

void Call::FallSilent() {
  ++network_.stats_.lost;
  network_.Note(to_, EventDigest::kLost, 0);
  if (pending_ == nullptr) {
    Release();
    return;
  }
  state_ = State::kVerdict;
  failure_ = absl::UnavailableError("connection lost");
  network_.kernel_.ScheduleAfter(*this, network_.keep_alive_);
}

void Call::ReplyArrives() {
  if (pending_ != nullptr && network_.Cut(to_, from_)) {
    Stall();
    return;
  }
  Deliver();
}

void Call::Deliver() {
  if (pending_ != nullptr) {
    rt::Reply reply;
    if (failure_.ok()) {
      ++network_.stats_.replies;
      network_.Note(from_, EventDigest::kReply, message_ ? message_->Digest() : 0);
      reply.message = std::move(message_);
      if (connection_ != nullptr) {
        reply.stream = std::make_unique<ClientStream>(*std::exchange(connection_, nullptr),
                                                      pending_->executor_);
      }
    } else {
      network_.Note(from_, EventDigest::kBroken, static_cast<uint64_t>(failure_.code()));
    }
    std::exchange(pending_, nullptr)->Finish(std::move(failure_), std::move(reply));
  }
  Release();
}

void Call::Stall() {
  if (pending_ == nullptr) {
    Release();
    return;
  }
  stalled_ = true;
  network_.stalled_.PushBack(*this);
  network_.kernel_.ScheduleAfter(*this, network_.keep_alive_);
}

void Call::LinkChanged() {
  const bool request = state_ == State::kRequest;
  const MachineId sender = request ? from_ : to_;
  if (!network_.Reachable(sender, request ? to_ : from_)) return;
  Unlink();
  stalled_ = false;
  network_.kernel_.ScheduleAfter(*this, network_.RetransmissionDelay(sender));
}

void Call::Abandon() {
  pending_ = nullptr;
  // A request or a reply on its way arrives all the same, unless nothing moves it.
  if (stalled_ || state_ == State::kVerdict) Release();
}

void Call::Release() {
  if (state_ == State::kFree) return;
  Cancel();
  Unlink();
  state_ = State::kFree;
  fate_ = Network::Fate::kNormal;
  stalled_ = false;
  if (pending_ != nullptr) std::exchange(pending_, nullptr)->call_ = nullptr;
  message_ = nullptr;
  failure_ = absl::OkStatus();
  if (connection_ != nullptr) std::exchange(connection_, nullptr)->HangUp();
  network_.Free(*this);
}

}  // namespace drydock::sim
