// The documents: what is in them, that they hold together, and that their forms agree. What real
// kubectls make of them is in tests/kubectl/cases/documents.txt.
#include "src/api/openapi/openapi.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/openapi/openapi_v2.pb.h"
#include "src/api/openapi/schemas.h"
#include "src/api/scheme.h"

namespace drydock::api {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

Value Parse(const std::string& json) {
  absl::StatusOr<Value> value = ParseJson(json);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *std::move(value) : Value::Object();
}

const Value& V2() {
  static const Value* const document = [] {
    OpenApi openapi{OpenApiOptions{}};
    return new Value(Parse(openapi.V2Json()));
  }();
  return *document;
}

Value V3(absl::string_view path) {
  OpenApi openapi{OpenApiOptions{}};
  const std::string* const document = openapi.V3Document(path);
  EXPECT_NE(document, nullptr) << path;
  return document == nullptr ? Value::Object() : Parse(*document);
}

const Value& Definition(const Value& definitions, absl::string_view name) {
  const Value* const found = definitions.Find(name);
  static const Value* const none = new Value(Value::Object());
  EXPECT_NE(found, nullptr) << name;
  return found == nullptr ? *none : *found;
}

std::string Sorted(const Value& value) { return WriteJson(value, KeyOrder::kSorted); }

// The members of `value`, by path: "spec/properties/x".
std::string At(const Value& value, const std::vector<const char*>& path) {
  const Value* at = &value;
  for (const char* step : path) {
    at = at->Find(step);
    if (at == nullptr) return absl::StrCat("no ", step);
  }
  return Sorted(*at);
}

void ExpectReferencesToResolve(const Value& value, absl::string_view prefix,
                               const Value& definitions, int* count) {
  for (const Value& item : value.items()) {
    ExpectReferencesToResolve(item, prefix, definitions, count);
  }
  for (const Value::Member& member : value.members()) {
    if (member.key != "$ref") {
      ExpectReferencesToResolve(member.value, prefix, definitions, count);
      continue;
    }
    // A property may have that name too, but none of ours has.
    absl::string_view name = member.value.text();
    EXPECT_TRUE(absl::ConsumePrefix(&name, prefix)) << name;
    EXPECT_NE(definitions.Find(name), nullptr) << name;
    ++*count;
  }
}

TEST(OpenApiV2, HasNoReferenceThatLeadsNowhere) {
  int count = 0;
  ExpectReferencesToResolve(V2(), "#/definitions/", *V2().Find("definitions"), &count);
  EXPECT_GT(count, 2000);
}

TEST(OpenApiV3, HasNoReferenceThatLeadsNowhereInAnyDocument) {
  OpenApi openapi{OpenApiOptions{}};
  const Value index = Parse(openapi.V3Index());
  EXPECT_GT(index.Find("paths")->members().size(), 18u);
  for (const Value::Member& path : index.Find("paths")->members()) {
    const std::string* const text = openapi.V3Document(path.key);
    ASSERT_NE(text, nullptr) << path.key;
    const Value document = Parse(*text);
    int count = 0;
    ExpectReferencesToResolve(document, "#/components/schemas/",
                              *document.Find("components")->Find("schemas"), &count);
    EXPECT_GT(count, 0) << path.key;
  }
}

TEST(OpenApiV2, DefinesEveryKindOfTheScheme) {
  std::set<std::string> found;
  for (const Value::Member& definition : V2().Find("definitions")->members()) {
    const Value* const kinds = definition.value.Find("x-kubernetes-group-version-kind");
    if (kinds == nullptr) continue;
    for (const Value& kind : kinds->items()) {
      EXPECT_TRUE(found.insert(Sorted(kind)).second) << Sorted(kind) << " is defined twice";
    }
  }
  for (const KindInfo& kind : AllKinds()) {
    EXPECT_TRUE(found.contains(Sorted(GroupVersionKind(kind.group, kind.version, kind.kind))))
        << kind.kind;
    const Value& definition =
        Definition(*V2().Find("definitions"), DefinitionName(*kind.descriptor));
    EXPECT_EQ(At(definition, {"properties", "kind"}), R"({"type":"string"})") << kind.kind;
  }
}

TEST(OpenApiV2, DescribesKindsFieldsAndHowTheyMerge) {
  const Value& definitions = *V2().Find("definitions");
  EXPECT_EQ(
      Sorted(Definition(definitions, "io.k8s.api.core.v1.Pod")),
      R"({"properties":{"apiVersion":{"type":"string"},"kind":{"type":"string"},)"
      R"("metadata":{"$ref":"#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},)"
      R"("spec":{"$ref":"#/definitions/io.k8s.api.core.v1.PodSpec"},)"
      R"("status":{"$ref":"#/definitions/io.k8s.api.core.v1.PodStatus"}},"type":"object",)"
      R"("x-kubernetes-group-version-kind":[{"group":"","kind":"Pod","version":"v1"}]})");
  const Value& spec = Definition(definitions, "io.k8s.api.core.v1.PodSpec");
  EXPECT_EQ(At(spec, {"required"}), R"(["containers"])");
  EXPECT_EQ(At(spec, {"properties", "containers"}),
            R"({"items":{"$ref":"#/definitions/io.k8s.api.core.v1.Container"},"type":"array",)"
            R"("x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map",)"
            R"("x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge"})");
  EXPECT_EQ(At(spec, {"properties", "volumes", "x-kubernetes-patch-strategy"}),
            R"("merge,retainKeys")");
  EXPECT_EQ(At(spec, {"properties", "nodeSelector"}),
            R"({"additionalProperties":{"type":"string"},"type":"object",)"
            R"("x-kubernetes-map-type":"atomic"})");
  EXPECT_EQ(At(spec, {"properties", "terminationGracePeriodSeconds"}),
            R"({"format":"int64","type":"integer"})");
  const Value& container = Definition(definitions, "io.k8s.api.core.v1.Container");
  EXPECT_EQ(At(container, {"properties", "ports", "x-kubernetes-list-map-keys"}),
            R"(["containerPort","protocol"])");
  EXPECT_EQ(At(Definition(definitions, "io.k8s.api.core.v1.ResourceRequirements"),
               {"properties", "limits", "additionalProperties"}),
            R"({"$ref":"#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"})");
  EXPECT_EQ(At(Definition(definitions, "io.k8s.api.core.v1.Secret"),
               {"properties", "data", "additionalProperties"}),
            R"({"format":"byte","type":"string"})");
  EXPECT_EQ(
      At(Definition(definitions, "io.k8s.api.apps.v1.DeploymentSpec"), {"properties", "strategy"}),
      R"({"$ref":"#/definitions/io.k8s.api.apps.v1.DeploymentStrategy",)"
      R"("x-kubernetes-patch-strategy":"retainKeys"})");
  // A list in a map, and fields of a message that has no place of its own in JSON.
  EXPECT_EQ(At(Definition(definitions, "io.k8s.api.authentication.v1.UserInfo"),
               {"properties", "extra", "additionalProperties"}),
            R"({"items":{"type":"string"},"type":"array"})");
  EXPECT_EQ(
      At(Definition(definitions, "io.k8s.api.core.v1.SecretKeySelector"), {"properties", "name"}),
      R"({"type":"string"})");
}

TEST(OpenApiV2, DescribesValuesWithFormsOfTheirOwn) {
  const Value& definitions = *V2().Find("definitions");
  const std::map<std::string, std::string> expected = {
      {"api.resource.Quantity", R"({"type":"string"})"},
      {"apis.meta.v1.FieldsV1", R"({"type":"object"})"},
      {"apis.meta.v1.MicroTime", R"({"format":"date-time","type":"string"})"},
      {"apis.meta.v1.Patch", R"({"type":"object"})"},
      {"apis.meta.v1.Time", R"({"format":"date-time","type":"string"})"},
      {"runtime.RawExtension", R"({"type":"object"})"},
      {"util.intstr.IntOrString", R"({"format":"int-or-string","type":"string"})"},
  };
  for (const auto& [name, schema] : expected) {
    EXPECT_EQ(Sorted(Definition(definitions, absl::StrCat("io.k8s.apimachinery.pkg.", name))),
              schema)
        << name;
  }
}

TEST(OpenApiV3, DescribesWhatVersion2Cannot) {
  const Value core = V3("api/v1");
  const Value& schemas = *core.Find("components")->Find("schemas");
  EXPECT_EQ(Sorted(Definition(schemas, "io.k8s.apimachinery.pkg.util.intstr.IntOrString")),
            R"({"format":"int-or-string","oneOf":[{"type":"integer"},{"type":"string"}]})");
  EXPECT_EQ(Sorted(Definition(schemas, "io.k8s.apimachinery.pkg.api.resource.Quantity")),
            R"({"oneOf":[{"type":"string"},{"type":"number"}]})");
  EXPECT_EQ(At(Definition(schemas, "io.k8s.api.core.v1.ContainerPort"), {"properties", "protocol"}),
            R"({"default":"TCP","type":"string"})");
  const Value apps = V3("apis/apps/v1");
  EXPECT_EQ(At(apps, {"components", "schemas", "io.k8s.api.apps.v1.DeploymentSpec", "properties",
                      "strategy"}),
            R"({"allOf":[{"$ref":"#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy"}],)"
            R"("x-kubernetes-patch-strategy":"retainKeys"})");
}

TEST(OpenApiV3, HasADocumentForEachGroupAndVersionThatIsServed) {
  OpenApi openapi{OpenApiOptions{}};
  EXPECT_EQ(openapi.V3Document("apis/apps/v2"), nullptr);
  EXPECT_EQ(openapi.V3Document(""), nullptr);
  EXPECT_EQ(openapi.V3Hash("apis/apps/v2"), "");
  const Value index = Parse(openapi.V3Index());
  EXPECT_EQ(At(index, {"paths", "apis/apps/v1", "serverRelativeURL"}),
            absl::StrCat("\"/openapi/v3/apis/apps/v1?hash=", openapi.V3Hash("apis/apps/v1"), "\""));
  EXPECT_NE(openapi.V3Hash("apis/apps/v1"), openapi.V3Hash("api/v1"));
  // A document has what its group needs of others, and no more.
  const Value policy = V3("apis/policy/v1");
  const Value& schemas = *policy.Find("components")->Find("schemas");
  EXPECT_NE(schemas.Find("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"), nullptr);
  EXPECT_EQ(schemas.Find("io.k8s.api.core.v1.Pod"), nullptr);
}

TEST(OpenApiPaths, HaveTheOperationsOfWhatIsServed) {
  const Value& paths = *V2().Find("paths");
  const Value& pods = Definition(paths, "/api/v1/namespaces/{namespace}/pods");
  EXPECT_EQ(At(pods, {"get", "operationId"}), R"("listCoreV1NamespacedPod")");
  EXPECT_EQ(At(pods, {"get", "responses", "200", "schema"}),
            R"({"$ref":"#/definitions/io.k8s.api.core.v1.PodList"})");
  EXPECT_EQ(At(pods, {"post", "operationId"}), R"("createCoreV1NamespacedPod")");
  EXPECT_EQ(At(pods, {"delete", "operationId"}), R"("deleteCoreV1CollectionNamespacedPod")");
  EXPECT_EQ(At(pods, {"delete", "x-kubernetes-action"}), R"("deletecollection")");
  EXPECT_EQ(At(Definition(paths, "/api/v1/pods"), {"get", "operationId"}),
            R"("listCoreV1PodForAllNamespaces")");
  const Value& deployment =
      Definition(paths, "/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
  EXPECT_EQ(At(deployment, {"put", "operationId"}), R"("replaceAppsV1NamespacedDeployment")");
  EXPECT_EQ(At(deployment, {"patch", "x-kubernetes-group-version-kind"}),
            R"({"group":"apps","kind":"Deployment","version":"v1"})");
  const Value& scale =
      Definition(paths, "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale");
  EXPECT_EQ(At(scale, {"get", "operationId"}), R"("readAppsV1NamespacedDeploymentScale")");
  EXPECT_EQ(At(scale, {"get", "x-kubernetes-group-version-kind"}),
            R"({"group":"autoscaling","kind":"Scale","version":"v1"})");
  const Value& node = Definition(paths, "/api/v1/nodes/{name}");
  EXPECT_EQ(At(node, {"get", "operationId"}), R"("readCoreV1Node")");
  EXPECT_EQ(At(Definition(paths, "/api/v1/namespaces/{namespace}/pods/{name}/log"),
               {"get", "responses", "200", "schema"}),
            R"({"type":"string"})");
  EXPECT_EQ(At(Definition(paths, "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/{name}/status"),
               {"get", "operationId"}),
            R"("readFlowcontrolApiserverV1FlowSchemaStatus")");
  // What is only ever posted.
  const Value& review = Definition(paths, "/apis/authorization.k8s.io/v1/subjectaccessreviews");
  EXPECT_EQ(At(review, {"post", "tags"}), R"(["authorization_v1"])");
  EXPECT_EQ(review.Find("get"), nullptr);
  EXPECT_EQ(paths.Find("/apis/authorization.k8s.io/v1/subjectaccessreviews/{name}"), nullptr);
}

// kubectl looks whether PATCH takes dryRun before it asks for a dry run, and so for others.
TEST(OpenApiPaths, NameTheParametersOfEveryWrite) {
  int writes = 0;
  std::set<std::string> ids;
  for (const Value::Member& path : V2().Find("paths")->members()) {
    for (const Value::Member& operation : path.value.members()) {
      if (operation.key == "parameters") continue;
      EXPECT_TRUE(ids.insert(operation.value.Find("operationId")->text()).second)
          << Sorted(operation.value);
      std::set<std::string> names;
      if (const Value* parameters = operation.value.Find("parameters"); parameters != nullptr) {
        for (const Value& one : parameters->items()) names.insert(one.Find("name")->text());
      }
      const std::string& method = operation.key;
      EXPECT_EQ(names.contains("dryRun"), method != "get") << path.key << " " << method;
      EXPECT_EQ(names.contains("body"), method != "get") << path.key << " " << method;
      EXPECT_EQ(names.contains("force"), method == "patch") << path.key << " " << method;
      const bool manages = method == "put" || method == "post" || method == "patch";
      EXPECT_EQ(names.contains("fieldManager"), manages) << path.key << " " << method;
      EXPECT_EQ(names.contains("fieldValidation"), manages) << path.key << " " << method;
      if (method != "get") ++writes;
    }
  }
  EXPECT_GT(writes, 300);
}

TEST(OpenApiPaths, AreThoseOfTheOptions) {
  OpenApiOptions options;
  options.server_side_apply = true;
  options.resources = {{.kind = &KindOf<Pod>(), .verbs = {"get", "patch"}, .subresources = {}}};
  OpenApi openapi{options};
  const Value document = Parse(openapi.V2Json());
  ASSERT_EQ(document.Find("paths")->members().size(), 1u);
  const Value& item = document.Find("paths")->members()[0].value;
  EXPECT_NE(item.Find("get"), nullptr);
  EXPECT_EQ(item.Find("put"), nullptr);
  EXPECT_EQ(At(item, {"patch", "consumes"}),
            R"(["application/json-patch+json","application/merge-patch+json",)"
            R"("application/strategic-merge-patch+json","application/apply-patch+yaml"])");
  const Value index = Parse(openapi.V3Index());
  EXPECT_EQ(index.Find("paths")->members().size(), 1u);
  EXPECT_EQ(openapi.V3Document("apis/apps/v1"), nullptr);
}

TEST(OpenApiV3, HasBodiesAndAnswersAsContent) {
  const Value apps = V3("apis/apps/v1");
  const Value& patch =
      Definition(*apps.Find("paths"), "/apis/apps/v1/namespaces/{namespace}/replicasets/{name}");
  EXPECT_EQ(At(patch, {"patch", "requestBody", "content", "application/merge-patch+json"}),
            R"({"schema":{"$ref":"#/components/schemas/)"
            R"(io.k8s.apimachinery.pkg.apis.meta.v1.Patch"}})");
  EXPECT_EQ(At(patch, {"get", "responses", "200", "content", "application/json"}),
            R"({"schema":{"$ref":"#/components/schemas/io.k8s.api.apps.v1.ReplicaSet"}})");
  EXPECT_EQ(Sorted(patch.Find("patch")->Find("parameters")->items()[0]),
            R"({"in":"query","name":"dryRun","schema":{"type":"string","uniqueItems":true}})");
  EXPECT_EQ(Sorted(patch.Find("parameters")->items()[0]),
            R"({"in":"path","name":"name","required":true,)"
            R"("schema":{"type":"string","uniqueItems":true}})");
}

// gnostic's messages back to JSON, by reflection: nothing here knows how they are filled.
Value FromGnostic(const Message& message);

Value FieldFromGnostic(const Message& message, const FieldDescriptor* field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Value::String(repeated ? reflection.GetRepeatedString(message, field, index)
                                    : reflection.GetString(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection.GetBool(message, field));
    default:
      return FromGnostic(repeated ? reflection.GetRepeatedMessage(message, field, index)
                                  : reflection.GetMessage(message, field));
  }
}

Value FromGnostic(const Message& message) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const std::string& name = type.name();
  if (name == "Any") {
    return Parse(static_cast<const openapi_v2::Any&>(message).yaml());
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  if (type.oneof_decl_count() > 0) return FieldFromGnostic(message, fields.at(0), 0);
  if (name == "TypeItem" || name == "ItemsItem") {
    EXPECT_EQ(reflection.FieldSize(message, type.field(0)), 1);
    return FieldFromGnostic(message, type.field(0), 0);
  }
  Value result = name == "StringArray" ? Value::Array() : Value::Object();
  for (const FieldDescriptor* field : fields) {
    const std::string key = field->name() == "_ref" ? "$ref" : field->json_name();
    if (!field->is_repeated()) {
      result[key] = FieldFromGnostic(message, field, 0);
      continue;
    }
    const bool named = field->message_type() != nullptr &&
                       absl::StartsWith(field->message_type()->name(), "Named");
    Value list = Value::Array();
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (named) {
        const Message& entry = reflection.GetRepeatedMessage(message, field, i);
        const google::protobuf::Descriptor& entry_type = *entry.GetDescriptor();
        result[FieldFromGnostic(entry, entry_type.field(0), 0).text()] =
            FieldFromGnostic(entry, entry_type.field(1), 0);
      } else {
        list.items().push_back(FieldFromGnostic(message, field, i));
      }
    }
    if (name == "StringArray") {
      result = std::move(list);
    } else if (!named) {
      result[key] = std::move(list);
    }
  }
  return result;
}

TEST(OpenApiV2, SaysTheSameInProtobuf) {
  OpenApi openapi{OpenApiOptions{}};
  openapi_v2::Document document;
  ASSERT_TRUE(document.ParseFromString(openapi.V2Protobuf()));
  EXPECT_EQ(document.definitions().additional_properties_size(),
            static_cast<int>(V2().Find("definitions")->members().size()));
  const Value back = FromGnostic(document);
  // Part by part: the whole is long.
  for (const char* part : {"definitions", "paths"}) {
    for (const Value::Member& member : V2().Find(part)->members()) {
      const Value* const other = back.Find(part)->Find(member.key);
      ASSERT_NE(other, nullptr) << member.key;
      EXPECT_EQ(Sorted(*other), Sorted(member.value)) << member.key;
    }
  }
  EXPECT_EQ(Sorted(back), Sorted(V2()));
}

}  // namespace
}  // namespace drydock::api
