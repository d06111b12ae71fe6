// Objects that share their specs, and their digests.
#include "src/api/object.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "src/api/message_bytes.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const metav1::ObjectMeta* MetadataIn(const KindInfo& kind, const Message& message) {
  if (!kind.has_object_metadata) return &metav1::ObjectMeta::default_instance();
  return &kind.object_metadata_of(message);
}

const KindInfo& KindOfMessage(const Message& message) {
  const KindInfo* kind = FindKind(*message.GetDescriptor());
  DRYDOCK_CHECK(kind != nullptr, message.GetTypeName(), " is not an API object");
  return *kind;
}

uint64_t DigestOf(const Message& message) { return MessageBytes(message).Digest(); }

}  // namespace

Object::Object(const KindInfo& kind, MessagePtr message, ObjectRef spec_owner)
    : kind_(&kind),
      message_(std::move(message)),
      metadata_(MetadataIn(kind, *message_)),
      spec_owner_(std::move(spec_owner)) {
  if (!absl::SimpleAtoi(metadata_->resource_version(), &revision_)) revision_ = 0;
}

Object::~Object() {
  // An arena deletes nothing of others.
  if (!spec_owner_ || message_->GetArena() != nullptr) return;
  // The spec belongs to spec_owner_; take it out before the message deletes it.
  kind_->reflection->UnsafeArenaReleaseMessage(message_.get(), kind_->spec);
}

void Object::StampRevision(int64_t revision) {
  revision_ = revision;
  DRYDOCK_CHECK(kind_->has_object_metadata, kind_->kind, " has no metadata");
  metav1::ObjectMeta* const metadata = kind_->mutable_object_metadata_of(message_.get());
  const absl::AlphaNum digits(revision);
  metadata->set_resource_version(digits.data(), digits.size());
  metadata_ = metadata;
  digest_ = 0;
}

uint64_t Object::SpecDigest() const {
  if (spec_owner_) return spec_owner_->SpecDigest();
  if (spec_digest_ == 0) spec_digest_ = DigestOf(kind_->spec_of(*message_)) | 1;
  return spec_digest_;
}

uint64_t Object::Digest() const {
  if (digest_ != 0) return digest_;
  uint64_t state = rt::DigestBytes(kind_->kind.data(), kind_->kind.size());
  if (kind_->spec == nullptr) {
    state = rt::MixDigest(state, DigestOf(*message_));
  } else {
    state = rt::MixDigest(state, DigestOf(*metadata_));
    state = rt::MixDigest(state, SpecDigest());
    if (kind_->status != nullptr) {
      state = rt::MixDigest(state, DigestOf(kind_->status_of(*message_)));
    }
  }
  digest_ = state | 1;
  return digest_;
}

rt::Ref<Object> MakeObject(MessagePtr message) {
  const KindInfo& kind = KindOfMessage(*message);
  return MakeObject(kind, std::move(message));
}

rt::Ref<Object> MakeObject(const KindInfo& kind, MessagePtr message) {
  return rt::MakeRef<Object>(kind, std::move(message), nullptr);
}

rt::Ref<Object> MakeObjectSharingSpec(MessagePtr message, const ObjectRef& base) {
  const KindInfo& kind = base->kind();
  DRYDOCK_CHECK(message->GetDescriptor() == kind.descriptor);
  const ObjectRef& owner = base->spec_owner_ ? base->spec_owner_ : base;
  if (kind.spec == nullptr || !kind.reflection->HasField(owner->message(), kind.spec)) {
    return rt::MakeRef<Object>(kind, std::move(message), nullptr);
  }
  kind.reflection->UnsafeArenaSetAllocatedMessage(
      message.get(), const_cast<Message*>(&kind.spec_of(owner->message())), kind.spec);
  return rt::MakeRef<Object>(kind, std::move(message), owner);
}

MessagePtr CopyWithoutSpec(const Object& object) {
  const Message& from = object.message();
  const KindInfo& kind = object.kind();
  const google::protobuf::Reflection& reflection = *kind.reflection;
  for (int i = 0; i < kind.descriptor->field_count(); ++i) {
    const FieldDescriptor* field = kind.descriptor->field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      // Kinds without a spec (Event, ConfigMap): nothing is worth sharing.
      return CopyMessage(from);
    }
  }
  MessagePtr copy = NewMessage(from, RoomFor(from));
  for (int i = 0; i < kind.descriptor->field_count(); ++i) {
    const FieldDescriptor* field = kind.descriptor->field(i);
    if (field == kind.spec || !reflection.HasField(from, field)) continue;
    reflection.MutableMessage(copy.get(), field)->MergeFrom(reflection.GetMessage(from, field));
  }
  return copy;
}

const metav1::ObjectMeta& MetadataOf(const Message& message) {
  const KindInfo& kind = KindOfMessage(message);
  DRYDOCK_CHECK(kind.has_object_metadata, kind.kind, " has no metadata");
  return kind.object_metadata_of(message);
}

metav1::ObjectMeta* MutableMetadataOf(Message* message) {
  const KindInfo& kind = KindOfMessage(*message);
  DRYDOCK_CHECK(kind.has_object_metadata, kind.kind, " has no metadata");
  return kind.mutable_object_metadata_of(message);
}

}  // namespace drydock::api
