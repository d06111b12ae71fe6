// OpenAPI: the documents that tell clients what kinds there are, what is in them and what can be
// done with them. kubectl reads them to explain, to check what it sends, and to merge.
//
// They are made from the descriptors of the API's messages and their options, so that a field or
// a kind that is added appears in them. Descriptions there are none.
#ifndef DRYDOCK_SRC_API_OPENAPI_OPENAPI_H_
#define DRYDOCK_SRC_API_OPENAPI_OPENAPI_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/codec/tree.h"
#include "src/api/openapi/served.h"

namespace drydock::api {

// The protobuf form of version 2: how clients ask for it, and what the answer calls itself. Go's
// clients refuse an answer whose media type has an @.
inline constexpr char kOpenApiV2ProtobufAccept[] =
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
inline constexpr char kOpenApiV2ProtobufContentType[] =
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

struct OpenApiOptions {
  // Of the server: "v1.35.0".
  std::string version = "v1.35.0";
  std::vector<ServedResource> resources = ServedByScheme();
  // Whether PATCH takes configurations to apply.
  bool server_side_apply = false;
};

// The documents of one server, which do not change. Each is made when it is first asked for, and
// kept: all together take a few megabytes. What is returned lives as long as the object. For one
// thread.
class OpenApi {
 public:
  explicit OpenApi(OpenApiOptions options) : options_(std::move(options)) {}
  OpenApi(const OpenApi&) = delete;
  OpenApi& operator=(const OpenApi&) = delete;

  // GET /openapi/v2: one document of everything, as JSON or in gnostic's protobuf form.
  const std::string& V2Json();
  const std::string& V2Protobuf();

  // GET /openapi/v3: where the documents of version 3 are. Their addresses have a hash of their
  // content as a parameter, so that clients may keep them for good.
  const std::string& V3Index();
  // GET /openapi/v3/{path}: of a group and version, as JSON. `path` is "api/v1",
  // "apis/apps/v1", ...; null when nothing is served there.
  const std::string* V3Document(absl::string_view path);
  // The hash in the index's address of that document; empty when there is none.
  std::string V3Hash(absl::string_view path);

 private:
  Value V2() const;
  std::string MakeV3(absl::string_view path) const;
  std::vector<std::string> V3Paths() const;

  const OpenApiOptions options_;
  std::optional<std::string> v2_json_;
  std::optional<std::string> v2_protobuf_;
  std::optional<std::string> v3_index_;
  std::map<std::string, std::string> v3_documents_;  // By path.
};

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_OPENAPI_OPENAPI_H_
