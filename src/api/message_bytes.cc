#include "src/api/message_bytes.h"

#include <algorithm>

#include "src/rt/payload.h"

namespace drydock::api {

using google::protobuf::Message;
using metav1::ObjectMeta;

namespace {

bool SameText(bool has_a, const std::string& a, bool has_b, const std::string& b) {
  return has_a == has_b && a == b;
}

bool SameEntries(const google::protobuf::RepeatedPtrField<StringEntry>& a,
                 const google::protobuf::RepeatedPtrField<StringEntry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const StringEntry& left, const StringEntry& right) {
                      return left.key() == right.key() && left.value() == right.value();
                    });
}

bool SameTime(bool has_a, const metav1::Time& a, bool has_b, const metav1::Time& b) {
  return has_a == has_b && a.seconds() == b.seconds() && a.nanos() == b.nanos();
}

bool SameOwners(const google::protobuf::RepeatedPtrField<metav1::OwnerReference>& a,
                const google::protobuf::RepeatedPtrField<metav1::OwnerReference>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const metav1::OwnerReference& left, const metav1::OwnerReference& right) {
                      return left.uid() == right.uid() && left.name() == right.name() &&
                             left.kind() == right.kind() &&
                             left.api_version() == right.api_version() &&
                             left.has_controller() == right.has_controller() &&
                             left.controller() == right.controller() &&
                             left.has_block_owner_deletion() == right.has_block_owner_deletion() &&
                             left.block_owner_deletion() == right.block_owner_deletion();
                    });
}

bool SameManagers(const google::protobuf::RepeatedPtrField<metav1::ManagedFieldsEntry>& a,
                  const google::protobuf::RepeatedPtrField<metav1::ManagedFieldsEntry>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const metav1::ManagedFieldsEntry& left, const metav1::ManagedFieldsEntry& right) {
        return SameContent(left, right);
      });
}

}  // namespace

MessageBytes::MessageBytes(const Message& message, size_t size) {
  uint8_t* into = small_.data();
  if (size > small_.size()) {
    large_.resize(size);
    into = reinterpret_cast<uint8_t*>(large_.data());
  }
  message.SerializeWithCachedSizesToArray(into);
  view_ = absl::string_view(reinterpret_cast<const char*>(into), size);
}

uint64_t MessageBytes::Digest() const { return rt::DigestBytes(view_.data(), view_.size()); }

bool SameContent(const Message& a, const Message& b) {
  if (&a == &b) return true;
  // Sizes differ far more often than not, and are cheap.
  const size_t size = a.ByteSizeLong();
  if (b.ByteSizeLong() != size) return false;
  return MessageBytes(a, size).view() == MessageBytes(b, size).view();
}

bool SameMetadata(const ObjectMeta& a, const ObjectMeta& b) {
  // What differs most often comes first.
  return SameText(a.has_resource_version(), a.resource_version(), b.has_resource_version(),
                  b.resource_version()) &&
         a.has_generation() == b.has_generation() && a.generation() == b.generation() &&
         SameText(a.has_name(), a.name(), b.has_name(), b.name()) &&
         SameText(a.has_namespace_(), a.namespace_(), b.has_namespace_(), b.namespace_()) &&
         SameText(a.has_uid(), a.uid(), b.has_uid(), b.uid()) &&
         SameText(a.has_generate_name(), a.generate_name(), b.has_generate_name(),
                  b.generate_name()) &&
         SameText(a.has_self_link(), a.self_link(), b.has_self_link(), b.self_link()) &&
         SameTime(a.has_creation_timestamp(), a.creation_timestamp(), b.has_creation_timestamp(),
                  b.creation_timestamp()) &&
         SameTime(a.has_deletion_timestamp(), a.deletion_timestamp(), b.has_deletion_timestamp(),
                  b.deletion_timestamp()) &&
         a.has_deletion_grace_period_seconds() == b.has_deletion_grace_period_seconds() &&
         a.deletion_grace_period_seconds() == b.deletion_grace_period_seconds() &&
         SameEntries(a.labels(), b.labels()) && SameEntries(a.annotations(), b.annotations()) &&
         std::equal(a.finalizers().begin(), a.finalizers().end(), b.finalizers().begin(),
                    b.finalizers().end()) &&
         SameOwners(a.owner_references(), b.owner_references()) &&
         SameManagers(a.managed_fields(), b.managed_fields());
}

}  // namespace drydock::api
