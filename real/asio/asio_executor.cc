// Scheduling on Boost.Asio.
#include "real/asio/asio_executor.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include "absl/time/clock.h"
#include "src/rt/task.h"

namespace drydock::real {
namespace {

using Queue = rt::Wakeup::Queue;

// Wake-ups of the round that runs have positions from here on.
constexpr uint32_t kRunning = uint32_t{1} << 31;

}  // namespace

AsioExecutor::AsioExecutor(boost::asio::io_context& io)
    : io_(io), start_(Clock::now()), guard_(this) {}

rt::Instant AsioExecutor::Now() const { return absl::FromChrono(Clock::now() - start_); }

absl::Time AsioExecutor::WallNow() const { return absl::Now(); }

void AsioExecutor::Schedule(rt::Wakeup& wakeup) {
  wakeup.Queued(Queue::kReady, static_cast<uint32_t>(ready_.wakeups.size()));
  ready_.wakeups.push_back(&wakeup);
  if (std::exchange(ready_.posted, true)) return;
  boost::asio::post(io_, [guard = guard_.get()] {
    if (guard->executor != nullptr) guard->executor->RunReady();
  });
}

// Runs one round. What it makes ready runs in the next one, after asio has looked at
// timers and sockets.
void AsioExecutor::RunReady() {
  ready_.posted = false;
  ready_.running.swap(ready_.wakeups);
  for (uint32_t i = 0; i < ready_.running.size(); ++i) {
    if (rt::Wakeup* const wakeup = ready_.running[i]) wakeup->Queued(Queue::kReady, kRunning | i);
  }
  const std::shared_ptr<Guard> guard = guard_.get();
  for (size_t i = 0; i < ready_.running.size(); ++i) {
    rt::Wakeup* const wakeup = ready_.running[i];
    if (wakeup == nullptr) continue;
    rt::Resume(wakeup->Fire());
    if (guard->executor == nullptr) return;  // That turn destroyed the executor.
  }
  ready_.running.clear();
}

void AsioExecutor::ScheduleAt(rt::Wakeup& wakeup, rt::Instant when) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(timers_.size()));
    timers_.push_back(std::make_unique<Timer>(io_));
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  wakeup.Queued(Queue::kTimer, index);
  Timer& timer = *timers_[index];
  timer.wakeup = &wakeup;
  // Rounded up: never early. Further away than the clock can tell is never.
  const absl::Duration latest = absl::FromChrono(Clock::time_point::max() - start_);
  timer.timer.expires_at(
      when >= latest ? Clock::time_point::max()
                     : start_ + absl::ToChronoNanoseconds(absl::Ceil(when, absl::Nanoseconds(1))));
  timer.timer.async_wait([guard = guard_.get(), index,
                          generation = timer.generation](const boost::system::error_code&) {
    if (guard->executor != nullptr) guard->executor->TimerFired(index, generation);
  });
}

void AsioExecutor::TimerFired(uint32_t index, uint32_t generation) {
  Timer& timer = *timers_[index];
  if (timer.generation != generation) return;  // Cancelled meanwhile.
  rt::Wakeup* const wakeup = timer.wakeup;
  Release(index);
  rt::Resume(wakeup->Fire());
}

void AsioExecutor::Cancel(rt::Wakeup& wakeup) {
  const uint32_t slot = wakeup.slot();
  if (wakeup.queue() == Queue::kTimer) {
    timers_[slot]->timer.cancel();
    Release(slot);
  } else if ((slot & kRunning) != 0) {
    ready_.running[slot & ~kRunning] = nullptr;
  } else {
    ready_.wakeups[slot] = nullptr;
  }
}

void AsioExecutor::Release(uint32_t index) {
  ++timers_[index]->generation;
  free_.push_back(index);
}

}  // namespace drydock::real
