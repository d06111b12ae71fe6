// The scheme: every kind of the API, what it is called, where it lives, and its message type.
//
// One table (scheme.cc) lists them. The API server, the client, the codecs and the command line all
// find kinds here; a new built-in kind is one line there.
#ifndef DRYDOCK_SRC_API_SCHEME_H_
#define DRYDOCK_SRC_API_SCHEME_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

struct KindInfo {
  absl::string_view group;  // Empty for core.
  absl::string_view version;
  absl::string_view kind;

  // Empty for kinds that are no resource of their own: lists, options, bodies of subresources.
  absl::string_view resource;  // "pods"
  std::string singular;        // "pod"
  std::vector<absl::string_view> short_names;
  std::vector<absl::string_view> categories;
  std::vector<absl::string_view> subresources;  // "status", "scale", ...
  bool namespaced = false;
  // Whether objects are kept. Reviews and bindings are created and answered only.
  bool stored = false;

  // The kind of lists of it (PodList), and, in that kind, the kind of its items; else null.
  const KindInfo* list = nullptr;
  const KindInfo* item = nullptr;

  const google::protobuf::Message* prototype = nullptr;  // Never null.
  const google::protobuf::Descriptor* descriptor = nullptr;
  // The same as any message of the kind gives, without a virtual call and a look at a once flag.
  const google::protobuf::Reflection* reflection = nullptr;
  // The parts of a message of the kind, the default instance where one is unset: reflection's
  // answers at a tenth of its price, for what every request asks. Null where the kind has no such
  // part; `object_metadata_of` also where its metadata is not an ObjectMeta.
  const metav1::ObjectMeta& (*object_metadata_of)(const google::protobuf::Message&) = nullptr;
  metav1::ObjectMeta* (*mutable_object_metadata_of)(google::protobuf::Message*) = nullptr;
  const google::protobuf::Message& (*spec_of)(const google::protobuf::Message&) = nullptr;
  const google::protobuf::Message& (*status_of)(const google::protobuf::Message&) = nullptr;
  // Null where the kind has none. `metadata` is an ObjectMeta, or a ListMeta in lists.
  const google::protobuf::FieldDescriptor* metadata = nullptr;
  bool has_object_metadata = false;  // Whether that is an ObjectMeta.
  const google::protobuf::FieldDescriptor* spec = nullptr;
  const google::protobuf::FieldDescriptor* status = nullptr;

  // "apps/v1", "v1"
  std::string ApiVersion() const;
  bool HasSubresource(absl::string_view name) const;
};

// All kinds: resources in the order in which discovery lists groups, then the rest.
absl::Span<const KindInfo> AllKinds();

// Each gives null when there is no such kind.
const KindInfo* FindKind(absl::string_view group, absl::string_view version,
                         absl::string_view kind);
const KindInfo* FindKind(absl::string_view api_version, absl::string_view kind);  // "apps/v1"
const KindInfo* FindKind(const google::protobuf::Descriptor& type);
const KindInfo* FindResource(absl::string_view group, absl::string_view version,
                             absl::string_view resource);

// The kind that a user means by a plural, a singular or a short name ("deploy",
// "deployments.apps"); the first in the order of AllKinds.
const KindInfo* FindResourceByAnyName(absl::string_view name);

namespace scheme_internal {
const KindInfo& KindOfType(const google::protobuf::Descriptor& type);
}  // namespace scheme_internal

// The kind whose message is T. REQUIRES: T is in the scheme.
template <typename T>
const KindInfo& KindOf() {
  static const KindInfo& kind = scheme_internal::KindOfType(*T::descriptor());
  return kind;
}

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_SCHEME_H_
