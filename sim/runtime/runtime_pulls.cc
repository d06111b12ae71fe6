// Image pulls of SimContainerRuntime: the registry answers, then the node's link and
// the registry's are shared among the transfers in progress.
#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/runtime/container_runtime.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

// With a limit of the registry, other nodes' pulls change this node's speed: look again
// this often.
constexpr absl::Duration kRegistryRecheck = absl::Seconds(1);

}  // namespace

rt::Task<absl::StatusOr<std::string>> SimContainerRuntime::PullImage(std::string image) {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  const std::string normalized = NormalizeImage(image);
  const OperationRef operation = NewOperation();
  const auto running = std::find_if(pulls_.begin(), pulls_.end(), [&](const auto& pull) {
    return pull.second.image == normalized;
  });
  if (running != pulls_.end()) {
    running->second.waiters.push_back(operation);
  } else {
    const uint64_t pull = ++next_pull_;
    pulls_[pull] = {normalized, {operation}};
    const absl::Duration latency = model_.registry_latency.Sample(random_);
    Plan(latency, [this, pull] { BeginTransfer(pull); });
  }
  co_return co_await Await(operation);
}

void SimContainerRuntime::BeginTransfer(uint64_t pull) {
  const std::string& image = pulls_.at(pull).image;
  if (model_.images.Missing(image)) {
    EndPull(pull, absl::NotFoundError(absl::StrCat("failed to pull and unpack image \"", image,
                                                   "\": failed to resolve reference \"", image,
                                                   "\": not found")));
    return;
  }
  if (faults_.pull_failure > 0 && random_.Chance(faults_.pull_failure)) {
    EndPull(pull, absl::UnknownError(absl::StrCat("failed to pull and unpack image \"", image,
                                                  "\": failed to copy: httpReadSeeker: failed "
                                                  "open: unexpected status code: 503")));
    return;
  }
  if (images_.Contains(image)) {
    images_.Touch(image);
    EndPull(pull, ImageCatalogue::IdOf(image));
    return;
  }
  link_.Add(executor_.Now(), pull, model_.images.SizeOf(image));
  ++transfers_;
  if (registry_ != nullptr) ++registry_->active_pulls;
  PlanTransfers();
}

void SimContainerRuntime::PlanTransfers() {
  agenda_.Cancel(&transfer_end_);
  if (link_.active() == 0) return;
  const rt::Instant now = executor_.Now();
  rt::Instant next = absl::InfiniteDuration();
  if (registry_ != nullptr && registry_->bytes_per_second > 0) {
    link_.SetCap(now, registry_->bytes_per_second /
                          static_cast<double>(std::max<int64_t>(registry_->active_pulls, 1)));
    next = now + kRegistryRecheck;
  }
  transfer_end_ = AddEntry(std::min(next, link_.NextDone()), [this] { EndTransfers(); });
}

void SimContainerRuntime::EndTransfers() {
  transfer_end_ = Agenda::kNone;
  for (const uint64_t pull : link_.TakeDone(executor_.Now())) {
    --transfers_;
    if (registry_ != nullptr) --registry_->active_pulls;
    const std::string& image = pulls_.at(pull).image;
    const std::string id = ImageCatalogue::IdOf(image);
    const bool stored = images_.Add(image, model_.images.SizeOf(image), id,
                                    [this](const std::string& name) { return ImageInUse(name); });
    if (stored) {
      EndPull(pull, id);
    } else {
      EndPull(pull, absl::ResourceExhaustedError(
                        absl::StrCat("failed to pull and unpack image \"", image,
                                     "\": failed to extract layer: no space left on device")));
    }
  }
  PlanTransfers();
}

void SimContainerRuntime::EndPull(uint64_t pull, const absl::StatusOr<std::string>& outcome) {
  const auto found = pulls_.find(pull);
  const std::vector<OperationRef> waiters = std::move(found->second.waiters);
  pulls_.erase(found);
  for (const OperationRef& waiter : waiters) waiter->End(outcome);
}

bool SimContainerRuntime::ImageInUse(const std::string& image) const {
  return std::any_of(containers_.begin(), containers_.end(), [&](const auto& entry) {
    return entry.second.state.phase != rt::ContainerPhase::kExited &&
           entry.second.state.image == image;
  });
}

void SimContainerRuntime::FaultsChanged() {
  link_.SetRate(executor_.Now(), model_.link_bytes_per_second / faults_.pull_slowdown);
  PlanTransfers();
  events_changed_.Raise();
}

rt::Task<absl::StatusOr<std::vector<rt::ImageState>>> SimContainerRuntime::ListImages() {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  co_return images_.List();
}

rt::Task<absl::Status> SimContainerRuntime::RemoveImage(std::string image) {
  CO_RETURN_IF_ERROR(CheckUp());
  images_.Remove(NormalizeImage(image));
  co_return absl::OkStatus();
}

}  // namespace drydock::sim
