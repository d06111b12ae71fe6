// How coroutines of one executor wait for each other: Completion (one value, one
// waiter, with a deadline), Signal (a level that many may wait for), Channel (a
// bounded queue). Setting, raising and sending never run the waiter: they schedule
// it, so that code is never re-entered by code that waited for it.
#ifndef DRYDOCK_SRC_RT_SYNC_H_
#define DRYDOCK_SRC_RT_SYNC_H_

#include <coroutine>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::rt {

// One value, set once, awaited by one task. The leaf from which other waits are
// built: the reply to a call, the end of an operation.
template <typename T>
class Completion {
 public:
  explicit Completion(Executor& executor) : wakeup_(executor) {}

  // The first call wins; later ones, and ones after the deadline, are dropped.
  void Set(T value) {
    if (value_.has_value() || expired_) return;
    value_.emplace(std::move(value));
    if (waiter_) wakeup_.Schedule(waiter_);
  }
  bool done() const { return value_.has_value(); }

  // co_await completion.WaitUntil(deadline) -> std::optional<T>; empty when late.
  auto WaitUntil(Instant deadline) {
    struct Awaiter {
      Completion& completion;
      Instant deadline;
      // The completion may outlive a waiter that is killed.
      ~Awaiter() {
        if (completion.waiter_) completion.wakeup_.Cancel();
        completion.waiter_ = nullptr;
      }
      bool await_ready() const { return completion.value_.has_value(); }
      void await_suspend(std::coroutine_handle<> waiter) {
        completion.waiter_ = waiter;
        if (deadline != absl::InfiniteDuration()) {
          completion.wakeup_.ScheduleAt(waiter, deadline);
        }
      }
      std::optional<T> await_resume() {
        completion.waiter_ = nullptr;
        completion.expired_ = !completion.value_.has_value();
        return std::move(completion.value_);
      }
    };
    return Awaiter{*this, deadline};
  }

 private:
  Wakeup wakeup_;
  std::coroutine_handle<> waiter_;
  std::optional<T> value_;
  bool expired_ = false;
};

// Something may have changed: look again. Any number of tasks may wait; one Raise
// wakes all of those that wait now, in the order in which they began to. Waiters
// test their condition in a loop, as with a condition variable.
class Signal {
 public:
  explicit Signal(Executor& executor) : executor_(executor) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  // The waiters must be gone by now: they live in frames that die first.
  ~Signal() = default;

  void Raise() {
    while (first_ != nullptr) RaiseOne();
  }
  // Wakes the one that has waited longest, if any.
  void RaiseOne() {
    if (first_ == nullptr) return;
    Waiter& waiter = *first_;
    waiter.Unlink();
    waiter.raised = true;
    waiter.wakeup.Schedule(waiter.handle);
  }
  bool awaited() const { return first_ != nullptr; }

  // co_await signal.Wait();
  auto Wait() { return Waiter(*this, absl::InfiniteDuration()); }
  // co_await signal.WaitUntil(deadline) -> false when the deadline came first.
  auto WaitUntil(Instant deadline) { return Waiter(*this, deadline); }

 private:
  struct Waiter {
    Waiter(Signal& owner, Instant deadline)
        : owner(owner), deadline(deadline), wakeup(owner.executor_) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { Unlink(); }

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      handle = waiting;
      previous = owner.last_;
      (previous != nullptr ? previous->next : owner.first_) = this;
      owner.last_ = this;
      linked = true;
      if (deadline != absl::InfiniteDuration()) wakeup.ScheduleAt(waiting, deadline);
    }
    bool await_resume() {
      Unlink();
      return raised;
    }
    void Unlink() {
      if (!linked) return;
      (previous != nullptr ? previous->next : owner.first_) = next;
      (next != nullptr ? next->previous : owner.last_) = previous;
      previous = next = nullptr;
      linked = false;
    }

    Signal& owner;
    const Instant deadline;
    Wakeup wakeup;
    std::coroutine_handle<> handle;
    Waiter* previous = nullptr;
    Waiter* next = nullptr;
    bool linked = false;
    bool raised = false;
  };

  Executor& executor_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

// A bounded queue between tasks of one executor. Send never waits: a full channel
// says so, and the sender decides (drop, reset the connection, ask for a relist).
template <typename T>
class Channel {
 public:
  Channel(Executor& executor, size_t capacity) : capacity_(capacity), changed_(executor) {}

  // False when full or closed; `value` is then dropped.
  bool Send(T value) {
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(value));
    changed_.RaiseOne();
    return true;
  }
  // What was sent is still received; after it, Receive gives nothing.
  void Close() {
    closed_ = true;
    changed_.Raise();
  }
  bool closed() const { return closed_; }
  size_t size() const { return items_.size(); }

  // The next item, or nullopt once closed and empty.
  Task<std::optional<T>> Receive() {
    while (items_.empty()) {
      if (closed_) co_return std::nullopt;
      co_await changed_.Wait();
    }
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    co_return item;
  }

 private:
  const size_t capacity_;
  Signal changed_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_SYNC_H_
