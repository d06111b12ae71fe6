// Lists and watches: what they select, where they begin, what they cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/apiserver/watch_cache.h"
#include "tests/apiserver/support.h"

namespace drydock::apiserver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const api::KindInfo& Pods() { return api::KindOf<api::Pod>(); }

rt::Ref<api::Request> WatchPods(ServerTest& test, const std::string& from,
                                const std::string& fields = "", const std::string& labels = "") {
  rt::Ref<api::Request> request = test.Request(api::Verb::kWatch, Pods(), "", "");
  request->resource_version = from;
  request->field_selector = fields;
  request->label_selector = labels;
  return request;
}

std::string Revision(ServerTest& test) {
  return absl::StrCat(test.cluster().store().current_revision());
}

void CreateLabelled(ServerTest& test, const std::string& name, const std::string& app) {
  api::Pod pod = MakePod(name);
  api::Set(pod.mutable_metadata()->mutable_labels(), "app", app);
  test.cluster().Create(pod);
}

TEST(List, IsConsistentAndInTheOrderOfKeys) {
  ServerTest test;
  for (const char* name : {"b", "a", "c"}) test.cluster().Create(MakePod(name));
  const auto list = test.Do(test.Request(api::Verb::kList, Pods(), "default", ""));
  EXPECT_THAT(test.Names(*list), ElementsAre("default/a", "default/b", "default/c"));
  EXPECT_EQ(absl::StrCat(list->revision), Revision(test));
}

TEST(List, SelectsByLabelsAndFields) {
  ServerTest test;
  CreateLabelled(test, "web-0", "web");
  CreateLabelled(test, "web-1", "web");
  CreateLabelled(test, "db-0", "db");
  ASSERT_TRUE(test.Bind("web-1", "node-1").ok());
  rt::Ref<api::Request> request = test.Request(api::Verb::kList, Pods(), "", "");
  request->label_selector = "app in (web)";
  EXPECT_THAT(test.Names(*test.Do(request)), ElementsAre("default/web-0", "default/web-1"));
  request->field_selector = "spec.nodeName=node-1";
  EXPECT_THAT(test.Names(*test.Do(request)), ElementsAre("default/web-1"));
  request->field_selector = "spec.nodeName!=node-1,status.phase=Pending";
  EXPECT_THAT(test.Names(*test.Do(request)), ElementsAre("default/web-0"));
  request->field_selector = "metadata.name=db-0";
  EXPECT_THAT(test.Names(*test.Do(request)), IsEmpty());
  request->field_selector = "spec.containers=x";
  EXPECT_EQ(test.Error(request).message(), "field label not supported: spec.containers");
}

TEST(List, ComesInPagesOfOneMoment) {
  ServerTest test;
  for (int i = 0; i < 5; ++i) test.cluster().Create(MakePod(absl::StrCat("p", i)));
  rt::Ref<api::Request> request = test.Request(api::Verb::kList, Pods(), "", "");
  request->limit = 2;
  auto page = test.Do(request);
  EXPECT_THAT(test.Names(*page), ElementsAre("default/p0", "default/p1"));
  EXPECT_EQ(page->remaining_item_count, 3);
  const int64_t revision = page->revision;
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "p3").ok());
  test.cluster().Create(MakePod("p9"));

  request->continue_token = page->continue_token;
  page = test.Do(request);
  EXPECT_THAT(test.Names(*page), ElementsAre("default/p2", "default/p3"));
  EXPECT_EQ(page->revision, revision);
  request->continue_token = page->continue_token;
  page = test.Do(request);
  EXPECT_THAT(test.Names(*page), ElementsAre("default/p4"));
  EXPECT_EQ(page->continue_token, "");

  // Until the moment has been compacted.
  request->continue_token = absl::StrCat("v1:", revision, ":default/p1");
  test.cluster().RunFor(absl::Minutes(11));
  test.cluster().Create(MakePod("p10"));
  const absl::Status error = test.Error(request);
  EXPECT_TRUE(api::IsExpired(error)) << error;
}

TEST(List, ShowsAnExactRevision) {
  ServerTest test;
  const int64_t first = test.cluster().Create(MakePod("a")).object()->revision();
  test.cluster().Create(MakePod("b"));
  rt::Ref<api::Request> request = test.Request(api::Verb::kList, Pods(), "", "");
  request->resource_version = absl::StrCat(first);
  request->resource_version_match = "Exact";
  const auto then = test.Do(request);
  EXPECT_THAT(test.Names(*then), ElementsAre("default/a"));
  EXPECT_EQ(then->revision, first);
  request->resource_version_match = "NotOlderThan";
  EXPECT_THAT(test.Names(*test.Do(request)), SizeIs(2));
  request->resource_version = "1000000";
  EXPECT_EQ(api::ReasonOf(test.Error(request)), "Timeout");
}

TEST(Watch, SeesChangesAfterItsRevision) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  const std::unique_ptr<rt::Stream> watch = test.Watch(WatchPods(test, Revision(test)));
  EXPECT_THAT(test.Drain(*watch), IsEmpty());
  test.cluster().Create(MakePod("b"));
  test.SetPhase("a", "Running");
  ASSERT_TRUE(test.cluster().Delete<api::Pod>("default", "b").ok());
  EXPECT_THAT(test.Drain(*watch),
              ElementsAre("ADDED default/b", "MODIFIED default/a", "DELETED default/b"));
}

TEST(Watch, FromNothingBeginsWithTheState) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  test.cluster().Create(MakePod("b"));
  for (const char* from : {"", "0"}) {
    const std::unique_ptr<rt::Stream> watch = test.Watch(WatchPods(test, from));
    EXPECT_THAT(test.Drain(*watch), ElementsAre("ADDED default/a", "ADDED default/b"));
  }
}

TEST(Watch, SaysWhereTheInitialEventsEnd) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  rt::Ref<api::Request> request = WatchPods(test, "");
  request->send_initial_events = true;
  request->allow_bookmarks = true;
  const std::unique_ptr<rt::Stream> watch = test.Watch(request);
  EXPECT_THAT(test.Drain(*watch), ElementsAre("ADDED default/a", "BOOKMARK initial-events-end"));
}

TEST(Watch, TurnsTransitionsOfItsSelectorIntoAddedAndDeleted) {
  ServerTest test;
  test.cluster().Create(MakePod("a"));
  const std::unique_ptr<rt::Stream> unbound =
      test.Watch(WatchPods(test, Revision(test), "spec.nodeName="));
  const std::unique_ptr<rt::Stream> node =
      test.Watch(WatchPods(test, Revision(test), "spec.nodeName=node-1"));
  const std::unique_ptr<rt::Stream> running =
      test.Watch(WatchPods(test, Revision(test), "status.phase=Running"));
  ASSERT_TRUE(test.Bind("a", "node-1").ok());
  test.SetPhase("a", "Running");
  test.SetPhase("a", "Succeeded");
  EXPECT_THAT(test.Drain(*unbound), ElementsAre("DELETED default/a"));
  EXPECT_THAT(test.Drain(*node),
              ElementsAre("ADDED default/a", "MODIFIED default/a", "MODIFIED default/a"));
  EXPECT_THAT(test.Drain(*running), ElementsAre("ADDED default/a", "DELETED default/a"));
}

TEST(Watch, OfLabelsNoticesWhenTheyChange) {
  ServerTest test;
  const std::unique_ptr<rt::Stream> watch =
      test.Watch(WatchPods(test, Revision(test), "", "app=web"));
  CreateLabelled(test, "a", "web");
  api::Pod pod = *test.cluster().Get<api::Pod>("default", "a");
  api::Set(pod.mutable_metadata()->mutable_labels(), "app", "db");
  test.cluster().Update(pod);
  test.SetPhase("a", "Running");
  EXPECT_THAT(test.Drain(*watch), ElementsAre("ADDED default/a", "DELETED default/a"));
}

TEST(Watch, OfARevisionThatIsForgottenIsExpired) {
  testing_support::TestClusterOptions options;
  options.server.watch_cache.history_min = 2;
  options.server.watch_cache.history_max = 2;
  ServerTest test(options);
  for (int i = 0; i < 5; ++i) test.cluster().Create(MakePod(absl::StrCat("p", i)));
  const std::unique_ptr<rt::Stream> watch = test.Watch(WatchPods(test, "5"));
  const int64_t newest = test.cluster().store().current_revision();
  EXPECT_THAT(
      test.Drain(*watch),
      ElementsAre(absl::StrCat("ERROR too old resource version: 5 (", newest - 2, ")"), "END"));
}

TEST(Watch, SendsBookmarksAndEndsAtItsTimeOut) {
  ServerTest test;
  rt::Ref<api::Request> request = WatchPods(test, Revision(test));
  request->allow_bookmarks = true;
  request->timeout_seconds = 90;
  const std::unique_ptr<rt::Stream> watch = test.Watch(request);
  std::vector<std::string> seen;
  for (int second = 0; second <= 90; ++second) {
    for (const std::string& line : test.Drain(*watch)) seen.push_back(line);
    test.cluster().RunFor(absl::Seconds(1));
  }
  EXPECT_THAT(seen, ElementsAre("BOOKMARK", "BOOKMARK", "END"));
}

TEST(Watch, ThatIsNotReadEnds) {
  testing_support::TestClusterOptions options;
  options.server.watch_buffer = 3;
  ServerTest test(options);
  const std::unique_ptr<rt::Stream> watch = test.Watch(WatchPods(test, Revision(test)));
  for (int i = 0; i < 4; ++i) test.cluster().Create(MakePod(absl::StrCat("p", i)));
  EXPECT_THAT(test.Drain(*watch), ElementsAre("END"));
}

TEST(Watch, CostsEachChangeOnlyTheWatchersOfItsNode) {
  ServerTest test;
  std::vector<std::unique_ptr<rt::Stream>> kubelets;
  for (int i = 0; i < 5000; ++i) {
    kubelets.push_back(
        test.Watch(WatchPods(test, Revision(test), absl::StrCat("spec.nodeName=node-", i))));
  }
  test.cluster().Create(MakePod("a"));
  ASSERT_TRUE(test.Bind("a", "node-7").ok());
  test.SetPhase("a", "Running");
  const Server& server = test.cluster().server();
  const WatchCache& cache = server.cacher().For(*server.resources().Find(Pods()));
  EXPECT_EQ(cache.watcher_count(), 5000u);
  EXPECT_EQ(cache.watchers_considered(), 2u);
  EXPECT_THAT(test.Drain(*kubelets[7]), ElementsAre("ADDED default/a", "MODIFIED default/a"));
  EXPECT_THAT(test.Drain(*kubelets[8]), IsEmpty());
  kubelets.clear();
  EXPECT_EQ(cache.watcher_count(), 0u);
}

TEST(Watch, GivesTheSameObjectToEveryWatcher) {
  ServerTest test;
  const std::string from = Revision(test);
  const std::unique_ptr<rt::Stream> one = test.Watch(WatchPods(test, from));
  const std::unique_ptr<rt::Stream> two = test.Watch(WatchPods(test, from));
  test.cluster().Create(MakePod("a"));
  const auto first = test.cluster().Await(one->Next());
  const auto second = test.cluster().Await(two->Next());
  EXPECT_EQ((*first)->get(), (*second)->get());
}

TEST(Watch, BreaksWhenTheServerDies) {
  ServerTest test;
  const std::unique_ptr<rt::Stream> watch = test.Watch(WatchPods(test, Revision(test)));
  test.cluster().server_process().Kill();
  EXPECT_THAT(test.Drain(*watch), ElementsAre("UNAVAILABLE"));
}

TEST(Server, FindsItsStateAgainAfterACrash) {
  ServerTest test;
  const api::Ref<api::Pod> pod = test.cluster().Create(MakePod("a"));
  test.cluster().server_process().Kill();
  test.cluster().server_process().Start();
  ASSERT_TRUE(test.cluster().RunUntil([&] { return test.cluster().server().ready(); }));
  const auto list = test.Do(test.Request(api::Verb::kList, Pods(), "", ""));
  ASSERT_THAT(list->items, SizeIs(1));
  EXPECT_EQ(list->items[0]->revision(), pod.object()->revision());
}

TEST(Server, TurnsRequestsAwayBeyondItsLimit) {
  testing_support::TestClusterOptions options;
  options.server.max_reads_in_flight = 2;
  options.server.cost = [](const api::Request&) { return absl::Seconds(1); };
  ServerTest test(options);
  std::vector<int> codes;
  rt::TaskGroup group;
  const auto get = [](ServerTest& owner, std::vector<int>& seen) -> rt::Task<> {
    rt::Ref<api::Request> request = owner.Request(api::Verb::kGet, Pods(), "default", "a");
    const rt::Reply reply = co_await owner.cluster().server().Handle("client-0", request);
    seen.push_back(static_cast<const api::Response&>(*reply.message).code);
  };
  for (int i = 0; i < 3; ++i) group.Spawn(get(test, codes));
  test.cluster().RunFor(absl::Seconds(2));
  EXPECT_THAT(codes, ElementsAre(429, 404, 404));
  EXPECT_EQ(test.cluster().server().metrics().rejected, 1u);
  EXPECT_EQ(test.cluster().server().metrics().reads_in_flight, 0);
}

}  // namespace
}  // namespace drydock::apiserver
