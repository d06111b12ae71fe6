#include "src/api/codec/message_proto.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "src/api/codec/json.h"
#include "src/api/codec/message_json.h"
#include "src/api/codec/plan.h"
#include "src/api/int_or_string.h"
#include "src/api/quantity.h"
#include "src/api/scheme.h"
#include "src/api/time.h"
#include "src/api/types/runtime.pb.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::absl::string_view;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

constexpr string_view kMagic("k8s\0", 4);
constexpr int kMaxNesting = 100;

enum WireType : uint64_t { kVarint = 0, kBytes = 2 };

// A buffer that is written from its end, so that the length of a message is known when it is to be
// written in front of it.
class ReverseBuffer {
 public:
  size_t size() const { return bytes_.size() - start_; }

  void Prepend(string_view text) {
    Reserve(text.size());
    start_ -= text.size();
    std::memcpy(bytes_.data() + start_, text.data(), text.size());
  }

  void PrependVarint(uint64_t value) {
    char encoded[10];
    size_t length = 0;
    do {
      encoded[length] = static_cast<char>((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
      value >>= 7;
      ++length;
    } while (value > 0);
    Prepend(string_view(encoded, length));
  }

  void PrependTag(int number, WireType type) {
    PrependVarint(static_cast<uint64_t>(number) << 3 | type);
  }

  // The field's value is what was written since the buffer had `size_before` bytes.
  void PrependLengthAndTag(int number, size_t size_before) {
    PrependVarint(size() - size_before);
    PrependTag(number, kBytes);
  }

  void PrependVarintField(int number, uint64_t value) {
    PrependVarint(value);
    PrependTag(number, kVarint);
  }

  void PrependBytesField(int number, string_view value) {
    Prepend(value);
    PrependVarint(value.size());
    PrependTag(number, kBytes);
  }

  std::string Take() {
    bytes_.erase(0, start_);
    start_ = 0;
    return std::move(bytes_);
  }

 private:
  void Reserve(size_t more) {
    if (more <= start_) return;
    const size_t capacity = std::max<size_t>(256, 2 * (size() + more));
    std::string grown(capacity, '\0');
    const size_t start = capacity - size();
    if (size() > 0) std::memcpy(grown.data() + start, bytes_.data() + start_, size());
    bytes_ = std::move(grown);
    start_ = start;
  }

  std::string bytes_;
  size_t start_ = 0;
};

class Writer {
 public:
  // Fields in falling order of their numbers, as everything is written backwards.
  void Write(const Message& message, const MessagePlan& plan) {
    switch (plan.form) {
      case options::QUANTITY: {
        const std::string& text = String(message, plan.fields[0].field);
        return buffer_.PrependBytesField(1, text.empty() ? "0" : string_view(text));
      }
      case options::TIME: {
        const auto& time = static_cast<const metav1::Time&>(message);
        if (IsZero(time)) return;
        return WriteTimestamp(time.seconds(), 0);
      }
      case options::MICRO_TIME: {
        const auto& time = static_cast<const metav1::MicroTime&>(message);
        if (IsZero(time)) return;
        return WriteTimestamp(time.seconds(), time.nanos() / 1000 * 1000);
      }
      case options::INT_OR_STRING: {
        const auto& value = static_cast<const IntOrString&>(message);
        buffer_.PrependBytesField(3, value.str_val());
        buffer_.PrependVarintField(2, Unsigned(value.int_val()));
        return buffer_.PrependVarintField(1, Unsigned(value.type()));
      }
      default:
        WriteFields(message, plan);
    }
  }

  std::string Take() { return buffer_.Take(); }

 private:
  // Negative numbers of 32 bits are written as 64, as protobuf always does.
  static uint64_t Unsigned(int64_t value) { return static_cast<uint64_t>(value); }

  const std::string& String(const Message& message, const FieldDescriptor* field) {
    return message.GetReflection()->GetStringReference(message, field, &scratch_);
  }

  void WriteTimestamp(int64_t seconds, int32_t nanos) {
    buffer_.PrependVarintField(2, Unsigned(nanos));
    buffer_.PrependVarintField(1, Unsigned(seconds));
  }

  void WriteFields(const Message& message, const MessagePlan& plan) {
    for (const FieldPlan* const field : plan.by_falling_number) {
      if (field->field->is_repeated()) {
        WriteRepeated(message, *field);
      } else if (IsWritten(message, *field)) {
        WriteSingular(message, *field);
      }
    }
  }

  static bool IsWritten(const Message& message, const FieldPlan& field) {
    const bool needs_presence = field.rules->pointer() ||
                                field.field->type() == FieldDescriptor::TYPE_BYTES ||
                                (field.message != nullptr && field.message->form == options::ARRAY);
    return !needs_presence || message.GetReflection()->HasField(message, field.field);
  }

  void WriteSingular(const Message& message, const FieldPlan& field) {
    const Reflection& reflection = *message.GetReflection();
    const int number = field.field->number();
    switch (field.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const size_t before = buffer_.size();
        Write(reflection.GetMessage(message, field.field), *field.message);
        return buffer_.PrependLengthAndTag(number, before);
      }
      case FieldDescriptor::CPPTYPE_STRING:
        return buffer_.PrependBytesField(number, String(message, field.field));
      case FieldDescriptor::CPPTYPE_BOOL:
        return buffer_.PrependVarintField(number, reflection.GetBool(message, field.field));
      case FieldDescriptor::CPPTYPE_INT32:
        return buffer_.PrependVarintField(number,
                                          Unsigned(reflection.GetInt32(message, field.field)));
      case FieldDescriptor::CPPTYPE_INT64:
        return buffer_.PrependVarintField(number,
                                          Unsigned(reflection.GetInt64(message, field.field)));
      default:
        DRYDOCK_CHECK(false, field.field->full_name(), " has a type that no API type uses");
    }
  }

  void WriteRepeated(const Message& message, const FieldPlan& field) {
    const Reflection& reflection = *message.GetReflection();
    const int number = field.field->number();
    for (int i = reflection.FieldSize(message, field.field) - 1; i >= 0; --i) {
      switch (field.field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE: {
          const size_t before = buffer_.size();
          Write(reflection.GetRepeatedMessage(message, field.field, i), *field.message);
          buffer_.PrependLengthAndTag(number, before);
          break;
        }
        case FieldDescriptor::CPPTYPE_STRING:
          buffer_.PrependBytesField(
              number, reflection.GetRepeatedStringReference(message, field.field, i, &scratch_));
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          buffer_.PrependVarintField(
              number, Unsigned(reflection.GetRepeatedInt32(message, field.field, i)));
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          buffer_.PrependVarintField(
              number, Unsigned(reflection.GetRepeatedInt64(message, field.field, i)));
          break;
        default:
          DRYDOCK_CHECK(false, field.field->full_name(), " has a type that no API type uses");
      }
    }
  }

  ReverseBuffer buffer_;
  std::string scratch_;
};

absl::Status ReadNested(string_view bytes, int nesting, Message* message);

// What a RawExtension holds becomes JSON: another object in an envelope is decoded.
absl::Status NormaliseRaw(int nesting, std::string* raw) {
  if (!HasEnvelope(*raw)) {
    const absl::StatusOr<Value> value = ParseJson(*raw);
    if (!value.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "an embedded object is neither JSON nor in an envelope: ", value.status().message()));
    }
    return absl::OkStatus();
  }
  const absl::StatusOr<Envelope> envelope = ReadEnvelope(*raw);
  if (!envelope.ok()) return envelope.status();
  const KindInfo* const kind = FindKind(envelope->api_version, envelope->kind);
  if (kind == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("an embedded object: no kind \"", envelope->kind,
                                                   "\" is registered for version \"",
                                                   envelope->api_version, "\""));
  }
  const std::unique_ptr<Message> object(kind->prototype->New());
  RETURN_IF_ERROR(ReadNested(envelope->raw, nesting + 1, object.get()));
  raw->clear();
  AppendMessageJson(*object, /*with_kind=*/true, raw);
  return absl::OkStatus();
}

class Normaliser {
 public:
  explicit Normaliser(int nesting) : nesting_(nesting) {}

  absl::Status Run(Message* message, const MessagePlan& plan) {
    const Reflection& reflection = *message->GetReflection();
    switch (plan.form) {
      case options::QUANTITY: {
        std::string text = reflection.GetString(*message, plan.fields[0].field);
        if (text.empty()) text = "0";
        absl::StatusOr<std::string> canonical = CanonicalQuantity(text);
        if (!canonical.ok()) {
          return absl::InvalidArgumentError(absl::StrCat("expected a quantity, got \"", text,
                                                         "\": ", canonical.status().message()));
        }
        reflection.SetString(message, plan.fields[0].field, *std::move(canonical));
        return absl::OkStatus();
      }
      case options::TIME: {
        auto* const time = static_cast<metav1::Time*>(message);
        // A zero time is empty; anything else counts from 1970, even without seconds.
        if (time->has_nanos() && !time->has_seconds()) time->set_seconds(0);
        time->clear_nanos();
        return absl::OkStatus();
      }
      case options::MICRO_TIME: {
        auto* const time = static_cast<metav1::MicroTime*>(message);
        if (time->has_nanos() && !time->has_seconds()) time->set_seconds(0);
        const int32_t nanos = time->nanos() / 1000 * 1000;
        if (nanos < 0 || nanos >= 1'000'000'000) {
          return absl::InvalidArgumentError("nanoseconds beyond a second");
        }
        time->clear_nanos();
        if (nanos != 0) time->set_nanos(nanos);
        return absl::OkStatus();
      }
      case options::INT_OR_STRING: {
        auto* const value = static_cast<IntOrString*>(message);
        if (value->type() != 0 && value->type() != 1) {
          return absl::InvalidArgumentError("IntOrString of an unknown type");
        }
        *value = IsString(*value) ? FromString(value->str_val()) : FromInt(value->int_val());
        if (!IsString(*value) && value->int_val() == 0) value->Clear();
        return absl::OkStatus();
      }
      case options::RAW: {
        std::string raw = reflection.GetString(*message, plan.fields[0].field);
        if (raw.empty()) {
          reflection.ClearField(message, plan.fields[0].field);
          return absl::OkStatus();
        }
        RETURN_IF_ERROR(NormaliseRaw(nesting_, &raw));
        reflection.SetString(message, plan.fields[0].field, std::move(raw));
        return absl::OkStatus();
      }
      default:
        break;
    }
    for (const FieldPlan& field : plan.fields) {
      if (field.is_map) SortMap(message, field);
      if (field.field->is_repeated()) {
        if (field.message == nullptr) continue;
        const int size = reflection.FieldSize(*message, field.field);
        for (int i = 0; i < size; ++i) {
          RETURN_IF_ERROR(
              Run(reflection.MutableRepeatedMessage(message, field.field, i), *field.message));
        }
      } else if (reflection.HasField(*message, field.field)) {
        RETURN_IF_ERROR(RunSingular(message, plan, field));
      } else if (plan.map_entry) {
        // An entry has both its fields, but bytes, which may be null.
        CompleteEntry(message, field);
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status RunSingular(Message* message, const MessagePlan& plan, const FieldPlan& field) {
    const Reflection& reflection = *message->GetReflection();
    if (field.message != nullptr) {
      Message* const child = reflection.MutableMessage(message, field.field);
      RETURN_IF_ERROR(Run(child, *field.message));
      if (field.rules->pointer() || plan.map_entry) return absl::OkStatus();
      const bool zero_quantity =
          field.message->form == options::QUANTITY &&
          child->GetReflection()->GetString(*child, field.message->fields[0].field) == "0";
      if (zero_quantity || child->ByteSizeLong() == 0) {
        reflection.ClearField(message, field.field);
      }
      return absl::OkStatus();
    }
    const bool keep_zero = field.rules->pointer() || plan.map_entry ||
                           field.field->type() == FieldDescriptor::TYPE_BYTES;
    if (!keep_zero && IsZero(*message, field.field)) reflection.ClearField(message, field.field);
    return absl::OkStatus();
  }

  static bool IsZero(const Message& message, const FieldDescriptor* field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return !reflection.GetBool(message, field);
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.GetInt32(message, field) == 0;
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.GetInt64(message, field) == 0;
      default: {
        std::string scratch;
        return reflection.GetStringReference(message, field, &scratch).empty();
      }
    }
  }

  static void CompleteEntry(Message* entry, const FieldPlan& field) {
    const Reflection& reflection = *entry->GetReflection();
    if (field.message != nullptr) {
      Message* const child = reflection.MutableMessage(entry, field.field);
      if (field.message->form == options::QUANTITY) {
        child->GetReflection()->SetString(child, field.message->fields[0].field, "0");
      }
    } else if (field.field->type() == FieldDescriptor::TYPE_STRING) {
      reflection.SetString(entry, field.field, "");
    }
  }

  // The last entry of a key counts.
  static void SortMap(Message* message, const FieldPlan& field) {
    const Reflection& reflection = *message->GetReflection();
    auto* const entries = reflection.MutableRepeatedPtrField<Message>(message, field.field);
    const FieldDescriptor* const key = field.message->key().field;
    const auto key_of = [key](const Message& entry) {
      return entry.GetReflection()->GetString(entry, key);
    };
    std::stable_sort(entries->pointer_begin(), entries->pointer_end(),
                     [&](const Message* a, const Message* b) { return key_of(*a) < key_of(*b); });
    int kept = 0;
    for (int i = 0; i < entries->size(); ++i) {
      if (i + 1 < entries->size() && key_of((*entries)[i]) == key_of((*entries)[i + 1])) continue;
      if (i != kept) reflection.SwapElements(message, field.field, i, kept);
      ++kept;
    }
    while (entries->size() > kept) reflection.RemoveLast(message, field.field);
  }

  const int nesting_;
};

absl::Status ReadNested(string_view bytes, int nesting, Message* message) {
  if (nesting > kMaxNesting) {
    return absl::InvalidArgumentError("objects are embedded in one another too deeply");
  }
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return absl::InvalidArgumentError("a message of more than 2 GiB");
  }
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  const bool ok = message->ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
  if (!ok) {
    return absl::InvalidArgumentError(
        absl::StrCat("the bytes are no valid protobuf of ", message->GetTypeName()));
  }
  message->DiscardUnknownFields();
  return Normaliser(nesting).Run(message, PlanOf(*message));
}

}  // namespace

std::string WriteMessageProto(const Message& message) {
  Writer writer;
  writer.Write(message, PlanOf(message));
  return writer.Take();
}

absl::Status ReadMessageProto(string_view bytes, Message* message) {
  return ReadNested(bytes, 0, message);
}

absl::Status Normalise(Message* message) {
  message->DiscardUnknownFields();
  return Normaliser(0).Run(message, PlanOf(*message));
}

bool HasEnvelope(string_view bytes) { return bytes.substr(0, kMagic.size()) == kMagic; }

absl::StatusOr<Envelope> ReadEnvelope(string_view bytes) {
  if (!HasEnvelope(bytes)) {
    return absl::InvalidArgumentError(
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  bytes.remove_prefix(kMagic.size());
  k8s::io::apimachinery::pkg::runtime::Unknown unknown;
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !unknown.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("the envelope is no valid protobuf of runtime.Unknown");
  }
  if (!unknown.content_encoding().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unsupported content encoding \"", unknown.content_encoding(), "\""));
  }
  Envelope envelope;
  envelope.api_version = unknown.type_meta().api_version();
  envelope.kind = unknown.type_meta().kind();
  envelope.content_type = unknown.content_type();
  envelope.raw = std::move(*unknown.mutable_raw());
  return envelope;
}

std::string WriteEnvelope(string_view api_version, string_view kind, string_view raw) {
  ReverseBuffer buffer;
  buffer.PrependBytesField(4, "");  // contentType
  buffer.PrependBytesField(3, "");  // contentEncoding
  buffer.PrependBytesField(2, raw);
  const size_t before = buffer.size();
  buffer.PrependBytesField(2, kind);
  buffer.PrependBytesField(1, api_version);
  buffer.PrependLengthAndTag(1, before);
  buffer.Prepend(kMagic);
  return buffer.Take();
}

}  // namespace drydock::api
