// Requests over the environment's transport: time-outs, the rate limit, and the answers' errors.
#include "src/client/client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"

namespace drydock::client {
namespace {

// The error that a response of code 400 and above carries.
absl::Status ErrorOf(const api::Response& response) {
  const Ref<api::metav1::Status> status = api::As<api::metav1::Status>(response.object);
  if (!status) {
    return absl::UnknownError(
        absl::StrCat("the API server answered with code ", response.code, " and no Status"));
  }
  return api::FromMetaStatus(*status);
}

void Select(ListOptions selection, api::Request* request) {
  request->label_selector = std::move(selection.label_selector);
  request->field_selector = std::move(selection.field_selector);
  request->resource_version = std::move(selection.resource_version);
  request->limit = selection.limit;
  request->continue_token = std::move(selection.continue_token);
}

void SetDelete(DeleteOptions options, api::Request* request) {
  request->grace_period_seconds = options.grace_period_seconds;
  request->propagation = options.propagation;
  request->precondition_uid = std::move(options.precondition_uid);
  request->precondition_resource_version = std::move(options.precondition_resource_version);
}

}  // namespace

Task<absl::StatusOr<std::optional<rt::Ref<const api::WatchEvents>>>> WatchStream::Next() {
  if (!error_.ok()) co_return error_;
  absl::StatusOr<std::optional<rt::PayloadRef>> message = co_await stream_->Next();
  if (!message.ok()) co_return message.status();
  if (!message->has_value()) co_return std::optional<rt::Ref<const api::WatchEvents>>();
  rt::Ref<const api::WatchEvents> events(static_cast<const api::WatchEvents*>((*message)->get()));

  for (size_t i = 0; i < events->events.size(); ++i) {
    const api::WatchEvent& event = events->events[i];
    if (event.type != api::EventType::kError) continue;
    const Ref<api::metav1::Status> status = api::As<api::metav1::Status>(event.object);
    error_ = status ? api::FromMetaStatus(*status)
                    : absl::UnknownError("the watch ended with an error without a Status");
    if (error_.ok()) error_ = absl::UnknownError("the watch ended with a Status of success");
    if (i == 0) co_return error_;
    // What came before the error counts; the error comes with the next call.
    rt::Ref<api::WatchEvents> before = rt::MakeRef<api::WatchEvents>();
    before->events.assign(events->events.begin(),
                          events->events.begin() + static_cast<ptrdiff_t>(i));
    co_return std::optional<rt::Ref<const api::WatchEvents>>(std::move(before));
  }
  co_return std::optional<rt::Ref<const api::WatchEvents>>(std::move(events));
}

Client::Client(rt::Env& env, rt::Address server, ClientOptions options)
    : env_(env),
      server_(std::move(server)),
      options_(std::move(options)),
      tokens_(options_.burst) {}

Client::~Client() = default;

rt::Ref<api::Request> Client::NewRequest(api::Verb verb, const api::KindInfo& kind, std::string ns,
                                         std::string name) const {
  rt::Ref<api::Request> request = rt::MakeRef<api::Request>();
  request->verb = verb;
  request->kind = &kind;
  request->ns = std::move(ns);
  request->name = std::move(name);
  request->user.name = options_.user;
  request->user.groups = options_.groups;
  request->field_manager = options_.user_agent;
  return request;
}

rt::Ref<api::Request> Client::NewWrite(api::Verb verb, ObjectRef object,
                                       std::string subresource) const {
  const api::metav1::ObjectMeta& metadata = object->metadata();
  rt::Ref<api::Request> request =
      NewRequest(verb, object->kind(), metadata.namespace_(),
                 verb == api::Verb::kCreate ? std::string() : metadata.name());
  request->subresource = std::move(subresource);
  request->object = std::move(object);
  return request;
}

absl::Duration Client::TakeToken() {
  if (options_.qps <= 0) return absl::ZeroDuration();
  const rt::Instant now = env_.executor().Now();
  tokens_ = std::min<double>(std::max(options_.burst, 1),
                             tokens_ + absl::ToDoubleSeconds(now - refilled_) * options_.qps);
  refilled_ = now;
  tokens_ -= 1;  // Below zero: taken from the future, so that waiters are served in order.
  if (tokens_ >= 0) return absl::ZeroDuration();
  const absl::Duration wait = absl::Seconds(-tokens_ / options_.qps);
  metrics_.throttled += wait;
  return wait;
}

absl::StatusOr<rt::Reply> Client::Received(absl::StatusOr<rt::Reply> reply) {
  if (reply.ok()) {
    const auto& response = static_cast<const api::Response&>(*reply->message);
    if (response.code >= 400) reply = ErrorOf(response);
  }
  if (!reply.ok()) ++metrics_.errors;
  return reply;
}

// One coroutine for all that a request takes: they are many, and each has its price.
Task<absl::StatusOr<rt::Ref<const api::Response>>> Client::Do(rt::Ref<api::Request> request) {
  for (int attempt = 0;; ++attempt) {
    const absl::Duration throttled = TakeToken();
    if (throttled > absl::ZeroDuration()) co_await env_.executor().SleepFor(throttled);
    ++metrics_.requests;
    const absl::StatusOr<rt::Reply> reply =
        Received(co_await env_.transport().Call(server_, request, options_.timeout));
    if (reply.ok()) {
      co_return rt::Ref<const api::Response>(
          static_cast<const api::Response*>(reply->message.get()));
    }
    if (!absl::IsResourceExhausted(reply.status()) || attempt >= options_.max_retries) {
      co_return reply.status();
    }
    const int32_t wait = api::DetailsOf(reply.status()).retry_after_seconds;
    if (wait <= 0) co_return reply.status();
    co_await env_.executor().SleepFor(absl::Seconds(wait));
  }
}

Task<absl::StatusOr<ObjectRef>> Client::DoObject(rt::Ref<api::Request> request) {
  absl::StatusOr<rt::Ref<const api::Response>> response = co_await Do(std::move(request));
  if (!response.ok()) co_return response.status();
  co_return (*response)->object;
}

Task<absl::Status> Client::DoDelete(rt::Ref<api::Request> request, DeleteOptions options) {
  SetDelete(std::move(options), request.get());
  absl::StatusOr<rt::Ref<const api::Response>> response = co_await Do(std::move(request));
  co_return response.status();
}

Task<absl::StatusOr<ObjectRef>> Client::Get(const api::KindInfo& kind, std::string ns,
                                            std::string name) {
  return DoObject(NewRequest(api::Verb::kGet, kind, std::move(ns), std::move(name)));
}

Task<absl::StatusOr<ObjectRef>> Client::Create(ObjectRef object) {
  return DoObject(NewWrite(api::Verb::kCreate, std::move(object), ""));
}

Task<absl::StatusOr<ObjectRef>> Client::Update(ObjectRef object) {
  return DoObject(NewWrite(api::Verb::kUpdate, std::move(object), ""));
}

Task<absl::StatusOr<ObjectRef>> Client::UpdateSubresource(ObjectRef object,
                                                          std::string subresource) {
  return DoObject(NewWrite(api::Verb::kUpdate, std::move(object), std::move(subresource)));
}

Task<absl::StatusOr<ObjectRef>> Client::Patch(const api::KindInfo& kind, std::string ns,
                                              std::string name, api::PatchType type,
                                              std::string patch, std::string subresource) {
  rt::Ref<api::Request> request =
      NewRequest(api::Verb::kPatch, kind, std::move(ns), std::move(name));
  request->patch_type = type;
  request->patch = std::move(patch);
  request->subresource = std::move(subresource);
  return DoObject(std::move(request));
}

Task<absl::Status> Client::Delete(const api::KindInfo& kind, std::string ns, std::string name,
                                  DeleteOptions options) {
  return DoDelete(NewRequest(api::Verb::kDelete, kind, std::move(ns), std::move(name)),
                  std::move(options));
}

Task<absl::Status> Client::DeleteCollection(const api::KindInfo& kind, std::string ns,
                                            ListOptions selection, DeleteOptions options) {
  rt::Ref<api::Request> request = NewRequest(api::Verb::kDeleteCollection, kind, std::move(ns), "");
  Select(std::move(selection), request.get());
  return DoDelete(std::move(request), std::move(options));
}

Task<absl::StatusOr<rt::Ref<const api::Response>>> Client::List(const api::KindInfo& kind,
                                                                std::string ns,
                                                                ListOptions options) {
  rt::Ref<api::Request> request = NewRequest(api::Verb::kList, kind, std::move(ns), "");
  Select(std::move(options), request.get());
  return Do(std::move(request));
}

Task<absl::StatusOr<WatchStream>> Client::Watch(const api::KindInfo& kind, std::string ns,
                                                std::string resource_version, ListOptions options) {
  rt::Ref<api::Request> request = NewRequest(api::Verb::kWatch, kind, std::move(ns), "");
  request->timeout_seconds = options.timeout_seconds;
  Select(std::move(options), request.get());
  request->resource_version = std::move(resource_version);
  request->allow_bookmarks = true;
  ++metrics_.requests;
  absl::StatusOr<rt::Reply> reply =
      Received(co_await env_.transport().Call(server_, std::move(request), options_.timeout));
  if (!reply.ok()) co_return reply.status();
  if (reply->stream == nullptr) {
    co_return absl::UnknownError("the API server answered a watch without a stream");
  }
  co_return WatchStream(std::move(reply->stream));
}

Task<absl::StatusOr<ObjectRef>> Client::CreateSubresource(const api::KindInfo& of, std::string ns,
                                                          std::string name, std::string subresource,
                                                          ObjectRef body) {
  rt::Ref<api::Request> request =
      NewRequest(api::Verb::kCreate, of, std::move(ns), std::move(name));
  request->subresource = std::move(subresource);
  request->object = std::move(body);
  return DoObject(std::move(request));
}

}  // namespace drydock::client
