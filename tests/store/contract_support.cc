// Values, worlds and synchronous calls for the store's contract suite.
#include "absl/strings/str_cat.h"
#include "tests/store/contract.h"

namespace drydock::store {

std::string TextCodec::Encode(const rt::Payload& value) const {
  return static_cast<const TextPayload&>(value).text;
}

absl::StatusOr<rt::PayloadRef> TextCodec::Decode(absl::string_view key,
                                                 absl::string_view bytes) const {
  return Text(std::string(bytes));
}

void TextCodec::Stamp(const rt::Payload& value, Revision revision) const {
  static_cast<const TextPayload&>(value).stamped = revision;
}

rt::PayloadRef Text(std::string text) { return rt::MakeRef<const TextPayload>(std::move(text)); }

std::string TextOf(const rt::PayloadRef& value) {
  return value ? static_cast<const TextPayload&>(*value).text : "";
}

void PrintTo(const StoreForm& form, std::ostream* out) { *out << form.name; }

Revision SyncStore::Put(const std::string& key, const std::string& value, LeaseId lease) {
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, key, Text(value), lease});
  const absl::StatusOr<TxnResult> result = Commit(std::move(txn));
  DRYDOCK_CHECK(result.ok() && result->succeeded, result.status().ToString());
  return result->revision;
}

Revision SyncStore::Delete(const std::string& key) {
  Txn txn;
  txn.writes.push_back({Write::Kind::kDelete, key, nullptr, 0});
  const absl::StatusOr<TxnResult> result = Commit(std::move(txn));
  DRYDOCK_CHECK(result.ok() && result->succeeded, result.status().ToString());
  return result->revision;
}

std::vector<std::string> SyncStore::List(const std::string& key, const std::string& end,
                                         Revision revision) {
  const absl::StatusOr<RangeResponse> response =
      Range({.key = key, .end = end, .revision = revision});
  if (!response.ok()) return {absl::StatusCodeToString(response.status().code())};
  std::vector<std::string> items;
  for (const KeyValue& item : response->items) {
    items.push_back(absl::StrCat(item.key, "=", TextOf(item.value), "@", item.mod_revision));
  }
  return items;
}

std::string Describe(const Event& event) {
  const bool put = event.type == Event::Type::kPut;
  return absl::StrCat(put ? "put " : "delete ", event.kv.key, put ? "=" : "",
                      TextOf(event.kv.value), " (", TextOf(event.previous), ") @",
                      event.kv.mod_revision);
}

namespace {

rt::Task<> Collect(Watch& watch, std::vector<std::string>& lines, Revision& last) {
  for (;;) {
    const absl::StatusOr<Watch::Batch> batch = co_await watch.Next();
    if (!batch.ok()) {
      lines.push_back(absl::StatusCodeToString(batch.status().code()));
      co_return;
    }
    if (!batch->events.empty()) {
      // A revision is never divided between batches.
      DRYDOCK_CHECK(batch->events.front().kv.mod_revision > last);
      last = batch->events.back().kv.mod_revision;
      DRYDOCK_CHECK(batch->progress >= last);
    }
    for (const Event& event : batch->events) lines.push_back(Describe(event));
  }
}

}  // namespace

std::vector<std::string> SyncStore::Drain(store::Watch& watch) {
  std::vector<std::string> lines;
  Revision last = 0;
  rt::TaskGroup group;
  group.Spawn(Collect(watch, lines, last));
  world_.Run(absl::ZeroDuration());
  return lines;
}

}  // namespace drydock::store
