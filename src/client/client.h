// The client of the API server: typed calls over whatever transport the
// environment has, with a time-out, a rate limit and Kubernetes' errors.
//
//   Client client(env, "master-0/apiserver", {.user_agent = "kube-scheduler"});
//   absl::StatusOr<Ref<Pod>> pod = co_await client.Get<Pod>("default", "web-0");
//   if (api::IsNotFound(pod.status())) ...
#ifndef DRYDOCK_SRC_CLIENT_CLIENT_H_
#define DRYDOCK_SRC_CLIENT_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/api/message_ptr.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::client {

using api::ObjectRef;
using api::Ref;
using rt::Task;

struct ClientOptions {
  std::string user_agent = "drydock";  // Names the field manager of its writes.
  std::string user;                    // Asserted in the simulator; certificates elsewhere.
  std::vector<std::string> groups;
  absl::Duration timeout = absl::Seconds(30);
  // Token bucket on all requests but watches (client-go's QPS and Burst); 0: none.
  double qps = 0;
  int burst = 0;
  // How often a request is sent again that the server turned away with "too many
  // requests" and a time to wait (client-go: 10). It certainly took no effect.
  int max_retries = 10;
};

struct ListOptions {
  std::string label_selector;
  std::string field_selector;
  std::string resource_version;  // "": consistent; "0": any, from the watch cache.
  int64_t limit = 0;
  std::string continue_token;              // Of the page before.
  std::optional<int64_t> timeout_seconds;  // Of a watch: when the server ends it.
};

struct DeleteOptions {
  std::optional<int64_t> grace_period_seconds;
  api::Propagation propagation = api::Propagation::kDefault;
  std::optional<std::string> precondition_uid;
  std::optional<std::string> precondition_resource_version;
};

template <typename T>
struct ListResult {
  std::vector<Ref<T>> items;
  int64_t revision = 0;
};

// A running watch. Destroying it ends it.
class WatchStream {
 public:
  explicit WatchStream(std::unique_ptr<rt::Stream> stream) : stream_(std::move(stream)) {}
  // The next events, or nullopt when the server ended the watch in good order. An
  // error event of the server ("Expired") arrives as a status.
  Task<absl::StatusOr<std::optional<rt::Ref<const api::WatchEvents>>>> Next();

 private:
  std::unique_ptr<rt::Stream> stream_;
  absl::Status error_;  // An error that came behind events in the same message.
};

// What the client has done, for metrics.
struct ClientMetrics {
  uint64_t requests = 0;
  uint64_t errors = 0;
  absl::Duration throttled;  // Spent waiting for the rate limit.
};

class Client {
 public:
  // `env` outlives the client.
  Client(rt::Env& env, rt::Address server, ClientOptions options);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  template <typename T>
  Task<absl::StatusOr<Ref<T>>> Get(std::string ns, std::string name) {
    return Typed<T>(NewRequest(api::Verb::kGet, api::KindOf<T>(), std::move(ns), std::move(name)));
  }
  template <typename T>
    requires std::is_base_of_v<google::protobuf::Message, T>
  Task<absl::StatusOr<Ref<T>>> Create(T object) {
    return Typed<T>(NewWrite(api::Verb::kCreate, api::MakeObject(std::move(object)), ""));
  }
  // Optimistic: fails with a Conflict when `object` carries a resourceVersion that is
  // not the newest.
  template <typename T>
    requires std::is_base_of_v<google::protobuf::Message, T>
  Task<absl::StatusOr<Ref<T>>> Update(T object) {
    return Typed<T>(NewWrite(api::Verb::kUpdate, api::MakeObject(std::move(object)), ""));
  }
  // Changes metadata.labels etc. no; status yes: the server takes the status of
  // `object` and leaves the rest. `object` needs metadata (name, namespace,
  // resourceVersion, uid) and status only.
  template <typename T>
    requires std::is_base_of_v<google::protobuf::Message, T>
  Task<absl::StatusOr<Ref<T>>> UpdateStatus(T object) {
    return Typed<T>(NewWrite(api::Verb::kUpdate, api::MakeObject(std::move(object)), "status"));
  }
  // The same for messages that own their memory: what is written often.
  template <typename T>
  Task<absl::StatusOr<Ref<T>>> Update(api::Draft<T> object) {
    return Typed<T>(NewWrite(api::Verb::kUpdate, api::MakeObject(std::move(object)), ""));
  }
  template <typename T>
  Task<absl::StatusOr<Ref<T>>> UpdateStatus(api::Draft<T> object) {
    return Typed<T>(NewWrite(api::Verb::kUpdate, api::MakeObject(std::move(object)), "status"));
  }
  template <typename T>
  Task<absl::StatusOr<Ref<T>>> Patch(std::string ns, std::string name, api::PatchType type,
                                     std::string patch, std::string subresource) {
    rt::Ref<api::Request> request =
        NewRequest(api::Verb::kPatch, api::KindOf<T>(), std::move(ns), std::move(name));
    request->patch_type = type;
    request->patch = std::move(patch);
    request->subresource = std::move(subresource);
    return Typed<T>(std::move(request));
  }
  template <typename T>
  Task<absl::Status> Delete(std::string ns, std::string name, DeleteOptions options) {
    return DoDelete(
        NewRequest(api::Verb::kDelete, api::KindOf<T>(), std::move(ns), std::move(name)),
        std::move(options));
  }
  template <typename T>
  Task<absl::StatusOr<ListResult<T>>> List(std::string ns, ListOptions options);

  // The same for a kind known only at run time. Objects are not copied: what shares
  // its spec with an older version (api::MakeObjectSharingSpec) goes on sharing it.
  Task<absl::StatusOr<ObjectRef>> Get(const api::KindInfo& kind, std::string ns, std::string name);
  Task<absl::StatusOr<ObjectRef>> Create(ObjectRef object);
  Task<absl::StatusOr<ObjectRef>> Update(ObjectRef object);
  // `subresource`: "status", "finalize" (of namespaces), "approval", ...
  Task<absl::StatusOr<ObjectRef>> UpdateSubresource(ObjectRef object, std::string subresource);
  Task<absl::StatusOr<ObjectRef>> Patch(const api::KindInfo& kind, std::string ns, std::string name,
                                        api::PatchType type, std::string patch,
                                        std::string subresource);
  Task<absl::Status> Delete(const api::KindInfo& kind, std::string ns, std::string name,
                            DeleteOptions options);
  Task<absl::Status> DeleteCollection(const api::KindInfo& kind, std::string ns,
                                      ListOptions selection, DeleteOptions options);
  Task<absl::StatusOr<rt::Ref<const api::Response>>> List(const api::KindInfo& kind, std::string ns,
                                                          ListOptions options);
  // `resource_version`: where to begin, exclusive. Asks for bookmarks.
  Task<absl::StatusOr<WatchStream>> Watch(const api::KindInfo& kind, std::string ns,
                                          std::string resource_version, ListOptions options);

  // A subresource that takes an object of its own kind: pods/binding, pods/eviction,
  // deployments/scale. `of` is the resource it belongs to.
  Task<absl::StatusOr<ObjectRef>> CreateSubresource(const api::KindInfo& of, std::string ns,
                                                    std::string name, std::string subresource,
                                                    ObjectRef body);

  // Any request. The answer's code is below 400.
  Task<absl::StatusOr<rt::Ref<const api::Response>>> Do(rt::Ref<api::Request> request);

  rt::Env& env() { return env_; }
  const ClientOptions& options() const { return options_; }
  const ClientMetrics& metrics() const { return metrics_; }

 private:
  rt::Ref<api::Request> NewRequest(api::Verb verb, const api::KindInfo& kind, std::string ns,
                                   std::string name) const;
  // Name and namespace come from the object's metadata.
  rt::Ref<api::Request> NewWrite(api::Verb verb, ObjectRef object, std::string subresource) const;
  Task<absl::StatusOr<ObjectRef>> DoObject(rt::Ref<api::Request> request);
  Task<absl::Status> DoDelete(rt::Ref<api::Request> request, DeleteOptions options);
  // Takes a token of the rate limit; how long to wait until it is there.
  absl::Duration TakeToken();
  // What came back of a request that was sent: an answer whose code is below 400.
  absl::StatusOr<rt::Reply> Received(absl::StatusOr<rt::Reply> reply);

  template <typename T>
  Task<absl::StatusOr<Ref<T>>> Typed(rt::Ref<api::Request> request) {
    absl::StatusOr<rt::Ref<const api::Response>> response = co_await Do(std::move(request));
    if (!response.ok()) co_return response.status();
    co_return Ref<T>((*response)->object);
  }

  rt::Env& env_;
  const rt::Address server_;
  const ClientOptions options_;
  ClientMetrics metrics_;
  double tokens_ = 0;
  rt::Instant refilled_ = absl::ZeroDuration();
};

template <typename T>
Task<absl::StatusOr<ListResult<T>>> Client::List(std::string ns, ListOptions options) {
  absl::StatusOr<rt::Ref<const api::Response>> response =
      co_await List(api::KindOf<T>(), std::move(ns), std::move(options));
  if (!response.ok()) co_return response.status();
  ListResult<T> result;
  result.revision = (*response)->revision;
  result.items.reserve((*response)->items.size());
  for (const ObjectRef& item : (*response)->items) result.items.emplace_back(item);
  co_return result;
}

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_CLIENT_H_
