// The handle on an API object: immutable, shared, the same from the store through
// watches to every cache that holds it.
//
// An update makes a new object. Most updates leave the spec alone (status, labels,
// heartbeats), and the spec is most of an object, so a new version may share the
// spec of an older one: see MakeObjectSharingSpec.
#ifndef DRYDOCK_SRC_API_OBJECT_H_
#define DRYDOCK_SRC_API_OBJECT_H_

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "google/protobuf/message.h"
#include "src/api/message_ptr.h"
#include "src/api/meta_v1.h"
#include "src/api/scheme.h"
#include "src/rt/payload.h"

namespace drydock::api {

class Object final : public rt::Payload {
 public:
  Object(const KindInfo& kind, MessagePtr message, rt::Ref<const Object> spec_owner);
  ~Object() override;

  const KindInfo& kind() const { return *kind_; }
  const google::protobuf::Message& message() const { return *message_; }
  // Empty for the few kinds that have none of their own (Status, lists, Table).
  const metav1::ObjectMeta& metadata() const { return *metadata_; }

  // metadata.resourceVersion as a number; 0 when it is unset.
  int64_t revision() const { return revision_; }

  uint64_t Digest() const override;

  // Sets metadata.resourceVersion. For the store, at commit, before anybody else
  // has seen the object.
  void StampRevision(int64_t revision);

 private:
  friend rt::Ref<Object> MakeObjectSharingSpec(MessagePtr message,
                                               const rt::Ref<const Object>& base);
  uint64_t SpecDigest() const;

  const KindInfo* kind_;
  MessagePtr message_;
  const metav1::ObjectMeta* metadata_;
  rt::Ref<const Object> spec_owner_;  // Whose spec message_ borrows; null when it has its own.
  int64_t revision_ = 0;
  mutable uint64_t digest_ = 0;  // 0: not yet worked out.
  mutable uint64_t spec_digest_ = 0;
};

using ObjectRef = rt::Ref<const Object>;

// A handle on an object whose kind is known: Ref<Pod> pod; pod->spec().
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): as smart pointers do.
  // REQUIRES: `object` is null or holds a T.
  explicit Ref(ObjectRef object) : object_(std::move(object)) {}

  const T* get() const { return object_ ? static_cast<const T*>(&object_->message()) : nullptr; }
  const T& operator*() const { return static_cast<const T&>(object_->message()); }
  const T* operator->() const { return get(); }
  explicit operator bool() const { return static_cast<bool>(object_); }
  const ObjectRef& object() const { return object_; }
  operator const ObjectRef&() const { return object_; }  // NOLINT(google-explicit-constructor)
  friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

 private:
  ObjectRef object_;
};

// A new object of `message`, whose type is in the scheme.
rt::Ref<Object> MakeObject(MessagePtr message);
// The same where the kind of `message` is known.
rt::Ref<Object> MakeObject(const KindInfo& kind, MessagePtr message);

template <typename T>
  requires std::is_base_of_v<google::protobuf::Message, T>
Ref<T> MakeObject(T message) {
  return Ref<T>(MakeObject(KindOf<T>(), std::make_unique<T>(std::move(message))));
}

template <typename T>
  requires(!std::is_same_v<T, google::protobuf::Message>)
Ref<T> MakeObject(Draft<T> message) {
  return Ref<T>(MakeObject(KindOf<T>(), std::move(message)));
}

// A new object of `message`, which has no spec, with the spec of `base`, shared and
// not copied. REQUIRES: same type as `base`.
rt::Ref<Object> MakeObjectSharingSpec(MessagePtr message, const ObjectRef& base);

// A copy of everything but the spec, to change and give to MakeObjectSharingSpec.
MessagePtr CopyWithoutSpec(const Object& object);

// `object` as a T, or null when it is null or of another type.
template <typename T>
Ref<T> As(const ObjectRef& object) {
  if (!object || &object->kind() != &KindOf<T>()) return nullptr;
  return Ref<T>(object);
}

// The metadata of a message of any kind that has one. REQUIRES: it has.
const metav1::ObjectMeta& MetadataOf(const google::protobuf::Message& message);
metav1::ObjectMeta* MutableMetadataOf(google::protobuf::Message* message);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_OBJECT_H_
