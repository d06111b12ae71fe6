// A policy as expressions: which nodes a pod may go to, and how good each is (docs/policies.md).
// Drydock's own plugin; ExpressionArgs.
//
// Deterministic: doubles are IEEE's, each expression is evaluated in one order, and scores are cut
// to whole numbers, towards zero, before anybody compares them.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/policy/language.h"
#include "src/scheduler/policy/runner.h"

namespace drydock::scheduler {
namespace {

constexpr char kDefaultReason[] = "node(s) didn't match the filter expression";
// Scores that are normalised keep three decimals until then.
constexpr double kNormalizedScale = 1000;
constexpr double kLargestRaw = 1e15;

class Expression final : public FilterPlugin, public ScorePlugin {
 public:
  Expression(const ExpressionArgs& args, std::unique_ptr<policy::Runner> filter,
             std::unique_ptr<policy::Runner> score)
      : reason_(args.reason.empty() ? kDefaultReason : args.reason),
        normalize_(args.normalize),
        filter_(std::move(filter)),
        score_(std::move(score)) {}

  Scope filter_scope() const override {
    return filter_->depends_on_name() ? Scope::kCluster : Scope::kNode;
  }

  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    filter_->SetPod(pod);
    const cel::Value& value = filter_->Run(node);
    if (value.is_true()) return Verdict::kPass;
    if (reasons != nullptr) {
      reasons->Add(value.is_error() ? absl::StrCat("filter expression failed: ", value.text())
                                    : reason_);
    }
    return Rejected();
  }

  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    filter_->SetPod(pod);
    numbers_.resize(nodes->size());
    filter_->Numbers(nodes->data(), nodes->size(), numbers_.data());
    size_t kept = 0;
    for (size_t i = 0; i < nodes->size(); ++i) {
      (*nodes)[kept] = (*nodes)[i];
      kept += numbers_[i] != 0 ? 1 : 0;
    }
    nodes->resize(kept);
  }

  // Normalising compares nodes with one another.
  Scope score_scope() const override {
    return normalize_ || score_->depends_on_name() ? Scope::kCluster : Scope::kNode;
  }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    score_->SetPod(pod);
    return ScoreOf(score_->Number(node));
  }

  void ScoreAll(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                int64_t* scores) const override {
    score_->SetPod(pod);
    numbers_.resize(nodes.size());
    score_->Numbers(nodes.data(), nodes.size(), numbers_.data());
    for (size_t i = 0; i < nodes.size(); ++i) scores[i] = ScoreOf(numbers_[i]);
  }

  // The lowest becomes 0, the highest 100; all of them 100 when they are equal.
  void Normalize(const PodInfo&, const std::vector<NodeIndex>& nodes,
                 int64_t* scores) const override {
    if (!normalize_ || nodes.empty()) return;
    const auto [least, most] = std::minmax_element(scores, scores + nodes.size());
    const int64_t lowest = *least;
    const int64_t range = *most - lowest;
    for (size_t i = 0; i < nodes.size(); ++i) {
      scores[i] = range == 0 ? kMaxNodeScore : (scores[i] - lowest) * kMaxNodeScore / range;
    }
  }

 private:
  // Where pods count, removing some might help.
  Verdict Rejected() const {
    return filter_->depends_on_pods() ? Verdict::kUnschedulable : Verdict::kUnresolvable;
  }

  int64_t ScoreOf(double number) const {
    if (!normalize_) {
      return static_cast<int64_t>(std::clamp(number, 0.0, static_cast<double>(kMaxNodeScore)));
    }
    return static_cast<int64_t>(std::clamp(number * kNormalizedScale, -kLargestRaw, kLargestRaw));
  }

  const std::string reason_;
  const bool normalize_;
  // Null when there is no such expression. They work in registers of their own, which is safe as a
  // cycle runs in one turn.
  const std::unique_ptr<policy::Runner> filter_;
  const std::unique_ptr<policy::Runner> score_;
  mutable std::vector<double> numbers_;  // Reused.
};

absl::StatusOr<std::unique_ptr<policy::Runner>> MakeRunner(const char* name,
                                                           const std::string& source,
                                                           policy::Use use, Cluster& cluster) {
  if (source.empty()) return nullptr;
  const absl::StatusOr<cel::Program> program = policy::Compile(source, use);
  if (!program.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": ", program.status().message()));
  }
  return std::make_unique<policy::Runner>(*program, cluster);
}

}  // namespace

absl::StatusOr<PluginInstance> NewExpression(const PluginArgs& args, const PluginContext& context) {
  const ExpressionArgs& own = args.expression;
  if (own.filter.empty() && own.score.empty()) {
    return absl::InvalidArgumentError("pluginConfig: expected args with a score, a filter or both");
  }
  auto filter = MakeRunner("filter", own.filter, policy::Use::kFilter, context.cluster);
  if (!filter.ok()) return filter.status();
  auto score = MakeRunner("score", own.score, policy::Use::kScore, context.cluster);
  if (!score.ok()) return score.status();
  PluginInstance instance = MakePlugin(
      "Expression", std::make_shared<Expression>(own, *std::move(filter), *std::move(score)));
  if (own.filter.empty()) instance.filter = nullptr;
  if (own.score.empty()) instance.score = nullptr;
  return instance;
}

}  // namespace drydock::scheduler
