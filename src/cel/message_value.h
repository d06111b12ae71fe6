// API objects as values: messages read where they lie, by their descriptors and the options on
// their fields (src/api/types/options.proto). Fields have their JSON names.
//
// | field                                 | type                                     |
// |---------------------------------------|------------------------------------------|
// | number, bool, string, bytes           | int or double, bool, string, bytes       |
// | list, map                             | list, map of strings                     |
// | Time, MicroTime                       | timestamp                                |
// | Quantity, Duration                    | string: `quantity(...)`, `duration(...)` |
// | IntOrString                           | dyn: an int or a string                  |
// | other messages                        | an object                                |
//
// Fields of any JSON (RawExtension) are not there.
#ifndef DRYDOCK_SRC_CEL_MESSAGE_VALUE_H_
#define DRYDOCK_SRC_CEL_MESSAGE_VALUE_H_

#include <map>
#include <memory>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "src/cel/type.h"
#include "src/cel/value.h"

namespace drydock::cel {

class MessageObjectType;

// The types of messages, made when they are first asked for. Outlives environments, programs and
// values that know them.
class MessageTypes {
 public:
  MessageTypes();
  MessageTypes(const MessageTypes&) = delete;
  MessageTypes& operator=(const MessageTypes&) = delete;
  ~MessageTypes();

  // REQUIRES: a message of the scheme, or inside one.
  const ObjectType& Of(const google::protobuf::Descriptor& message);

  // A view of `message`, which outlives it and everything got from it, and does not change. What is
  // not set is an error, `no such key: NAME`, as in Kubernetes, but for structs that JSON always
  // has; `has` tells.
  Value View(const google::protobuf::Message& message);

 private:
  friend class MessageObjectType;

  const MessageObjectType& TypeOf(const google::protobuf::Descriptor& message);

  // Looked up, and its order is nobody's.
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessageObjectType>> types_;
};

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_MESSAGE_VALUE_H_
