// A document of OpenAPI version 2 in gnostic's protobuf form.
#ifndef DRYDOCK_SRC_API_OPENAPI_SWAGGER_PROTO_H_
#define DRYDOCK_SRC_API_OPENAPI_SWAGGER_PROTO_H_

#include "src/api/codec/tree.h"
#include "src/api/openapi/openapi_v2.pb.h"

namespace drydock::api {

// The same document. REQUIRES: a document as OpenApi makes it: a key that the messages of
// openapi_v2.proto have no field for is a fault of our own, and stops the program.
openapi_v2::Document ToGnostic(const Value& swagger);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_OPENAPI_SWAGGER_PROTO_H_
