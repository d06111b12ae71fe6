#include "real/host/local_transport.h"

#include <list>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::real {
namespace {

// A call in its caller's frame, known to the listener while it is served.
struct Pending {
  explicit Pending(rt::Executor& executor) : answered(executor) {}
  rt::Completion<absl::StatusOr<rt::Reply>> answered;
  rt::TaskGroup work;  // Last: dies first.
};

rt::Task<> Serve(rt::Service& service, rt::Address peer, rt::PayloadRef request, Pending& pending) {
  pending.answered.Set(co_await service.Serve(std::move(peer), std::move(request)));
}

}  // namespace

class LocalTransport::LocalListener final : public Listener {
 public:
  LocalListener(LocalTransport& transport, std::string address, rt::Service& service)
      : transport_(transport), address_(std::move(address)), service_(service) {
    DRYDOCK_CHECK(transport_.listeners_.emplace(address_, this).second, address_,
                  " is served twice");
  }
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;
  ~LocalListener() override {
    transport_.listeners_.erase(address_);
    for (Pending* pending : pending_) {
      pending->work.Clear();
      pending->answered.Set(absl::UnavailableError(absl::StrCat(address_, " has gone")));
    }
    *alive_ = false;
  }

  // While this lives, `pending` is one of the listener's calls.
  class Registration {
   public:
    Registration(LocalListener& listener, Pending& pending)
        : listener_(listener),
          alive_(listener.alive_),
          place_(listener.pending_.insert(listener.pending_.end(), &pending)) {}
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() {
      if (*alive_) listener_.pending_.erase(place_);
    }

   private:
    LocalListener& listener_;
    const std::shared_ptr<bool> alive_;
    const std::list<Pending*>::iterator place_;
  };

  rt::Service& service() { return service_; }

 private:
  LocalTransport& transport_;
  const std::string address_;
  rt::Service& service_;
  std::list<Pending*> pending_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

LocalTransport::LocalTransport(rt::Executor& executor, std::string machine)
    : executor_(executor), machine_(std::move(machine)) {}

LocalTransport::~LocalTransport() {
  DRYDOCK_CHECK(listeners_.empty(), listeners_.begin()->first, " is still served");
}

std::unique_ptr<rt::Transport::Listener> LocalTransport::Listen(std::string name,
                                                                rt::Service& service) {
  return std::make_unique<LocalListener>(*this, absl::StrCat(machine_, "/", name), service);
}

rt::Task<absl::StatusOr<rt::Reply>> LocalTransport::Call(rt::Address to, rt::PayloadRef request,
                                                         absl::Duration timeout) {
  const auto found = listeners_.find(to);
  if (found == listeners_.end()) {
    co_return absl::UnavailableError(absl::StrCat("nobody listens at ", to));
  }
  LocalListener& listener = *found->second;
  Pending pending(executor_);
  const LocalListener::Registration registration(listener, pending);
  pending.work.Spawn(Serve(listener.service(), machine_, std::move(request), pending));
  std::optional<absl::StatusOr<rt::Reply>> reply =
      co_await pending.answered.WaitUntil(executor_.Now() + timeout);
  if (!reply.has_value()) {
    co_return absl::DeadlineExceededError(
        absl::StrCat(to, " did not answer within ", absl::FormatDuration(timeout)));
  }
  co_return *std::move(reply);
}

}  // namespace drydock::real
