// Prefers nodes that have the pod's images already: the more bytes, and the more
// nodes share them, the better.
#include <algorithm>
#include <vector>

#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

constexpr int64_t kMegabyte = 1024 * 1024;
constexpr int64_t kMinThreshold = 23 * kMegabyte;
constexpr int64_t kMaxContainerThreshold = 1000 * kMegabyte;

class ImageLocality final : public ScorePlugin {
 public:
  explicit ImageLocality(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope score_scope() const override { return Scope::kCluster; }

  ScoreUse Use(const PodInfo& pod) override {
    int64_t most = 0;
    for (const Symbol image : pod.shape->images) {
      if (const ImageState* state = nodes_.image(image); state != nullptr) most += Scaled(*state);
    }
    // Below the threshold even with all images: every node gets 0.
    return most <= kMinThreshold ? ScoreUse::Uniform(0) : ScoreUse::Run();
  }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    int64_t sum = 0;
    const auto& images = nodes_.spec(node).images;
    for (const Symbol image : pod.shape->images) {
      const auto found =
          std::lower_bound(images.begin(), images.end(), image,
                           [](const auto& entry, Symbol name) { return entry.first < name; });
      if (found == images.end() || found->first != image) continue;
      sum += Scaled(*nodes_.image(image));
    }
    return ScoreOf(pod, sum);
  }

  // Image by image instead of node by node: what an image is worth is worked out once, and
  // no node's list is searched.
  void PreScore(const PodInfo& pod, const std::vector<NodeIndex>& feasible) override {
    sums_.assign(nodes_.size(), 0);
    for (const Symbol image : pod.shape->images) {
      const ImageState* const state = nodes_.image(image);
      if (state == nullptr) continue;
      const int64_t scaled = Scaled(*state);
      for (const NodeIndex node : state->nodes) sums_[node] += scaled;
    }
  }

  void ScoreAll(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                int64_t* scores) const override {
    int64_t known_sum = 0;
    int64_t known_score = ScoreOf(pod, known_sum);
    for (size_t i = 0; i < nodes.size(); ++i) {
      const int64_t sum = sums_[nodes[i]];
      if (sum != known_sum) {
        known_sum = sum;
        known_score = ScoreOf(pod, sum);
      }
      scores[i] = known_score;
    }
  }

 private:
  static int64_t ScoreOf(const PodInfo& pod, int64_t sum) {
    const int64_t max_threshold = kMaxContainerThreshold * pod.shape->container_count;
    sum = std::clamp(sum, kMinThreshold, max_threshold);
    return kMaxNodeScore * (sum - kMinThreshold) / (max_threshold - kMinThreshold);
  }

  // The image's size by the share of nodes that have it, so that a pod does not draw
  // all its fellows to the one node that has the image.
  int64_t Scaled(const ImageState& image) const {
    const double spread =
        static_cast<double>(image.nodes.size()) / static_cast<double>(nodes_.node_count());
    return static_cast<int64_t>(static_cast<double>(image.size) * spread);
  }

  const NodeTable& nodes_;
  std::vector<int64_t> sums_;  // Of the pod's images, by node; from PreScore.
};

}  // namespace

absl::StatusOr<PluginInstance> NewImageLocality(const PluginArgs&, const PluginContext& context) {
  return MakePlugin("ImageLocality", std::make_shared<ImageLocality>(context.cluster));
}

}  // namespace drydock::scheduler
