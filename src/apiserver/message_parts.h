// Copies and comparisons of the parts of messages, without knowing their types.
#ifndef DRYDOCK_SRC_APISERVER_MESSAGE_PARTS_H_
#define DRYDOCK_SRC_APISERVER_MESSAGE_PARTS_H_

#include "google/protobuf/message.h"
#include "src/api/message_ptr.h"
#include "src/api/object.h"
#include "src/api/scheme.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

// Makes `to`'s field what it is in `from`, unset included. Both of `kind`.
void CopyPart(const api::KindInfo& kind, const google::protobuf::FieldDescriptor* field,
              const google::protobuf::Message& from, google::protobuf::Message* to);

// Whether a and b have the same content but for `field`. Two messages of one type.
bool EqualBut(const google::protobuf::Message& a, const google::protobuf::Message& b,
              const google::protobuf::FieldDescriptor* field);

// The object after its deletion: its last state with the revision of the deletion.
api::ObjectRef WithRevision(const api::ObjectRef& object, const Resource& resource,
                            int64_t revision);

// A message with a copy of the metadata of `metadata_of`, and of the status of
// `status_of` unless it is null, but without spec, for api::MakeObjectSharingSpec.
// REQUIRES: resource.shares_spec.
api::MessagePtr Shell(const Resource& resource, const api::Object& metadata_of,
                      const google::protobuf::Message* status_of);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_MESSAGE_PARTS_H_
