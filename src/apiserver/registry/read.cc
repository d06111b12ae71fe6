// Get and list, with Kubernetes' meanings of resourceVersion (API concepts, "Resource
// versions"): "" is the newest state there is, "0" whatever is at hand, a number with
// Exact that very state, otherwise one that is not older.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

constexpr absl::Duration kFreshnessPatience = absl::Seconds(3);

constexpr char kContinueExpired[] =
    "The provided continue parameter is too old to display a consistent list result. You can "
    "start a new list without the continue parameter.";

absl::StatusOr<int64_t> ParseRevision(absl::string_view text) {
  int64_t revision = 0;
  if (!absl::SimpleAtoi(text, &revision) || revision < 0) {
    return api::BadRequest(absl::StrCat("resourceVersion: Invalid value: \"", text, "\""));
  }
  return revision;
}

// Where a list goes on: the revision that its first page had, and the last key sent.
struct Continuation {
  int64_t revision = 0;
  std::string after;  // A suffix.
};

std::string Encode(const Continuation& continuation) {
  return absl::StrCat("v1:", continuation.revision, ":", continuation.after);
}

absl::StatusOr<Continuation> Decode(absl::string_view token) {
  Continuation continuation;
  const std::vector<absl::string_view> parts = absl::StrSplit(token, absl::MaxSplits(':', 2));
  if (parts.size() != 3 || parts[0] != "v1" ||
      !absl::SimpleAtoi(parts[1], &continuation.revision)) {
    return api::BadRequest("continue key is not valid: incorrect encoded start resourceVersion");
  }
  continuation.after = std::string(parts[2]);
  return continuation;
}

absl::Status TooLarge(int64_t asked, int64_t current) {
  api::StatusDetails details;
  details.retry_after_seconds = 1;
  details.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
  return api::MakeStatus(
      "Timeout",
      absl::StrCat("Timeout: Too large resource version: ", asked, ", current: ", current),
      details);
}

}  // namespace

rt::Task<absl::StatusOr<int64_t>> Registry::NewestRevision() {
  // Any read tells it; this one finds nothing.
  absl::StatusOr<store::RangeResponse> response = co_await store_.Range({.key = "/"});
  if (!response.ok()) co_return response.status();
  co_return response->revision;
}

rt::Task<absl::Status> Registry::WaitForRevision(int64_t revision) {
  if (cacher_.revision() >= revision) co_return absl::OkStatus();
  const bool fresh = co_await cacher_.WaitFor(revision, kFreshnessPatience);
  co_return fresh ? absl::OkStatus() : TooLarge(revision, cacher_.revision());
}

rt::Task<absl::StatusOr<Answer>> Registry::Get(const Resource& resource,
                                               const api::Request& request) {
  if (!request.resource_version.empty() && resource.cached) {
    const absl::StatusOr<int64_t> revision = ParseRevision(request.resource_version);
    if (!revision.ok()) co_return revision.status();
    const absl::Status fresh = co_await WaitForRevision(*revision);
    if (!fresh.ok()) co_return fresh;
    api::ObjectRef object = cacher_.For(resource).Get(request.ns, request.name);
    if (!object) co_return api::NotFound(resource.group(), resource.plural(), request.name);
    co_return AnswerWith(200, std::move(object));
  }
  absl::StatusOr<api::ObjectRef> object = co_await ReadLive(resource.Key(request.ns, request.name));
  if (!object.ok()) co_return object.status();
  if (!*object) co_return api::NotFound(resource.group(), resource.plural(), request.name);
  co_return AnswerWith(200, *std::move(object));
}

rt::Task<absl::StatusOr<Answer>> Registry::List(const Resource& resource,
                                                const api::Request& request) {
  absl::StatusOr<Selection> selection =
      Selection::Parse(resource, request.ns, request.label_selector, request.field_selector);
  if (!selection.ok()) co_return selection.status();

  if (!request.continue_token.empty()) {
    absl::StatusOr<Continuation> continuation = Decode(request.continue_token);
    if (!continuation.ok()) co_return continuation.status();
    // The least key after the last one.
    std::string start = absl::StrCat(resource.prefix, continuation->after);
    start.push_back('\0');
    co_return co_await ListFromStore(resource, request, *selection, continuation->revision,
                                     std::move(start));
  }

  int64_t revision = 0;
  if (!request.resource_version.empty()) {
    const absl::StatusOr<int64_t> parsed = ParseRevision(request.resource_version);
    if (!parsed.ok()) co_return parsed.status();
    revision = *parsed;
  }
  const std::string& match = request.resource_version_match;
  if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
    co_return api::BadRequest(absl::StrCat("resourceVersionMatch: Unsupported value: \"", match,
                                           "\": supported values: \"Exact\", \"NotOlderThan\""));
  }
  if (!match.empty() && request.resource_version.empty()) {
    co_return api::BadRequest(
        "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless "
        "resourceVersion is provided");
  }
  if (match == "Exact" && revision == 0) {
    co_return api::BadRequest(
        "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for "
        "resourceVersion \"0\"");
  }
  const bool exact = match == "Exact" || (match.empty() && revision > 0 && request.limit > 0);
  if (exact || !resource.cached) {
    co_return co_await ListFromStore(resource, request, *selection, exact ? revision : 0,
                                     resource.NamespacePrefix(selection->ns()));
  }

  if (request.resource_version.empty()) {
    const absl::StatusOr<int64_t> newest = co_await NewestRevision();
    if (!newest.ok()) co_return newest.status();
    revision = *newest;
  }
  const absl::Status fresh = co_await WaitForRevision(revision);
  if (!fresh.ok()) co_return fresh;

  const WatchCache& cache = cacher_.For(resource);
  WatchCache::Page page = cache.List(*selection, request.limit);
  Answer answer{.response = rt::MakeRef<api::Response>()};
  answer.response->is_list = true;
  answer.response->items = std::move(page.objects);
  answer.response->revision = cache.revision();
  if (page.more) {
    answer.response->continue_token =
        Encode({.revision = cache.revision(), .after = std::move(page.last)});
    if (selection->everything() && selection->ns().empty()) {
      answer.response->remaining_item_count = static_cast<int64_t>(cache.size()) - request.limit;
    }
  }
  co_return answer;
}

rt::Task<absl::StatusOr<Answer>> Registry::ListFromStore(const Resource& resource,
                                                         const api::Request& request,
                                                         const Selection& selection,
                                                         int64_t revision, std::string start) {
  const std::string end = store::PrefixEnd(resource.NamespacePrefix(selection.ns()));
  Answer answer{.response = rt::MakeRef<api::Response>()};
  api::Response& response = *answer.response;
  response.is_list = true;
  // With a selector a page may take several reads; each asks for as many as are wanted.
  for (;;) {
    absl::StatusOr<store::RangeResponse> range = co_await store_.Range(
        {.key = start, .end = end, .revision = revision, .limit = request.limit});
    if (!range.ok()) {
      if (!absl::IsOutOfRange(range.status())) co_return range.status();
      if (revision > store_.current_revision()) {
        co_return TooLarge(revision, store_.current_revision());
      }
      co_return api::Expired(request.continue_token.empty()
                                 ? "The resourceVersion for the provided list is too old."
                                 : kContinueExpired);
    }
    if (revision == 0) revision = range->revision;
    for (store::KeyValue& item : range->items) {
      api::ObjectRef object(static_cast<const api::Object*>(item.value.get()));
      if (!selection.Matches(*object)) continue;
      if (request.limit > 0 && static_cast<int64_t>(response.items.size()) == request.limit) {
        response.continue_token = Encode({.revision = revision,
                                          .after = std::string(resource.Suffix(resource.Key(
                                              response.items.back()->metadata().namespace_(),
                                              response.items.back()->metadata().name())))});
        break;
      }
      response.items.push_back(std::move(object));
    }
    const bool full =
        request.limit > 0 && static_cast<int64_t>(response.items.size()) == request.limit;
    if (!range->more || !response.continue_token.empty()) break;
    if (full) {
      const api::metav1::ObjectMeta& last = response.items.back()->metadata();
      response.continue_token = Encode(
          {.revision = revision,
           .after = std::string(resource.Suffix(resource.Key(last.namespace_(), last.name())))});
      if (selection.everything()) {
        response.remaining_item_count = range->count - static_cast<int64_t>(range->items.size());
      }
      break;
    }
    start = range->items.back().key;
    start.push_back('\0');
  }
  response.revision = revision;
  co_return answer;
}

}  // namespace drydock::apiserver
