// A list whose links are inside its items: joining and leaving allocate nothing,
// and an item leaves by itself when it dies. In order of joining.
#ifndef DRYDOCK_SIM_NETWORK_LINKED_LIST_H_
#define DRYDOCK_SIM_NETWORK_LINKED_LIST_H_

namespace drydock::sim {

class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;

  bool linked() const { return next_ != this; }
  void Unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

 protected:
  ~ListNode() { Unlink(); }

 private:
  template <typename T>
  friend class LinkedList;

  ListNode* previous_ = this;
  ListNode* next_ = this;
};

// Of `T`s, which derive from ListNode. Does not own them.
template <typename T>
class LinkedList {
 public:
  bool empty() const { return !head_.linked(); }
  T& front() const { return static_cast<T&>(*head_.next_); }

  void PushBack(T& item) {
    ListNode& node = item;
    node.Unlink();
    node.previous_ = head_.previous_;
    node.next_ = &head_;
    head_.previous_->next_ = &node;
    head_.previous_ = &node;
  }

  // Calls `visit` for each; it may remove the item that it is given, no other.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (ListNode* node = head_.next_; node != &head_;) {
      ListNode* const next = node->next_;
      visit(static_cast<T&>(*node));
      node = next;
    }
  }

 private:
  struct Head : ListNode {};
  Head head_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_LINKED_LIST_H_
