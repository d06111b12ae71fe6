// As much of an API server as one kubelet needs: objects with revisions, the status
// subresource, graceful deletion of pods, watches. Every pod is bound to the one node.
#ifndef DRYDOCK_TESTS_KUBELET_FAKE_API_SERVER_H_
#define DRYDOCK_TESTS_KUBELET_FAKE_API_SERVER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/transport.h"

namespace drydock::kubelet {

class FakeApiServer final : public rt::Service {
 public:
  explicit FakeApiServer(rt::Env& env) : env_(env), changed_(env.executor()) {}

  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override;

  // As a user would, in namespace default. The uid is "uid-<n>".
  void CreatePod(api::Pod pod);
  // With the pod's own grace period when `grace` is negative; at once when it is 0.
  void DeletePod(const std::string& name, int64_t grace_seconds = -1);
  void ChangePod(const std::string& name, void (*change)(api::Pod& pod));

  // Null when there is none.
  api::Ref<api::Pod> FindPod(const std::string& name) const;
  const api::Pod& GetPod(const std::string& name) const;
  api::ObjectRef Find(const api::KindInfo& kind, const std::string& ns,
                      const std::string& name) const;

  // All requests but watches fail while it is not OK.
  void Fail(absl::Status status) { failure_ = std::move(status); }

  // Every status that was ever stored for a pod, in order.
  const std::vector<api::PodStatus>& StatusesOf(const std::string& name) const;
  int status_writes() const { return status_writes_; }
  std::vector<std::string> EventReasons(const std::string& pod) const;

 private:
  class WatchStream;
  using Key = std::pair<std::string, std::string>;

  absl::StatusOr<api::ObjectRef> Apply(const api::Request& request);
  absl::StatusOr<api::ObjectRef> ApplyDelete(const api::Request& request,
                                             const api::ObjectRef& stored);
  api::ObjectRef Commit(api::EventType type, rt::Ref<api::Object> object);

  rt::Env& env_;
  rt::Signal changed_;
  absl::Status failure_;
  int64_t revision_ = 1;
  int64_t next_uid_ = 0;
  int status_writes_ = 0;
  std::map<const api::KindInfo*, std::map<Key, api::ObjectRef>> objects_;
  std::vector<api::WatchEvent> history_;
  std::map<std::string, std::vector<api::PodStatus>> statuses_;
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_TESTS_KUBELET_FAKE_API_SERVER_H_
