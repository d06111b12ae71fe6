// Every verb on every stored resource, generically; kinds differ by their Resource's
// traits and by a Strategy where they need code.
//
// Reads come from the watch cache, waiting for it where a consistent answer is asked
// for; a write reads from the cache, commits on the condition that the object has not
// changed since, and starts again from the store's state when it has.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_REGISTRY_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_REGISTRY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/admission/chain.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/event_leases.h"
#include "src/apiserver/options.h"
#include "src/apiserver/registry/strategy.h"
#include "src/apiserver/resource.h"
#include "src/rt/env.h"
#include "src/rt/random.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"
#include "src/store/store.h"

namespace drydock::apiserver {

// What a request leads to when it does not fail.
struct Answer {
  rt::Ref<api::Response> response;
  std::unique_ptr<rt::Stream> stream;  // Of a watch.
};

// The next state of an object.
struct Change {
  rt::Ref<api::Object> next;  // Null: the object stays as it is.
  bool erase = false;         // The object goes; `next` is its last state, for the answer.
};
using Changer = absl::FunctionRef<absl::StatusOr<Change>(const api::ObjectRef& current)>;

class Registry {
 public:
  // All of these outlive the registry.
  Registry(rt::Env& env, store::Store& store, const ResourceTable& resources, Cacher& cacher,
           const AdmissionChain& admission, const ServerOptions& options);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  // Tells strategies of what is in the store already.
  void Load();
  // `may_create`: whether an update may make the object that it does not find, where the
  // kind is like that.
  rt::Task<absl::StatusOr<Answer>> Serve(const api::Request& request, bool may_create = true);

  // Housekeeping; run until destroyed.
  EventLeases& event_leases() { return event_leases_; }

 private:
  struct DeleteParameters {
    std::optional<int64_t> grace_period_seconds;
    api::Propagation propagation = api::Propagation::kDefault;
    std::optional<std::string> uid;
    std::optional<std::string> resource_version;
    bool dry_run = false;
  };

  // read.cc
  rt::Task<absl::StatusOr<Answer>> Get(const Resource& resource, const api::Request& request);
  rt::Task<absl::StatusOr<Answer>> List(const Resource& resource, const api::Request& request);
  rt::Task<absl::StatusOr<Answer>> ListFromStore(const Resource& resource,
                                                 const api::Request& request,
                                                 const Selection& selection, int64_t revision,
                                                 std::string start);
  rt::Task<absl::Status> WaitForRevision(int64_t revision);
  rt::Task<absl::StatusOr<int64_t>> NewestRevision();
  // watch.cc
  rt::Task<absl::StatusOr<Answer>> Watch(const Resource& resource, const api::Request& request);

  // create.cc
  rt::Task<absl::StatusOr<Answer>> Create(const Resource& resource, const api::Request& request);
  rt::Task<absl::Status> CheckNamespace(const Resource& resource, const std::string& ns,
                                        const std::string& name);
  absl::StatusOr<api::MessagePtr> NewMessage(const Resource& resource, const api::Request& request);
  rt::Task<absl::StatusOr<api::ObjectRef>> Insert(const Resource& resource,
                                                  rt::Ref<api::Object> object, bool dry_run);

  // write.cc
  rt::Task<absl::StatusOr<api::ObjectRef>> ReadLive(const std::string& key);
  // Applies `change` to the present state until it commits. NotFound when there is none.
  rt::Task<absl::StatusOr<api::ObjectRef>> Modify(const Resource& resource, std::string ns,
                                                  std::string name, bool dry_run, Changer change);
  absl::Status CheckRevision(const Resource& resource, const api::Object& current,
                             absl::string_view name, absl::string_view asked,
                             absl::string_view asked_uid) const;
  // update.cc
  rt::Task<absl::StatusOr<Answer>> Update(const Resource& resource, const api::Request& request,
                                          bool may_create);
  absl::StatusOr<Change> ChangeTo(const Resource& resource, const api::Request& request,
                                  const api::ObjectRef& wanted, const api::ObjectRef& current);
  absl::StatusOr<Change> ChangeStatusTo(const Resource& resource, const api::Request& request,
                                        const api::ObjectRef& wanted,
                                        const api::ObjectRef& current);
  // patch.cc
  rt::Task<absl::StatusOr<Answer>> Patch(const Resource& resource, const api::Request& request);
  // What `current` becomes by the request's patch.
  absl::StatusOr<api::ObjectRef> Patched(const api::Request& request,
                                         const api::Object& current) const;

  // delete.cc
  rt::Task<absl::StatusOr<Answer>> Delete(const Resource& resource, const api::Request& request);
  rt::Task<absl::StatusOr<Answer>> DeleteCollection(const Resource& resource,
                                                    const api::Request& request);
  rt::Task<absl::StatusOr<api::ObjectRef>> DeleteObject(const Resource& resource, std::string ns,
                                                        std::string name,
                                                        DeleteParameters parameters);
  absl::StatusOr<Change> ChangeForDeletion(const Resource& resource,
                                           const DeleteParameters& parameters,
                                           const api::ObjectRef& current);

  // subresources
  rt::Task<absl::StatusOr<Answer>> Bind(const Resource& pods, const api::Request& request);
  rt::Task<absl::StatusOr<Answer>> Evict(const Resource& pods, const api::Request& request);
  rt::Task<absl::Status> SpendBudget(const Resource& pods, const api::ObjectRef& pod, bool dry_run);
  rt::Task<absl::StatusOr<Answer>> Scale(const Resource& resource, const api::Request& request);
  rt::Task<absl::StatusOr<Answer>> Finalize(const Resource& namespaces,
                                            const api::Request& request);

  // A copy of `current` without its spec where that can be shared, to change its
  // metadata and status; Seal makes the object of it.
  api::MessagePtr Edit(const Resource& resource, const api::ObjectRef& current) const;
  rt::Ref<api::Object> Seal(const Resource& resource, api::MessagePtr message,
                            const api::ObjectRef& spec_of) const;
  Strategy* StrategyOf(const Resource& resource) const;
  const Resource& Named(absl::string_view group, absl::string_view plural) const;
  api::metav1::Time Now() const;

  rt::Env& env_;
  store::Store& store_;
  const ResourceTable& resources_;
  Cacher& cacher_;
  const AdmissionChain& admission_;
  const ServerOptions& options_;
  rt::Random random_;
  EventLeases event_leases_;
  absl::flat_hash_map<const Resource*, std::unique_ptr<Strategy>> strategies_;  // Look-up only.
};

// Whether an object that replaces another one bears the request's name and namespace.
absl::Status CheckNames(const api::Request& request, const api::Object& object);

// An ordinary answer with an object.
Answer AnswerWith(int code, api::ObjectRef object);
// Kubernetes' Status of success.
Answer AnswerSuccess(int code, const Resource& resource, absl::string_view name,
                     absl::string_view uid);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_REGISTRY_H_
