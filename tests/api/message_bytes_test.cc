// SameMetadata compares field by field what SameContent compares as bytes: the same answer,
// whatever differs, also in fields that ObjectMeta may gain.
#include "src/api/message_bytes.h"

#include <string>

#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace drydock::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using metav1::ObjectMeta;

// Sets every field of `message` and of the messages in it; two elements in lists.
void Fill(Message* message) {
  const Reflection& reflection = *message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = message->GetDescriptor()->field(i);
    const int elements = field->is_repeated() ? 2 : 1;
    for (int element = 0; element < elements; ++element) {
      switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE:
          Fill(field->is_repeated() ? reflection.AddMessage(message, field)
                                    : reflection.MutableMessage(message, field));
          break;
        case FieldDescriptor::CPPTYPE_STRING:
          if (field->is_repeated()) {
            reflection.AddString(message, field, field->name());
          } else {
            reflection.SetString(message, field, field->name());
          }
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          reflection.SetInt64(message, field, 7);
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          reflection.SetInt32(message, field, 7);
          break;
        case FieldDescriptor::CPPTYPE_BOOL:
          reflection.SetBool(message, field, true);
          break;
        default:
          FAIL() << field->full_name() << " has a type that this test does not fill";
      }
    }
  }
}

// Calls `check` once for each field in `message` and the messages in it, while that is cleared; for
// lists once more with the last element gone.
template <typename Check>
void ClearEach(Message* message, const Check& check) {
  const Reflection& reflection = *message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = message->GetDescriptor()->field(i);
    const std::string before = message->SerializeAsString();
    reflection.ClearField(message, field);
    check(field->full_name());
    message->ParseFromString(before);
    if (field->is_repeated()) {
      reflection.RemoveLast(message, field);
      check(field->full_name() + ", its last element");
      message->ParseFromString(before);
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    ClearEach(field->is_repeated() ? reflection.MutableRepeatedMessage(message, field, 1)
                                   : reflection.MutableMessage(message, field),
              check);
  }
}

TEST(SameMetadata, SeesADifferenceInAnyField) {
  ObjectMeta full;
  Fill(&full);
  ObjectMeta other = full;
  EXPECT_TRUE(SameMetadata(full, other));
  int checked = 0;
  ClearEach(&other, [&](const std::string& what) {
    ++checked;
    ASSERT_FALSE(SameContent(full, other)) << what;
    EXPECT_FALSE(SameMetadata(full, other)) << what;
    EXPECT_FALSE(SameMetadata(other, full)) << what;
  });
  EXPECT_GT(checked, 30);
  EXPECT_TRUE(SameMetadata(full, other));
}

TEST(SameMetadata, TellsUnsetFromEmpty) {
  ObjectMeta unset;
  ObjectMeta empty;
  empty.set_uid("");
  EXPECT_FALSE(SameContent(unset, empty));
  EXPECT_FALSE(SameMetadata(unset, empty));
}

}  // namespace
}  // namespace drydock::api
