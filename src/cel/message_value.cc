// Messages by reflection. What a field is, is worked out once for each type of message.
#include "src/cel/message_value.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/api/codec/plan.h"
#include "src/rt/check.h"

namespace drydock::cel {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A message's fields and those of the messages that are inlined in it, in one list: the place in it
// is the field's number.
class MessageObjectType final : public ObjectType {
 public:
  struct Member {
    std::vector<const api::FieldPlan*> inlined;  // On the way to it.
    const api::FieldPlan* plan = nullptr;
    std::string missing;  // "no such key: NAME"
  };

  MessageObjectType(const api::MessagePlan& plan, MessageTypes* types)
      : name_(plan.type->full_name()), types_(types) {
    Collect(plan, {});
  }

  const std::string& name() const override { return name_; }
  std::optional<Field> FindField(absl::string_view name) const override {
    for (size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].plan->json_name != name) continue;
      return Field{TypeOf(*members_[i].plan), static_cast<int>(i)};
    }
    return std::nullopt;
  }

  const Member& member(int number) const { return members_[static_cast<size_t>(number)]; }
  MessageTypes& types() const { return *types_; }

 private:
  void Collect(const api::MessagePlan& plan, const std::vector<const api::FieldPlan*>& inlined) {
    for (const api::FieldPlan& field : plan.fields) {
      if (field.rules->inlined() && field.message != nullptr) {
        std::vector<const api::FieldPlan*> way = inlined;
        way.push_back(&field);
        Collect(*field.message, way);
        continue;
      }
      if (field.message != nullptr && !field.is_map && field.message->form == options::RAW) {
        continue;
      }
      members_.push_back({inlined, &field, absl::StrCat("no such key: ", field.json_name)});
    }
  }

  Type TypeOf(const api::FieldPlan& field) const {
    if (field.is_map) return Type::Map(Type::String(), SingleType(field.message->value()));
    const Type single = SingleType(field);
    return field.is_list ? Type::List(single) : single;
  }

  Type SingleType(const api::FieldPlan& field) const {
    if (field.message != nullptr) {
      switch (field.message->form) {
        case options::OBJECT:
          return Type::Object(types_->Of(*field.message->type));
        case options::QUANTITY:
        case options::DURATION:
          return Type::String();
        case options::TIME:
        case options::MICRO_TIME:
          return Type::Timestamp();
        case options::ARRAY:
          return TypeOf(field.message->fields[0]);
        case options::INT_OR_STRING:
        case options::RAW:
          return Type::Dyn();
      }
    }
    switch (field.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return Type::Bool();
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return Type::Double();
      case FieldDescriptor::CPPTYPE_STRING:
        return field.field->type() == FieldDescriptor::TYPE_BYTES ? Type::Bytes() : Type::String();
      default:
        return Type::Int();
    }
  }

  const std::string name_;
  MessageTypes* const types_;
  std::vector<Member> members_;
};

namespace {

// A field that is a number of a message of its own, such as the seconds of a Time. 0 when not set.
int64_t NumberIn(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return 0;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  return field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ? reflection.GetInt64(message, field)
                                                             : reflection.GetInt32(message, field);
}

Value TextIn(const Message& message, const FieldDescriptor* field) {
  std::string scratch;
  const std::string& text = message.GetReflection()->GetStringReference(message, field, &scratch);
  return &text == &scratch ? Value::String(text) : Value::BorrowedString(text);
}

Value FromList(const Message& parent, const api::FieldPlan& field, MessageTypes& types);

Value FromNested(const Message& message, const api::MessagePlan& plan, MessageTypes& types) {
  switch (plan.form) {
    case options::OBJECT:
      return types.View(message);
    case options::QUANTITY:
      return TextIn(message, plan.fields[0].field);
    case options::TIME:
    case options::MICRO_TIME:
      return Value::Timestamp(NumberIn(message, "seconds"),
                              static_cast<uint32_t>(NumberIn(message, "nanos")));
    case options::DURATION:
      return Value::String(absl::StrCat(NumberIn(message, "duration"), "ns"));
    case options::INT_OR_STRING:
      if (NumberIn(message, "type") == 0) return Value::Int(NumberIn(message, "int_val"));
      return TextIn(message, message.GetDescriptor()->FindFieldByName("str_val"));
    case options::ARRAY:
      return FromList(message, plan.fields[0], types);
    case options::RAW:
      break;
  }
  return Value::Error("no such key");
}

// REQUIRES: no list, no map.
Value FromField(const Message& parent, const api::FieldPlan& field, MessageTypes& types) {
  const google::protobuf::Reflection& reflection = *parent.GetReflection();
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection.GetBool(parent, field.field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection.GetDouble(parent, field.field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection.GetFloat(parent, field.field));
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection.GetInt32(parent, field.field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection.GetInt64(parent, field.field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Int(reflection.GetUInt32(parent, field.field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Int(static_cast<int64_t>(reflection.GetUInt64(parent, field.field)));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value::Int(reflection.GetEnumValue(parent, field.field));
    case FieldDescriptor::CPPTYPE_STRING: {
      const Value text = TextIn(parent, field.field);
      return field.field->type() == FieldDescriptor::TYPE_BYTES ? Value::Bytes(text.text()) : text;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromNested(reflection.GetMessage(parent, field.field), *field.message, types);
  }
  return Value::Null();
}

class FieldList final : public ListValue {
 public:
  FieldList(const Message& parent, const api::FieldPlan& field, MessageTypes& types)
      : parent_(parent), field_(field), types_(types) {}
  size_t size() const override {
    return static_cast<size_t>(parent_.GetReflection()->FieldSize(parent_, field_.field));
  }
  Value At(size_t index) const override {
    const google::protobuf::Reflection& reflection = *parent_.GetReflection();
    const auto i = static_cast<int>(index);
    switch (field_.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return Value::Int(reflection.GetRepeatedInt32(parent_, field_.field, i));
      case FieldDescriptor::CPPTYPE_INT64:
        return Value::Int(reflection.GetRepeatedInt64(parent_, field_.field, i));
      case FieldDescriptor::CPPTYPE_BOOL:
        return Value::Bool(reflection.GetRepeatedBool(parent_, field_.field, i));
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            reflection.GetRepeatedStringReference(parent_, field_.field, i, &scratch);
        if (field_.field->type() == FieldDescriptor::TYPE_BYTES) return Value::Bytes(text);
        return &text == &scratch ? Value::String(text) : Value::BorrowedString(text);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return FromNested(reflection.GetRepeatedMessage(parent_, field_.field, i), *field_.message,
                          types_);
      default:
        return Value::Error("no such overload");  // Kubernetes has no such lists.
    }
  }

 private:
  const Message& parent_;
  const api::FieldPlan& field_;
  MessageTypes& types_;
};

Value FromList(const Message& parent, const api::FieldPlan& field, MessageTypes& types) {
  return Value::Of(rt::Ref<const ListValue>(rt::MakeRef<FieldList>(parent, field, types)));
}

// Entries sorted by key (src/api/maps.h).
class FieldMap final : public MapValue {
 public:
  FieldMap(const Message& parent, const api::FieldPlan& field, MessageTypes& types)
      : parent_(parent), field_(field), types_(types) {}
  size_t size() const override {
    return static_cast<size_t>(parent_.GetReflection()->FieldSize(parent_, field_.field));
  }
  Value KeyAt(size_t index) const override {
    return TextIn(Entry(index), field_.message->key().field);
  }
  bool Find(const Value& key, Value* value) const override {
    if (key.kind() != Value::Kind::kString) return false;
    size_t low = 0;
    size_t high = size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      const Value at = KeyAt(middle);
      if (at.text() < key.text()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == size() || KeyAt(low).text() != key.text()) return false;
    *value = FromField(Entry(low), field_.message->value(), types_);
    return true;
  }

 private:
  const Message& Entry(size_t index) const {
    return parent_.GetReflection()->GetRepeatedMessage(parent_, field_.field,
                                                       static_cast<int>(index));
  }

  const Message& parent_;
  const api::FieldPlan& field_;
  MessageTypes& types_;
};

class MessageObject final : public ObjectValue {
 public:
  MessageObject(const MessageObjectType& type, const Message& message)
      : type_(type), message_(message) {}

  const ObjectType& type() const override { return type_; }

  Value Get(int number) const override {
    const MessageObjectType::Member& member = type_.member(number);
    const Message& parent = ParentOf(member);
    const api::FieldPlan& field = *member.plan;
    if (!IsSet(parent, field)) {
      const bool always = field.message != nullptr && !field.is_map && !field.is_list &&
                          field.message->form == options::OBJECT && !field.rules->pointer();
      if (!always) return Value::Error(member.missing);
    }
    if (field.is_map) {
      return Value::Of(
          rt::Ref<const MapValue>(rt::MakeRef<FieldMap>(parent, field, type_.types())));
    }
    if (field.is_list) return FromList(parent, field, type_.types());
    return FromField(parent, field, type_.types());
  }

  bool Has(int number) const override {
    const MessageObjectType::Member& member = type_.member(number);
    return IsSet(ParentOf(member), *member.plan);
  }

  bool Equals(const ObjectValue& other) const override {
    return message_.SerializeAsString() ==
           static_cast<const MessageObject&>(other).message_.SerializeAsString();
  }

 private:
  const Message& ParentOf(const MessageObjectType::Member& member) const {
    const Message* parent = &message_;
    for (const api::FieldPlan* inlined : member.inlined) {
      parent = &parent->GetReflection()->GetMessage(*parent, inlined->field);
    }
    return *parent;
  }
  static bool IsSet(const Message& parent, const api::FieldPlan& field) {
    const google::protobuf::Reflection& reflection = *parent.GetReflection();
    if (field.field->is_repeated()) return reflection.FieldSize(parent, field.field) > 0;
    return reflection.HasField(parent, field.field);
  }

  const MessageObjectType& type_;
  const Message& message_;
};

}  // namespace

MessageTypes::MessageTypes() = default;
MessageTypes::~MessageTypes() = default;

const MessageObjectType& MessageTypes::TypeOf(const google::protobuf::Descriptor& message) {
  std::unique_ptr<MessageObjectType>& type = types_[&message];
  if (type == nullptr) {
    const api::MessagePlan* plan = api::FindPlan(message);
    DRYDOCK_CHECK(plan != nullptr, message.full_name());
    type = std::make_unique<MessageObjectType>(*plan, this);
  }
  return *type;
}

const ObjectType& MessageTypes::Of(const google::protobuf::Descriptor& message) {
  return TypeOf(message);
}

Value MessageTypes::View(const Message& message) {
  return Value::Of(rt::Ref<const ObjectValue>(
      rt::MakeRef<MessageObject>(TypeOf(*message.GetDescriptor()), message)));
}

}  // namespace drydock::cel
