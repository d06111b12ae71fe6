// What the codecs and patches know about each message: its descriptor with the options of
// src/api/types/options.proto, looked up once.
#ifndef DRYDOCK_SRC_API_CODEC_PLAN_H_
#define DRYDOCK_SRC_API_CODEC_PLAN_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "src/api/types/options.pb.h"

namespace drydock::api {

struct MessagePlan;

struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const options::FieldRules* rules = nullptr;  // Never null.
  absl::string_view json_name;
  // Of a message field, its message; of a map, its entry. Null for scalars.
  const MessagePlan* message = nullptr;
  bool is_map = false;
  bool is_list = false;  // Repeated, and no map.
};

struct MessagePlan {
  const google::protobuf::Descriptor* type = nullptr;
  options::JsonForm form = options::OBJECT;
  bool map_entry = false;
  // An object of its own: apiVersion and kind may stand in it.
  bool has_kind = false;
  std::vector<FieldPlan> fields;  // In the order of the .proto file.
  std::vector<const FieldPlan*> by_falling_number;

  // The field that `json_name` is, or the inlined field that it is in; null if there is none.
  const FieldPlan* Find(absl::string_view json_name) const;
  // Of an entry.
  const FieldPlan& key() const { return fields[0]; }
  const FieldPlan& value() const { return fields[1]; }

  absl::flat_hash_map<absl::string_view, int> by_json_name;  // Index in `fields`.
};

// The plan of a message of the scheme or inside one; null for others.
const MessagePlan* FindPlan(const google::protobuf::Descriptor& type);
// REQUIRES: there is one.
const MessagePlan& PlanOf(const google::protobuf::Message& message);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_PLAN_H_
