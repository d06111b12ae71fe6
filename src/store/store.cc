// What all forms of the store share.
#include "src/store/store.h"

namespace drydock::store {

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    auto last = static_cast<unsigned char>(end.back());
    if (last < 0xff) {
      end.back() = static_cast<char>(last + 1);
      return end;
    }
    end.pop_back();
  }
  // Nothing is above every key that begins with 0xff... or with nothing: etcd's word
  // for "to the end of all keys" is one zero byte.
  return std::string(1, '\0');
}

bool InRange(absl::string_view key, absl::string_view begin, absl::string_view end) {
  if (end.empty()) return key == begin;
  return key >= begin && (key < end || IsUnbounded(end));
}

bool IsUnbounded(absl::string_view end) { return end == absl::string_view("\0", 1); }

}  // namespace drydock::store
