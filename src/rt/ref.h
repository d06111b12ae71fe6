// Shared ownership of immutable things: one pointer wide, counted in the object.
//
// Objects travel between components as handles, thousands of times each, so the
// handle must be cheap. The count is atomic only once the process has a second
// thread (the C library's own flag, as std::shared_ptr uses it): a simulation
// never has one, the real build pays for what it needs.
#ifndef DRYDOCK_SRC_RT_REF_H_
#define DRYDOCK_SRC_RT_REF_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <sys/single_threaded.h>

namespace drydock::rt {

// Base of everything held by a `Ref`. Derived destructors are virtual.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;

  void Retain() const noexcept {
    if (__libc_single_threaded) {
      count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    } else {
      count_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  void Release() const noexcept {
    if (__libc_single_threaded) {
      const uint32_t count = count_.load(std::memory_order_relaxed) - 1;
      count_.store(count, std::memory_order_relaxed);
      if (count == 0) delete this;
    } else if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete this;
    }
  }
  // True when the caller's handle is the only one, so that nobody else can see a change.
  bool Unique() const noexcept { return count_.load(std::memory_order_acquire) == 1; }

 protected:
  virtual ~RefCounted() = default;

 private:
  mutable std::atomic<uint32_t> count_ = 0;
};

// A handle on a `T`, which derives from RefCounted. Null when default made.
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): as smart pointers do.
  explicit Ref(T* object) noexcept : object_(object) {
    if (object_ != nullptr) object_->Retain();
  }
  Ref(const Ref& other) noexcept : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <typename U, typename = std::enable_if_t<std::is_convertible_v<U*, T*>>>
  Ref(const Ref<U>& other) noexcept  // NOLINT(google-explicit-constructor): upcast.
      : Ref(other.get()) {}
  template <typename U, typename = std::enable_if_t<std::is_convertible_v<U*, T*>>>
  Ref(Ref<U>&& other) noexcept  // NOLINT(google-explicit-constructor): upcast.
      : object_(other.Detach()) {}
  ~Ref() {
    if (object_ != nullptr) object_->Release();
  }
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

  // Gives up the handle without releasing it.
  T* Detach() noexcept { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

template <typename T, typename... Arguments>
Ref<T> MakeRef(Arguments&&... arguments) {
  return Ref<T>(new T(std::forward<Arguments>(arguments)...));
}

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_REF_H_
