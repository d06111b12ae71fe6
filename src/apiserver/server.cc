// The handler chain, start-up and housekeeping.
#include "src/apiserver/server.h"

#include <utility>

#include "src/api/core/v1/namespace.h"
#include "src/api/status.h"
#include "src/apiserver/admission/chain.h"
#include "src/apiserver/admission/plugins.h"
#include "src/apiserver/auth/access.h"
#include "src/apiserver/auth/access_control.h"
#include "src/apiserver/auth/policy_keeper.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/registry/registry.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {
namespace {

constexpr absl::Duration kRetryStoreAfter = absl::Seconds(1);
constexpr const char* kNamespaces[] = {"kube-system", "kube-public", "kube-node-lease", "default"};

bool IsRead(api::Verb verb) {
  return verb == api::Verb::kGet || verb == api::Verb::kList || verb == api::Verb::kWatch;
}

rt::Reply ReplyWith(Answer answer) {
  return {.message = std::move(answer.response), .stream = std::move(answer.stream)};
}

rt::Reply ReplyWith(const absl::Status& error) {
  return ReplyWith(
      AnswerWith(api::HttpCodeOf(error), api::MakeObject(api::ToMetaStatus(error)).object()));
}

}  // namespace

// Counts a request as in flight while it lives: a request whose task is destroyed on
// the way (its caller went away) is none.
class Server::InFlight {
 public:
  // `limit`: 0 for none.
  InFlight(int& count, int limit) : count_(count), admitted_(limit == 0 || count < limit) {
    if (admitted_) ++count_;
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() {
    if (admitted_) --count_;
  }
  bool admitted() const { return admitted_; }

 private:
  int& count_;
  const bool admitted_;
};

Server::Server(rt::Env& env, store::Store& store, ServerOptions options)
    : env_(env),
      store_(store),
      options_(std::move(options)),
      resources_(std::make_unique<ResourceTable>()),
      cacher_(std::make_unique<Cacher>(*resources_, env.executor(), store, options_.watch_cache)),
      access_(std::make_unique<AccessControl>(env, *resources_, *cacher_, options_.access)),
      admission_(std::make_unique<AdmissionChain>(
          *resources_, MakeAdmissionPlugins(*resources_, *cacher_, access_->authorizer()))),
      registry_(
          std::make_unique<Registry>(env, store, *resources_, *cacher_, *admission_, options_)) {
  registry_->GuardCreates(
      [this](const api::Request& request) { return access_->AuthorizeCreation(request); });
  const AccessOptions& access = options_.access;
  if (access.rbac || access.default_service_accounts) {
    keeper_ =
        std::make_unique<PolicyKeeper>(env.executor(), *resources_, *cacher_, *registry_, access);
  }
}

Server::~Server() = default;

rt::Task<absl::Status> Server::Bootstrap() {
  for (const char* name : kNamespaces) {
    api::Namespace ns;
    ns.mutable_metadata()->set_name(name);
    ns.mutable_metadata()->mutable_labels()->Add()->set_key("kubernetes.io/metadata.name");
    ns.mutable_metadata()->mutable_labels(0)->set_value(name);
    api::Request request;
    request.verb = api::Verb::kCreate;
    request.kind = &api::KindOf<api::Namespace>();
    request.field_manager = "kube-apiserver";
    request.object = api::MakeObject(std::move(ns)).object();
    const absl::StatusOr<Answer> made = co_await registry_->Serve(request);
    if (!made.ok() && !api::IsAlreadyExists(made.status())) co_return made.status();
  }
  if (keeper_ == nullptr) co_return absl::OkStatus();
  co_return co_await keeper_->Establish();
}

rt::Task<> Server::Run() {
  for (;;) {
    const absl::Status loaded = co_await cacher_->Load();
    if (loaded.ok()) break;
    co_await env_.executor().SleepFor(kRetryStoreAfter);
  }
  registry_->Load();
  tasks_.Spawn(cacher_->Run());
  for (;;) {
    const absl::Status made = co_await Bootstrap();
    if (made.ok()) break;
    co_await env_.executor().SleepFor(kRetryStoreAfter);
  }
  if (keeper_ != nullptr) tasks_.Spawn(keeper_->Run());
  ready_ = true;
  co_await Compact();
}

rt::Task<> Server::Compact() {
  store::Revision previous = 0;
  for (;;) {
    co_await env_.executor().SleepFor(options_.compaction_interval);
    if (previous > store_.compacted_revision()) {
      const absl::Status compacted = co_await store_.Compact(previous);
      if (compacted.ok()) ++metrics_.compactions;
    }
    previous = store_.current_revision();
  }
}

uint64_t& Server::Counter(const api::Request& request, int code) {
  // Not the request's own text, which does not live as long as the count.
  const absl::string_view* subresource = nullptr;
  if (!request.subresource.empty() && request.kind != nullptr) {
    for (const absl::string_view& known : request.kind->subresources) {
      if (known == request.subresource) subresource = &known;
    }
  }
  uint64_t*& counter = counters_[{request.kind, subresource, static_cast<int>(request.verb), code}];
  if (counter == nullptr) {
    counter = &metrics_.requests[{
        .verb = request.verb,
        .group = request.kind != nullptr ? request.kind->group : "",
        .resource = request.kind != nullptr ? request.kind->resource : "",
        .subresource = subresource != nullptr ? *subresource : "",
        .code = code,
    }];
  }
  return *counter;
}

void Server::Count(const api::Request& request, int code, rt::Instant began) {
  ++Counter(request, code);
  if (observer_) {
    observer_({.request = request, .code = code, .latency = env_.executor().Now() - began});
  }
}

rt::Task<rt::Reply> Server::Serve(rt::Address peer, rt::PayloadRef request) {
  return Handle(std::move(peer),
                rt::Ref<const api::Request>(static_cast<const api::Request*>(request.get())));
}

rt::Task<rt::Reply> Server::Handle(rt::Address peer, rt::Ref<const api::Request> request) {
  const rt::Instant began = env_.executor().Now();
  rt::Reply reply = co_await Process(std::move(peer), request);
  Count(*request, static_cast<const api::Response&>(*reply.message).code, began);
  co_return reply;
}

rt::Task<rt::Reply> Server::Process(rt::Address peer, rt::Ref<const api::Request> request) {
  if (!ready_) {
    co_return ReplyWith(api::MakeStatus("ServiceUnavailable", "the API server is starting",
                                        {.retry_after_seconds = 1}));
  }
  if (request->kind == nullptr) {
    co_return ReplyWith(
        api::MakeStatus("NotFound", "the server could not find the requested resource", {}));
  }
  const bool read = IsRead(request->verb);
  const bool exempt = IsInGroup(request->user, kMastersGroup);
  const int limit = exempt ? 0
                    : read ? options_.max_reads_in_flight
                           : options_.max_writes_in_flight;
  const InFlight in_flight(read ? metrics_.reads_in_flight : metrics_.writes_in_flight, limit);
  if (!in_flight.admitted()) {
    ++metrics_.rejected;
    co_return ReplyWith(api::TooManyRequests("too many requests, please try again later", 1));
  }
  if (options_.cost) {
    const absl::Duration cost = options_.cost(*request);
    if (cost > absl::ZeroDuration()) co_await env_.executor().SleepFor(cost);
  }
  const absl::Status allowed = access_->Authorize(*request);
  if (!allowed.ok()) co_return ReplyWith(allowed);
  if (AccessControl::Serves(*request)) {
    absl::StatusOr<api::ObjectRef> served = access_->Serve(*request);
    if (!served.ok()) co_return ReplyWith(served.status());
    co_return ReplyWith(AnswerWith(201, *std::move(served)));
  }
  absl::StatusOr<Answer> answer = co_await registry_->Serve(*request);
  if (!answer.ok()) co_return ReplyWith(answer.status());
  co_return ReplyWith(*std::move(answer));
}

}  // namespace drydock::apiserver
