// Schemas of messages, made from their descriptors and options (src/api/types/options.proto).
#ifndef DRYDOCK_SRC_API_OPENAPI_SCHEMAS_H_
#define DRYDOCK_SRC_API_OPENAPI_SCHEMAS_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "src/api/codec/plan.h"
#include "src/api/codec/tree.h"
#include "src/api/scheme.h"

namespace drydock::api {

// OpenAPI's versions differ in where definitions stand, in what may stand beside a reference, and
// in how a value of several types is described.
enum class OpenApiVersion : uint8_t { kV2, kV3 };

// Kubernetes' name of a message's definition: "io.k8s.api.core.v1.Pod".
std::string DefinitionName(const google::protobuf::Descriptor& type);

// {"group": "apps", "kind": "Deployment", "version": "v1"}
Value GroupVersionKind(absl::string_view group, absl::string_view version, absl::string_view kind);

// Definitions, and all that they refer to.
class Schemas {
 public:
  explicit Schemas(OpenApiVersion version) : version_(version) {}

  // {"$ref": ...} to the definition of a kind, which is added.
  Value Reference(const KindInfo& kind);
  // The same to what a PATCH takes, which is no message.
  Value PatchReference();

  // The definitions by name.
  Value TakeAll();

 private:
  Value ReferenceTo(absl::string_view name) const;
  void Add(const MessagePlan& plan);
  Value Definition(const MessagePlan& plan);
  void AddFields(const MessagePlan& plan, Value* properties, std::vector<std::string>* required);
  Value FieldSchema(const FieldPlan& field);
  // Of one value: of a field, or of an element of a list or map.
  Value ValueSchema(const FieldPlan& field);
  Value ListOf(const FieldPlan& element);

  const OpenApiVersion version_;
  // A definition that is being made is there already, and empty: messages refer to themselves.
  std::map<std::string, Value> definitions_;
};

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_OPENAPI_SCHEMAS_H_
