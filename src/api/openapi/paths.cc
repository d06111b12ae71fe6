#include "src/api/openapi/paths.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "src/api/meta_v1.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

// A verb as discovery spells it, and what Kubernetes' documents make of it.
struct Verb {
  const char* name;
  const char* method;
  const char* action;        // x-kubernetes-action
  const char* operation_id;  // How the operation's id begins.
  std::vector<int> codes;
};

const std::vector<Verb>& Verbs() {
  static const std::vector<Verb>* const verbs = new std::vector<Verb>{
      {"get", "get", "get", "read", {200}},
      {"list", "get", "list", "list", {200}},
      {"create", "post", "post", "create", {200, 201, 202}},
      {"update", "put", "put", "replace", {200, 201}},
      {"patch", "patch", "patch", "patch", {200, 201}},
      {"delete", "delete", "delete", "delete", {200, 202}},
      {"deletecollection", "delete", "deletecollection", "delete", {200}},
  };
  return *verbs;
}

struct Parameter {
  const char* name;
  const char* type;  // "string", "integer", "boolean".
};

constexpr Parameter kWrite[] = {
    {"dryRun", "string"},
    {"fieldManager", "string"},
    {"fieldValidation", "string"},
};
constexpr Parameter kForce[] = {{"force", "boolean"}};
constexpr Parameter kDelete[] = {
    {"dryRun", "string"},
    {"gracePeriodSeconds", "integer"},
    {"orphanDependents", "boolean"},
    {"propagationPolicy", "string"},
};
constexpr Parameter kSelect[] = {
    {"continue", "string"},           {"fieldSelector", "string"},
    {"labelSelector", "string"},      {"limit", "integer"},
    {"resourceVersion", "string"},    {"resourceVersionMatch", "string"},
    {"sendInitialEvents", "boolean"}, {"timeoutSeconds", "integer"},
};
constexpr Parameter kWatch[] = {{"allowWatchBookmarks", "boolean"}, {"watch", "boolean"}};

// Each with its query parameters.
std::vector<absl::Span<const Parameter>> QueryOf(string_view verb) {
  if (verb == "list") return {kSelect, kWatch};
  if (verb == "create" || verb == "update") return {kWrite};
  if (verb == "patch") return {kWrite, kForce};
  if (verb == "delete") return {kDelete};
  if (verb == "deletecollection") return {kSelect, kDelete};
  return {};
}

Value Strings(const std::vector<string_view>& texts) {
  Value list = Value::Array();
  for (const string_view text : texts) list.items().push_back(Value::String(text));
  return list;
}

std::string Capitalised(string_view text) {
  std::string result(text);
  if (!result.empty()) result[0] = absl::ascii_toupper(result[0]);
  return result;
}

// The group in one word: "core", "apps", "rbacAuthorization", "flowcontrolApiserver".
std::string GroupWord(string_view group) {
  if (group.empty()) return "core";
  absl::ConsumeSuffix(&group, ".k8s.io");
  std::string word;
  for (const string_view part : absl::StrSplit(group, '.')) {
    absl::StrAppend(&word, word.empty() ? std::string(part) : Capitalised(part));
  }
  return word;
}

// One path of a resource.
struct Place {
  std::string path;
  string_view subresource;  // Empty: the resource itself.
  bool in_namespace = false;
  bool all_namespaces = false;  // Of a namespaced resource, at once.
  bool one_object = false;      // Has a name in it.
};

class PathWriter {
 public:
  PathWriter(const ServedResource& resource, const PathOptions& options, Schemas* schemas,
             Value* paths)
      : resource_(resource),
        kind_(*resource.kind),
        v3_(options.version == OpenApiVersion::kV3),
        apply_(options.server_side_apply),
        schemas_(schemas),
        paths_(paths) {}

  void Write() {
    const std::string root = kind_.group.empty()
                                 ? absl::StrCat("/api/", kind_.version)
                                 : absl::StrCat("/apis/", kind_.group, "/", kind_.version);
    const std::string base =
        absl::StrCat(root, kind_.namespaced ? "/namespaces/{namespace}/" : "/", kind_.resource);
    Place place{.path = base, .subresource = "", .in_namespace = kind_.namespaced};
    Add(place, kind_, {"list", "create", "deletecollection"}, resource_.verbs);
    if (kind_.namespaced) {
      Add({.path = absl::StrCat(root, "/", kind_.resource),
           .subresource = "",
           .all_namespaces = true},
          kind_, {"list"}, resource_.verbs);
    }
    place.path = absl::StrCat(base, "/{name}");
    place.one_object = true;
    Add(place, kind_, {"get", "update", "patch", "delete"}, resource_.verbs);
    for (const ServedSubresource& subresource : resource_.subresources) {
      place.path = absl::StrCat(base, "/{name}/", subresource.name);
      place.subresource = subresource.name;
      const std::vector<string_view> at = {"get", "create", "update", "patch"};
      if (subresource.kind != nullptr) {
        Add(place, *subresource.kind, at, subresource.verbs);
      } else {
        AddText(place);
      }
    }
  }

 private:
  // Those of the verbs `at` that are served.
  void Add(const Place& place, const KindInfo& body, const std::vector<string_view>& at,
           const std::vector<string_view>& served) {
    Value item = Value::Object();
    for (const Verb& verb : Verbs()) {
      if (std::find(at.begin(), at.end(), verb.name) == at.end()) continue;
      if (std::find(served.begin(), served.end(), verb.name) == served.end()) continue;
      item[verb.method] = Operation(verb, place, body);
    }
    Finish(place, std::move(item));
  }

  // A log: text, and nothing is sent.
  void AddText(const Place& place) {
    Value item = Value::Object();
    const Verb& get = Verbs()[0];
    Value operation = Begin(get, place, kind_);
    Value text = Value::Object();
    text["type"] = Value::String("string");
    operation["responses"] = Responses(get, text, {"text/plain"});
    if (!v3_) operation["produces"] = Strings({"text/plain"});
    item[get.method] = std::move(operation);
    Finish(place, std::move(item));
  }

  void Finish(const Place& place, Value item) {
    if (item.members().empty()) return;
    Value parameters = Value::Array();
    if (place.one_object) parameters.items().push_back(Named("path", {"name", "string"}));
    if (place.in_namespace) parameters.items().push_back(Named("path", {"namespace", "string"}));
    parameters.items().push_back(Named("query", {"pretty", "string"}));
    item["parameters"] = std::move(parameters);
    (*paths_)[place.path] = std::move(item);
  }

  Value Operation(const Verb& verb, const Place& place, const KindInfo& body) {
    Value operation = Begin(verb, place, body);
    const string_view name = verb.name;
    const bool deletes = absl::StartsWith(name, "delete");
    Value parameters = Value::Array();
    for (const absl::Span<const Parameter> group : QueryOf(name)) {
      for (const Parameter& parameter : group) {
        parameters.items().push_back(Named("query", parameter));
      }
    }
    if (deletes) {
      AddBody(schemas_->Reference(KindOf<metav1::DeleteOptions>()), false, {"*/*"}, &operation,
              &parameters);
    } else if (name == "patch") {
      std::vector<string_view> types = {"application/json-patch+json",
                                        "application/merge-patch+json",
                                        "application/strategic-merge-patch+json"};
      if (apply_) types.emplace_back("application/apply-patch+yaml");
      AddBody(schemas_->PatchReference(), true, types, &operation, &parameters);
    } else if (name == "create" || name == "update") {
      AddBody(schemas_->Reference(body), true, {"*/*"}, &operation, &parameters);
    }
    if (!parameters.items().empty()) operation["parameters"] = std::move(parameters);

    std::vector<string_view> media = {"application/json", "application/yaml",
                                      "application/vnd.kubernetes.protobuf"};
    if (name == "list") {
      media.emplace_back("application/json;stream=watch");
      media.emplace_back("application/vnd.kubernetes.protobuf;stream=watch");
    }
    if (!v3_) operation["produces"] = Strings(media);
    const KindInfo& answer = deletes                                  ? KindOf<metav1::Status>()
                             : name == "list" && body.list != nullptr ? *body.list
                                                                      : body;
    operation["responses"] = Responses(verb, schemas_->Reference(answer), media);
    return operation;
  }

  // What operations have whatever they do.
  Value Begin(const Verb& verb, const Place& place, const KindInfo& body) {
    Value operation = Value::Object();
    const std::string group = GroupWord(kind_.group);
    operation["operationId"] = Value::String(absl::StrCat(
        verb.operation_id, Capitalised(group), Capitalised(kind_.version),
        absl::string_view(verb.name) == "deletecollection" ? "Collection" : "",
        place.in_namespace ? "Namespaced" : "", kind_.kind, Capitalised(place.subresource),
        place.all_namespaces ? "ForAllNamespaces" : ""));
    operation["tags"] = Strings({absl::StrCat(group, "_", kind_.version)});
    if (!v3_) operation["schemes"] = Strings({"https"});
    operation["x-kubernetes-action"] = Value::String(verb.action);
    operation["x-kubernetes-group-version-kind"] =
        GroupVersionKind(body.group, body.version, body.kind);
    return operation;
  }

  Value Named(string_view in, const Parameter& parameter) const {
    Value value = Value::Object();
    value["name"] = Value::String(parameter.name);
    value["in"] = Value::String(in);
    if (in == "path") value["required"] = Value::Bool(true);
    Value schema = Value::Object();
    schema["type"] = Value::String(parameter.type);
    schema["uniqueItems"] = Value::Bool(true);
    if (v3_) {
      value["schema"] = std::move(schema);
    } else {
      for (Value::Member& member : schema.members()) value[member.key] = std::move(member.value);
    }
    return value;
  }

  // What is sent: a parameter in version 2, a part of its own in version 3.
  void AddBody(Value schema, bool required, const std::vector<string_view>& media, Value* operation,
               Value* parameters) const {
    if (v3_) {
      Value body = Value::Object();
      body["content"] = Content(schema, media);
      if (required) body["required"] = Value::Bool(true);
      (*operation)["requestBody"] = std::move(body);
      return;
    }
    Value body = Value::Object();
    body["name"] = Value::String("body");
    body["in"] = Value::String("body");
    if (required) body["required"] = Value::Bool(true);
    body["schema"] = std::move(schema);
    parameters->items().push_back(std::move(body));
    (*operation)["consumes"] = Strings(media);
  }

  static Value Content(const Value& schema, const std::vector<string_view>& media) {
    Value content = Value::Object();
    for (const string_view type : media) {
      content[type] = Value::Object();
      content[type]["schema"] = schema;
    }
    return content;
  }

  Value Responses(const Verb& verb, const Value& schema,
                  const std::vector<string_view>& media) const {
    Value responses = Value::Object();
    for (const int code : verb.codes) {
      Value response = Value::Object();
      response["description"] = Value::String(code == 200   ? "OK"
                                              : code == 201 ? "Created"
                                                            : "Accepted");
      if (v3_) {
        response["content"] = Content(schema, media);
      } else {
        response["schema"] = schema;
      }
      responses[absl::StrCat(code)] = std::move(response);
    }
    responses["401"] = Value::Object();
    responses["401"]["description"] = Value::String("Unauthorized");
    return responses;
  }

  const ServedResource& resource_;
  const KindInfo& kind_;
  const bool v3_;
  const bool apply_;
  Schemas* const schemas_;
  Value* const paths_;
};

}  // namespace

void AddPaths(const ServedResource& resource, const PathOptions& options, Schemas* schemas,
              Value* paths) {
  PathWriter(resource, options, schemas, paths).Write();
}

}  // namespace drydock::api
