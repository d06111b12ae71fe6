// Which verb goes where, and the strategies of kinds that have one.
#include "src/apiserver/registry/registry.h"

#include <utility>

#include "src/api/status.h"
#include "src/api/time.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/strategies.h"
#include "src/rt/check.h"

namespace drydock::apiserver {

Registry::Registry(rt::Env& env, store::Store& store, const ResourceTable& resources,
                   Cacher& cacher, const AdmissionChain& admission, const ServerOptions& options)
    : env_(env),
      store_(store),
      resources_(resources),
      cacher_(cacher),
      admission_(admission),
      options_(options),
      random_(env.NewRandom("apiserver/identity")),
      event_leases_(env.executor(), store, options.event_ttl, options.max_events) {
  for (const std::unique_ptr<Resource>& resource : resources.all()) {
    if (std::unique_ptr<Strategy> made = MakeStrategy(*resource, env, options)) {
      strategies_[resource.get()] = std::move(made);
    }
  }
}

Registry::~Registry() = default;

void Registry::Load() {
  for (const std::unique_ptr<Resource>& resource : resources_.all()) {
    Strategy* strategy = StrategyOf(*resource);
    if (strategy == nullptr) continue;
    for (const api::ObjectRef& object : cacher_.For(*resource).List(Selection(""), 0).objects) {
      strategy->Loaded(object->message());
    }
  }
}

Strategy* Registry::StrategyOf(const Resource& resource) const {
  const auto found = strategies_.find(&resource);
  return found == strategies_.end() ? nullptr : found->second.get();
}

const Resource& Registry::Named(absl::string_view group, absl::string_view plural) const {
  const Resource* resource = resources_.Find(group, plural);
  DRYDOCK_CHECK(resource != nullptr, plural, " are not served");
  return *resource;
}

api::metav1::Time Registry::Now() const { return api::MakeTime(env_.executor().WallNow()); }

api::MessagePtr Registry::Edit(const Resource& resource, const api::ObjectRef& current) const {
  return resource.shares_spec ? Shell(resource, *current, &current->message())
                              : api::CopyMessage(current->message());
}

rt::Ref<api::Object> Registry::Seal(const Resource& resource, api::MessagePtr message,
                                    const api::ObjectRef& spec_of) const {
  return resource.shares_spec ? api::MakeObjectSharingSpec(std::move(message), spec_of)
                              : api::MakeObject(*resource.kind, std::move(message));
}

Answer AnswerWith(int code, api::ObjectRef object) {
  Answer answer{.response = rt::MakeRef<api::Response>()};
  answer.response->code = code;
  if (object) answer.response->revision = object->revision();
  answer.response->object = std::move(object);
  return answer;
}

Answer AnswerSuccess(int code, const Resource& resource, absl::string_view name,
                     absl::string_view uid) {
  api::metav1::Status status;
  status.set_status("Success");
  api::metav1::StatusDetails& details = *status.mutable_details();
  details.set_name(std::string(name));
  details.set_group(std::string(resource.group()));
  details.set_kind(std::string(resource.plural()));
  if (!uid.empty()) details.set_uid(std::string(uid));
  return AnswerWith(code, api::MakeObject(std::move(status)).object());
}

rt::Task<absl::StatusOr<Answer>> Registry::Serve(const api::Request& request, bool may_create) {
  const Resource* resource = resources_.Find(*request.kind);
  if (resource == nullptr) {
    co_return api::MakeStatus("NotFound", "the server could not find the requested resource", {});
  }
  const std::string& subresource = request.subresource;
  if (!subresource.empty() && !resource->kind->HasSubresource(subresource)) {
    co_return api::MakeStatus("NotFound", "the server could not find the requested resource", {});
  }
  if (request.verb == api::Verb::kCreate && subresource == "binding") {
    co_return co_await Bind(*resource, request);
  }
  if (request.verb == api::Verb::kCreate && subresource == "eviction") {
    co_return co_await Evict(*resource, request);
  }
  if (subresource == "scale") co_return co_await Scale(*resource, request);
  if (subresource == "finalize" && request.verb == api::Verb::kUpdate) {
    co_return co_await Finalize(*resource, request);
  }
  const bool plain = subresource.empty() || subresource == "status";
  switch (request.verb) {
    case api::Verb::kGet:
      if (plain) co_return co_await Get(*resource, request);
      break;
    case api::Verb::kUpdate:
      if (plain || subresource == "approval") {
        co_return co_await Update(*resource, request, may_create);
      }
      break;
    case api::Verb::kPatch:
      if (plain || subresource == "approval") co_return co_await Patch(*resource, request);
      break;
    case api::Verb::kList:
      if (subresource.empty()) co_return co_await List(*resource, request);
      break;
    case api::Verb::kWatch:
      if (subresource.empty()) co_return co_await Watch(*resource, request);
      break;
    case api::Verb::kCreate:
      if (subresource.empty()) co_return co_await Create(*resource, request);
      break;
    case api::Verb::kDelete:
      if (subresource.empty()) co_return co_await Delete(*resource, request);
      break;
    case api::Verb::kDeleteCollection:
      if (subresource.empty()) co_return co_await DeleteCollection(*resource, request);
      break;
  }
  co_return api::MethodNotSupported(resource->group(), resource->plural(),
                                    api::VerbName(request.verb));
}

}  // namespace drydock::apiserver
