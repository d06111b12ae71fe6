// Objects that share their specs, and their digests.
#include "src/api/object.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* MessageField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return nullptr;
  }
  return field;
}

uint64_t DigestOf(const Message& message) {
  const std::string bytes = message.SerializePartialAsString();
  return rt::DigestBytes(bytes.data(), bytes.size());
}

}  // namespace

Object::Object(const KindInfo& kind, std::unique_ptr<Message> message, ObjectRef spec_owner)
    : kind_(&kind),
      message_(std::move(message)),
      metadata_(MutableMetadataOf(message_.get())),
      spec_owner_(std::move(spec_owner)) {
  if (!absl::SimpleAtoi(metadata_->resource_version(), &revision_)) revision_ = 0;
}

Object::~Object() {
  if (!spec_owner_) return;
  // The spec belongs to spec_owner_; take it out before the message deletes it.
  message_->GetReflection()->UnsafeArenaReleaseMessage(message_.get(),
                                                       MessageField(*message_, "spec"));
}

void Object::StampRevision(int64_t revision) {
  revision_ = revision;
  metadata_->set_resource_version(absl::StrCat(revision));
  digest_ = 0;
}

uint64_t Object::SpecDigest() const {
  if (spec_owner_) return spec_owner_->SpecDigest();
  if (spec_digest_ == 0) {
    const FieldDescriptor* spec = MessageField(*message_, "spec");
    spec_digest_ = DigestOf(message_->GetReflection()->GetMessage(*message_, spec)) | 1;
  }
  return spec_digest_;
}

uint64_t Object::Digest() const {
  if (digest_ != 0) return digest_;
  const FieldDescriptor* spec = MessageField(*message_, "spec");
  uint64_t state = rt::DigestBytes(kind_->kind.data(), kind_->kind.size());
  if (spec == nullptr) {
    state = rt::MixDigest(state, DigestOf(*message_));
  } else {
    state = rt::MixDigest(state, DigestOf(*metadata_));
    state = rt::MixDigest(state, SpecDigest());
    if (const FieldDescriptor* status = MessageField(*message_, "status"); status != nullptr) {
      state = rt::MixDigest(state,
                            DigestOf(message_->GetReflection()->GetMessage(*message_, status)));
    }
  }
  digest_ = state | 1;
  return digest_;
}

rt::Ref<Object> MakeObject(std::unique_ptr<Message> message) {
  const KindInfo* kind = FindKind(*message->GetDescriptor());
  DRYDOCK_CHECK(kind != nullptr, message->GetTypeName(), " is not an API object");
  return rt::MakeRef<Object>(*kind, std::move(message), nullptr);
}

rt::Ref<Object> MakeObjectSharingSpec(std::unique_ptr<Message> message, const ObjectRef& base) {
  DRYDOCK_CHECK(message->GetDescriptor() == base->message().GetDescriptor());
  const FieldDescriptor* spec = MessageField(*message, "spec");
  const ObjectRef& owner = base->spec_owner_ ? base->spec_owner_ : base;
  if (spec == nullptr || !owner->message().GetReflection()->HasField(owner->message(), spec)) {
    return rt::MakeRef<Object>(base->kind(), std::move(message), nullptr);
  }
  const Message& shared = owner->message().GetReflection()->GetMessage(owner->message(), spec);
  message->GetReflection()->UnsafeArenaSetAllocatedMessage(
      message.get(), const_cast<Message*>(&shared), spec);
  return rt::MakeRef<Object>(base->kind(), std::move(message), owner);
}

std::unique_ptr<Message> CopyWithoutSpec(const Object& object) {
  const Message& from = object.message();
  std::unique_ptr<Message> copy(from.New());
  const google::protobuf::Reflection& reflection = *from.GetReflection();
  for (int i = 0; i < from.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = from.GetDescriptor()->field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      // Kinds without a spec (Event, ConfigMap): nothing is worth sharing.
      copy->CopyFrom(from);
      return copy;
    }
    if (field->name() == "spec" || !reflection.HasField(from, field)) continue;
    reflection.MutableMessage(copy.get(), field)->CopyFrom(reflection.GetMessage(from, field));
  }
  return copy;
}

const metav1::ObjectMeta& MetadataOf(const Message& message) {
  const FieldDescriptor* field = MessageField(message, "metadata");
  DRYDOCK_CHECK(field != nullptr, message.GetTypeName(), " has no metadata");
  return static_cast<const metav1::ObjectMeta&>(
      message.GetReflection()->GetMessage(message, field));
}

metav1::ObjectMeta* MutableMetadataOf(Message* message) {
  const FieldDescriptor* field = MessageField(*message, "metadata");
  DRYDOCK_CHECK(field != nullptr, message->GetTypeName(), " has no metadata");
  return static_cast<metav1::ObjectMeta*>(message->GetReflection()->MutableMessage(message, field));
}

}  // namespace drydock::api
