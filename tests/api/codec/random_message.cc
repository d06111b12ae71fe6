#include "tests/api/codec/random_message.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "src/api/codec/message_proto.h"
#include "src/api/codec/plan.h"
#include "src/api/int_or_string.h"
#include "src/api/meta_v1.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

class Generator {
 public:
  Generator(uint64_t seed, Fill fill) : random_(seed), every_(fill == Fill::kEvery) {}

  void FillMessage(Message* message, const MessagePlan& plan) {
    const Reflection& reflection = *message->GetReflection();
    switch (plan.form) {
      case options::QUANTITY:
        return reflection.SetString(message, plan.fields[0].field, Quantity());
      case options::TIME:
        return static_cast<metav1::Time*>(message)->set_seconds(Seconds());
      case options::MICRO_TIME: {
        auto* const time = static_cast<metav1::MicroTime*>(message);
        time->set_seconds(Seconds());
        return time->set_nanos(static_cast<int32_t>(Below(1'000'000)) * 1000);
      }
      case options::DURATION:
        return static_cast<metav1::Duration*>(message)->set_duration(Number() * 1'000'003);
      case options::INT_OR_STRING:
        *static_cast<IntOrString*>(message) =
            Coin() ? FromInt(static_cast<int32_t>(Number())) : FromString(Text());
        return;
      case options::RAW: {
        constexpr const char* kValues[] = {
            "{}", "[1,\"x\",null]", "{\"a\":-1.5,\"b\":{\"a\":[]}}", "\"text\"", "0", "false"};
        return reflection.SetString(message, plan.fields[0].field, kValues[Below(6)]);
      }
      default:
        break;
    }
    for (const FieldPlan& field : plan.fields) {
      if (!every_ && !plan.map_entry && !field.rules->inlined() && Below(3) != 0) continue;
      FillField(message, field);
    }
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool Coin() { return Below(2) == 0; }

  int64_t Number() {
    if (!every_ && Below(4) == 0) return 0;
    const auto small = static_cast<int64_t>(Below(1000)) + 1;
    return Coin() ? small : -small * 1'000'000;
  }

  int64_t Seconds() { return static_cast<int64_t>(Below(4'000'000'000)) - 1'000'000'000; }

  std::string Text() {
    constexpr const char* kTexts[] = {"a",
                                      "web-1",
                                      "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80",
                                      "true",
                                      "12",
                                      "1e3",
                                      "~",
                                      " padded ",
                                      "two\nlines\n",
                                      "tab\there",
                                      "<&>\"\\",
                                      "2026-01-02",
                                      "- x",
                                      "a: b",
                                      "#",
                                      "null",
                                      "ctl\x01\x7f",
                                      "0x1F",
                                      "trailing\n\n",
                                      "\nleading",
                                      "=",
                                      "<<",
                                      "*a",
                                      "&a",
                                      "!t",
                                      "%d",
                                      "@",
                                      "`",
                                      "{",
                                      "x\xE2\x80\xA8y"};
    if (!every_ && Below(6) == 0) return "";
    return kTexts[Below(sizeof(kTexts) / sizeof(kTexts[0]))];
  }

  std::string Quantity() {
    constexpr const char* kSuffixes[] = {"", "m", "k", "Mi", "Gi", "e3", "u", ".5", "n", "E"};
    return absl::StrCat(Below(10'000) + 1, kSuffixes[Below(10)]);
  }

  void FillField(Message* message, const FieldPlan& field) {
    const Reflection& reflection = *message->GetReflection();
    if (!field.field->is_repeated()) {
      if (field.message != nullptr) {
        return FillMessage(reflection.MutableMessage(message, field.field), *field.message);
      }
      switch (field.field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_BOOL:
          return reflection.SetBool(message, field.field, every_ || Coin());
        case FieldDescriptor::CPPTYPE_INT32:
          return reflection.SetInt32(message, field.field, static_cast<int32_t>(Number()));
        case FieldDescriptor::CPPTYPE_INT64:
          return reflection.SetInt64(message, field.field, Number());
        default: {
          // JSON does not tell empty bytes from none, but in maps.
          const Descriptor& owner = *field.field->containing_type();
          const bool in_map = owner.field_count() == 2 && owner.field(0)->name() == "key";
          const bool bytes = field.field->type() == FieldDescriptor::TYPE_BYTES;
          return reflection.SetString(message, field.field,
                                      bytes && !in_map ? absl::StrCat("x", Text()) : Text());
        }
      }
    }
    const uint64_t size = every_ ? 2 : Below(4);
    for (uint64_t i = 0; i < size; ++i) {
      switch (field.field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE: {
          Message* const child = reflection.AddMessage(message, field.field);
          FillMessage(child, *field.message);
          if (field.is_map) {
            child->GetReflection()->SetString(child, field.message->key().field,
                                              absl::StrCat(Text(), i));
          }
          break;
        }
        case FieldDescriptor::CPPTYPE_STRING:
          reflection.AddString(message, field.field, Text());
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          reflection.AddInt32(message, field.field, static_cast<int32_t>(Number()));
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          reflection.AddInt64(message, field.field, Number());
          break;
        default:
          DRYDOCK_CHECK(false, field.field->full_name());
      }
    }
  }

  std::mt19937_64 random_;
  const bool every_;
};

}  // namespace

void FillRandomly(uint64_t seed, Fill fill, Message* message) {
  Generator(seed, fill).FillMessage(message, PlanOf(*message));
  const absl::Status status = Normalise(message);
  DRYDOCK_CHECK(status.ok(), status.message());
}

}  // namespace drydock::api
