// Where a watch begins. "" and "0": the state, as ADDED events, and then its changes;
// a number: the changes after it.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"
#include "src/apiserver/watcher.h"

namespace drydock::apiserver {

rt::Task<absl::StatusOr<Answer>> Registry::Watch(const Resource& resource,
                                                 const api::Request& request) {
  std::string fields = request.field_selector;
  if (!request.name.empty()) {
    absl::StrAppend(&fields, fields.empty() ? "" : ",", "metadata.name=", request.name);
  }
  absl::StatusOr<Selection> selection =
      Selection::Parse(resource, request.ns, request.label_selector, fields);
  if (!selection.ok()) co_return selection.status();
  int64_t from = 0;
  if (!request.resource_version.empty() &&
      (!absl::SimpleAtoi(request.resource_version, &from) || from < 0)) {
    co_return api::BadRequest(
        absl::StrCat("resourceVersion: Invalid value: \"", request.resource_version, "\""));
  }

  WatcherOptions options;
  options.buffer = options_.watch_buffer;
  options.bookmarks = request.allow_bookmarks;
  options.bookmark_interval = options_.bookmark_interval;
  options.initial_events_end = request.send_initial_events && request.allow_bookmarks;
  const absl::Duration timeout =
      request.timeout_seconds.value_or(0) > 0
          ? absl::Seconds(*request.timeout_seconds)
          : options_.min_watch_timeout +
                absl::Milliseconds(random_.Below(static_cast<uint64_t>(
                    absl::ToInt64Milliseconds(options_.min_watch_timeout) + 1)));
  options.deadline = env_.executor().Now() + timeout;

  const bool with_state = from == 0 || request.send_initial_events;
  if (with_state) {
    // A streaming list without a revision is as consistent as a list.
    int64_t fresh_to = from;
    if (request.resource_version.empty() && request.send_initial_events) {
      const absl::StatusOr<int64_t> newest = co_await NewestRevision();
      if (!newest.ok()) co_return newest.status();
      fresh_to = *newest;
    }
    const absl::Status fresh = co_await WaitForRevision(fresh_to);
    if (!fresh.ok()) co_return fresh;
  }

  std::vector<api::ObjectRef> initial;
  int64_t after = from;
  if (with_state && !resource.cached) {
    api::Request list;
    list.ns = request.ns;
    absl::StatusOr<Answer> state = co_await ListFromStore(
        resource, list, *selection, 0, resource.NamespacePrefix(selection->ns()));
    if (!state.ok()) co_return state.status();
    initial = std::move(state->response->items);
    after = state->response->revision;
  }
  // From here on nothing waits: the state and the changes after it fit together.
  WatchCache& cache = cacher_.For(resource);
  if (with_state && resource.cached) {
    initial = cache.List(*selection, 0).objects;
    after = cache.revision();
  }
  auto watcher = std::make_unique<Watcher>(env_.executor(), cache, *std::move(selection), options);
  if (with_state) watcher->Begin(std::move(initial), after);
  const absl::Status joined = cache.Add(*watcher, after);
  if (!joined.ok()) {
    if (!api::IsExpired(joined)) co_return joined;
    watcher->Fail(joined);  // In the stream, as kube-apiserver's watch cache does.
  }
  Answer answer{.response = rt::MakeRef<api::Response>()};
  answer.response->revision = after;
  answer.stream = std::move(watcher);
  co_return answer;
}

}  // namespace drydock::apiserver
