// The node's images as the kubelet sees them: which are present, and pulls in order, a
// bounded number at a time (serializeImagePulls).
//
// A pod does not wait inside a pull: it asks, and is told. A deletion in the meantime
// therefore takes effect at once, and a pull costs one coroutine for all who wait.
#ifndef DRYDOCK_SRC_KUBELET_IMAGES_H_
#define DRYDOCK_SRC_KUBELET_IMAGES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/rt/container_runtime.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::kubelet {

// A reference in full, as runtimes list it: nginx is docker.io/library/nginx:latest.
std::string CanonicalImage(absl::string_view image);

struct PullOutcome {
  absl::Status status;
  absl::Duration pulling;  // From the call to the runtime on.
  absl::Duration waiting;  // From the request on.
  int64_t size_bytes = 0;
};

class Images {
 public:
  using Told =
      std::function<void(const std::string& pod_uid, int container, const PullOutcome& outcome)>;

  // `executor` and `runtime` outlive it. `told` hears of every request's end; `changed`
  // whenever the list of images has changed.
  Images(rt::Executor& executor, rt::ContainerRuntime& runtime, int max_parallel, Told told,
         std::function<void()> changed);

  // Reads the list from the runtime.
  rt::Task<absl::Status> Refresh();

  bool Present(absl::string_view image) const { return IdOf(image) != nullptr; }
  // Null when it is not present.
  std::shared_ptr<const std::string> IdOf(absl::string_view image) const;

  // Pulls `image` for a container; requests for one image share a pull.
  void Pull(const std::string& image, const std::string& pod_uid, int container);

  const std::vector<rt::ImageState>& list() const { return list_; }

 private:
  struct Waiter {
    std::string pod_uid;
    int container = 0;
    rt::Instant since;
  };
  struct Request {
    std::string image;  // As the pod names it.
    std::vector<Waiter> waiters;
  };

  void StartPulls();
  rt::Task<> RunPull(std::string key);

  rt::Executor& executor_;
  rt::ContainerRuntime& runtime_;
  const int max_parallel_;
  const Told told_;
  const std::function<void()> changed_;
  std::vector<rt::ImageState> list_;
  absl::btree_map<std::string, std::shared_ptr<const std::string>> ids_;  // By canonical name.
  absl::btree_map<std::string, Request> requests_;                        // The same.
  std::vector<std::string> order_;  // Requests not yet running.
  int running_ = 0;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_IMAGES_H_
