// The order of the queue: higher priority first, then who will be done sooner, then who has
// waited longer. How long a pod runs is what its annotation says, else at most its
// activeDeadlineSeconds; pods of which neither is known come last.
//
// Long jobs wait for as long as shorter ones keep coming: give them a priority.
//
// Arguments: annotation (drydock.dev/run-time), whose value is a duration such as 90s or 1h30m.
#include <string>

#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/object.h"
#include "src/api/time.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/parameters.h"

namespace drydock::scheduler {
namespace {

constexpr char kName[] = "ShortestJobFirst";
constexpr char kDefaultAnnotation[] = "drydock.dev/run-time";

class ShortestJobFirst final : public QueueSortPlugin {
 public:
  explicit ShortestJobFirst(std::string annotation) : annotation_(std::move(annotation)) {}

  bool Less(const QueuedPod& a, const QueuedPod& b) const override {
    if (a.pod->priority() != b.pod->priority()) return a.pod->priority() > b.pod->priority();
    const absl::Duration a_runs = RunTimeOf(*a.pod);
    const absl::Duration b_runs = RunTimeOf(*b.pod);
    if (a_runs != b_runs) return a_runs < b_runs;
    return a.timestamp < b.timestamp;
  }

 private:
  absl::Duration RunTimeOf(const PodInfo& pod) const {
    const auto object =
        api::As<api::Pod>(api::ObjectRef(static_cast<const api::Object*>(pod.origin.get())));
    if (!object) return absl::InfiniteDuration();
    if (const std::string* text = api::Find(object->metadata().annotations(), annotation_)) {
      const absl::StatusOr<absl::Duration> runs = api::ParseGoDuration(*text);
      if (runs.ok() && *runs >= absl::ZeroDuration()) return *runs;
    }
    if (object->spec().has_active_deadline_seconds()) {
      return absl::Seconds(object->spec().active_deadline_seconds());
    }
    return absl::InfiniteDuration();
  }

  const std::string annotation_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewShortestJobFirst(const PluginArgs& args, const PluginContext&) {
  Parameters parameters(args, kName);
  std::string annotation = parameters.Text("annotation", kDefaultAnnotation);
  if (absl::Status known = parameters.Finish(); !known.ok()) return known;
  return MakePlugin(kName, std::make_shared<ShortestJobFirst>(std::move(annotation)));
}

}  // namespace drydock::scheduler
