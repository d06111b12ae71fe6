// A history of events; everything else is worked out from it.
#include "tests/client/fake_api_server.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/status.h"

namespace drydock::client {
namespace {

rt::Reply ErrorReply(const absl::Status& status) {
  rt::Ref<api::Response> response = rt::MakeRef<api::Response>();
  response->code = api::HttpCodeOf(status);
  response->object = api::MakeObject(api::ToMetaStatus(status)).object();
  return {std::move(response), nullptr};
}

bool IsUnfinishedNamespace(const google::protobuf::Message& message) {
  return message.GetDescriptor() == api::Namespace::descriptor() &&
         !static_cast<const api::Namespace&>(message).spec().finalizers().empty();
}

}  // namespace

class FakeApiServer::WatchStream final : public rt::Stream {
 public:
  WatchStream(FakeApiServer& server, const api::KindInfo& kind, std::string ns, int64_t from)
      : server_(server),
        kind_(kind),
        ns_(std::move(ns)),
        sent_(from),
        epoch_(server.watch_epoch_),
        expired_(from < server.compacted_) {
    ++server_.open_watches_;
  }
  ~WatchStream() override { --server_.open_watches_; }

  rt::Task<absl::StatusOr<std::optional<rt::PayloadRef>>> Next() override {
    for (;;) {
      rt::Ref<api::WatchEvents> events = rt::MakeRef<api::WatchEvents>();
      if (expired_) {
        api::WatchEvent error{.type = api::EventType::kError};
        error.object =
            api::MakeObject(api::ToMetaStatus(api::Expired("too old resource version"))).object();
        events->events.push_back(std::move(error));
        co_return rt::PayloadRef(std::move(events));
      }
      if (epoch_ != server_.watch_epoch_) {
        if (server_.watch_end_.ok()) co_return std::nullopt;
        co_return server_.watch_end_;
      }
      for (const api::WatchEvent& event : server_.history_) {
        if (event.revision <= sent_) continue;
        sent_ = event.revision;
        if (&event.object->kind() != &kind_) continue;
        if (!ns_.empty() && event.object->metadata().namespace_() != ns_) continue;
        events->events.push_back(event);
      }
      if (!events->events.empty()) co_return rt::PayloadRef(std::move(events));
      co_await server_.changed_.Wait();
    }
  }

 private:
  FakeApiServer& server_;
  const api::KindInfo& kind_;
  const std::string ns_;
  int64_t sent_;
  const int epoch_;
  const bool expired_;
};

FakeApiServer::FakeApiServer(rt::Env& env) : changed_(env.executor()) {}

std::vector<api::ObjectRef> FakeApiServer::ObjectsAt(const api::KindInfo& kind,
                                                     int64_t revision) const {
  std::map<Key, api::ObjectRef> objects;
  for (const api::WatchEvent& event : history_) {
    if (event.revision > revision || &event.object->kind() != &kind) continue;
    const Key key(event.object->metadata().namespace_(), event.object->metadata().name());
    if (event.type == api::EventType::kDeleted) {
      objects.erase(key);
    } else {
      objects[key] = event.object;
    }
  }
  std::vector<api::ObjectRef> list;
  for (const auto& [key, object] : objects) list.push_back(object);
  return list;
}

std::vector<api::ObjectRef> FakeApiServer::Objects(const api::KindInfo& kind) const {
  return ObjectsAt(kind, revision_);
}

void FakeApiServer::Commit(api::EventType type, rt::Ref<api::Object> object) {
  object->StampRevision(++revision_);
  history_.push_back({.type = type, .object = std::move(object), .revision = revision_});
  changed_.Raise();
}

void FakeApiServer::Create(std::unique_ptr<google::protobuf::Message> message) {
  api::ObjectMeta& metadata = *api::MutableMetadataOf(message.get());
  if (metadata.name().empty()) {
    metadata.set_name(absl::StrCat(metadata.generate_name(), next_uid_));
  }
  metadata.set_uid(absl::StrCat("uid-", next_uid_++));
  Commit(api::EventType::kAdded, api::MakeObject(std::move(message)));
}

void FakeApiServer::Update(std::unique_ptr<google::protobuf::Message> message) {
  Commit(api::EventType::kModified, api::MakeObject(std::move(message)));
}

void FakeApiServer::Delete(const api::KindInfo& kind, const std::string& ns,
                           const std::string& name) {
  for (const api::ObjectRef& object : Objects(kind)) {
    if (object->metadata().namespace_() != ns || object->metadata().name() != name) continue;
    std::unique_ptr<google::protobuf::Message> copy(object->message().New());
    copy->CopyFrom(object->message());
    Commit(api::EventType::kDeleted, api::MakeObject(std::move(copy)));
    return;
  }
}

void FakeApiServer::EndWatches(absl::Status status) {
  ++watch_epoch_;
  watch_end_ = std::move(status);
  changed_.Raise();
}

absl::StatusOr<api::ObjectRef> FakeApiServer::Write(const api::Request& request) {
  const bool create = request.verb == api::Verb::kCreate;
  const std::string& name = create ? request.object->metadata().name() : request.name;
  api::ObjectRef existing;
  for (const api::ObjectRef& object : Objects(*request.kind)) {
    if (object->metadata().namespace_() == request.ns && object->metadata().name() == name) {
      existing = object;
    }
  }
  const absl::string_view group = request.kind->group;
  const absl::string_view resource = request.kind->resource;
  if (create) {
    if (existing) return api::AlreadyExists(group, resource, name);
    std::unique_ptr<google::protobuf::Message> copy(request.object->message().New());
    copy->CopyFrom(request.object->message());
    Create(std::move(copy));
    return history_.back().object;
  }
  if (!existing) return api::NotFound(group, resource, name);
  if (request.verb == api::Verb::kUpdate) {
    const std::string& version = request.object->metadata().resource_version();
    if (!version.empty() && version != existing->metadata().resource_version()) {
      return api::Conflict(group, resource, name, "the object has been modified");
    }
    std::unique_ptr<google::protobuf::Message> copy(request.object->message().New());
    copy->CopyFrom(request.object->message());
    api::ObjectMeta& metadata = *api::MutableMetadataOf(copy.get());
    metadata.set_uid(existing->metadata().uid());
    const bool last = existing->metadata().has_deletion_timestamp() &&
                      metadata.finalizers().empty() && !IsUnfinishedNamespace(*copy);
    Update(std::move(copy));
    if (last) Delete(*request.kind, request.ns, name);
    return history_.back().object;
  }
  if (request.verb == api::Verb::kDelete) return DeleteOne(request, existing);
  return existing;
}

absl::StatusOr<api::ObjectRef> FakeApiServer::DeleteOne(const api::Request& request,
                                                        const api::ObjectRef& existing) {
  const api::ObjectMeta& metadata = existing->metadata();
  const bool other_uid =
      request.precondition_uid.has_value() && *request.precondition_uid != metadata.uid();
  const bool other_version = request.precondition_resource_version.has_value() &&
                             *request.precondition_resource_version != metadata.resource_version();
  if (other_uid || other_version) {
    return api::Conflict(request.kind->group, request.kind->resource, metadata.name(),
                         "the precondition does not hold");
  }
  std::unique_ptr<google::protobuf::Message> copy(existing->message().New());
  copy->CopyFrom(existing->message());
  api::ObjectMeta& changed = *api::MutableMetadataOf(copy.get());
  if (request.propagation == api::Propagation::kForeground) {
    changed.add_finalizers("foregroundDeletion");
  }
  if (request.propagation == api::Propagation::kOrphan) changed.add_finalizers("orphan");
  if (changed.finalizers().empty() && !IsUnfinishedNamespace(*copy)) {
    Delete(*request.kind, metadata.namespace_(), metadata.name());
    return history_.back().object;
  }
  if (metadata.has_deletion_timestamp()) return existing;
  changed.mutable_deletion_timestamp()->set_seconds(1);
  Update(std::move(copy));
  return history_.back().object;
}

rt::Task<rt::Reply> FakeApiServer::Serve(rt::Address peer, rt::PayloadRef payload) {
  const auto& request = static_cast<const api::Request&>(*payload);
  ++requests_[static_cast<size_t>(request.verb)];
  if (!failure_.ok() && request.verb != api::Verb::kWatch) co_return ErrorReply(failure_);
  rt::Ref<api::Response> response = rt::MakeRef<api::Response>();
  rt::Reply reply;
  if (request.verb == api::Verb::kWatch) {
    int64_t from = 0;
    if (!absl::SimpleAtoi(request.resource_version, &from)) {
      co_return ErrorReply(api::BadRequest("bad resourceVersion"));
    }
    reply.stream = std::make_unique<WatchStream>(*this, *request.kind, request.ns, from);
  } else if (request.verb == api::Verb::kDeleteCollection) {
    for (const api::ObjectRef& object : Objects(*request.kind)) {
      if (object->metadata().namespace_() != request.ns) continue;
      (void)DeleteOne(request, object);
    }
  } else if (request.verb == api::Verb::kList) {
    response->is_list = true;
    response->revision = list_revision_ != 0 ? list_revision_ : revision_;
    response->items = ObjectsAt(*request.kind, response->revision);
    if (!request.ns.empty()) {
      std::erase_if(response->items, [&request](const api::ObjectRef& object) {
        return object->metadata().namespace_() != request.ns;
      });
    }
  } else {
    absl::StatusOr<api::ObjectRef> object = Write(request);
    if (!object.ok()) co_return ErrorReply(object.status());
    response->object = *object;
  }
  reply.message = std::move(response);
  co_return reply;
}

}  // namespace drydock::client
