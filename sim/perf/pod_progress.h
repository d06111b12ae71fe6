// What has become of the pods of a benchmark, by namespace: told of every change of
// every pod, in order, as the store sees it.
#ifndef DRYDOCK_SIM_PERF_POD_PROGRESS_H_
#define DRYDOCK_SIM_PERF_POD_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/api/selectors.h"

namespace drydock::sim {

bool IsScheduled(const api::Pod& pod);
// Scheduled, or found not to be schedulable at least once. Gated pods count, too.
bool IsAttempted(const api::Pod& pod);

// A stretch of the run in which throughput is measured, and what was scheduled in it.
struct Collection {
  std::string name;
  std::vector<std::string> namespaces;
  api::Selector selector;
  bool open = true;
  uint64_t scheduled = 0;
};

class PodProgress {
 public:
  struct Counts {
    uint64_t live = 0;         // Neither deleted nor being deleted.
    uint64_t unscheduled = 0;  // Of them.
    uint64_t unattempted = 0;  // Of these.
  };

  // `boundary` is called when a collection has begun or ended.
  explicit PodProgress(std::function<void()> boundary) : boundary_(std::move(boundary)) {}
  PodProgress(const PodProgress&) = delete;
  PodProgress& operator=(const PodProgress&) = delete;

  // `after` is null for a deletion, `before` for a creation. Other kinds are ignored.
  void Observe(const api::ObjectRef& before, const api::ObjectRef& after);
  Counts Of(const std::string& ns) const;
  // Why the scheduler found no place for the pod that it last found none for; else empty.
  const std::string& last_refusal() const { return last_refusal_; }

  // REQUIRES: no collection is open.
  void StartCollecting(Collection collection);
  void StopCollecting();
  const std::vector<Collection>& collections() const { return collections_; }
  // Null when none is open.
  const Collection* collecting() const;

 private:
  const std::function<void()> boundary_;
  std::map<std::string, Counts> counts_;
  std::string last_refusal_;
  std::vector<Collection> collections_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_POD_PROGRESS_H_
