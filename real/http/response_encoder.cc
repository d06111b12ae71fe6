#include "real/http/response_encoder.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/codec/message_json.h"
#include "src/api/codec/message_proto.h"
#include "src/api/codec/yaml.h"
#include "src/api/maps.h"
#include "src/api/meta_v1.h"
#include "src/api/object.h"
#include "src/rt/check.h"

namespace drydock::real {
namespace {

using api::Format;

constexpr char kMetaGroup[] = "meta.k8s.io";
// Tables have no protobuf form that clients of Kubernetes would know.
constexpr View kOfLists[] = {{"Table", kMetaGroup, "v1", /*protobuf=*/false},
                             {"PartialObjectMetadataList", kMetaGroup, "v1"}};
constexpr View kOfObjects[] = {{"Table", kMetaGroup, "v1", /*protobuf=*/false},
                               {"PartialObjectMetadata", kMetaGroup, "v1"}};

bool IsTable(const Encoding& encoding) {
  const View* const view = encoding.accepted.view;
  return view != nullptr && view->kind == kOfLists[0].kind;
}

// The text of JSON in the encoding that was asked for.
std::string Finish(std::string json, const Encoding& encoding) {
  const bool yaml = encoding.accepted.format == Format::kYaml;
  if (!yaml && !encoding.pretty) {
    json.push_back('\n');
    return json;
  }
  const absl::StatusOr<api::Value> tree = api::ParseJson(json);
  DRYDOCK_CHECK(tree.ok(), "our own JSON: ", tree.status().message());
  return yaml ? api::WriteYaml(*tree) : api::WritePrettyJson(*tree);
}

api::ListMeta MetadataOf(const api::Response& response) {
  api::ListMeta metadata;
  metadata.set_resource_version(absl::StrCat(response.revision));
  if (!response.continue_token.empty()) metadata.set_continue_(response.continue_token);
  if (response.remaining_item_count.has_value()) {
    metadata.set_remaining_item_count(*response.remaining_item_count);
  }
  return metadata;
}

std::string ListJson(const api::KindInfo& list, const api::Response& response) {
  std::string json = absl::StrCat("{\"kind\":\"", list.kind, "\",\"apiVersion\":\"",
                                  list.ApiVersion(), "\",\"metadata\":");
  api::AppendMessageJson(MetadataOf(response), /*with_kind=*/false, &json);
  absl::StrAppend(&json, ",\"items\":[");
  bool first = true;
  for (const api::ObjectRef& item : response.items) {
    if (!std::exchange(first, false)) json.push_back(',');
    api::AppendMessageJson(item->message(), /*with_kind=*/false, &json);
  }
  absl::StrAppend(&json, "]}");
  return json;
}

// Appends a field of bytes to a protobuf message: its tag, its length, the bytes.
void AppendField(int number, absl::string_view bytes, std::string* out) {
  out->push_back(static_cast<char>(number << 3 | 2));
  size_t size = bytes.size();
  for (; size >= 0x80; size >>= 7) out->push_back(static_cast<char>(size | 0x80));
  out->push_back(static_cast<char>(size));
  out->append(bytes.data(), bytes.size());
}

// All of Kubernetes' lists have their metadata in field 1 and their items in field 2.
std::string ListProto(const api::KindInfo& list, const api::Response& response) {
  std::string raw;
  AppendField(1, api::WriteMessageProto(MetadataOf(response)), &raw);
  for (const api::ObjectRef& item : response.items) {
    AppendField(2, api::WriteMessageProto(item->message()), &raw);
  }
  return api::WriteEnvelope(list.ApiVersion(), list.kind, raw);
}

absl::string_view NameOf(api::EventType type) {
  switch (type) {
    case api::EventType::kAdded:
      return "ADDED";
    case api::EventType::kModified:
      return "MODIFIED";
    case api::EventType::kDeleted:
      return "DELETED";
    case api::EventType::kBookmark:
      return "BOOKMARK";
    case api::EventType::kError:
      return "ERROR";
  }
  return "";
}

// Of an object of which only the revision is known.
api::ObjectMeta BookmarkMetadata(const api::WatchEvent& event) {
  api::ObjectMeta metadata;
  metadata.set_resource_version(absl::StrCat(event.revision));
  if (event.initial_events_end) {
    api::Set(metadata.mutable_annotations(), "k8s.io/initial-events-end", "true");
  }
  return metadata;
}

class WatchBody final : public BodyStream {
 public:
  WatchBody(const api::KindInfo& kind, std::unique_ptr<rt::Stream> events, Encoding encoding,
            const rt::Executor& clock)
      : kind_(kind), events_(std::move(events)), encoding_(encoding), clock_(clock) {}

  rt::Task<std::optional<std::string>> Next() override {
    std::string bytes;
    while (bytes.empty()) {
      const absl::StatusOr<std::optional<rt::PayloadRef>> message = co_await events_->Next();
      // Whether the server ended the watch or fell behind: the client watches again from
      // the last revision that it has.
      if (!message.ok() || !message->has_value()) co_return std::nullopt;
      for (const api::WatchEvent& event : static_cast<const api::WatchEvents&>(***message).events) {
        if (event.type == api::EventType::kError) {
          Append(event.type, event.object->message(), &bytes);
        } else if (IsTable(encoding_)) {
          AppendTable(event, &bytes);
        } else if (encoding_.accepted.view != nullptr) {
          AppendPartial(event, &bytes);
        } else {
          AppendObject(event, &bytes);
        }
      }
    }
    co_return bytes;
  }

 private:
  void AppendObject(const api::WatchEvent& event, std::string* out) {
    if (event.type != api::EventType::kBookmark) {
      Append(event.type, event.object->message(), out);
      return;
    }
    const std::unique_ptr<google::protobuf::Message> object(kind_.prototype->New());
    *api::MutableMetadataOf(object.get()) = BookmarkMetadata(event);
    Append(event.type, *object, out);
  }

  void AppendPartial(const api::WatchEvent& event, std::string* out) {
    if (event.type != api::EventType::kBookmark) {
      Append(event.type, apiserver::PartialOf(*event.object), out);
      return;
    }
    api::PartialObjectMetadata partial;
    *partial.mutable_metadata() = BookmarkMetadata(event);
    Append(event.type, partial, out);
  }

  void AppendTable(const api::WatchEvent& event, std::string* out) {
    const apiserver::TableOptions options{.now = clock_.WallNow(),
                                          .include = encoding_.include,
                                          .with_columns = std::exchange(first_table_, false)};
    Append(event.type,
           event.type == api::EventType::kBookmark
               ? apiserver::TableOfBookmark(kind_, event.revision, options)
               : apiserver::TableOf(*event.object, options),
           out);
  }

  void Append(api::EventType type, const google::protobuf::Message& object, std::string* out) {
    if (encoding_.accepted.format == Format::kJson) {
      absl::StrAppend(out, "{\"type\":\"", NameOf(type), "\",\"object\":");
      api::AppendMessageJson(object, /*with_kind=*/true, out);
      absl::StrAppend(out, "}\n");
      return;
    }
    std::string raw_extension;
    AppendField(1, api::EncodeProtobuf(object), &raw_extension);
    std::string event;
    AppendField(1, NameOf(type), &event);
    AppendField(2, raw_extension, &event);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out->push_back(static_cast<char>(event.size() >> shift));
    }
    out->append(event);
  }

  const api::KindInfo& kind_;
  const std::unique_ptr<rt::Stream> events_;
  const Encoding encoding_;
  const rt::Executor& clock_;
  bool first_table_ = true;
};

}  // namespace

absl::Span<const View> ViewsOf(api::Verb verb) {
  if (verb == api::Verb::kList || verb == api::Verb::kDeleteCollection) return kOfLists;
  return kOfObjects;
}

HttpResponse EncodeObject(int code, const google::protobuf::Message& message,
                          const Encoding& encoding) {
  HttpResponse response;
  response.code = code;
  response.content_type = std::string(api::MediaType(encoding.accepted.format));
  response.body = encoding.accepted.format == Format::kProtobuf
                      ? api::EncodeProtobuf(message)
                      : Finish(api::EncodeJson(message), encoding);
  return response;
}

HttpResponse EncodeAnswer(const api::KindInfo& kind, const api::Response& response,
                          const Encoding& encoding, absl::Time now) {
  const bool is_status =
      !response.is_list && static_cast<bool>(api::As<api::metav1::Status>(response.object));
  if (encoding.accepted.view != nullptr && !is_status) {
    if (IsTable(encoding)) {
      const apiserver::TableOptions options{.now = now, .include = encoding.include};
      return EncodeObject(response.code,
                          response.is_list ? apiserver::TableOfList(kind, response, options)
                                           : apiserver::TableOf(*response.object, options),
                          encoding);
    }
    if (response.is_list) {
      return EncodeObject(response.code, apiserver::PartialListOf(response), encoding);
    }
    return EncodeObject(response.code, apiserver::PartialOf(*response.object), encoding);
  }
  if (!response.is_list) {
    return EncodeObject(response.code, response.object->message(), encoding);
  }
  HttpResponse http;
  http.code = response.code;
  http.content_type = std::string(api::MediaType(encoding.accepted.format));
  http.body = encoding.accepted.format == Format::kProtobuf
                  ? ListProto(*kind.list, response)
                  : Finish(ListJson(*kind.list, response), encoding);
  return http;
}

HttpResponse EncodeWatch(const api::KindInfo& kind, std::unique_ptr<rt::Stream> events,
                         const Encoding& encoding, const rt::Executor& clock) {
  HttpResponse http;
  http.content_type = std::string(api::MediaType(encoding.accepted.format));
  if (encoding.accepted.format == Format::kProtobuf) http.content_type += ";stream=watch";
  http.stream = std::make_unique<WatchBody>(kind, std::move(events), encoding, clock);
  return http;
}

}  // namespace drydock::real
