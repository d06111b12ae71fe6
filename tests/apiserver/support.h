// Objects and expectations that the API server's tests share.
#ifndef DRYDOCK_TESTS_APISERVER_SUPPORT_H_
#define DRYDOCK_TESTS_APISERVER_SUPPORT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/rt/transport.h"
#include "tests/support/test_cluster.h"

namespace drydock::apiserver {

api::Pod MakePod(const std::string& name, const std::string& ns = "default");
api::ObjectRef MakeBinding(const std::string& pod, const std::string& node);

// Requests straight to the handler, with nothing of the client in between.
class ServerTest {
 public:
  explicit ServerTest(testing_support::TestClusterOptions options = {})
      : cluster_(std::move(options)) {}

  rt::Ref<api::Request> Request(api::Verb verb, const api::KindInfo& kind, const std::string& ns,
                                const std::string& name);
  // The answer, of whatever code.
  rt::Ref<const api::Response> Do(rt::Ref<api::Request> request);
  // The stream of a watch.
  std::unique_ptr<rt::Stream> Watch(rt::Ref<api::Request> request);
  // The error that an answer carries; OK when it is none.
  absl::Status Error(rt::Ref<api::Request> request);
  absl::StatusOr<api::ObjectRef> Object(rt::Ref<api::Request> request);
  // "default/a@12" for each item.
  std::vector<std::string> Names(const api::Response& list);

  // What `stream` has now, without waiting: "ADDED default/a", "BOOKMARK @12", "END",
  // "ERROR ..." or the stream's error.
  std::vector<std::string> Drain(rt::Stream& stream);

  absl::Status Bind(const std::string& pod, const std::string& node);
  // Sets the pod's status.phase.
  void SetPhase(const std::string& pod, const std::string& phase);

  testing_support::TestCluster& cluster() { return cluster_; }

 private:
  testing_support::TestCluster cluster_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_TESTS_APISERVER_SUPPORT_H_
