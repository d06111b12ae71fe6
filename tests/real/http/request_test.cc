// From HTTP to requests of the API: paths, parameters, wishes, bodies.
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "real/http/api_path.h"
#include "real/http/negotiation.h"
#include "real/http/request_decoder.h"
#include "real/http/url.h"
#include "src/api/core_v1.h"
#include "src/api/status.h"

namespace drydock::real {
namespace {

using api::Format;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ParseUrl, TakesPathsAndQueriesApart) {
  const absl::StatusOr<Url> url = ParseUrl("/a%2Fb/c//d?x=1&y=a%20b+c&flag&x=2");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_THAT(url->segments, ElementsAre("a/b", "c", "d"));
  EXPECT_THAT(url->query,
              ElementsAre(Pair("x", "1"), Pair("y", "a b c"), Pair("flag", ""), Pair("x", "2")));
  EXPECT_EQ(url->Parameter("x"), "1");
  EXPECT_TRUE(url->HasParameter("flag"));
  EXPECT_FALSE(url->HasParameter("z"));
}

TEST(ParseUrl, RefusesWhatIsNoPath) {
  for (const char* target : {"", "*", "http://x/", "/%", "/%1", "/%gg", "/?a=%"}) {
    EXPECT_FALSE(ParseUrl(target).ok()) << target;
  }
}

// GROUP/KIND in NAMESPACE: NAME/SUBRESOURCE, or nothing.
std::string PathOf(absl::string_view target) {
  const std::optional<ApiPath> path = ParseApiPath(*ParseUrl(target));
  if (!path.has_value()) return "nothing";
  return absl::StrCat(path->kind->group, "/", path->kind->kind, " in ", path->ns, ": ", path->name,
                      "/", path->subresource, path->watch ? " watch" : "");
}

TEST(ParseApiPath, FindsResources) {
  EXPECT_EQ(PathOf("/api/v1/pods"), "/Pod in : /");
  EXPECT_EQ(PathOf("/api/v1/namespaces/a/pods/b"), "/Pod in a: b/");
  EXPECT_EQ(PathOf("/api/v1/namespaces/a/pods/b/status"), "/Pod in a: b/status");
  EXPECT_EQ(PathOf("/apis/apps/v1/namespaces/a/deployments"), "apps/Deployment in a: /");
  EXPECT_EQ(PathOf("/api/v1/nodes/n"), "/Node in : n/");
  EXPECT_EQ(PathOf("/api/v1/namespaces"), "/Namespace in : /");
  EXPECT_EQ(PathOf("/api/v1/namespaces/a"), "/Namespace in : a/");
  EXPECT_EQ(PathOf("/api/v1/namespaces/a/status"), "/Namespace in : a/status");
  EXPECT_EQ(PathOf("/api/v1/namespaces/a/finalize"), "/Namespace in : a/finalize");
  EXPECT_EQ(PathOf("/api/v1/watch/namespaces/a/pods"), "/Pod in a: / watch");
  EXPECT_EQ(PathOf("/api/v1/watch/nodes"), "/Node in : / watch");
}

TEST(ParseApiPath, FindsNothingElse) {
  for (const char* target :
       {"/", "/api", "/api/v1", "/api/v2/pods", "/apis/apps/v1", "/apis/apps/v1beta1/deployments",
        "/apis//v1/pods", "/api/v1/unicorns", "/api/v1/pods/p", "/api/v1/namespaces/a/nodes",
        "/api/v1/namespaces/a/pods/b/status/c", "/api/v1/watch", "/pods/v1/x"}) {
    EXPECT_EQ(PathOf(target), "nothing") << target;
  }
}

constexpr Format kAll[] = {Format::kJson, Format::kYaml, Format::kProtobuf};
constexpr View kTable = {"Table", "meta.k8s.io", "v1", /*protobuf=*/false};

std::string Wanted(absl::string_view accept) {
  const absl::StatusOr<Accepted> accepted =
      Negotiate(accept, kAll, absl::MakeConstSpan(&kTable, 1));
  if (!accepted.ok()) return api::ReasonOf(accepted.status());
  return absl::StrCat(api::MediaType(accepted->format),
                      accepted->view == nullptr ? "" : " as a table");
}

TEST(Negotiate, TakesTheFirstWishThatCanBeMet) {
  EXPECT_EQ(Wanted(""), "application/json");
  EXPECT_EQ(Wanted("*/*"), "application/json");
  EXPECT_EQ(Wanted("application/yaml"), "application/yaml");
  EXPECT_EQ(Wanted("text/html, application/vnd.kubernetes.protobuf, application/json"),
            "application/vnd.kubernetes.protobuf");
  EXPECT_EQ(Wanted("application/json;q=0.5, application/yaml;q=0.9"), "application/yaml");
  EXPECT_EQ(Wanted("application/json;q=0, application/yaml"), "application/yaml");
  EXPECT_EQ(Wanted("text/html"), "NotAcceptable");
  // kubectl's.
  EXPECT_EQ(Wanted("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"),
            "application/json as a table");
  EXPECT_EQ(Wanted("application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io"),
            "NotAcceptable");
  EXPECT_EQ(Wanted("application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"),
            "application/json");
  EXPECT_EQ(Wanted("application/json;as=Table;v=v2;g=meta.k8s.io"), "NotAcceptable");
}

absl::StatusOr<DecodedRequest> Decode(HttpRequest http) {
  const Url url = *ParseUrl(http.target);
  return DecodeRequest(http, url, *ParseApiPath(url), {.name = "me"});
}

TEST(DecodeRequest, ReadsTheOptionsOfLists) {
  const absl::StatusOr<DecodedRequest> list =
      Decode({.method = "GET",
              .target = "/api/v1/pods?labelSelector=a%3Db&fieldSelector=c%3Dd&limit=5&continue=t"
                        "&resourceVersion=7&resourceVersionMatch=Exact"});
  ASSERT_TRUE(list.ok()) << list.status();
  const api::Request& request = *list->request;
  EXPECT_EQ(request.verb, api::Verb::kList);
  EXPECT_EQ(request.label_selector, "a=b");
  EXPECT_EQ(request.field_selector, "c=d");
  EXPECT_EQ(request.limit, 5);
  EXPECT_EQ(request.continue_token, "t");
  EXPECT_EQ(request.resource_version, "7");
  EXPECT_EQ(request.resource_version_match, "Exact");
  EXPECT_EQ(request.user.name, "me");
}

TEST(DecodeRequest, ReadsTheOptionsOfWatches) {
  const absl::StatusOr<DecodedRequest> watch =
      Decode({.method = "GET",
              .target = "/api/v1/namespaces/a/pods/p?watch=true&timeoutSeconds=9"
                        "&allowWatchBookmarks=1&sendInitialEvents=true"});
  ASSERT_TRUE(watch.ok()) << watch.status();
  const api::Request& request = *watch->request;
  EXPECT_EQ(request.verb, api::Verb::kWatch);
  EXPECT_EQ(request.name, "p");
  EXPECT_EQ(request.timeout_seconds, 9);
  EXPECT_TRUE(request.allow_bookmarks);
  EXPECT_TRUE(request.send_initial_events);
}

TEST(DecodeRequest, NamesTheFieldManager) {
  HttpRequest http{.method = "POST",
                   .target = "/api/v1/namespaces/a/configmaps",
                   .headers = {{"user-agent", "kubectl/v1.20 (linux)"}},
                   .body = "{}"};
  EXPECT_EQ((*Decode(http)).request->field_manager, "kubectl");
  http.target += "?fieldManager=me";
  EXPECT_EQ((*Decode(http)).request->field_manager, "me");
}

TEST(DecodeRequest, ReadsDeletionsFromBodyAndQuery) {
  // client-go sends the options in the version of the resource.
  absl::StatusOr<DecodedRequest> request =
      Decode({.method = "DELETE",
              .target = "/apis/apps/v1/namespaces/a/deployments/d?dryRun=All",
              .body = R"({"kind":"DeleteOptions","apiVersion":"apps/v1","gracePeriodSeconds":3,
                          "propagationPolicy":"Orphan","preconditions":{"uid":"u"}})"});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->request->verb, api::Verb::kDelete);
  EXPECT_EQ(request->request->grace_period_seconds, 3);
  EXPECT_EQ(request->request->propagation, api::Propagation::kOrphan);
  EXPECT_EQ(request->request->precondition_uid, "u");
  EXPECT_TRUE(request->request->dry_run);

  request = Decode({.method = "DELETE",
                    .target = "/api/v1/namespaces/a/pods/p?gracePeriodSeconds=0"
                              "&propagationPolicy=Foreground"});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->request->grace_period_seconds, 0);
  EXPECT_EQ(request->request->propagation, api::Propagation::kForeground);

  EXPECT_FALSE(Decode({.method = "DELETE",
                       .target = "/api/v1/namespaces/a/pods/p",
                       .body = R"({"kind":"Pod","apiVersion":"v1"})"})
                   .ok());
}

TEST(DecodeRequest, TreatsUnknownFieldsAsAsked) {
  HttpRequest http{.method = "POST",
                   .target = "/api/v1/namespaces/a/configmaps",
                   .body = R"({"metadata":{"name":"c"},"surprise":1})"};
  absl::StatusOr<DecodedRequest> request = Decode(http);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_THAT(request->warnings, ElementsAre("unknown field \"surprise\""));
  http.target = "/api/v1/namespaces/a/configmaps?fieldValidation=Ignore";
  EXPECT_TRUE(Decode(http)->warnings.empty());
  http.target = "/api/v1/namespaces/a/configmaps?fieldValidation=Strict";
  EXPECT_THAT(std::string(Decode(http).status().message()),
              HasSubstr("strict decoding error: unknown field \"surprise\""));
}

TEST(DecodeRequest, KnowsTheKindsOfSubresources) {
  const absl::StatusOr<DecodedRequest> request =
      Decode({.method = "POST",
              .target = "/api/v1/namespaces/a/pods/p/binding",
              .body = R"({"target":{"kind":"Node","name":"n"}})"});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->request->object->kind().kind, "Binding");
  EXPECT_EQ(request->request->verb, api::Verb::kCreate);
}

TEST(DecodeRequest, RefusesMethodsThatAPathDoesNotHave) {
  for (const char* method : {"POST", "OPTIONS", "TRACE", "CONNECT"}) {
    const absl::StatusOr<DecodedRequest> request =
        Decode({.method = method, .target = "/api/v1/namespaces/a/pods/p"});
    EXPECT_EQ(api::ReasonOf(request.status()), "MethodNotAllowed") << method;
  }
}

}  // namespace
}  // namespace drydock::real
