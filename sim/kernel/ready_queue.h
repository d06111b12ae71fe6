// What is due now: a ring, first in, first out, from which anything can be taken
// back, and from which exploration picks at random. (std::deque costs a third of
// the turn rate.)
#ifndef DRYDOCK_SIM_KERNEL_READY_QUEUE_H_
#define DRYDOCK_SIM_KERNEL_READY_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/kernel/event.h"

namespace drydock::sim {

class ReadyQueue {
 public:
  // Returns the position to erase by.
  uint32_t Push(Item item) {
    if (tail_ - head_ == slots_.size()) Grow();
    At(tail_) = item;
    return tail_++;
  }

  Item Pop() {  // Empty when nothing is ready.
    while (head_ != tail_) {
      const Item item = At(head_++);
      if (item) return item;
    }
    return Item();
  }

  void Erase(uint32_t position) { At(position) = Item(); }

  // Positions in use, those of erased items included.
  uint32_t span() const { return tail_ - head_; }

  // Takes the item at the `offset`-th position, which may be an erased one; the
  // first item moves there, and `moved(item, position)` hears of it.
  // REQUIRES: offset < span().
  template <typename Moved>
  Item Take(uint32_t offset, Moved moved) {
    const uint32_t position = head_ + offset;
    const Item taken = At(position);
    const Item first = At(head_++);
    if (offset != 0) {
      At(position) = first;
      if (first) moved(first, position);
    }
    return taken;
  }

 private:
  Item& At(uint32_t position) { return slots_[position & (slots_.size() - 1)]; }

  void Grow() {
    std::vector<Item> grown(std::max<size_t>(slots_.size() * 2, 16));
    for (uint32_t i = head_; i != tail_; ++i) grown[i & (grown.size() - 1)] = At(i);
    slots_ = std::move(grown);
  }

  std::vector<Item> slots_;  // A power of two, or none.
  uint32_t head_ = 0;        // Positions wrap at 2^32, which no ring can hold.
  uint32_t tail_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_KERNEL_READY_QUEUE_H_
