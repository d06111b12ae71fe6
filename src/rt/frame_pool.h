// Recycles coroutine frames.
//
// A coroutine frame is allocated on every call of a coroutine, so malloc would
// be the largest single cost of the simulator. Frames come in few sizes and die
// young, which is what a per-thread free list per size class is good at.
//
// Single-threaded by construction: one list per thread, no atomics. A frame
// freed on another thread simply joins that thread's list.
#ifndef DRYDOCK_SRC_RT_FRAME_POOL_H_
#define DRYDOCK_SRC_RT_FRAME_POOL_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DRYDOCK_FRAMES_FROM_HEAP 1
#endif
#endif
#ifndef DRYDOCK_FRAMES_FROM_HEAP
#define DRYDOCK_FRAMES_FROM_HEAP 0
#endif

namespace drydock::rt {

struct FramePoolStats {
  uint64_t allocations = 0;  // Frames handed out.
  uint64_t from_heap = 0;    // Of those, the ones that reached operator new.
};

class FramePool {
 public:
  static void* Allocate(size_t size) {
#if DRYDOCK_FRAMES_FROM_HEAP
    return ::operator new(size);  // A pooled frame would hide its use after free.
#else
    Lists& lists = ThreadLists();
    ++lists.stats.allocations;
    const size_t index = ClassOf(size);
    if (index < kClassCount && lists.head[index] != nullptr) {
      Free* frame = lists.head[index];
      lists.head[index] = frame->next;
      return frame;
    }
    ++lists.stats.from_heap;
    return ::operator new(index < kClassCount ? (index + 1) * kClassBytes : size);
#endif
  }

  static void Deallocate(void* pointer, [[maybe_unused]] size_t size) noexcept {
#if DRYDOCK_FRAMES_FROM_HEAP
    ::operator delete(pointer);
#else
    const size_t index = ClassOf(size);
    if (index >= kClassCount) {
      ::operator delete(pointer);
      return;
    }
    Lists& lists = ThreadLists();
    auto* frame = static_cast<Free*>(pointer);
    frame->next = lists.head[index];
    lists.head[index] = frame;
#endif
  }

  static FramePoolStats& stats() { return ThreadLists().stats; }

 private:
  static constexpr size_t kClassBytes = 64;
  static constexpr size_t kClassCount = 32;  // Frames up to 2 KiB are pooled.

  struct Free {
    Free* next;
  };
  struct Lists {
    Free* head[kClassCount] = {};
    FramePoolStats stats;
    ~Lists() {
      for (Free*& list : head) {
        while (list != nullptr) {
          Free* next = list->next;
          ::operator delete(list);
          list = next;
        }
      }
    }
  };

  static constexpr size_t ClassOf(size_t size) { return (size - 1) / kClassBytes; }
  static Lists& ThreadLists() {
    thread_local Lists lists;
    return lists;
  }
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_FRAME_POOL_H_
