// What requests cost in the API server itself, without network and client: all of
// the handler, the store, and the dispatch to watchers.
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "sim/machine/world.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/api/maps.h"
#include "src/apiserver/object_codec.h"
#include "src/apiserver/server.h"
#include "src/rt/check.h"
#include "src/store/memory_store.h"

namespace drydock::apiserver {
namespace {

class Bench {
 public:
  Bench()
      : machine_(world_.AddMachine("master-0")),
        store_(world_.executor(), codec_),
        server_(machine_, store_, {}) {
    tasks_.Spawn(server_.Run());
    world_.RunFor(absl::Seconds(1));
    DRYDOCK_CHECK(server_.ready());
  }

  rt::Reply Do(rt::Ref<api::Request> request) {
    rt::Reply reply;
    bool done = false;
    rt::TaskGroup group;
    group.Spawn(Keep(server_, std::move(request), reply, done));
    if (!done) world_.RunFor(absl::ZeroDuration());
    DRYDOCK_CHECK(done);
    return reply;
  }
  api::ObjectRef Object(rt::Ref<api::Request> request) {
    const rt::Reply reply = Do(std::move(request));
    const auto& response = static_cast<const api::Response&>(*reply.message);
    DRYDOCK_CHECK(response.code < 300, response.code);
    return response.object;
  }
  // Lets the caches and the watchers see what was written.
  void Settle() { world_.RunFor(absl::ZeroDuration()); }

  void AddWatcher(const api::KindInfo& kind, const std::string& fields) {
    rt::Ref<api::Request> request = rt::MakeRef<api::Request>();
    request->verb = api::Verb::kWatch;
    request->kind = &kind;
    request->field_selector = fields;
    request->resource_version = absl::StrCat(store_.current_revision());
    request->timeout_seconds = 1'000'000;
    streams_.push_back(Do(request).stream);
    tasks_.Spawn(Read(*streams_.back(), received_));
  }
  uint64_t received() const { return received_; }

 private:
  static rt::Task<> Keep(Server& server, rt::Ref<const api::Request> request, rt::Reply& reply,
                         bool& done) {
    reply = co_await server.Handle("bench", std::move(request));
    done = true;
  }
  static rt::Task<> Read(rt::Stream& stream, uint64_t& received) {
    for (;;) {
      const absl::StatusOr<std::optional<rt::PayloadRef>> message = co_await stream.Next();
      if (!message.ok() || !message->has_value()) co_return;
      ++received;
    }
  }

  sim::World world_;
  sim::Machine& machine_;
  ObjectCodec codec_;
  store::MemoryStore store_;
  Server server_;
  std::vector<std::unique_ptr<rt::Stream>> streams_;
  uint64_t received_ = 0;
  rt::TaskGroup tasks_;
};

rt::Ref<api::Request> Write(api::Verb verb, api::ObjectRef object,
                            const std::string& subresource = "") {
  rt::Ref<api::Request> request = rt::MakeRef<api::Request>();
  request->verb = verb;
  request->kind = &object->kind();
  request->ns = object->metadata().namespace_();
  if (verb != api::Verb::kCreate) request->name = object->metadata().name();
  request->subresource = subresource;
  request->object = std::move(object);
  return request;
}

api::Pod MakePod(const std::string& name) {
  api::Pod pod;
  api::metav1::ObjectMeta& metadata = *pod.mutable_metadata();
  metadata.set_name(name);
  metadata.set_namespace_("default");
  api::Set(metadata.mutable_labels(), "app", "web");
  api::Set(metadata.mutable_labels(), "pod-template-hash", "5d4f8c7b9");
  api::metav1::OwnerReference& owner = *metadata.add_owner_references();
  owner.set_api_version("apps/v1");
  owner.set_kind("ReplicaSet");
  owner.set_name("web-5d4f8c7b9");
  owner.set_uid("0f3c2f62-9f5b-4c5e-8d7a-b6a1f3f0a001");
  owner.set_controller(true);
  api::Container& container = *pod.mutable_spec()->add_containers();
  container.set_name("main");
  container.set_image("registry.example/app:1");
  for (const char* resource : {"cpu", "memory"}) {
    api::Set(container.mutable_resources()->mutable_requests(), resource, "100");
  }
  return pod;
}

void BM_CreatePod(benchmark::State& state) {
  Bench bench;
  int i = 0;
  for (auto _ : state) {
    bench.Object(
        Write(api::Verb::kCreate, api::MakeObject(MakePod(absl::StrCat("web-", i++))).object()));
    bench.Settle();
  }
}
BENCHMARK(BM_CreatePod);

void BM_UpdatePodStatus(benchmark::State& state) {
  Bench bench;
  api::ObjectRef current =
      bench.Object(Write(api::Verb::kCreate, api::MakeObject(MakePod("web-0")).object()));
  int64_t i = 0;
  for (auto _ : state) {
    // The client's half: what a kubelet would send.
    api::MessagePtr next = api::CopyWithoutSpec(*current);
    auto& status = *static_cast<api::Pod&>(*next).mutable_status();
    status.set_phase("Running");
    status.mutable_start_time()->set_seconds(++i);
    current = bench.Object(
        Write(api::Verb::kUpdate, api::MakeObjectSharingSpec(std::move(next), current), "status"));
    bench.Settle();
  }
}
BENCHMARK(BM_UpdatePodStatus);

// 5,000 leases, each watched by nobody or all watched by `range` watchers.
void BM_UpdateLease(benchmark::State& state) {
  Bench bench;
  for (int64_t i = 0; i < state.range(0); ++i) bench.AddWatcher(api::KindOf<api::Lease>(), "");
  std::vector<api::ObjectRef> leases;
  for (int i = 0; i < 5000; ++i) {
    api::Lease lease;
    lease.mutable_metadata()->set_name(absl::StrCat("node-", i));
    lease.mutable_metadata()->set_namespace_("kube-node-lease");
    lease.mutable_spec()->set_holder_identity(absl::StrCat("node-", i));
    lease.mutable_spec()->set_lease_duration_seconds(40);
    leases.push_back(
        bench.Object(Write(api::Verb::kCreate, api::MakeObject(std::move(lease)).object())));
  }
  bench.Settle();
  // What clients send is made beforehand: this measures the server.
  std::vector<rt::Ref<api::Request>> requests(leases.size());
  size_t next = leases.size();
  int64_t time = 0;
  for (auto _ : state) {
    if (next == leases.size()) {
      state.PauseTiming();
      ++time;
      for (size_t i = 0; i < leases.size(); ++i) {
        api::Lease lease = static_cast<const api::Lease&>(leases[i]->message());
        lease.mutable_spec()->mutable_renew_time()->set_seconds(time);
        requests[i] = Write(api::Verb::kUpdate, api::MakeObject(std::move(lease)).object());
      }
      next = 0;
      state.ResumeTiming();
    }
    leases[next] = bench.Object(std::move(requests[next]));
    bench.Settle();
    ++next;
  }
}
BENCHMARK(BM_UpdateLease)->Arg(0)->Arg(1)->Arg(10);

// A status update of a pod on one of `range` watched nodes.
void BM_StatusWithNodeWatchers(benchmark::State& state) {
  Bench bench;
  for (int64_t i = 0; i < state.range(0); ++i) {
    bench.AddWatcher(api::KindOf<api::Pod>(), absl::StrCat("spec.nodeName=node-", i));
  }
  api::Pod pod = MakePod("web-0");
  pod.mutable_spec()->set_node_name("node-7");
  api::ObjectRef current =
      bench.Object(Write(api::Verb::kCreate, api::MakeObject(std::move(pod)).object()));
  int64_t i = 0;
  for (auto _ : state) {
    api::MessagePtr next = api::CopyWithoutSpec(*current);
    static_cast<api::Pod&>(*next).mutable_status()->mutable_start_time()->set_seconds(++i);
    current = bench.Object(
        Write(api::Verb::kUpdate, api::MakeObjectSharingSpec(std::move(next), current), "status"));
    bench.Settle();
  }
  state.counters["received"] = static_cast<double>(bench.received());
}
BENCHMARK(BM_StatusWithNodeWatchers)->Arg(10)->Arg(5000);

}  // namespace
}  // namespace drydock::apiserver
