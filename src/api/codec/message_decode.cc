#include "src/api/codec/message_decode.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"
#include "src/api/codec/plan.h"
#include "src/api/int_or_string.h"
#include "src/api/quantity.h"
#include "src/api/time.h"

namespace drydock::api {
namespace {

using ::absl::string_view;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using Category = Problem::Category;
using Type = Value::Type;

class Decoder {
 public:
  Decoder(string_view source, size_t most) : source_(source), most_(most) {}

  void DecodeMessage(const Value& value, const MessagePlan& plan, Message* message) {
    if (plan.form != options::OBJECT) {
      DecodeSpecial(value, plan, message);
      return;
    }
    if (value.is_null()) return;
    if (!value.is_object()) {
      Expected("an object", value);
      return;
    }
    std::vector<string_view> seen;
    for (const Value::Member& member : value.members()) {
      const PathScope scope(this, absl::StrCat(path_.empty() ? "" : ".", member.key));
      const FieldPlan* const field = plan.Find(member.key);
      if (field == nullptr) {
        if (plan.has_kind && (member.key == "kind" || member.key == "apiVersion")) continue;
        Report(Category::kUnknownField, member.position, "");
        continue;
      }
      seen.push_back(member.key);
      DecodeMember(member.value, member.key, *field, message);
    }
    ReportDuplicates(value, std::move(seen));
  }

  std::vector<Problem> TakeProblems() { return std::move(problems_); }

 private:
  // Extends the path for as long as it lives.
  class PathScope {
   public:
    PathScope(Decoder* decoder, string_view part)
        : decoder_(decoder), size_(decoder->path_.size()) {
      absl::StrAppend(&decoder->path_, part);
    }
    ~PathScope() { decoder_->path_.resize(size_); }
    PathScope(const PathScope&) = delete;
    PathScope& operator=(const PathScope&) = delete;

   private:
    Decoder* const decoder_;
    const size_t size_;
  };

  void Report(Category category, Position position, string_view text) {
    if (problems_.size() < most_) {
      problems_.push_back({category, position, path_, std::string(text)});
    }
  }

  void Expected(string_view what, const Value& value) {
    Report(Category::kInvalid, value.position,
           absl::StrCat("expected ", what, ", got ", Describe(value)));
  }

  void ReportDuplicates(const Value& value, std::vector<string_view> keys) {
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) == keys.end()) return;
    for (size_t i = 1; i < keys.size(); ++i) {
      if (keys[i] != keys[i - 1] || (i + 1 < keys.size() && keys[i + 1] == keys[i])) continue;
      // The last one of the key, as it is the one that counts.
      for (size_t m = value.members().size(); m-- > 0;) {
        const Value::Member& member = value.members()[m];
        if (member.key != keys[i]) continue;
        const PathScope scope(this, absl::StrCat(path_.empty() ? "" : ".", member.key));
        Report(Category::kDuplicateField, member.position, "");
        break;
      }
    }
  }

  void DecodeMember(const Value& value, string_view name, const FieldPlan& field,
                    Message* message) {
    const Reflection& reflection = *message->GetReflection();
    if (field.rules->inlined()) {
      const FieldPlan* const inner = field.message->Find(name);
      Message* const child = reflection.MutableMessage(message, field.field);
      DecodeMember(value, name, *inner, child);
      if (child->ByteSizeLong() == 0) reflection.ClearField(message, field.field);
      return;
    }
    // A second member of the same name replaces the first.
    reflection.ClearField(message, field.field);
    if (field.is_map) {
      DecodeMap(value, field, message);
    } else if (field.is_list) {
      DecodeList(value, field, message);
    } else if (field.message != nullptr) {
      DecodeSubmessage(value, field, message);
    } else {
      DecodeScalar(value, field, message);
    }
  }

  void DecodeSubmessage(const Value& value, const FieldPlan& field, Message* message) {
    const Reflection& reflection = *message->GetReflection();
    if (value.is_null()) return;
    Message* const child = reflection.MutableMessage(message, field.field);
    DecodeMessage(value, *field.message, child);
    if (field.rules->pointer()) return;
    const bool zero = child->ByteSizeLong() == 0 ||
                      (field.message->form == options::QUANTITY && IsZeroQuantity(*child));
    if (zero) reflection.ClearField(message, field.field);
  }

  static bool IsZeroQuantity(const Message& quantity) {
    std::string scratch;
    const FieldDescriptor* const text = quantity.GetDescriptor()->field(0);
    return quantity.GetReflection()->GetStringReference(quantity, text, &scratch) == "0";
  }

  void DecodeList(const Value& value, const FieldPlan& field, Message* message) {
    if (value.is_null()) return;
    if (!value.is_array()) {
      Expected("a list", value);
      return;
    }
    const Reflection& reflection = *message->GetReflection();
    for (size_t i = 0; i < value.items().size(); ++i) {
      const PathScope scope(this, absl::StrCat("[", i, "]"));
      const Value& item = value.items()[i];
      if (field.message != nullptr) {
        DecodeMessage(item, *field.message, reflection.AddMessage(message, field.field));
        continue;
      }
      switch (field.field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
          reflection.AddString(message, field.field, DecodeString(item, field.field));
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          reflection.AddInt32(message, field.field, static_cast<int32_t>(DecodeInt(item, kInt32)));
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          reflection.AddInt64(message, field.field, DecodeInt(item, kInt64));
          break;
        default:
          reflection.AddBool(message, field.field, DecodeBool(item));
      }
    }
  }

  void DecodeMap(const Value& value, const FieldPlan& field, Message* message) {
    if (value.is_null()) return;
    if (!value.is_object()) {
      Expected("an object", value);
      return;
    }
    std::vector<const Value::Member*> members;
    for (const Value::Member& member : value.members()) members.push_back(&member);
    std::stable_sort(members.begin(), members.end(),
                     [](const auto* a, const auto* b) { return a->key < b->key; });
    const Reflection& reflection = *message->GetReflection();
    const FieldPlan& entry_value = field.message->value();
    for (size_t i = 0; i < members.size(); ++i) {
      const Value::Member& member = *members[i];
      const PathScope scope(this, absl::StrCat("[", member.key, "]"));
      if (i + 1 < members.size() && members[i + 1]->key == member.key) {
        Report(Category::kDuplicateField, members[i + 1]->position, "");
        continue;
      }
      Message* const entry = reflection.AddMessage(message, field.field);
      const Reflection& of_entry = *entry->GetReflection();
      of_entry.SetString(entry, field.message->key().field, member.key);
      if (entry_value.message != nullptr) {
        Message* const child = of_entry.MutableMessage(entry, entry_value.field);
        DecodeMessage(member.value, *entry_value.message, child);
      } else if (entry_value.field->type() == FieldDescriptor::TYPE_BYTES) {
        if (!member.value.is_null()) {
          of_entry.SetString(entry, entry_value.field,
                             DecodeString(member.value, entry_value.field));
        }
      } else {
        of_entry.SetString(entry, entry_value.field, DecodeString(member.value, entry_value.field));
      }
    }
  }

  void DecodeScalar(const Value& value, const FieldPlan& field, Message* message) {
    if (value.is_null()) return;
    const Reflection& reflection = *message->GetReflection();
    const bool keep_zero = field.rules->pointer();
    switch (field.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool flag = DecodeBool(value);
        if (flag || keep_zero) reflection.SetBool(message, field.field, flag);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto number = static_cast<int32_t>(DecodeInt(value, kInt32));
        if (number != 0 || keep_zero) reflection.SetInt32(message, field.field, number);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const int64_t number = DecodeInt(value, kInt64);
        if (number != 0 || keep_zero) reflection.SetInt64(message, field.field, number);
        return;
      }
      default: {
        std::string text = DecodeString(value, field.field);
        const bool bytes = field.field->type() == FieldDescriptor::TYPE_BYTES;
        if (!text.empty() || keep_zero || bytes) {
          reflection.SetString(message, field.field, std::move(text));
        }
      }
    }
  }

  // Scalars: zero for null, as in Go, and after a problem.
  bool DecodeBool(const Value& value) {
    if (value.type() != Type::kBool && !value.is_null()) Expected("true or false", value);
    return value.flag();
  }

  struct IntType {
    const char* name;
    int64_t min;
    int64_t max;
  };
  static constexpr IntType kInt32 = {"a whole number of 32 bits",
                                     std::numeric_limits<int32_t>::min(),
                                     std::numeric_limits<int32_t>::max()};
  static constexpr IntType kInt64 = {"a whole number of 64 bits",
                                     std::numeric_limits<int64_t>::min(),
                                     std::numeric_limits<int64_t>::max()};

  int64_t DecodeInt(const Value& value, const IntType& type) {
    if (value.is_null()) return 0;
    int64_t number = 0;
    if (value.type() == Type::kNumber && absl::SimpleAtoi(value.text(), &number) &&
        number >= type.min && number <= type.max) {
      return number;
    }
    Expected(value.type() == Type::kNumber ? type.name : "a whole number", value);
    return 0;
  }

  std::string DecodeString(const Value& value, const FieldDescriptor* field) {
    if (value.is_null()) return "";
    const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
    if (!value.is_string()) {
      Expected(bytes ? "a string in base64" : "a string", value);
      return "";
    }
    if (!bytes) return value.text();
    std::string decoded;
    if (!DecodeBase64(value.text(), &decoded)) Expected("a string in base64", value);
    return decoded;
  }

  // As Go's standard encoding: with padding; line ends are skipped.
  static bool DecodeBase64(string_view text, std::string* decoded) {
    std::string stripped;
    for (const char c : text) {
      const bool known =
          absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=';
      if (!known && c != '\n' && c != '\r') return false;
      if (known) stripped.push_back(c);
    }
    return stripped.size() % 4 == 0 && absl::Base64Unescape(stripped, decoded);
  }

  void DecodeSpecial(const Value& value, const MessagePlan& plan, Message* message) {
    switch (plan.form) {
      case options::OBJECT:
        return;
      case options::QUANTITY:
        return DecodeQuantity(value, plan, message);
      case options::TIME:
        return DecodeText(value, ParseTime, "a time in RFC 3339 form",
                          static_cast<metav1::Time*>(message));
      case options::MICRO_TIME:
        return DecodeText(value, ParseMicroTime, "a time in RFC 3339 form with six decimals",
                          static_cast<metav1::MicroTime*>(message));
      case options::DURATION: {
        absl::Duration duration;
        DecodeText(value, ParseGoDuration, "a duration such as \"1h30m\"", &duration);
        const int64_t nanos = absl::ToInt64Nanoseconds(duration);
        if (nanos != 0) static_cast<metav1::Duration*>(message)->set_duration(nanos);
        return;
      }
      case options::INT_OR_STRING: {
        auto* const result = static_cast<IntOrString*>(message);
        if (value.is_null()) return;
        if (value.is_string()) {
          *result = FromString(value.text());
        } else if (value.type() == Type::kNumber) {
          const auto number = static_cast<int32_t>(DecodeInt(value, kInt32));
          if (number != 0) result->set_int_val(number);
        } else {
          Expected("a whole number or a string", value);
        }
        return;
      }
      case options::RAW: {
        if (value.is_null()) return;
        CheckDuplicates(value);
        const Reflection& reflection = *message->GetReflection();
        reflection.SetString(message, plan.fields[0].field, RawText(value));
        return;
      }
      case options::ARRAY:
        return DecodeList(value, plan.fields[0], message);
    }
  }

  template <typename Parse, typename Result>
  void DecodeText(const Value& value, Parse parse, string_view what, Result* result) {
    if (value.is_null()) return;
    if (value.is_string()) {
      auto parsed = parse(value.text());
      if (parsed.ok()) {
        *result = *std::move(parsed);
        return;
      }
    }
    Expected(what, value);
  }

  void DecodeQuantity(const Value& value, const MessagePlan& plan, Message* message) {
    std::string text = "0";
    if (value.is_string() || value.type() == Type::kNumber) {
      absl::StatusOr<std::string> canonical =
          CanonicalQuantity(absl::StripAsciiWhitespace(value.text()));
      if (canonical.ok()) {
        text = *std::move(canonical);
      } else {
        Report(Category::kInvalid, value.position,
               absl::StrCat("expected a quantity, got ", Describe(value), ": ",
                            canonical.status().message()));
      }
    } else if (!value.is_null()) {
      Expected("a quantity", value);
    }
    message->GetReflection()->SetString(message, plan.fields[0].field, std::move(text));
  }

  // As it stood in JSON; what comes from YAML is written as JSON with sorted keys, as Kubernetes'
  // own conversion does.
  std::string RawText(const Value& value) const {
    if (value.end > value.begin && value.end <= source_.size()) {
      return std::string(source_.substr(value.begin, value.end - value.begin));
    }
    return WriteJson(value, KeyOrder::kSorted);
  }

  void CheckDuplicates(const Value& value) {
    for (size_t i = 0; i < value.items().size(); ++i) {
      const PathScope scope(this, absl::StrCat("[", i, "]"));
      CheckDuplicates(value.items()[i]);
    }
    std::vector<string_view> keys;
    for (const Value::Member& member : value.members()) {
      keys.push_back(member.key);
      const PathScope scope(this, absl::StrCat(".", member.key));
      CheckDuplicates(member.value);
    }
    ReportDuplicates(value, std::move(keys));
  }

  const string_view source_;
  const size_t most_;
  std::string path_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> DecodeMessage(const Value& value, string_view source, size_t most,
                                   Message* message) {
  Decoder decoder(source, most);
  decoder.DecodeMessage(value, PlanOf(*message), message);
  return decoder.TakeProblems();
}

}  // namespace drydock::api
