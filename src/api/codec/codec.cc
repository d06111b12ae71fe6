#include "src/api/codec/codec.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"
#include "src/api/codec/message_decode.h"
#include "src/api/codec/message_json.h"
#include "src/api/codec/message_proto.h"
#include "src/api/codec/plan.h"
#include "src/api/codec/problems.h"
#include "src/api/codec/yaml.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::absl::string_view;
using ::google::protobuf::Message;

constexpr size_t kMostProblems = 20;

absl::Status ErrorAt(const Value& value, string_view what) {
  return ToStatus({{Problem::Category::kInvalid, value.position, "", std::string(what)}});
}

absl::Status CheckSize(string_view bytes, const DecodeOptions& options) {
  if (bytes.size() <= options.max_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a document of ", bytes.size(), " bytes; the limit is ", options.max_bytes));
}

// The documents of a text, as trees.
absl::StatusOr<std::vector<Value>> ParseTrees(string_view bytes, Format format) {
  return format == Format::kYaml ? ParseYaml(bytes) : ParseJsonStream(bytes);
}

// Fills `message`, and moves what is no error into `warnings`.
absl::Status DecodeFields(const Value& tree, string_view source, const DecodeOptions& options,
                          Message* message, std::vector<std::string>* warnings) {
  const std::vector<Problem> problems = DecodeMessage(tree, source, kMostProblems, message);
  std::vector<Problem> errors;
  for (const Problem& problem : problems) {
    if (problem.category == Problem::Category::kInvalid ||
        options.unknown == DecodeOptions::Unknown::kRefuse) {
      errors.push_back(problem);
    } else if (options.unknown == DecodeOptions::Unknown::kWarn) {
      warnings->push_back(problem.ToWarning());
    }
  }
  return ToStatus(errors);
}

// The kind that a tree says it is of; null when it does not say and there is no default.
absl::StatusOr<const KindInfo*> KindOfTree(const Value& tree, const KindInfo* default_kind) {
  if (!tree.is_object()) {
    return ErrorAt(tree, absl::StrCat("expected an object, got ", Describe(tree)));
  }
  std::string names[2];
  const char* const keys[2] = {"apiVersion", "kind"};
  for (int i = 0; i < 2; ++i) {
    const Value* const value = tree.Find(keys[i]);
    if (value == nullptr || value->is_null()) continue;
    if (!value->is_string()) {
      return ErrorAt(*value, absl::StrCat(keys[i], ": expected a string, got ", Describe(*value)));
    }
    names[i] = value->text();
  }
  if (default_kind != nullptr) {
    if (names[0].empty()) names[0] = default_kind->ApiVersion();
    if (names[1].empty()) names[1] = std::string(default_kind->kind);
  }
  for (int i = 0; i < 2; ++i) {
    if (names[i].empty()) {
      return ErrorAt(tree, absl::StrCat("the object has no ", keys[i], ", which says what it is"));
    }
  }
  const KindInfo* const kind = FindKind(names[0], names[1]);
  if (kind == nullptr) {
    return ErrorAt(tree, absl::StrCat("no kind \"", names[1], "\" is registered for version \"",
                                      names[0], "\""));
  }
  return kind;
}

absl::StatusOr<DecodedObject> DecodeEnvelope(string_view bytes, const DecodeOptions& options) {
  absl::StatusOr<Envelope> envelope = ReadEnvelope(bytes);
  if (!envelope.ok()) return envelope.status();
  const KindInfo* kind = options.default_kind;
  if (!envelope->kind.empty()) kind = FindKind(envelope->api_version, envelope->kind);
  if (kind == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no kind \"", envelope->kind,
                                                   "\" is registered for version \"",
                                                   envelope->api_version, "\""));
  }
  DecodedObject decoded;
  decoded.kind = kind;
  decoded.message.reset(kind->prototype->New());
  RETURN_IF_ERROR(ReadMessageProto(envelope->raw, decoded.message.get()));
  return decoded;
}

// The items of a list; others are given back as they are.
absl::Status Expand(DecodedObject object, const DecodeOptions& options,
                    std::vector<DecodedObject>* out) {
  if (object.kind->descriptor == metav1::List::descriptor()) {
    const auto& list = static_cast<const metav1::List&>(*object.message);
    for (int i = 0; i < list.items_size(); ++i) {
      absl::StatusOr<DecodedObject> item = Decode(list.items(i).raw(), Format::kJson, options);
      if (!item.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("items[", i, "]: ", item.status().message()));
      }
      item->position = object.position;
      RETURN_IF_ERROR(Expand(*std::move(item), options, out));
    }
    return absl::OkStatus();
  }
  if (object.kind->item == nullptr) {
    out->push_back(std::move(object));
    return absl::OkStatus();
  }
  const google::protobuf::Reflection& reflection = *object.message->GetReflection();
  const google::protobuf::FieldDescriptor* const items =
      object.kind->descriptor->FindFieldByName("items");
  for (int i = 0; i < reflection.FieldSize(*object.message, items); ++i) {
    DecodedObject& item = out->emplace_back();
    item.kind = object.kind->item;
    item.position = object.position;
    item.message.reset(item.kind->prototype->New());
    item.message->GetReflection()->Swap(
        item.message.get(), reflection.MutableRepeatedMessage(object.message.get(), items, i));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecodedObject> DecodeTree(const Value& tree, string_view source,
                                         const DecodeOptions& options) {
  const absl::StatusOr<const KindInfo*> kind = KindOfTree(tree, options.default_kind);
  if (!kind.ok()) return kind.status();
  DecodedObject decoded;
  decoded.kind = *kind;
  decoded.position = tree.position;
  decoded.message.reset((*kind)->prototype->New());
  RETURN_IF_ERROR(DecodeFields(tree, source, options, decoded.message.get(), &decoded.warnings));
  return decoded;
}

absl::StatusOr<std::vector<DecodedObject>> DecodeDocuments(string_view bytes, Format format,
                                                           const DecodeOptions& options) {
  RETURN_IF_ERROR(CheckSize(bytes, options));
  std::vector<DecodedObject> decoded;
  if (format == Format::kProtobuf) {
    absl::StatusOr<DecodedObject> object = DecodeEnvelope(bytes, options);
    if (!object.ok()) return object.status();
    decoded.push_back(*std::move(object));
  } else {
    const absl::StatusOr<std::vector<Value>> trees = ParseTrees(bytes, format);
    if (!trees.ok()) return trees.status();
    for (const Value& tree : *trees) {
      absl::StatusOr<DecodedObject> object =
          DecodeTree(tree, format == Format::kJson ? bytes : string_view(), options);
      if (!object.ok()) return object.status();
      decoded.push_back(*std::move(object));
    }
  }
  if (!options.expand_lists) return decoded;
  std::vector<DecodedObject> expanded;
  for (DecodedObject& object : decoded) {
    RETURN_IF_ERROR(Expand(std::move(object), options, &expanded));
  }
  return expanded;
}

absl::StatusOr<DecodedObject> Decode(string_view bytes, Format format,
                                     const DecodeOptions& options) {
  DecodeOptions one = options;
  one.expand_lists = false;
  absl::StatusOr<std::vector<DecodedObject>> decoded = DecodeDocuments(bytes, format, one);
  if (!decoded.ok()) return decoded.status();
  if (decoded->size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("expected one object, got ", decoded->size()));
  }
  return std::move(decoded->front());
}

absl::Status DecodeInto(string_view bytes, Format format, const DecodeOptions& options,
                        Message* message) {
  RETURN_IF_ERROR(CheckSize(bytes, options));
  message->Clear();
  const KindInfo* const kind = FindKind(*message->GetDescriptor());
  if (format == Format::kProtobuf) {
    if (!HasEnvelope(bytes)) return ReadMessageProto(bytes, message);
    const absl::StatusOr<Envelope> envelope = ReadEnvelope(bytes);
    if (!envelope.ok()) return envelope.status();
    if (kind == nullptr || FindKind(envelope->api_version, envelope->kind) != kind) {
      return absl::InvalidArgumentError(absl::StrCat("expected ", message->GetTypeName(), ", got ",
                                                     envelope->api_version, " ", envelope->kind));
    }
    return ReadMessageProto(envelope->raw, message);
  }
  const absl::StatusOr<std::vector<Value>> trees = ParseTrees(bytes, format);
  if (!trees.ok()) return trees.status();
  if (trees->size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("expected one document, got ", trees->size()));
  }
  const Value& tree = trees->front();
  if (kind != nullptr) {
    const absl::StatusOr<const KindInfo*> said = KindOfTree(tree, kind);
    if (!said.ok()) return said.status();
    if (*said != kind) {
      return ErrorAt(tree, absl::StrCat("expected ", kind->ApiVersion(), " ", kind->kind, ", got ",
                                        (*said)->ApiVersion(), " ", (*said)->kind));
    }
  }
  std::vector<std::string> warnings;
  return DecodeFields(tree, format == Format::kJson ? bytes : string_view(), options, message,
                      &warnings);
}

std::string EncodeJson(const Message& message) {
  std::string out;
  AppendMessageJson(message, /*with_kind=*/true, &out);
  return out;
}

Value ToTree(const Message& message) {
  absl::StatusOr<Value> tree = ParseJson(EncodeJson(message));
  DRYDOCK_CHECK(tree.ok(), message.GetTypeName(), ": ", tree.status().message());
  return *std::move(tree);
}

std::string EncodePrettyJson(const Message& message) { return WritePrettyJson(ToTree(message)); }

std::string EncodeYaml(const Message& message) { return WriteYaml(ToTree(message)); }

std::string EncodeProtobuf(const Message& message) {
  const KindInfo* const kind = FindKind(*message.GetDescriptor());
  DRYDOCK_CHECK(kind != nullptr, message.GetTypeName(), " is not in the scheme");
  return WriteEnvelope(kind->ApiVersion(), kind->kind, WriteMessageProto(message));
}

std::string Encode(const Message& message, Format format) {
  switch (format) {
    case Format::kJson:
      return EncodeJson(message);
    case Format::kYaml:
      return EncodeYaml(message);
    case Format::kProtobuf:
      return EncodeProtobuf(message);
  }
  return "";
}

Format DetectFormat(string_view bytes) {
  if (HasEnvelope(bytes)) return Format::kProtobuf;
  const string_view rest = absl::StripLeadingAsciiWhitespace(bytes);
  return !rest.empty() && rest[0] == '{' ? Format::kJson : Format::kYaml;
}

string_view MediaType(Format format) {
  switch (format) {
    case Format::kJson:
      return "application/json";
    case Format::kYaml:
      return "application/yaml";
    case Format::kProtobuf:
      return "application/vnd.kubernetes.protobuf";
  }
  return "";
}

}  // namespace drydock::api
