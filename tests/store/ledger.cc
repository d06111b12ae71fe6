// The proof that nothing acknowledged is lost.
#include "tests/store/ledger.h"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace drydock::store {
namespace {

using State = std::map<std::string, std::string>;

// All that the watch has to say, grouped by revision.
struct History {
  std::map<Revision, std::vector<Event>> by_revision;
  absl::Status error;
};

rt::Task<> Collect(Watch& watch, History& history) {
  for (;;) {
    const absl::StatusOr<Watch::Batch> batch = co_await watch.Next();
    if (!batch.ok()) {
      history.error = batch.status();
      co_return;
    }
    for (const Event& event : batch->events) {
      history.by_revision[event.kv.mod_revision].push_back(event);
    }
  }
}

History ReadHistory(SyncStore& store, Revision after) {
  History history;
  const auto watch = store.Watch("", PrefixEnd(""), after);
  if (!watch.ok()) {
    history.error = watch.status();
    return history;
  }
  rt::TaskGroup group;
  group.Spawn(Collect(**watch, history));
  store.Run(absl::ZeroDuration());
  return history;
}

State ReadState(SyncStore& store, Revision revision) {
  State state;
  const auto range = store.Range({.key = "", .end = PrefixEnd(""), .revision = revision});
  EXPECT_TRUE(range.ok()) << range.status();
  if (!range.ok()) return state;
  for (const KeyValue& item : range->items) state[item.key] = TextOf(item.value);
  return state;
}

std::string LineOf(const Event& event) {
  return event.type == Event::Type::kPut
             ? absl::StrCat("put ", event.kv.key, "=", TextOf(event.kv.value))
             : absl::StrCat("delete ", event.kv.key);
}

// Plays an event on the state before it.
void Play(const Event& event, State& state) {
  EXPECT_EQ(TextOf(event.previous), state[event.kv.key]) << Describe(event);
  if (event.type == Event::Type::kPut) {
    state[event.kv.key] = TextOf(event.kv.value);
  } else {
    state.erase(event.kv.key);
  }
}

}  // namespace

Ledger::Lines Ledger::LinesOf(const Txn& txn) {
  Lines lines;
  for (const Write& write : txn.writes) {
    lines.push_back(write.kind == Write::Kind::kPut
                        ? absl::StrCat("put ", write.key, "=", TextOf(write.value))
                        : absl::StrCat("delete ", write.key));
  }
  return lines;
}

void Ledger::Submitted(const Txn& txn) {
  const Lines lines = LinesOf(txn);
  submitted_.insert(lines.begin(), lines.end());
}

void Ledger::ForgetPromises() {
  acknowledged_.clear();
  compacted_ = 0;
}

void Ledger::Check(SyncStore& store, rt::Random& random) const {
  const Revision compacted = store.store().compacted_revision();
  const Revision current = store.store().current_revision();
  EXPECT_GE(compacted, compacted_);
  if (!acknowledged_.empty()) EXPECT_GE(current, acknowledged_.rbegin()->first);

  const History history = ReadHistory(store, compacted);
  ASSERT_TRUE(history.error.ok()) << history.error;
  State state;
  if (compacted > 0) state = ReadState(store, compacted);
  const Revision chosen = random.Between(std::max<Revision>(compacted, 1), current);
  std::optional<State> state_then;
  if (chosen == std::max<Revision>(compacted, 1)) state_then = state;

  std::set<std::string> seen;
  Revision last = std::max<Revision>(compacted, 1);
  for (const auto& [revision, events] : history.by_revision) {
    EXPECT_EQ(revision, last + 1) << "a revision is missing";
    last = revision;
    Lines lines;
    for (const Event& event : events) {
      lines.push_back(LineOf(event));
      Play(event, state);
      EXPECT_TRUE(submitted_.count(lines.back()) > 0) << lines.back() << " was never submitted";
      EXPECT_TRUE(refused_.count(lines.back()) == 0) << lines.back() << " had been refused";
      if (absl::StartsWith(lines.back(), "put")) {
        EXPECT_TRUE(seen.insert(lines.back()).second) << lines.back() << " happened twice";
      }
    }
    const auto promised = acknowledged_.find(revision);
    if (promised != acknowledged_.end()) EXPECT_EQ(lines, promised->second) << "@" << revision;
    if (revision == chosen) state_then = state;
  }
  EXPECT_EQ(last, current);
  EXPECT_EQ(ReadState(store, 0), state);

  // From anywhere: the state of then, and a watch that goes on from there.
  ASSERT_TRUE(state_then.has_value());
  EXPECT_EQ(ReadState(store, chosen), *state_then) << "@" << chosen;
  const History rest = ReadHistory(store, chosen);
  EXPECT_TRUE(rest.error.ok()) << rest.error;
  EXPECT_EQ(static_cast<Revision>(rest.by_revision.size()), current - chosen);
  for (const auto& [revision, events] : rest.by_revision) {
    for (const Event& event : events) Play(event, *state_then);
  }
  EXPECT_EQ(*state_then, state);
}

}  // namespace drydock::store
