// Turns and time on a Boost.Asio io_context: the executor of the real build.
//
// The monotonic clock is the steady clock, the wall clock the system's. All turns
// run on the thread that runs the io_context, which must be one.
#ifndef DRYDOCK_REAL_ASIO_ASIO_EXECUTOR_H_
#define DRYDOCK_REAL_ASIO_ASIO_EXECUTOR_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "absl/time/time.h"
#include "src/rt/executor.h"

namespace drydock::real {

class AsioExecutor final : public rt::Executor {
 public:
  // `io` outlives the executor, and the executor all tasks that it runs. After it
  // died the io_context may still run.
  explicit AsioExecutor(boost::asio::io_context& io);
  AsioExecutor(const AsioExecutor&) = delete;
  AsioExecutor& operator=(const AsioExecutor&) = delete;

  rt::Instant Now() const override;
  absl::Time WallNow() const override;

 private:
  using Clock = std::chrono::steady_clock;

  // Ready wake-ups: one posted handler runs those that were ready when it started.
  struct Ready {
    std::vector<rt::Wakeup*> wakeups;  // Null: taken back.
    std::vector<rt::Wakeup*> running;
    bool posted = false;
  };
  // asio's timers are costly to make, so they are kept.
  struct Timer {
    explicit Timer(boost::asio::io_context& io) : timer(io) {}
    boost::asio::steady_timer timer;
    rt::Wakeup* wakeup = nullptr;
    uint32_t generation = 0;
  };
  // Shared with the handlers inside asio, which find nobody when the executor is gone.
  struct Guard {
    AsioExecutor* executor;
  };
  class GuardOwner {
   public:
    explicit GuardOwner(AsioExecutor* executor) : guard_(std::make_shared<Guard>(executor)) {}
    GuardOwner(const GuardOwner&) = delete;
    GuardOwner& operator=(const GuardOwner&) = delete;
    ~GuardOwner() { guard_->executor = nullptr; }
    const std::shared_ptr<Guard>& get() const { return guard_; }

   private:
    const std::shared_ptr<Guard> guard_;
  };

  void Schedule(rt::Wakeup& wakeup) override;
  void ScheduleAt(rt::Wakeup& wakeup, rt::Instant when) override;
  void Cancel(rt::Wakeup& wakeup) override;

  void RunReady();
  void TimerFired(uint32_t index, uint32_t generation);
  void Release(uint32_t index);

  boost::asio::io_context& io_;
  const Clock::time_point start_;
  Ready ready_;
  std::vector<std::unique_ptr<Timer>> timers_;
  std::vector<uint32_t> free_;
  const GuardOwner guard_;
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_ASIO_ASIO_EXECUTOR_H_
