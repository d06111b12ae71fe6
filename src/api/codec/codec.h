// API objects to and from their encodings: JSON, YAML, and protobuf in Kubernetes' envelope. One
// descriptor-driven implementation serves all kinds of the scheme.
//
// Decoders take whatever bytes a stranger sends: they are bounded and report every fault with its
// place and field path.
#ifndef DRYDOCK_SRC_API_CODEC_CODEC_H_
#define DRYDOCK_SRC_API_CODEC_CODEC_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/codec/tree.h"
#include "src/api/scheme.h"

namespace drydock::api {

enum class Format : uint8_t { kJson, kYaml, kProtobuf };

struct DecodeOptions {
  // What to do about unknown and duplicate fields: refuse them, or say so in `warnings` and drop
  // them (the last duplicate counts). Kubernetes' fieldValidation.
  enum class Unknown : uint8_t { kRefuse, kWarn, kIgnore };
  Unknown unknown = Unknown::kRefuse;
  // Of an object that does not say what it is, if not null.
  const KindInfo* default_kind = nullptr;
  // Whether a List, or a list of one kind, is given as its items.
  bool expand_lists = false;
  size_t max_bytes = 64 << 20;
};

struct DecodedObject {
  const KindInfo* kind = nullptr;
  std::unique_ptr<google::protobuf::Message> message;
  Position position;  // Where it begins; unknown in protobuf.
  std::vector<std::string> warnings;
};

// One object, and nothing else, in `bytes`.
absl::StatusOr<DecodedObject> Decode(absl::string_view bytes, Format format,
                                     const DecodeOptions& options = {});

// All objects of a file: several documents in YAML (--- between them) or JSON (one after another).
absl::StatusOr<std::vector<DecodedObject>> DecodeDocuments(absl::string_view bytes, Format format,
                                                           const DecodeOptions& options = {});

// Into a message whose type the caller knows: of the scheme (apiVersion and kind may be absent, and
// must be right if present) or inside one (a PodSpec). `message` is overwritten.
absl::Status DecodeInto(absl::string_view bytes, Format format, const DecodeOptions& options,
                        google::protobuf::Message* message);

// From a tree that was read before: `source` is the text of a JSON tree, else empty.
absl::StatusOr<DecodedObject> DecodeTree(const Value& tree, absl::string_view source,
                                         const DecodeOptions& options = {});

// Of a message of the scheme. JSON is compact and ends without a newline.
std::string EncodeJson(const google::protobuf::Message& message);
std::string EncodePrettyJson(const google::protobuf::Message& message);
std::string EncodeYaml(const google::protobuf::Message& message);
std::string EncodeProtobuf(const google::protobuf::Message& message);
std::string Encode(const google::protobuf::Message& message, Format format);

// The tree of a message, with its kind and apiVersion if it is of the scheme.
Value ToTree(const google::protobuf::Message& message);

// The encoding that `bytes` seem to be in: protobuf by its magic number, JSON by its first
// character, otherwise YAML.
Format DetectFormat(absl::string_view bytes);

// "application/json", ...
absl::string_view MediaType(Format format);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_CODEC_H_
