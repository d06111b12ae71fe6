// Messages of changes, made once for all watchers.
#include "src/apiserver/watch_event.h"

#include "src/apiserver/message_parts.h"
#include "src/rt/check.h"

namespace drydock::apiserver {

const rt::Ref<const api::WatchEvents>& WatchedChange::Message(bool matched_before,
                                                              bool matches_after) const {
  DRYDOCK_CHECK(matched_before || matches_after);
  const api::EventType type = !matches_after   ? api::EventType::kDeleted
                              : matched_before ? api::EventType::kModified
                                               : api::EventType::kAdded;
  rt::Ref<const api::WatchEvents>& message = messages_[static_cast<size_t>(type)];
  if (!message) {
    rt::Ref<api::WatchEvents> made = rt::MakeRef<api::WatchEvents>();
    made->events.push_back(
        {.type = type,
         .object = matches_after ? after_ : WithRevision(before_, *resource_, revision_),
         .revision = revision_});
    message = std::move(made);
  }
  return message;
}

}  // namespace drydock::apiserver
