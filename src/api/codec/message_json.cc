#include "src/api/codec/message_json.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"
#include "src/api/codec/plan.h"
#include "src/api/int_or_string.h"
#include "src/api/scheme.h"
#include "src/api/time.h"
#include "src/api/types/quantity.pb.h"
#include "src/api/types/runtime.pb.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

// What reflection gives for strings; generated messages hold them, so the scratch stays unused.
const std::string& StringOf(const Message& message, const FieldDescriptor* field,
                            std::string* scratch) {
  return message.GetReflection()->GetStringReference(message, field, scratch);
}

class Writer {
 public:
  explicit Writer(std::string* out) : out_(out) {}

  void WriteObject(const Message& message, const MessagePlan& plan, bool with_kind) {
    out_->push_back('{');
    bool first = true;
    if (with_kind && plan.has_kind) {
      const KindInfo& kind = *FindKind(*plan.type);
      WriteName("kind", &first);
      AppendJsonString(kind.kind, out_);
      WriteName("apiVersion", &first);
      AppendJsonString(kind.ApiVersion(), out_);
    }
    WriteFields(message, plan, &first);
    out_->push_back('}');
  }

  void WriteMessage(const Message& message, const MessagePlan& plan) {
    switch (plan.form) {
      case options::OBJECT:
        return WriteObject(message, plan, /*with_kind=*/false);
      case options::QUANTITY: {
        const std::string& text = StringOf(message, plan.fields[0].field, &scratch_);
        return AppendJsonString(text.empty() ? "0" : text, out_);
      }
      case options::TIME: {
        const auto& time = static_cast<const metav1::Time&>(message);
        return IsZero(time) ? WriteNull() : AppendJsonString(FormatTime(time), out_);
      }
      case options::MICRO_TIME: {
        const auto& time = static_cast<const metav1::MicroTime&>(message);
        return IsZero(time) ? WriteNull() : AppendJsonString(FormatMicroTime(time), out_);
      }
      case options::DURATION: {
        const int64_t nanos = static_cast<const metav1::Duration&>(message).duration();
        return AppendJsonString(FormatGoDuration(absl::Nanoseconds(nanos)), out_);
      }
      case options::INT_OR_STRING: {
        const auto& value = static_cast<const IntOrString&>(message);
        return IsString(value) ? AppendJsonString(value.str_val(), out_)
                               : absl::StrAppend(out_, value.int_val());
      }
      case options::RAW: {
        const std::string& raw = StringOf(message, plan.fields[0].field, &scratch_);
        return raw.empty() ? WriteNull() : AppendCompactJson(raw, out_);
      }
      case options::ARRAY:
        return WriteList(message, plan.fields[0]);
    }
  }

 private:
  void WriteNull() { out_->append("null"); }

  void WriteName(absl::string_view name, bool* first) {
    if (!*first) out_->push_back(',');
    *first = false;
    AppendJsonString(name, out_);
    out_->push_back(':');
  }

  void WriteFields(const Message& message, const MessagePlan& plan, bool* first) {
    const Reflection& reflection = *message.GetReflection();
    for (const FieldPlan& field : plan.fields) {
      if (field.rules->inlined()) {
        WriteFields(reflection.GetMessage(message, field.field), *field.message, first);
        continue;
      }
      const What what = Decide(message, field);
      if (what == What::kNothing) continue;
      WriteName(field.json_name, first);
      if (what == What::kNull) {
        WriteNull();
      } else if (field.is_map) {
        WriteMap(message, field);
      } else if (field.is_list) {
        WriteList(message, field);
      } else if (field.message != nullptr) {
        WriteMessage(reflection.GetMessage(message, field.field), *field.message);
      } else {
        WriteScalar(message, field.field);
      }
    }
  }

  enum class What { kNothing, kNull, kValue };

  // Whether Go would write the field.
  What Decide(const Message& message, const FieldPlan& field) const {
    const Reflection& reflection = *message.GetReflection();
    const What absent = field.rules->always() ? What::kNull : What::kNothing;
    if (field.field->is_repeated()) {
      if (reflection.FieldSize(message, field.field) > 0) return What::kValue;
      // Servers always make the items of a list and the rows of a table, even when there are none.
      const bool made = field.json_name == "items" || field.json_name == "rows";
      if (made && field.rules->always()) return What::kValue;
      return absent;
    }
    const bool has = reflection.HasField(message, field.field);
    if (field.rules->pointer()) return has ? What::kValue : absent;
    if (field.message != nullptr) {
      const bool is_array = field.message->form == options::ARRAY;
      if (!is_array && !field.rules->omit_zero()) return What::kValue;
      const bool zero = !has || reflection.GetMessage(message, field.field).ByteSizeLong() == 0;
      return zero ? absent : What::kValue;
    }
    if (field.field->type() == FieldDescriptor::TYPE_BYTES) {
      if (!has) return absent;
      std::string scratch;
      const bool empty = StringOf(message, field.field, &scratch).empty();
      return empty && !field.rules->always() ? What::kNothing : What::kValue;
    }
    return field.rules->always() || !IsZeroScalar(message, field.field) ? What::kValue
                                                                        : What::kNothing;
  }

  static bool IsZeroScalar(const Message& message, const FieldDescriptor* field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return !reflection.GetBool(message, field);
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.GetInt32(message, field) == 0;
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.GetInt64(message, field) == 0;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return StringOf(message, field, &scratch).empty();
      }
      default:
        DRYDOCK_CHECK(false, field->full_name(), " has a type that no API type uses");
    }
  }

  void WriteScalar(const Message& message, const FieldDescriptor* field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        out_->append(reflection.GetBool(message, field) ? "true" : "false");
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(out_, reflection.GetInt32(message, field));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        absl::StrAppend(out_, reflection.GetInt64(message, field));
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        WriteString(StringOf(message, field, &scratch_), field);
        return;
      default:
        DRYDOCK_CHECK(false, field->full_name(), " has a type that no API type uses");
    }
  }

  void WriteString(const std::string& text, const FieldDescriptor* field) {
    if (field->type() == FieldDescriptor::TYPE_BYTES) {
      absl::StrAppend(out_, "\"", absl::Base64Escape(text), "\"");
    } else {
      AppendJsonString(text, out_);
    }
  }

  void WriteList(const Message& message, const FieldPlan& field) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, field.field);
    out_->push_back('[');
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_->push_back(',');
      switch (field.field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE:
          WriteMessage(reflection.GetRepeatedMessage(message, field.field, i), *field.message);
          break;
        case FieldDescriptor::CPPTYPE_STRING:
          WriteString(reflection.GetRepeatedStringReference(message, field.field, i, &scratch_),
                      field.field);
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          absl::StrAppend(out_, reflection.GetRepeatedInt32(message, field.field, i));
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          absl::StrAppend(out_, reflection.GetRepeatedInt64(message, field.field, i));
          break;
        case FieldDescriptor::CPPTYPE_BOOL:
          out_->append(reflection.GetRepeatedBool(message, field.field, i) ? "true" : "false");
          break;
        default:
          DRYDOCK_CHECK(false, field.field->full_name(), " has a type that no API type uses");
      }
    }
    out_->push_back(']');
  }

  void WriteMap(const Message& message, const FieldPlan& field) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, field.field);
    const FieldPlan& value = field.message->value();
    out_->push_back('{');
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, field.field, i);
      bool first = i == 0;
      WriteName(StringOf(entry, field.message->key().field, &scratch_), &first);
      if (value.message != nullptr) {
        WriteMessage(entry.GetReflection()->GetMessage(entry, value.field), *value.message);
      } else if (value.field->type() == FieldDescriptor::TYPE_BYTES &&
                 !entry.GetReflection()->HasField(entry, value.field)) {
        WriteNull();
      } else {
        WriteScalar(entry, value.field);
      }
    }
    out_->push_back('}');
  }

  std::string* const out_;
  std::string scratch_;
};

}  // namespace

void AppendMessageJson(const Message& message, bool with_kind, std::string* out) {
  const MessagePlan& plan = PlanOf(message);
  if (plan.form == options::OBJECT) {
    Writer(out).WriteObject(message, plan, with_kind);
  } else {
    Writer(out).WriteMessage(message, plan);
  }
}

}  // namespace drydock::api
