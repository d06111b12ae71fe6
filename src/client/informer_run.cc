// How an informer follows the server: list, watch, watch again, list again.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/client/informer.h"

namespace drydock::client {
namespace {

// A watch that ends sooner than this with nothing to say is a failure: without a
// pause, client and server would turn in circles.
constexpr absl::Duration kShortWatch = absl::Seconds(1);

// After these the server can go on from where the watch broke; after any other error
// only a new list is sure to help.
bool CanResume(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

Task<> InformerCore::Run() {
  rt::Executor& executor = client_.env().executor();
  bool listed = false;
  for (;;) {
    absl::Status status;
    if (!listed) {
      status = co_await Relist();
      listed = status.ok();
    }
    if (listed) {
      status = co_await Watch();
      if (!status.ok() && !CanResume(status)) listed = false;
    }
    if (status.ok()) continue;
    ++metrics_.failures;
    co_await executor.SleepFor(backoff_.Next(executor.Now(), random_));
  }
}

Task<> InformerCore::WaitForSync() {
  while (!synced_) co_await synced_signal_.Wait();
}

Task<absl::Status> InformerCore::Relist() {
  ++metrics_.lists;
  ListOptions options;  // No resourceVersion: what the list says has been true since it was asked.
  options.label_selector = options_.label_selector;
  options.field_selector = options_.field_selector;
  absl::StatusOr<rt::Ref<const api::Response>> list =
      co_await client_.List(kind_, options_.ns, std::move(options));
  if (!list.ok()) co_return list.status();
  if ((*list)->revision < revision_) {
    co_return absl::UnavailableError(absl::StrCat("the list of ", kind_.resource, " at revision ",
                                                  (*list)->revision, " is older than the cache at ",
                                                  revision_));
  }

  ++list_number_;
  for (const ObjectRef& object : (*list)->items) {
    Put(object);
    slots_[*by_key_.find(ViewOf(object))].listed = list_number_;
  }
  std::vector<Slot> gone;
  for (Slot slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].object && slots_[slot].listed != list_number_) gone.push_back(slot);
  }
  std::sort(gone.begin(), gone.end(), [this](Slot a, Slot b) { return KeyAt(a) < KeyAt(b); });
  for (const Slot slot : gone) {
    const ObjectRef last = slots_[slot].object;
    Remove(slot, last);
  }
  revision_ = (*list)->revision;
  if (!synced_) {
    synced_ = true;
    synced_signal_.Raise();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> InformerCore::Watch() {
  ++metrics_.watches;
  ListOptions options;
  options.label_selector = options_.label_selector;
  options.field_selector = options_.field_selector;
  options.timeout_seconds = absl::ToInt64Seconds(random_.Jitter(options_.watch_timeout, 1.0));
  const rt::Instant started = client_.env().executor().Now();
  absl::StatusOr<WatchStream> stream =
      co_await client_.Watch(kind_, options_.ns, absl::StrCat(revision_), std::move(options));
  if (!stream.ok()) co_return stream.status();
  bool heard = false;
  for (;;) {
    absl::StatusOr<std::optional<rt::Ref<const api::WatchEvents>>> events = co_await stream->Next();
    if (!events.ok()) co_return events.status();
    if (!events->has_value()) break;
    heard = true;
    Apply(***events);
  }
  if (!heard && client_.env().executor().Now() - started < kShortWatch) {
    co_return absl::UnavailableError(
        absl::StrCat("the watch of ", kind_.resource, " ended at once with no events"));
  }
  co_return absl::OkStatus();
}

void InformerCore::Apply(const api::WatchEvents& events) {
  for (const api::WatchEvent& event : events.events) {
    if (event.revision < revision_) continue;  // Seen before.
    revision_ = event.revision;
    ++metrics_.events;
    switch (event.type) {
      case api::EventType::kAdded:
      case api::EventType::kModified:
        Put(event.object);
        break;
      case api::EventType::kDeleted: {
        const auto found = by_key_.find(ViewOf(event.object));
        // What the cache holds may be younger: created again under the same name.
        if (found != by_key_.end() && slots_[*found].object->revision() <= event.revision) {
          Remove(*found, event.object);
        }
        break;
      }
      case api::EventType::kBookmark:
      case api::EventType::kError:
        break;
    }
  }
}

}  // namespace drydock::client
