// The store against a model that keeps every state it ever had: random operations,
// reads of random revisions, watches from random revisions, compactions.
#include <map>
#include <ostream>

#include <rapidcheck.h>

#include "absl/strings/str_cat.h"
#include "tests/store/contract.h"

namespace drydock::store {
namespace {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreModel);

struct Item {
  std::string value;
  Revision create = 0;
  Revision mod = 0;
  int64_t version = 0;
};
using State = std::map<std::string, Item>;

struct Operation {
  int kind = 0;
  int key = 0;
  int other = 0;
  int number = 0;
};

// How rapidcheck shows a failing sequence.
void showValue(const Operation& operation, std::ostream& out) {
  out << operation.kind << ":k" << operation.key << "," << operation.other << ","
      << operation.number;
}

struct Model {
  std::vector<State> states{State(), State()};           // Indexed by revision; the first is 1.
  std::vector<std::pair<Revision, std::string>> events;  // With the key in the text.
  Revision compacted = 0;

  Revision revision() const { return static_cast<Revision>(states.size()) - 1; }
  const State& now() const { return states.back(); }

  static void Put(State& state, const std::string& key, const std::string& value, Revision revision,
                  std::vector<std::string>& lines) {
    Item& item = state[key];
    lines.push_back(absl::StrCat("put ", key, "=", value, " (", item.value, ") @", revision));
    if (item.version == 0) item.create = revision;
    item.value = value;
    item.mod = revision;
    ++item.version;
  }
};

class Trial {
 public:
  explicit Trial(StoreWorld& world) : store_(world) {}

  void Do(const Operation& operation) {
    const std::string key = absl::StrCat("k", operation.key);
    switch (operation.kind) {
      case 0:
      case 1:
      case 2:
        return Put(key, operation);
      case 3:
        return Delete(key);
      case 4:
        return TwoWrites(key, operation);
      case 5:
        return Compact(operation);
      case 6:
        return StartWatch(key, operation);
      case 7:
        return Read(operation);
      default:
        return DrainAll();
    }
  }

  void DrainAll() {
    for (Watcher& watcher : watchers_) {
      for (const std::string& line : store_.Drain(*watcher.watch)) watcher.seen.push_back(line);
      std::vector<std::string> expected;
      for (const auto& [revision, line] : model_.events) {
        if (revision > watcher.after && (watcher.key.empty() || Mentions(line, watcher.key))) {
          expected.push_back(line);
        }
      }
      RC_ASSERT(watcher.seen == expected);
    }
  }

 private:
  struct Watcher {
    std::string key;  // Empty: all.
    Revision after;
    std::unique_ptr<Watch> watch;
    std::vector<std::string> seen;
  };

  static bool Mentions(const std::string& line, const std::string& key) {
    return line.find(absl::StrCat(" ", key, "=")) != std::string::npos ||
           line.find(absl::StrCat(" ", key, " ")) != std::string::npos;
  }

  void Advance(State next, const std::vector<std::string>& lines) {
    model_.states.push_back(std::move(next));
    for (const std::string& line : lines) model_.events.emplace_back(model_.revision(), line);
  }

  void Put(const std::string& key, const Operation& operation) {
    State next = model_.now();
    std::vector<std::string> lines;
    const std::string value = absl::StrCat(operation.number);
    Model::Put(next, key, value, model_.revision() + 1, lines);
    Advance(std::move(next), lines);
    RC_ASSERT(store_.Put(key, value) == model_.revision());
  }

  void Delete(const std::string& key) {
    State next = model_.now();
    const auto found = next.find(key);
    if (found != next.end()) {
      const std::string line =
          absl::StrCat("delete ", key, " (", found->second.value, ") @", model_.revision() + 1);
      next.erase(found);
      Advance(std::move(next), {line});
    }
    RC_ASSERT(store_.Delete(key) == model_.revision());
  }

  // Two puts on the condition that the first key has a certain version.
  void TwoWrites(const std::string& key, const Operation& operation) {
    const std::string other = absl::StrCat(
        "k", operation.key == operation.other ? operation.other + 100 : operation.other);
    const auto found = model_.now().find(key);
    const int64_t version = found == model_.now().end() ? 0 : found->second.version;
    const int64_t operand = operation.number % 3;
    Txn txn;
    txn.compares.push_back({key, Compare::Target::kVersion, Compare::Op::kEqual, operand});
    txn.writes.push_back({Write::Kind::kPut, key, Text("t"), 0});
    txn.writes.push_back({Write::Kind::kPut, other, Text("t"), 0});
    if (version == operand) {
      State next = model_.now();
      std::vector<std::string> lines;
      Model::Put(next, key, "t", model_.revision() + 1, lines);
      Model::Put(next, other, "t", model_.revision() + 1, lines);
      Advance(std::move(next), lines);
    }
    const absl::StatusOr<TxnResult> result = store_.Commit(std::move(txn));
    RC_ASSERT(result.ok());
    RC_ASSERT(result->succeeded == (version == operand));
    RC_ASSERT(result->revision == model_.revision());
  }

  void Compact(const Operation& operation) {
    const Revision revision = 1 + operation.number % model_.revision();
    const bool allowed = revision > model_.compacted;
    RC_ASSERT(store_.Compact(revision).ok() == allowed);
    if (allowed) model_.compacted = revision;
  }

  void StartWatch(const std::string& key, const Operation& operation) {
    const Revision after = operation.number % (model_.revision() + 1);
    const bool all = operation.other % 2 == 0;
    auto watch = all ? store_.Watch("", PrefixEnd(""), after) : store_.Watch(key, "", after);
    if (after > model_.compacted) RC_ASSERT(watch.ok());
    if (after < model_.compacted - 1) {
      RC_ASSERT(watch.status().code() == absl::StatusCode::kOutOfRange);
    }
    if (watch.ok()) watchers_.push_back({all ? "" : key, after, *std::move(watch), {}});
  }

  void Read(const Operation& operation) {
    const Revision at = 1 + operation.number % (model_.revision() + 1);
    const std::string first = absl::StrCat("k", operation.key);
    const absl::StatusOr<RangeResponse> response =
        store_.Range({.key = first, .end = PrefixEnd("k"), .revision = at});
    if (at < model_.compacted || at > model_.revision()) {
      RC_ASSERT(response.status().code() == absl::StatusCode::kOutOfRange);
      return;
    }
    RC_ASSERT(response.ok());
    const State& state = model_.states[static_cast<size_t>(at)];
    auto expected = state.lower_bound(first);
    for (const KeyValue& item : response->items) {
      RC_ASSERT(expected != state.end());
      RC_ASSERT(item.key == expected->first);
      RC_ASSERT(TextOf(item.value) == expected->second.value);
      RC_ASSERT(item.create_revision == expected->second.create);
      RC_ASSERT(item.mod_revision == expected->second.mod);
      RC_ASSERT(item.version == expected->second.version);
      ++expected;
    }
    RC_ASSERT(expected == state.end());
  }

  SyncStore store_;
  Model model_;
  std::vector<Watcher> watchers_;
};

TEST_P(StoreModel, BehavesAsARecordOfAllItsStates) {
  const StoreForm& form = GetParam();
  const auto operations = rc::gen::container<std::vector<Operation>>(
      rc::gen::build<Operation>(rc::gen::set(&Operation::kind, rc::gen::inRange(0, 9)),
                                rc::gen::set(&Operation::key, rc::gen::inRange(0, 6)),
                                rc::gen::set(&Operation::other, rc::gen::inRange(0, 6)),
                                rc::gen::set(&Operation::number, rc::gen::inRange(0, 1000))));
  const bool held = rc::check([&] {
    const std::unique_ptr<StoreWorld> world = form.make(1'000'000);
    Trial trial(*world);
    for (const Operation& operation : *operations.as("operations")) trial.Do(operation);
    trial.DrainAll();
  });
  EXPECT_TRUE(held);
}

}  // namespace

}  // namespace drydock::store
