// Calling and serving over the simulated network.
#include "sim/network/endpoint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/network/call.h"
#include "sim/network/connection.h"
#include "src/rt/check.h"

namespace drydock::sim {

std::unique_ptr<rt::Transport::Listener> Endpoint::Listen(std::string name, rt::Service& service) {
  const Network::ServiceId id =
      network_.Resolve(absl::StrCat(network_.machine_name(machine_), "/", name));
  auto listener = std::make_unique<ServiceListener>(*this, id, service);
  if (detached_) {
    listener->Close();
  } else {
    listeners_.PushBack(*listener);
  }
  return listener;
}

rt::Task<absl::StatusOr<rt::Reply>> Endpoint::Call(rt::Address to, rt::PayloadRef request,
                                                   absl::Duration timeout) {
  if (detached_) co_return absl::UnavailableError("the process has been killed");
  PendingCall pending(executor_);
  const Network::ServiceId service = network_.Resolve(to);
  network_.NewCall().Start(pending, machine_, service, std::move(request));
  if (service != Network::kNoService) to = rt::Address();  // Frees it while it is in the cache.
  co_await pending.WaitUntil(executor_.Now() + timeout);
  if (!pending.done()) {
    co_return absl::DeadlineExceededError(absl::StrCat(
        "no reply from ", service == Network::kNoService ? to : network_.services_[service].address,
        " within ", absl::FormatDuration(timeout)));
  }
  co_return pending.Take();
}

void Endpoint::Detach() {
  detached_ = true;
  while (!listeners_.empty()) listeners_.front().Close();
}

ServiceListener::ServiceListener(Endpoint& endpoint, Network::ServiceId id, rt::Service& service)
    : endpoint_(endpoint), id_(id), service_(service) {
  ServiceListener*& listener = endpoint_.network().services_[id_].listener;
  DRYDOCK_CHECK(listener == nullptr, "somebody listens there already");
  listener = this;
}

void ServiceListener::Close() {
  if (closed_) return;
  closed_ = true;
  Unlink();
  Network& network = endpoint_.network();
  network.services_[id_].listener = nullptr;
  while (!serving_.empty()) serving_.front().ServerGone();
  network.connections_.ForEach([this](Connection& connection) {
    if (connection.ServedBy(*this)) connection.ServerGone();
  });
  handlers_.Clear();
}

void ServiceListener::Accept(sim::Call& call) {
  serving_.PushBack(call);
  handlers_.Spawn(Handle(call));
}

rt::Task<> ServiceListener::Handle(sim::Call& call) {
  rt::PayloadRef request = call.TakeMessage();
  rt::Reply reply =
      co_await service_.Serve(endpoint_.network().machine_name(call.caller()), std::move(request));
  call.Answer(std::move(reply));
}

}  // namespace drydock::sim
