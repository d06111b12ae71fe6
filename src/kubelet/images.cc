// The pull queue, and names of images in full.
#include "src/kubelet/images.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace drydock::kubelet {

std::string CanonicalImage(absl::string_view image) {
  std::string name;
  const size_t slash = image.find('/');
  const absl::string_view first = image.substr(0, slash);
  const bool has_host = slash != absl::string_view::npos &&
                        (first == "localhost" || first.find('.') != absl::string_view::npos ||
                         first.find(':') != absl::string_view::npos);
  if (!has_host) {
    absl::StrAppend(&name, "docker.io/");
    if (slash == absl::string_view::npos) absl::StrAppend(&name, "library/");
  }
  absl::StrAppend(&name, image);
  if (image.find('@') != absl::string_view::npos) return name;
  if (name.find(':', name.rfind('/')) == std::string::npos) absl::StrAppend(&name, ":latest");
  return name;
}

Images::Images(rt::Executor& executor, rt::ContainerRuntime& runtime, int max_parallel, Told told,
               std::function<void()> changed)
    : executor_(executor),
      runtime_(runtime),
      max_parallel_(max_parallel),
      told_(std::move(told)),
      changed_(std::move(changed)) {}

rt::Task<absl::Status> Images::Refresh() {
  absl::StatusOr<std::vector<rt::ImageState>> list = co_await runtime_.ListImages();
  if (!list.ok()) co_return list.status();
  list_ = *std::move(list);
  ids_.clear();
  for (const rt::ImageState& image : list_) {
    const auto id = std::make_shared<const std::string>(image.id);
    for (const std::string& tag : image.tags) ids_.emplace(CanonicalImage(tag), id);
  }
  changed_();
  co_return absl::OkStatus();
}

std::shared_ptr<const std::string> Images::IdOf(absl::string_view image) const {
  const auto found = ids_.find(CanonicalImage(image));
  return found == ids_.end() ? nullptr : found->second;
}

void Images::Pull(const std::string& image, const std::string& pod_uid, int container) {
  const std::string key = CanonicalImage(image);
  Request& request = requests_[key];
  if (request.waiters.empty()) {
    request.image = image;
    order_.push_back(key);
  }
  request.waiters.push_back({pod_uid, container, executor_.Now()});
  StartPulls();
}

void Images::StartPulls() {
  while (running_ < max_parallel_ && !order_.empty()) {
    std::string key = std::move(order_.front());
    order_.erase(order_.begin());
    ++running_;
    tasks_.Spawn(RunPull(std::move(key)));
  }
}

rt::Task<> Images::RunPull(std::string key) {
  const rt::Instant begin = executor_.Now();
  const std::string image = requests_.at(key).image;
  const absl::StatusOr<std::string> pulled = co_await runtime_.PullImage(image);
  PullOutcome outcome;
  outcome.status = pulled.status();
  if (pulled.ok() && !ids_.contains(key)) outcome.status = co_await Refresh();
  outcome.pulling = executor_.Now() - begin;
  for (const rt::ImageState& listed : list_) {
    if (pulled.ok() && listed.id == *pulled) outcome.size_bytes = listed.size_bytes;
  }
  const std::vector<Waiter> waiters = std::move(requests_.at(key).waiters);
  requests_.erase(key);
  --running_;
  for (const Waiter& waiter : waiters) {
    outcome.waiting = executor_.Now() - waiter.since;
    told_(waiter.pod_uid, waiter.container, outcome);
  }
  StartPulls();
}

}  // namespace drydock::kubelet
