// Completion indexes of an Indexed Job: a set of small numbers, kept and written as
// intervals ("0-4,7,9-10").
#ifndef DRYDOCK_SRC_CONTROLLERS_JOB_INDEX_SET_H_
#define DRYDOCK_SRC_CONTROLLERS_JOB_INDEX_SET_H_

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"

namespace drydock::controllers {

class IndexSet {
 public:
  // What is malformed, and indexes of `bound` and above, are left out: the text is a
  // status that somebody else may have written.
  static IndexSet Parse(absl::string_view text, int32_t bound);

  void Insert(int32_t index);
  void Insert(const IndexSet& other);
  bool Contains(int32_t index) const;
  int32_t size() const { return size_; }

  // How many of ours `other` has too.
  int32_t CountIn(const IndexSet& other) const;

  std::string ToString() const;

  // Calls `visit(index)` for those in [0, bound) that are not in the set, in order, until it
  // returns false.
  template <typename Visit>
  void ForEachMissing(int32_t bound, Visit visit) const {
    int32_t next = 0;
    for (const auto& [first, last] : intervals_) {
      for (; next < first && next < bound; ++next) {
        if (!visit(next)) return;
      }
      next = last + 1;
    }
    for (; next < bound; ++next) {
      if (!visit(next)) return;
    }
  }

 private:
  void InsertInterval(int32_t first, int32_t last);

  absl::btree_map<int32_t, int32_t> intervals_;  // First to last; neither touching nor overlapping.
  int32_t size_ = 0;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_JOB_INDEX_SET_H_
