// Who manages which fields of an object: kept up to date by ordinary writes, and the base of
// server-side apply. Semantics of apimachinery's util/managedfields (KEP-555).
//
// Pure: objects in, objects out. Both objects of a tracked write become documents, which are
// compared part by part.
#ifndef DRYDOCK_SRC_API_APPLY_FIELD_MANAGER_H_
#define DRYDOCK_SRC_API_APPLY_FIELD_MANAGER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "src/api/codec/tree.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

// Which fields a kind of write can change at all. Others are not managed by it, whatever it says.
enum class WritableFields : uint8_t {
  kAll,
  kAllButStatus,  // Of kinds with a status of their own, through the object itself.
  kStatusOnly,    // Through the status subresource.
};

struct FieldWriter {
  std::string manager;
  std::string subresource;  // Empty for the object itself.
  WritableFields writable = WritableFields::kAll;
  metav1::Time now;
};

// Whether `metadata` asks for tracking whatever the server's own policy: an object that has managed
// fields keeps them up to date.
bool HasManagedFields(const metav1::ObjectMeta& metadata);

// Sets after's managed fields: what `writer` changed from `before` to `after` is its own now.
// Before a creation `before` is an empty message. Managed fields that the writer itself gives
// are taken as they are; `[{}]` removes all. An object that exists without any stays so.
// REQUIRES: two messages of one kind of the scheme that has ObjectMeta.
void TrackUpdate(const google::protobuf::Message& before, google::protobuf::Message* after,
                 const FieldWriter& writer);

// What `live` becomes by applying `config`, with the managed fields that follow. Before a creation
// `live` is an empty message with the object's name. Errors: BadRequest where the configuration is
// not for this kind, Conflict (with a FieldManagerConflict for each field) where others manage
// what it changes, unless `force`.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ApplyConfiguration(
    const google::protobuf::Message& live, const Value& config, const FieldWriter& writer,
    bool force);

// Whether two metadata differ in nothing but the times of their managed fields, which alone are no
// change of an object.
bool DifferInTimesOnly(const metav1::ObjectMeta& a, const metav1::ObjectMeta& b);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPLY_FIELD_MANAGER_H_
