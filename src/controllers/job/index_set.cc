// Intervals that merge when they touch.
#include "src/controllers/job/index_set.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace drydock::controllers {

IndexSet IndexSet::Parse(absl::string_view text, int32_t bound) {
  IndexSet set;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(part, absl::MaxSplits('-', 1));
    int32_t first = 0;
    if (!absl::SimpleAtoi(ends.first, &first) || first < 0) continue;
    int32_t last = first;
    if (!ends.second.empty() && !absl::SimpleAtoi(ends.second, &last)) continue;
    last = std::min(last, bound - 1);
    if (first <= last) set.InsertInterval(first, last);
  }
  return set;
}

void IndexSet::Insert(int32_t index) { InsertInterval(index, index); }

void IndexSet::Insert(const IndexSet& other) {
  for (const auto& [first, last] : other.intervals_) InsertInterval(first, last);
}

void IndexSet::InsertInterval(int32_t first, int32_t last) {
  auto next = intervals_.upper_bound(first);
  if (next != intervals_.begin()) {
    const auto before = std::prev(next);
    if (before->second >= first - 1) next = before;  // Touches or overlaps.
  }
  while (next != intervals_.end() && next->first <= last + 1) {
    first = std::min(first, next->first);
    last = std::max(last, next->second);
    size_ -= next->second - next->first + 1;
    next = intervals_.erase(next);
  }
  intervals_[first] = last;
  size_ += last - first + 1;
}

bool IndexSet::Contains(int32_t index) const {
  const auto next = intervals_.upper_bound(index);
  return next != intervals_.begin() && std::prev(next)->second >= index;
}

int32_t IndexSet::CountIn(const IndexSet& other) const {
  int32_t count = 0;
  for (const auto& [first, last] : intervals_) {
    for (const auto& [other_first, other_last] : other.intervals_) {
      count += std::max(0, std::min(last, other_last) - std::max(first, other_first) + 1);
    }
  }
  return count;
}

std::string IndexSet::ToString() const {
  std::vector<std::string> parts;
  for (const auto& [first, last] : intervals_) {
    if (first == last) {
      parts.push_back(absl::StrCat(first));
    } else if (first + 1 == last) {
      parts.push_back(absl::StrCat(first, ",", last));
    } else {
      parts.push_back(absl::StrCat(first, "-", last));
    }
  }
  return absl::StrJoin(parts, ",");
}

}  // namespace drydock::controllers
