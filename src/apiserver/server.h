// The API server: one request handler, whatever the transport.
//
//   MemoryStore store(executor, apiserver::ObjectCodec());
//   Server server(env, store, {});
//   group.Spawn(server.Run());                       // Loads, then serves and keeps house.
//   listener = env.transport().Listen("apiserver", server);
//
// A request goes through admission to flight (bounded), authorisation, admission, and the
// registry; who asks, the transport has found out. The server keeps no state that the store does
// not have: after a crash a new one reads it and goes on.
#ifndef DRYDOCK_SRC_APISERVER_SERVER_H_
#define DRYDOCK_SRC_APISERVER_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "src/api/request.h"
#include "src/apiserver/admission/admission.h"
#include "src/apiserver/options.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"
#include "src/store/store.h"

namespace drydock::apiserver {

class AccessControl;
class Cacher;
class PolicyKeeper;
class Registry;
class ResourceTable;
class AdmissionChain;

struct ServerMetrics {
  struct Key {
    api::Verb verb;
    absl::string_view group;
    absl::string_view resource;
    absl::string_view subresource;
    int code;
    friend bool operator<(const Key& a, const Key& b) {
      return std::tie(a.verb, a.group, a.resource, a.subresource, a.code) <
             std::tie(b.verb, b.group, b.resource, b.subresource, b.code);
    }
  };
  // apiserver_request_total. Its entries stay where they are: the server keeps
  // pointers to them.
  std::map<Key, uint64_t> requests;
  // apiserver_current_inflight_requests, and how many were turned away.
  int reads_in_flight = 0;
  int writes_in_flight = 0;
  uint64_t rejected = 0;
  uint64_t compactions = 0;
};

class Server final : public rt::Service {
 public:
  // `env` and `store` outlive the server.
  Server(rt::Env& env, store::Store& store, ServerOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() override;

  // Loads the state (again and again until the store answers), makes the namespaces
  // that every cluster has, and follows the store until destroyed.
  rt::Task<> Run();
  bool ready() const { return ready_; }

  // `request` is an api::Request. Until the server is ready the answer is
  // ServiceUnavailable.
  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override;
  // The same without a transport.
  rt::Task<rt::Reply> Handle(rt::Address peer, rt::Ref<const api::Request> request);

  // Hears of every request when it has been answered.
  void OnAnswered(std::function<void(const RequestRecord&)> observer) {
    observer_ = std::move(observer);
  }
  const ServerMetrics& metrics() const { return metrics_; }
  const Cacher& cacher() const { return *cacher_; }
  const ResourceTable& resources() const { return *resources_; }
  // For the front: who asks, and what they may see beside resources.
  AccessControl& access() { return *access_; }

 private:
  class InFlight;

  rt::Task<absl::Status> Bootstrap();
  rt::Task<> Compact();
  rt::Task<rt::Reply> Process(rt::Address peer, rt::Ref<const api::Request> request);
  void Count(const api::Request& request, int code, rt::Instant began);
  uint64_t& Counter(const api::Request& request, int code);

  rt::Env& env_;
  store::Store& store_;
  const ServerOptions options_;
  std::unique_ptr<ResourceTable> resources_;
  std::unique_ptr<Cacher> cacher_;
  std::unique_ptr<AccessControl> access_;
  std::unique_ptr<AdmissionChain> admission_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<PolicyKeeper> keeper_;  // Null when there is nothing to keep.
  std::function<void(const RequestRecord&)> observer_;
  ServerMetrics metrics_;
  // The counters by what is cheap to look up; looked up, never iterated.
  using CounterKey = std::tuple<const api::KindInfo*, const absl::string_view*, int, int>;
  absl::flat_hash_map<CounterKey, uint64_t*> counters_;
  bool ready_ = false;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_SERVER_H_
