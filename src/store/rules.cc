// Compares and the texts of errors.
#include "src/store/rules.h"

#include "absl/strings/str_cat.h"

namespace drydock::store {
namespace {

int64_t TargetOf(const Compare& compare, const KeyState& state) {
  switch (compare.target) {
    case Compare::Target::kModRevision:
      return state.mod_revision;
    case Compare::Target::kCreateRevision:
      return state.create_revision;
    case Compare::Target::kVersion:
      return state.version;
  }
  return 0;
}

}  // namespace

bool Holds(const Compare& compare, const KeyState& state) {
  const int64_t target = TargetOf(compare, state);
  switch (compare.op) {
    case Compare::Op::kEqual:
      return target == compare.operand;
    case Compare::Op::kNotEqual:
      return target != compare.operand;
    case Compare::Op::kLess:
      return target < compare.operand;
    case Compare::Op::kGreater:
      return target > compare.operand;
  }
  return false;
}

absl::Status CompactedError(Revision asked, Revision compacted) {
  return absl::OutOfRangeError(
      absl::StrCat("required revision ", asked, " has been compacted: the oldest is ", compacted));
}

absl::Status FutureError(Revision asked, Revision newest) {
  return absl::OutOfRangeError(
      absl::StrCat("required revision ", asked, " is in the future: the newest is ", newest));
}

absl::Status NoSuchLease(LeaseId lease) {
  return absl::NotFoundError(absl::StrCat("lease ", lease, " not found"));
}

absl::Status CheckCompaction(Revision revision, Revision compacted, Revision newest) {
  if (revision > newest) return FutureError(revision, newest);
  if (revision <= compacted) return CompactedError(revision, compacted);
  return absl::OkStatus();
}

}  // namespace drydock::store
