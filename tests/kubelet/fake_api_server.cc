// Objects in a map, and a history of events for watches.
#include "tests/kubelet/fake_api_server.h"

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/event.h"
#include "src/api/core/v1/node.h"
#include "src/api/status.h"
#include "src/api/time.h"
#include "src/rt/check.h"

namespace drydock::kubelet {
namespace {

std::unique_ptr<google::protobuf::Message> CopyOf(const google::protobuf::Message& message) {
  std::unique_ptr<google::protobuf::Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

rt::Reply ErrorReply(const absl::Status& status) {
  rt::Ref<api::Response> response = rt::MakeRef<api::Response>();
  response->code = api::HttpCodeOf(status);
  response->object = api::MakeObject(api::ToMetaStatus(status)).object();
  return {std::move(response), nullptr};
}

}  // namespace

class FakeApiServer::WatchStream final : public rt::Stream {
 public:
  WatchStream(FakeApiServer& server, const api::KindInfo& kind, int64_t from)
      : server_(server), kind_(kind), from_(from) {}

  rt::Task<absl::StatusOr<std::optional<rt::PayloadRef>>> Next() override {
    for (;;) {
      rt::Ref<api::WatchEvents> events = rt::MakeRef<api::WatchEvents>();
      for (; next_ < server_.history_.size(); ++next_) {
        const api::WatchEvent& event = server_.history_[next_];
        if (event.revision <= from_ || &event.object->kind() != &kind_) continue;
        events->events.push_back(event);
      }
      if (!events->events.empty()) co_return rt::PayloadRef(std::move(events));
      co_await server_.changed_.Wait();
    }
  }

 private:
  FakeApiServer& server_;
  const api::KindInfo& kind_;
  const int64_t from_;
  size_t next_ = 0;
};

api::ObjectRef FakeApiServer::Commit(api::EventType type, rt::Ref<api::Object> object) {
  object->StampRevision(++revision_);
  const auto& metadata = object->metadata();
  auto& objects = objects_[&object->kind()];
  const Key key(metadata.namespace_(), metadata.name());
  if (type == api::EventType::kDeleted) {
    objects.erase(key);
  } else {
    objects[key] = object;
  }
  history_.push_back({type, object, revision_, false});
  changed_.Raise();
  return object;
}

api::ObjectRef FakeApiServer::Find(const api::KindInfo& kind, const std::string& ns,
                                   const std::string& name) const {
  const auto objects = objects_.find(&kind);
  if (objects == objects_.end()) return nullptr;
  const auto found = objects->second.find({ns, name});
  return found == objects->second.end() ? nullptr : found->second;
}

absl::StatusOr<api::ObjectRef> FakeApiServer::ApplyDelete(const api::Request& request,
                                                          const api::ObjectRef& stored) {
  if (request.precondition_uid.has_value() &&
      *request.precondition_uid != stored->metadata().uid()) {
    return api::Conflict("", "pods", request.name, "the UID in the precondition differs");
  }
  auto copy = CopyOf(stored->message());
  const api::Ref<api::Pod> pod = api::As<api::Pod>(stored);
  const int64_t grace = request.grace_period_seconds.value_or(
      pod ? pod->spec().termination_grace_period_seconds() : 0);
  if (grace == 0 || !pod) {
    return Commit(api::EventType::kDeleted, api::MakeObject(std::move(copy)));
  }
  auto* const metadata = api::MutableMetadataOf(copy.get());
  *metadata->mutable_deletion_timestamp() =
      api::MakeTime(env_.executor().WallNow() + absl::Seconds(grace));
  metadata->set_deletion_grace_period_seconds(grace);
  return Commit(api::EventType::kModified, api::MakeObject(std::move(copy)));
}

absl::StatusOr<api::ObjectRef> FakeApiServer::Apply(const api::Request& request) {
  const api::KindInfo& kind = *request.kind;
  const std::string name = request.object ? request.object->metadata().name() : request.name;
  const api::ObjectRef stored = Find(kind, request.ns, name);
  if (request.verb == api::Verb::kCreate) {
    if (stored) return api::AlreadyExists("", "objects", name);
    auto copy = CopyOf(request.object->message());
    api::MutableMetadataOf(copy.get())->set_uid(absl::StrCat("uid-", ++next_uid_));
    return Commit(api::EventType::kAdded, api::MakeObject(std::move(copy)));
  }
  if (!stored) return api::NotFound("", "objects", name);
  if (request.verb == api::Verb::kGet) return stored;
  if (request.verb == api::Verb::kDelete) return ApplyDelete(request, stored);
  if (request.verb == api::Verb::kPatch) return stored;  // Events' counts: not looked at.
  const auto& sent = request.object->metadata();
  if (sent.uid() != stored->metadata().uid() ||
      sent.resource_version() != stored->metadata().resource_version()) {
    return api::Conflict("", "objects", name, "the object has been modified");
  }
  if (request.subresource != "status") {
    return Commit(api::EventType::kModified, api::MakeObject(CopyOf(request.object->message())));
  }
  auto copy = CopyOf(stored->message());
  if (const auto pod = api::As<api::Pod>(request.object)) {
    *static_cast<api::Pod*>(copy.get())->mutable_status() = pod->status();
    statuses_[name].push_back(pod->status());
    ++status_writes_;
  } else if (const auto node = api::As<api::Node>(request.object)) {
    *static_cast<api::Node*>(copy.get())->mutable_status() = node->status();
  }
  return Commit(api::EventType::kModified, api::MakeObject(std::move(copy)));
}

rt::Task<rt::Reply> FakeApiServer::Serve(rt::Address peer, rt::PayloadRef payload) {
  const auto& request = static_cast<const api::Request&>(*payload);
  rt::Ref<api::Response> response = rt::MakeRef<api::Response>();
  if (request.verb == api::Verb::kWatch) {
    int64_t from = revision_;
    if (!request.resource_version.empty()) from = std::stoll(request.resource_version);
    co_return rt::Reply{std::move(response),
                        std::make_unique<WatchStream>(*this, *request.kind, from)};
  }
  if (!failure_.ok()) co_return ErrorReply(failure_);
  response->revision = revision_;
  if (request.verb == api::Verb::kList) {
    response->is_list = true;
    for (const auto& [key, object] : objects_[request.kind]) response->items.push_back(object);
    co_return rt::Reply{std::move(response), nullptr};
  }
  absl::StatusOr<api::ObjectRef> outcome = Apply(request);
  if (!outcome.ok()) co_return ErrorReply(outcome.status());
  response->object = *std::move(outcome);
  co_return rt::Reply{std::move(response), nullptr};
}

void FakeApiServer::CreatePod(api::Pod pod) {
  pod.mutable_metadata()->set_namespace_("default");
  pod.mutable_metadata()->set_uid(absl::StrCat("uid-", ++next_uid_));
  pod.mutable_spec()->set_node_name("node");
  pod.mutable_status()->set_phase("Pending");
  *pod.mutable_metadata()->mutable_creation_timestamp() = api::MakeTime(env_.executor().WallNow());
  Commit(api::EventType::kAdded, api::MakeObject(std::unique_ptr<google::protobuf::Message>(
                                     std::make_unique<api::Pod>(std::move(pod)))));
}

void FakeApiServer::DeletePod(const std::string& name, int64_t grace_seconds) {
  api::Request request;
  request.verb = api::Verb::kDelete;
  request.name = name;
  if (grace_seconds >= 0) request.grace_period_seconds = grace_seconds;
  const api::ObjectRef stored = Find(api::KindOf<api::Pod>(), "default", name);
  DRYDOCK_CHECK(stored, name);
  DRYDOCK_CHECK(ApplyDelete(request, stored).ok(), name);
}

void FakeApiServer::ChangePod(const std::string& name, void (*change)(api::Pod& pod)) {
  auto copy = std::make_unique<api::Pod>(GetPod(name));
  change(*copy);
  Commit(api::EventType::kModified,
         api::MakeObject(std::unique_ptr<google::protobuf::Message>(std::move(copy))));
}

api::Ref<api::Pod> FakeApiServer::FindPod(const std::string& name) const {
  return api::As<api::Pod>(Find(api::KindOf<api::Pod>(), "default", name));
}

const api::Pod& FakeApiServer::GetPod(const std::string& name) const {
  const api::Ref<api::Pod> pod = FindPod(name);
  DRYDOCK_CHECK(pod, name);
  return *pod;
}

const std::vector<api::PodStatus>& FakeApiServer::StatusesOf(const std::string& name) const {
  static const std::vector<api::PodStatus> kNone;
  const auto found = statuses_.find(name);
  return found == statuses_.end() ? kNone : found->second;
}

std::vector<std::string> FakeApiServer::EventReasons(const std::string& pod) const {
  std::vector<std::string> reasons;
  for (const api::WatchEvent& event : history_) {
    const auto recorded = api::As<api::corev1::Event>(event.object);
    if (recorded && recorded->involved_object().name() == pod) {
      reasons.push_back(recorded->reason());
    }
  }
  return reasons;
}

}  // namespace drydock::kubelet
