// Task<T>: the return type of every asynchronous function in Drydock.
//
//   Task<absl::Status> RenewLease(Executor& executor, Transport& net) {
//     co_await executor.SleepFor(absl::Seconds(10));
//     co_return (co_await net.Call("apiserver", "renew")).status();
//   }
//
// A task is lazy: calling the function only makes the frame, `co_await` runs it.
// It has exactly one awaiter. It never throws: an exception that leaves a task
// ends the process, and errors travel as absl::Status.
//
// Ownership points down and control returns up. The awaiting frame owns the
// awaited task, so destroying the outermost task destroys the whole chain, and
// every leaf awaiter takes itself off whatever it was queued on. A simulated
// crash is therefore nothing but the destruction of a TaskGroup.
#ifndef DRYDOCK_SRC_RT_TASK_H_
#define DRYDOCK_SRC_RT_TASK_H_

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "src/rt/frame_pool.h"

namespace drydock::rt {

template <typename T = void>
class Task;

namespace internal {

// Where control goes when one frame hands over to another. C++20 would have
// await_suspend() return the next handle and the compiler jump there; without
// optimisation and under the sanitizers that jump is a nested call, so that a loop
// of a million awaits overflows the stack. Instead, a frame names its successor
// here and returns, and Resume() below goes round: about 1.4 ns per handover.
inline thread_local std::coroutine_handle<> successor = nullptr;

struct PromiseBase {
  static void* operator new(size_t size) { return FramePool::Allocate(size); }
  static void operator delete(void* frame, size_t size) noexcept {
    FramePool::Deallocate(frame, size);
  }

  struct ResumeAwaiter {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      successor = finished.promise().continuation;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  ResumeAwaiter final_suspend() const noexcept { return {}; }
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

  std::coroutine_handle<> continuation = nullptr;
};

template <typename T>
struct Promise : PromiseBase {
  Task<T> get_return_object() noexcept;
  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T Take() { return *std::move(value); }

  std::optional<T> value;
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void Take() const noexcept {}
};

}  // namespace internal

template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle child;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> parent) noexcept {
        child.promise().continuation = parent;
        internal::successor = child;
      }
      T await_resume() { return child.promise().Take(); }
    };
    return Awaiter{handle_};
  }

 private:
  Handle handle_;
};

namespace internal {
template <typename T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}
}  // namespace internal

// Runs `frame`, and whatever it hands over to, until all of them wait. The only
// place that resumes a task; executors call it once per turn.
inline void Resume(std::coroutine_handle<> frame) {
  const std::coroutine_handle<> outer = std::exchange(internal::successor, nullptr);
  frame.resume();
  while (internal::successor) std::exchange(internal::successor, nullptr).resume();
  internal::successor = outer;
}

// Owns running tasks. Tasks leave the group when they finish; the rest die with
// it, innermost frame last, without running another line of their bodies.
class TaskGroup {
 public:
  TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup() { Clear(); }

  // Runs `task` until it first waits, then returns.
  void Spawn(Task<void> task) {
    Root root = RunRoot(std::move(task));
    Promise& promise = root.handle.promise();
    promise.next = first_;
    promise.previous_link = &first_;
    if (first_ != nullptr) first_->previous_link = &promise.next;
    first_ = &promise;
    Resume(root.handle);
  }

  void Clear() {
    while (first_ != nullptr) std::coroutine_handle<Promise>::from_promise(*first_).destroy();
  }

  bool empty() const { return first_ == nullptr; }

 private:
  struct Promise;
  struct Root {
    using promise_type = Promise;
    std::coroutine_handle<Promise> handle;
  };
  // The frame of one spawned task, linked into its group from birth to death.
  struct Promise : internal::PromiseBase {
    ~Promise() {
      *previous_link = next;
      if (next != nullptr) next->previous_link = previous_link;
    }
    Root get_return_object() noexcept {
      return Root{std::coroutine_handle<Promise>::from_promise(*this)};
    }
    std::suspend_never final_suspend() const noexcept { return {}; }  // Frees itself.
    void return_void() const noexcept {}

    Promise* next = nullptr;
    Promise** previous_link = nullptr;
  };

  static Root RunRoot(Task<void> task) { co_await std::move(task); }

  Promise* first_ = nullptr;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_TASK_H_
