// Compares, writes, compaction and leases on the tables.
#include "src/store/sqlite/batch.h"

#include <optional>
#include <utility>

#include "src/rt/check.h"
#include "src/rt/status_macros.h"
#include "src/store/rules.h"

namespace drydock::store {

absl::Status Batch::Sweep(Revision limit, size_t max_rows) {
  const VersionId end = FirstIdOf(limit + 1);
  if (state_.swept >= end - 1) return absl::OkStatus();
  const absl::StatusOr<std::vector<VersionRow>> rows =
      tables_.VersionsFrom(state_.swept + 1, max_rows);
  if (!rows.ok()) return rows.status();
  const bool last = rows->size() < max_rows || rows->back().id >= end;
  for (const VersionRow& row : *rows) {
    if (row.id >= end) break;
    if (row.previous != 0) RETURN_IF_ERROR(tables_.DeleteVersion(row.previous));
    if (row.deleted()) {
      RETURN_IF_ERROR(tables_.DeleteVersion(row.id));
      RETURN_IF_ERROR(tables_.ForgetKey(row.key, row.id));
    }
    state_.swept = row.id;
  }
  if (last) state_.swept = end - 1;
  return tables_.SetSwept(state_.swept);
}

absl::Status Batch::Apply(Request& request) {
  switch (request.kind) {
    case Request::Kind::kTxn:
      RETURN_IF_ERROR(Commit(request));
      break;
    case Request::Kind::kCompact:
      request.refusal = CheckCompaction(request.compact_to, state_.compacted, state_.revision);
      if (request.refusal.ok()) {
        RETURN_IF_ERROR(tables_.SetCompacted(request.compact_to));
        state_.compacted = request.compact_to;
      }
      break;
    case Request::Kind::kGrantLease: {
      const absl::StatusOr<LeaseId> lease = tables_.AddLease(request.ttl);
      if (!lease.ok()) return lease.status();
      request.lease = *lease;
      granted_.push_back({.id = *lease, .ttl = request.ttl});
      break;
    }
    case Request::Kind::kRevokeLease:
    case Request::Kind::kExpireLease:
      RETURN_IF_ERROR(Revoke(request));
      break;
  }
  request.revision = state_.revision;
  return absl::OkStatus();
}

absl::StatusOr<bool> Batch::AllHold(const std::vector<Compare>& compares) {
  for (const Compare& compare : compares) {
    const absl::StatusOr<std::optional<VersionRow>> row = tables_.Current(compare.key);
    if (!row.ok()) return row.status();
    KeyState state;
    if (row->has_value() && !(*row)->deleted()) {
      state = {.create_revision = (*row)->create_revision,
               .mod_revision = (*row)->mod_revision(),
               .version = (*row)->version};
    }
    if (!Holds(compare, state)) return false;
  }
  return true;
}

absl::Status Batch::Commit(Request& request) {
  for (const store::Write& write : request.txn.writes) {
    if (write.lease == 0) continue;
    const absl::StatusOr<bool> known = tables_.HasLease(write.lease);
    if (!known.ok()) return known.status();
    if (!*known) {
      request.refusal = NoSuchLease(write.lease);
      return absl::OkStatus();
    }
  }
  const absl::StatusOr<bool> holds = AllHold(request.txn.compares);
  if (!holds.ok()) return holds.status();
  request.succeeded = *holds;
  if (!*holds) {
    for (const std::string& key : request.txn.else_get) {
      absl::StatusOr<std::optional<VersionRow>> row = tables_.Current(key);
      if (!row.ok()) return row.status();
      if (row->has_value() && !(*row)->deleted()) request.else_rows.push_back(**std::move(row));
    }
    return absl::OkStatus();
  }
  int64_t place = 0;
  for (size_t i = 0; i < request.txn.writes.size(); ++i) {
    const store::Write& write = request.txn.writes[i];
    RETURN_IF_ERROR(
        Write(write.kind, write.key, write.value, request.encoded[i], write.lease, place));
  }
  if (place > 0) ++state_.revision;
  return absl::OkStatus();
}

absl::Status Batch::Revoke(Request& request) {
  const absl::StatusOr<bool> known = tables_.HasLease(request.lease);
  if (!known.ok()) return known.status();
  if (!*known) {
    request.refusal = NoSuchLease(request.lease);
    return absl::OkStatus();
  }
  const absl::StatusOr<std::vector<std::string>> keys = tables_.KeysOfLease(request.lease);
  if (!keys.ok()) return keys.status();
  int64_t place = 0;
  for (const std::string& key : *keys) {
    // More than fit into a revision take several.
    if (place == kMaxWritesPerRevision) {
      ++state_.revision;
      place = 0;
    }
    RETURN_IF_ERROR(Write(store::Write::Kind::kDelete, key, nullptr, "", 0, place));
  }
  if (place > 0) ++state_.revision;
  revoked_.push_back(request.lease);
  return tables_.DeleteLease(request.lease);
}

absl::Status Batch::Write(store::Write::Kind kind, const std::string& key,
                          const rt::PayloadRef& value, const std::string& encoded, LeaseId lease,
                          int64_t& place) {
  const absl::StatusOr<std::optional<VersionRow>> found = tables_.Current(key);
  if (!found.ok()) return found.status();
  const std::optional<VersionRow>& old = *found;
  const bool present = old.has_value() && !old->deleted();
  const bool put = kind == store::Write::Kind::kPut;
  if (!put && !present) return absl::OkStatus();

  DRYDOCK_CHECK(place < kMaxWritesPerRevision);
  const Revision revision = state_.revision + 1;
  Written written = {.row = {.id = FirstIdOf(revision) + place,
                             .key = key,
                             .previous = old.has_value() ? old->id : 0},
                     .value = value,
                     .bytes = encoded.size()};
  if (put) {
    written.row.create_revision = present ? old->create_revision : revision;
    written.row.version = present ? old->version + 1 : 1;
    written.row.lease = lease;
  }
  ++place;
  RETURN_IF_ERROR(tables_.Append(written.row, put ? &encoded : nullptr));
  written_.push_back(std::move(written));
  return absl::OkStatus();
}

}  // namespace drydock::store
