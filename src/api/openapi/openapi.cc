#include "src/api/openapi/openapi.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"
#include "src/api/openapi/paths.h"
#include "src/api/openapi/schemas.h"
#include "src/api/openapi/swagger_proto.h"
#include "src/rt/payload.h"

namespace drydock::api {
namespace {

// Where a kind's group and version are served, without a slash before it.
std::string RootOf(const KindInfo& kind) {
  return kind.group.empty() ? absl::StrCat("api/", kind.version)
                            : absl::StrCat("apis/", kind.group, "/", kind.version);
}

Value Info(const std::string& version) {
  Value info = Value::Object();
  info["title"] = Value::String("Kubernetes");
  info["version"] = Value::String(version);
  return info;
}

// Bearer tokens, which version 2 can only say in its own way.
Value BearerToken() {
  Value token = Value::Object();
  token["type"] = Value::String("apiKey");
  token["name"] = Value::String("authorization");
  token["in"] = Value::String("header");
  token["description"] = Value::String("Bearer Token authentication");
  Value schemes = Value::Object();
  schemes["BearerToken"] = std::move(token);
  return schemes;
}

}  // namespace

Value OpenApi::V2() const {
  Schemas schemas(OpenApiVersion::kV2);
  Value paths = Value::Object();
  for (const ServedResource& resource : options_.resources) {
    AddPaths(resource,
             {.version = OpenApiVersion::kV2, .server_side_apply = options_.server_side_apply},
             &schemas, &paths);
  }
  // Kinds that no path names are there too: options, metadata, reviews.
  for (const KindInfo& kind : AllKinds()) schemas.Reference(kind);

  Value document = Value::Object();
  document["swagger"] = Value::String("2.0");
  document["info"] = Info(options_.version);
  document["paths"] = std::move(paths);
  document["definitions"] = schemas.TakeAll();
  document["securityDefinitions"] = BearerToken();
  document["security"] = Value::Array();
  Value requirement = Value::Object();
  requirement["BearerToken"] = Value::Array();
  document["security"].items().push_back(std::move(requirement));
  return document;
}

const std::string& OpenApi::V2Json() {
  if (!v2_json_.has_value()) v2_json_ = WriteJson(V2(), KeyOrder::kSorted);
  return *v2_json_;
}

const std::string& OpenApi::V2Protobuf() {
  if (!v2_protobuf_.has_value()) v2_protobuf_ = ToGnostic(V2()).SerializeAsString();
  return *v2_protobuf_;
}

std::vector<std::string> OpenApi::V3Paths() const {
  std::vector<std::string> paths;
  for (const ServedResource& resource : options_.resources) {
    const std::string path = RootOf(*resource.kind);
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  return paths;
}

std::string OpenApi::MakeV3(absl::string_view path) const {
  Schemas schemas(OpenApiVersion::kV3);
  Value paths = Value::Object();
  for (const ServedResource& resource : options_.resources) {
    if (RootOf(*resource.kind) != path) continue;
    AddPaths(resource,
             {.version = OpenApiVersion::kV3, .server_side_apply = options_.server_side_apply},
             &schemas, &paths);
  }
  for (const KindInfo& kind : AllKinds()) {
    if (RootOf(kind) == path) schemas.Reference(kind);
  }
  Value document = Value::Object();
  document["openapi"] = Value::String("3.0.0");
  document["info"] = Info(options_.version);
  document["paths"] = std::move(paths);
  Value components = Value::Object();
  components["schemas"] = schemas.TakeAll();
  components["securitySchemes"] = BearerToken();
  document["components"] = std::move(components);
  return WriteJson(document, KeyOrder::kSorted);
}

const std::string* OpenApi::V3Document(absl::string_view path) {
  const auto made = v3_documents_.find(std::string(path));
  if (made != v3_documents_.end()) return &made->second;
  const std::vector<std::string> paths = V3Paths();
  if (std::find(paths.begin(), paths.end(), path) == paths.end()) return nullptr;
  return &v3_documents_.emplace(std::string(path), MakeV3(path)).first->second;
}

std::string OpenApi::V3Hash(absl::string_view path) {
  const std::string* const document = V3Document(path);
  if (document == nullptr) return "";
  return absl::StrCat(
      absl::Hex(rt::DigestBytes(document->data(), document->size()), absl::kZeroPad16));
}

const std::string& OpenApi::V3Index() {
  if (v3_index_.has_value()) return *v3_index_;
  Value paths = Value::Object();
  for (const std::string& path : V3Paths()) {
    paths[path] = Value::Object();
    paths[path]["serverRelativeURL"] =
        Value::String(absl::StrCat("/openapi/v3/", path, "?hash=", V3Hash(path)));
  }
  Value index = Value::Object();
  index["paths"] = std::move(paths);
  v3_index_ = WriteJson(index, KeyOrder::kSorted);
  return *v3_index_;
}

}  // namespace drydock::api
