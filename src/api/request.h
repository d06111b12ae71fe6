// A request to the API server and its answer, apart from any transport: the HTTP
// front makes them from paths and bodies, clients in the same process make them
// directly and hand objects over without encoding them.
#ifndef DRYDOCK_SRC_API_REQUEST_H_
#define DRYDOCK_SRC_API_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/api/object.h"
#include "src/api/scheme.h"
#include "src/rt/payload.h"

namespace drydock::api {

enum class Verb : uint8_t {
  kGet,
  kList,
  kWatch,
  kCreate,
  kUpdate,
  kPatch,
  kDelete,
  kDeleteCollection,
};

// "get", "list", ...: as RBAC rules and metrics spell it.
const char* VerbName(Verb verb);

enum class PatchType : uint8_t { kJson, kMerge, kStrategicMerge, kApply };

// What becomes of unknown and duplicate fields: errors, warnings, or nothing.
enum class FieldValidation : uint8_t { kStrict, kWarn, kIgnore };

enum class Propagation : uint8_t { kDefault, kOrphan, kBackground, kForeground };

// Who asks (authentication.k8s.io UserInfo).
struct User {
  std::string name;
  std::vector<std::string> groups;
  std::string uid;
  // What the authenticator knows besides, values by key ("authentication.kubernetes.io/pod-name").
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;
};

struct Request final : public rt::Payload {
  Verb verb = Verb::kGet;
  const KindInfo* kind = nullptr;  // Which resource. Never null in a request that is served.
  std::string ns;                  // Empty: cluster-scoped, or all namespaces.
  std::string name;                // Empty for list, watch, create and deletecollection.
  std::string subresource;         // "status", "scale", "binding", "eviction", ...
  User user;
  // Who will manage the fields that are written. A writer that does not say is known by the first
  // word of its user agent; an apply must say.
  std::string field_manager;

  ObjectRef object;  // create, update: the object (of a subresource, its own kind).
  PatchType patch_type = PatchType::kMerge;
  std::string patch;   // JSON.
  bool force = false;  // Of an apply: take fields that others manage.
  // Of a patch. What a create or an update holds has been decoded before.
  FieldValidation field_validation = FieldValidation::kStrict;
  bool dry_run = false;

  // list, watch, deletecollection.
  std::string label_selector;
  std::string field_selector;
  std::string resource_version;        // As sent: "" and "0" mean different things.
  std::string resource_version_match;  // "", "Exact", "NotOlderThan".
  int64_t limit = 0;                   // 0: all.
  std::string continue_token;
  bool allow_bookmarks = false;
  bool send_initial_events = false;
  std::optional<int64_t> timeout_seconds;  // Of a watch.

  // delete, deletecollection.
  std::optional<int64_t> grace_period_seconds;
  Propagation propagation = Propagation::kDefault;
  std::optional<std::string> precondition_uid;
  std::optional<std::string> precondition_resource_version;

  uint64_t Digest() const override;
};

// Code 200 or 201 and the object or the list; otherwise `object` is a metav1.Status.
struct Response final : public rt::Payload {
  int code = 200;  // HTTP's.
  ObjectRef object;

  bool is_list = false;
  std::vector<ObjectRef> items;
  int64_t revision = 0;  // Of the list, or of the start of the watch.
  std::string continue_token;
  std::optional<int64_t> remaining_item_count;

  std::vector<std::string> warnings;

  uint64_t Digest() const override;
};

enum class EventType : uint8_t { kAdded, kModified, kDeleted, kBookmark, kError };

struct WatchEvent {
  EventType type = EventType::kAdded;
  ObjectRef object;      // The state after the event (before it, for kDeleted, with the
                         // revision of the deletion); a Status for kError; null for kBookmark.
  int64_t revision = 0;  // All events up to it have been sent.
  bool initial_events_end = false;  // On a bookmark: k8s.io/initial-events-end.
};

// What a watch stream carries: events in the order of their revisions.
struct WatchEvents final : public rt::Payload {
  std::vector<WatchEvent> events;

  uint64_t Digest() const override;
};

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_REQUEST_H_
