// Reflection over API objects' parts, with the fields looked up beforehand.
#include "src/apiserver/message_parts.h"

#include "src/api/message_bytes.h"

namespace drydock::apiserver {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool EqualBut(const Message& a, const Message& b, const FieldDescriptor* field) {
  const std::unique_ptr<Message> first = Copy(a);
  const std::unique_ptr<Message> second = Copy(b);
  first->GetReflection()->ClearField(first.get(), field);
  second->GetReflection()->ClearField(second.get(), field);
  return api::SameContent(*first, *second);
}

const Message& Part(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetMessage(message, field);
}

Message* MutablePart(Message* message, const FieldDescriptor* field) {
  return message->GetReflection()->MutableMessage(message, field);
}

void CopyPart(const FieldDescriptor* field, const Message& from, Message* to) {
  if (from.GetReflection()->HasField(from, field)) {
    MutablePart(to, field)->CopyFrom(Part(from, field));
  } else {
    to->GetReflection()->ClearField(to, field);
  }
}

std::unique_ptr<Message> Copy(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

std::unique_ptr<Message> Shell(const Resource& resource, const api::Object& metadata_of,
                               const Message* status_of) {
  std::unique_ptr<Message> shell(metadata_of.message().New());
  MutablePart(shell.get(), resource.kind->metadata)->CopyFrom(metadata_of.metadata());
  if (status_of != nullptr && resource.kind->status != nullptr) {
    CopyPart(resource.kind->status, *status_of, shell.get());
  }
  return shell;
}

api::ObjectRef WithRevision(const api::ObjectRef& object, const Resource& resource,
                            int64_t revision) {
  rt::Ref<api::Object> changed =
      resource.shares_spec
          ? api::MakeObjectSharingSpec(Shell(resource, *object, &object->message()), object)
          : api::MakeObject(Copy(object->message()));
  changed->StampRevision(revision);
  return changed;
}

}  // namespace drydock::apiserver
