// How tests talk to the handler.
#include "tests/apiserver/support.h"

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/status.h"

namespace drydock::apiserver {
namespace {

std::string NameOf(const api::ObjectRef& object) {
  const api::metav1::ObjectMeta& metadata = object->metadata();
  return metadata.namespace_().empty() ? metadata.name()
                                       : absl::StrCat(metadata.namespace_(), "/", metadata.name());
}

std::string Describe(const api::WatchEvent& event) {
  switch (event.type) {
    case api::EventType::kAdded:
      return absl::StrCat("ADDED ", NameOf(event.object));
    case api::EventType::kModified:
      return absl::StrCat("MODIFIED ", NameOf(event.object));
    case api::EventType::kDeleted:
      return absl::StrCat("DELETED ", NameOf(event.object));
    case api::EventType::kBookmark:
      return event.initial_events_end ? "BOOKMARK initial-events-end" : "BOOKMARK";
    case api::EventType::kError:
      return absl::StrCat("ERROR ", api::As<api::metav1::Status>(event.object)->message());
  }
  return "";
}

rt::Task<> Collect(rt::Stream& stream, std::vector<std::string>& lines) {
  for (;;) {
    const absl::StatusOr<std::optional<rt::PayloadRef>> message = co_await stream.Next();
    if (!message.ok()) {
      lines.push_back(absl::StatusCodeToString(message.status().code()));
      co_return;
    }
    if (!message->has_value()) {
      lines.push_back("END");
      co_return;
    }
    for (const api::WatchEvent& event : static_cast<const api::WatchEvents&>(***message).events) {
      lines.push_back(Describe(event));
    }
  }
}

}  // namespace

api::Pod MakePod(const std::string& name, const std::string& ns) {
  api::Pod pod;
  pod.mutable_metadata()->set_name(name);
  pod.mutable_metadata()->set_namespace_(ns);
  api::Container& container = *pod.mutable_spec()->add_containers();
  container.set_name("main");
  container.set_image("registry.example/app:1");
  return pod;
}

api::ObjectRef MakeBinding(const std::string& pod, const std::string& node) {
  api::Binding binding;
  binding.mutable_metadata()->set_name(pod);
  binding.mutable_target()->set_kind("Node");
  binding.mutable_target()->set_name(node);
  return api::MakeObject(std::move(binding)).object();
}

rt::Ref<api::Request> ServerTest::Request(api::Verb verb, const api::KindInfo& kind,
                                          const std::string& ns, const std::string& name) {
  rt::Ref<api::Request> request = rt::MakeRef<api::Request>();
  request->verb = verb;
  request->kind = &kind;
  request->ns = ns;
  request->name = name;
  return request;
}

rt::Ref<const api::Response> ServerTest::Do(rt::Ref<api::Request> request) {
  const rt::Reply reply = cluster_.Await(cluster_.server().Handle("client-0", request));
  return rt::Ref<const api::Response>(static_cast<const api::Response*>(reply.message.get()));
}

std::unique_ptr<rt::Stream> ServerTest::Watch(rt::Ref<api::Request> request) {
  rt::Reply reply = cluster_.Await(cluster_.server().Handle("client-0", request));
  return std::move(reply.stream);
}

absl::Status ServerTest::Error(rt::Ref<api::Request> request) {
  const rt::Ref<const api::Response> response = Do(std::move(request));
  if (response->code < 400) return absl::OkStatus();
  return api::FromMetaStatus(*api::As<api::metav1::Status>(response->object));
}

absl::StatusOr<api::ObjectRef> ServerTest::Object(rt::Ref<api::Request> request) {
  const rt::Ref<const api::Response> response = Do(std::move(request));
  if (response->code < 400) return response->object;
  return api::FromMetaStatus(*api::As<api::metav1::Status>(response->object));
}

std::vector<std::string> ServerTest::Names(const api::Response& list) {
  std::vector<std::string> names;
  for (const api::ObjectRef& item : list.items) names.push_back(NameOf(item));
  return names;
}

std::vector<std::string> ServerTest::Drain(rt::Stream& stream) {
  std::vector<std::string> lines;
  rt::TaskGroup group;
  group.Spawn(Collect(stream, lines));
  cluster_.RunFor(absl::ZeroDuration());
  return lines;
}

absl::Status ServerTest::Bind(const std::string& pod, const std::string& node) {
  rt::Ref<api::Request> request =
      Request(api::Verb::kCreate, api::KindOf<api::Pod>(), "default", pod);
  request->subresource = "binding";
  request->object = MakeBinding(pod, node);
  return Error(request);
}

void ServerTest::SetPhase(const std::string& name, const std::string& phase) {
  api::Pod pod = *cluster_.Get<api::Pod>("default", name);
  pod.mutable_status()->set_phase(phase);
  cluster_.UpdateStatus(std::move(pod));
}

}  // namespace drydock::apiserver
