// The contract, one behaviour a test. Facts: etcd API v3's guarantees.
#include "tests/store/contract.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace drydock::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);

TEST(PrefixEnd, IsTheFirstKeyAfterAllThatBeginWithThePrefix) {
  EXPECT_EQ(PrefixEnd("/registry/pods/"), "/registry/pods0");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd(""), std::string(1, '\0'));
  EXPECT_EQ(PrefixEnd("\xff\xff"), std::string(1, '\0'));
}

TEST_P(StoreContract, RevisionsAreDense) {
  const Revision first = store_.Put("a", "1");
  EXPECT_EQ(store_.Put("b", "1"), first + 1);
  EXPECT_EQ(store_.Put("a", "2"), first + 2);
  EXPECT_EQ(store_.Delete("b"), first + 3);
  EXPECT_EQ(store_.store().current_revision(), first + 3);
}

TEST_P(StoreContract, AKeyCountsItsVersionsFromItsCreation) {
  const Revision first = store_.Put("a", "1");
  store_.Put("a", "2");
  const KeyValue second = store_.Range({.key = "a"})->items.at(0);
  EXPECT_EQ(second.create_revision, first);
  EXPECT_EQ(second.mod_revision, first + 1);
  EXPECT_EQ(second.version, 2);
  store_.Delete("a");
  store_.Put("a", "3");
  const KeyValue again = store_.Range({.key = "a"})->items.at(0);
  EXPECT_EQ(again.create_revision, first + 3);
  EXPECT_EQ(again.version, 1);
}

TEST_P(StoreContract, StampsEachValueWithItsRevision) {
  const rt::PayloadRef value = Text("v");
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, "a", value, 0});
  const Revision revision = store_.Commit(txn)->revision;
  EXPECT_EQ(static_cast<const TextPayload&>(*value).stamped, revision);
}

TEST_P(StoreContract, ARangeIsOrderedAndEndsBeforeItsEnd) {
  store_.Put("b", "2");
  store_.Put("a", "1");
  store_.Put("c", "3");
  EXPECT_THAT(store_.List("a", "c"), ElementsAre("a=1@3", "b=2@2"));
  EXPECT_THAT(store_.List("b", PrefixEnd("b")), ElementsAre("b=2@2"));
  EXPECT_THAT(store_.List("", PrefixEnd("")), ElementsAre("a=1@3", "b=2@2", "c=3@4"));
  EXPECT_THAT(store_.List("x", ""), IsEmpty());
}

TEST_P(StoreContract, ALimitedRangeSaysThatThereIsMoreAndCountsAll) {
  for (const char* key : {"a", "b", "c"}) store_.Put(key, "v");
  const RangeResponse page = *store_.Range({.key = "a", .end = PrefixEnd(""), .limit = 2});
  EXPECT_EQ(page.items.size(), 2u);
  EXPECT_TRUE(page.more);
  EXPECT_EQ(page.count, 3);
  const RangeResponse count = *store_.Range({.key = "a", .end = PrefixEnd(""), .count_only = true});
  EXPECT_EQ(count.count, 3);
  EXPECT_TRUE(count.items.empty());
}

TEST_P(StoreContract, AnOldRevisionShowsTheStateOfThen) {
  store_.Put("a", "1");  // 2
  store_.Put("b", "1");  // 3
  store_.Put("a", "2");  // 4
  store_.Delete("b");    // 5
  EXPECT_THAT(store_.List("a", "z", 2), ElementsAre("a=1@2"));
  EXPECT_THAT(store_.List("a", "z", 3), ElementsAre("a=1@2", "b=1@3"));
  EXPECT_THAT(store_.List("a", "z", 4), ElementsAre("a=2@4", "b=1@3"));
  EXPECT_THAT(store_.List("a", "z", 5), ElementsAre("a=2@4"));
  EXPECT_THAT(store_.List("a", "z", 6), ElementsAre("OUT_OF_RANGE"));
}

TEST_P(StoreContract, ATransactionWritesAllOrNothing) {
  const Revision created = store_.Put("a", "1");
  Txn txn;
  txn.compares.push_back({"a", Compare::Target::kModRevision, Compare::Op::kEqual, created});
  txn.compares.push_back({"b", Compare::Target::kVersion, Compare::Op::kEqual, 0});
  txn.writes.push_back({Write::Kind::kPut, "a", Text("2"), 0});
  txn.writes.push_back({Write::Kind::kPut, "b", Text("2"), 0});
  txn.else_get = {"a", "b", "x"};
  const TxnResult first = *store_.Commit(txn);
  EXPECT_TRUE(first.succeeded);
  EXPECT_THAT(store_.List("a", "z"), ElementsAre("a=2@3", "b=2@3"));

  txn.writes[0].value = Text("3");
  txn.writes[1].value = Text("3");
  const TxnResult second = *store_.Commit(txn);
  EXPECT_FALSE(second.succeeded);
  EXPECT_EQ(second.revision, first.revision);
  ASSERT_EQ(second.items.size(), 2u);
  EXPECT_EQ(second.items[0].key, "a");
  EXPECT_EQ(TextOf(second.items[1].value), "2");
  EXPECT_THAT(store_.List("a", "z"), ElementsAre("a=2@3", "b=2@3"));
}

TEST_P(StoreContract, ComparesKnowEveryTargetAndOperator) {
  store_.Put("a", "1");
  store_.Put("a", "2");  // create 2, mod 3, version 2
  const auto holds = [&](Compare::Target target, Compare::Op op, int64_t operand) {
    Txn txn;
    txn.compares.push_back({"a", target, op, operand});
    return store_.Commit(txn)->succeeded;
  };
  EXPECT_TRUE(holds(Compare::Target::kCreateRevision, Compare::Op::kEqual, 2));
  EXPECT_TRUE(holds(Compare::Target::kModRevision, Compare::Op::kGreater, 2));
  EXPECT_FALSE(holds(Compare::Target::kModRevision, Compare::Op::kGreater, 3));
  EXPECT_TRUE(holds(Compare::Target::kVersion, Compare::Op::kLess, 3));
  EXPECT_FALSE(holds(Compare::Target::kVersion, Compare::Op::kLess, 2));
  EXPECT_TRUE(holds(Compare::Target::kVersion, Compare::Op::kNotEqual, 1));
  EXPECT_FALSE(holds(Compare::Target::kVersion, Compare::Op::kNotEqual, 2));
}

TEST_P(StoreContract, DeletingNothingMakesNoRevision) {
  const Revision before = store_.Put("a", "1");
  EXPECT_EQ(store_.Delete("x"), before);
}

TEST_P(StoreContract, AWatchSeesEveryChangeAfterItsRevisionInOrder) {
  store_.Put("a", "1");  // 2
  store_.Put("a", "2");  // 3
  const auto watch = *store_.Watch("a", "c", 2);
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("put a=2 (1) @3"));
  store_.Put("b", "1");  // 4
  store_.Put("c", "1");  // 5, outside
  store_.Delete("a");    // 6
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("put b=1 () @4", "delete a (2) @6"));
  EXPECT_THAT(store_.Drain(*watch), IsEmpty());
}

TEST_P(StoreContract, AWatchOfOneKeySeesThatKeyAlone) {
  const auto watch = *store_.Watch("a", "", 1);
  store_.Put("a", "1");
  store_.Put("aa", "1");
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("put a=1 () @2"));
}

TEST_P(StoreContract, AWatchGetsTheWritesOfATransactionTogether) {
  const auto watch = *store_.Watch("", PrefixEnd(""), 1);
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, "a", Text("1"), 0});
  txn.writes.push_back({Write::Kind::kPut, "b", Text("1"), 0});
  store_.Commit(txn).IgnoreError();
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("put a=1 () @2", "put b=1 () @2"));
}

TEST_P(StoreContract, AReaderThatFallsBehindIsTold) {
  const auto watch = *store_.Watch("a", "", 1);  // Its buffer holds ten.
  for (int i = 0; i < 11; ++i) store_.Put("a", absl::StrCat(i));
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("RESOURCE_EXHAUSTED"));
}

TEST_P(StoreContract, WhatHappenedBeforeAWatchDoesNotOverflowIt) {
  for (int i = 0; i < 15; ++i) store_.Put("a", absl::StrCat(i));
  const auto watch = *store_.Watch("a", "", 1);
  EXPECT_EQ(store_.Drain(*watch).size(), 15u);
}

TEST_P(StoreContract, CompactionForgetsAllButTheNewestVersions) {
  store_.Put("a", "1");  // 2
  store_.Put("a", "2");  // 3
  store_.Put("b", "1");  // 4
  store_.Delete("b");    // 5
  store_.Put("a", "3");  // 6
  ASSERT_TRUE(store_.Compact(4).ok());
  EXPECT_EQ(store_.store().compacted_revision(), 4);
  EXPECT_THAT(store_.List("a", "z", 2), ElementsAre("OUT_OF_RANGE"));
  EXPECT_THAT(store_.List("a", "z", 4), ElementsAre("a=2@3", "b=1@4"));
  EXPECT_THAT(store_.List("a", "z", 5), ElementsAre("a=2@3"));
  EXPECT_THAT(store_.List("a", "z"), ElementsAre("a=3@6"));
}

TEST_P(StoreContract, CompactionGoesForwardAndNotIntoTheFuture) {
  store_.Put("a", "1");
  store_.Put("a", "2");
  EXPECT_EQ(store_.Compact(4).code(), absl::StatusCode::kOutOfRange);
  ASSERT_TRUE(store_.Compact(3).ok());
  EXPECT_EQ(store_.Compact(2).code(), absl::StatusCode::kOutOfRange);
}

TEST_P(StoreContract, AWatchFromACompactedRevisionFails) {
  for (int i = 0; i < 5; ++i) store_.Put("a", absl::StrCat(i));
  ASSERT_TRUE(store_.Compact(5).ok());
  EXPECT_EQ(store_.Watch("a", "", 2).status().code(), absl::StatusCode::kOutOfRange);
  const auto watch = *store_.Watch("a", "", 5);
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("put a=4 (3) @6"));
}

TEST_P(StoreContract, ARunningWatchDoesNotMindCompaction) {
  const auto watch = *store_.Watch("a", "", 1);
  for (int i = 0; i < 3; ++i) store_.Put("a", absl::StrCat(i));
  ASSERT_TRUE(store_.Compact(4).ok());
  EXPECT_THAT(store_.Drain(*watch),
              ElementsAre("put a=0 () @2", "put a=1 (0) @3", "put a=2 (1) @4"));
}

TEST_P(StoreContract, ALeaseTakesItsKeysWithItAtOneRevision) {
  const LeaseId lease = *store_.Await(store_.store().GrantLease(absl::Seconds(10)));
  store_.Put("b", "1", lease);
  store_.Put("a", "1", lease);
  store_.Put("c", "1");
  const auto watch = *store_.Watch("", PrefixEnd(""), store_.store().current_revision());
  store_.Run(absl::Seconds(9));
  EXPECT_THAT(store_.Drain(*watch), IsEmpty());
  store_.Run(absl::Seconds(2));
  EXPECT_THAT(store_.Drain(*watch), ElementsAre("delete a (1) @5", "delete b (1) @5"));
  EXPECT_THAT(store_.List("", PrefixEnd("")), ElementsAre("c=1@4"));
}

TEST_P(StoreContract, AKeptLeaseLives) {
  const LeaseId lease = *store_.Await(store_.store().GrantLease(absl::Seconds(10)));
  store_.Put("a", "1", lease);
  for (int i = 0; i < 5; ++i) {
    store_.Run(absl::Seconds(8));
    ASSERT_TRUE(store_.Await(store_.store().KeepAlive(lease)).ok());
  }
  EXPECT_THAT(store_.List("a", ""), ElementsAre("a=1@2"));
}

TEST_P(StoreContract, AKeyLeavesItsLeaseWhenItIsPutAnew) {
  const LeaseId lease = *store_.Await(store_.store().GrantLease(absl::Seconds(10)));
  store_.Put("a", "1", lease);
  store_.Put("b", "1", lease);
  store_.Put("a", "2");
  ASSERT_TRUE(store_.Await(store_.store().RevokeLease(lease)).ok());
  EXPECT_THAT(store_.List("a", "z"), ElementsAre("a=2@4"));
  EXPECT_EQ(store_.Await(store_.store().RevokeLease(lease)).code(), absl::StatusCode::kNotFound);
}

TEST_P(StoreContract, AnUnknownLeaseFailsTheWholeTransaction) {
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, "a", Text("1"), 0});
  txn.writes.push_back({Write::Kind::kPut, "b", Text("1"), 12345});
  EXPECT_EQ(store_.Commit(txn).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(store_.List("a", "z"), IsEmpty());
}

}  // namespace
}  // namespace drydock::store
