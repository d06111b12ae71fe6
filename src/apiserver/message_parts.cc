// Reflection over API objects' parts, with the fields looked up beforehand.
#include "src/apiserver/message_parts.h"

#include "src/api/message_bytes.h"

namespace drydock::apiserver {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool EqualBut(const Message& a, const Message& b, const FieldDescriptor* field) {
  const api::MessagePtr first = api::CopyMessage(a);
  const api::MessagePtr second = api::CopyMessage(b);
  first->GetReflection()->ClearField(first.get(), field);
  second->GetReflection()->ClearField(second.get(), field);
  return api::SameContent(*first, *second);
}

void CopyPart(const api::KindInfo& kind, const FieldDescriptor* field, const Message& from,
              Message* to) {
  kind.reflection->ClearField(to, field);
  if (!kind.reflection->HasField(from, field)) return;
  kind.reflection->MutableMessage(to, field)->MergeFrom(kind.reflection->GetMessage(from, field));
}

api::MessagePtr Shell(const Resource& resource, const api::Object& metadata_of,
                      const Message* status_of) {
  const api::KindInfo& kind = *resource.kind;
  // Not the room of the whole object, most of which may be its spec.
  size_t bytes = metadata_of.metadata().ByteSizeLong();
  if (status_of != nullptr && kind.status != nullptr) {
    bytes += kind.status_of(*status_of).ByteSizeLong();
  }
  api::MessagePtr shell = api::NewMessage(metadata_of.message(), api::RoomForBytes(bytes));
  kind.mutable_object_metadata_of(shell.get())->MergeFrom(metadata_of.metadata());
  if (status_of != nullptr && kind.status != nullptr) {
    CopyPart(kind, kind.status, *status_of, shell.get());
  }
  return shell;
}

api::ObjectRef WithRevision(const api::ObjectRef& object, const Resource& resource,
                            int64_t revision) {
  rt::Ref<api::Object> changed =
      resource.shares_spec
          ? api::MakeObjectSharingSpec(Shell(resource, *object, &object->message()), object)
          : api::MakeObject(*resource.kind, api::CopyMessage(object->message()));
  changed->StampRevision(revision);
  return changed;
}

}  // namespace drydock::apiserver
