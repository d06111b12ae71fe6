// The trace's nodes and pods in the scheduler's terms, and the loop.
#include "sim/studies/openb_study.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/measure/load_curve.h"
#include "sim/studies/packing_bound.h"
#include "src/rt/payload.h"
#include "src/rt/random.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/engine.h"
#include "src/scheduler/nominations.h"
#include "src/scheduler/plugins/gpu_share.h"
#include "src/scheduler/profile.h"

namespace drydock::sim {
namespace {

using scheduler::Cluster;
using scheduler::GpuShare;
using scheduler::PodInfo;
using scheduler::PodRef;
using scheduler::PodShape;
using scheduler::gpushare::Policy;

constexpr int kLastBin = 130;
constexpr int64_t kPodsPerNode = 1001;
constexpr int64_t kMiB = 1024 * 1024;

void AddNodes(const OpenbTrace& trace, Cluster& cluster) {
  const scheduler::Symbol model_label = cluster.symbols.Intern(scheduler::kGpuModelLabel);
  for (const OpenbNode& node : trace.nodes) {
    scheduler::NodeSpec spec;
    spec.name = node.name;
    spec.allocatable.cpu_millis = node.cpu_milli;
    spec.allocatable.memory = node.memory_mib * kMiB;
    *spec.allocatable.MutableExtended(cluster.resource_names.Intern(scheduler::kGpuCountResource)) =
        node.gpus;
    spec.allowed_pods = kPodsPerNode;
    if (!node.model.empty()) {
      spec.labels.emplace_back(model_label, cluster.symbols.Intern(node.model));
    }
    cluster.nodes.SetNode(std::move(spec));
  }
}

// Pods with equal requests are of one shape, so that the engine's work is shared.
rt::Ref<const PodShape> ShapeOf(const OpenbPod& pod, Cluster& cluster) {
  const scheduler::gpushare::GpuRequest& request = pod.request;
  const bool has_gpus = request.gpu_count > 0;
  std::string key = absl::StrCat(request.cpu_milli, " ", pod.memory_mib, " ", request.gpu_count,
                                 " ", request.gpu_milli, " ", has_gpus ? pod.gpu_spec : "");
  if (rt::Ref<const PodShape> known = cluster.shapes.Find(key)) return known;
  rt::Ref<PodShape> shape = rt::MakeRef<PodShape>();
  shape->key = std::move(key);
  shape->ns = "default";
  shape->scheduler_name = "default-scheduler";
  shape->requests.cpu_millis = request.cpu_milli;
  shape->requests.memory = pod.memory_mib * kMiB;
  shape->nonzero_cpu = shape->requests.cpu_millis;
  shape->nonzero_memory = shape->requests.memory;
  shape->container_count = 1;
  if (has_gpus) {
    auto& names = cluster.resource_names;
    *shape->requests.MutableExtended(names.Intern(scheduler::kGpuCountResource)) =
        request.gpu_count;
    *shape->requests.MutableExtended(names.Intern(scheduler::kGpuMilliResource)) =
        request.gpu_milli;
    if (!pod.gpu_spec.empty()) {
      scheduler::NodeRequirement models;
      models.key = cluster.symbols.Intern(scheduler::kGpuModelLabel);
      for (const absl::string_view model : absl::StrSplit(pod.gpu_spec, '|')) {
        models.values.push_back(cluster.symbols.Intern(model));
      }
      scheduler::NodeTerm term;
      term.expressions.push_back(std::move(models));
      shape->required_node_affinity.emplace().terms.push_back(std::move(term));
    }
  }
  return scheduler::FileShape(cluster, std::move(shape));
}

scheduler::ProfileConfig StudyProfile() {
  scheduler::ProfileConfig config;
  for (const char* plugin : {"PrioritySort", "NodeAffinity", "NodeResourcesFit", "GpuShare"}) {
    scheduler::PluginChoice choice;
    choice.name = plugin;
    config.plugins.push_back(std::move(choice));
  }
  config.args.node_resources_fit.ignored_resource_groups = {scheduler::kGpuResourceGroup};
  return config;
}

// Parts of what all nodes have.
void MeasureUse(const Cluster& cluster, OpenbStudy* study) {
  double cpu = 0, cpu_used = 0, memory = 0, memory_used = 0;
  for (size_t i = 0; i < cluster.nodes.size(); ++i) {
    cpu += static_cast<double>(cluster.nodes.allocatable_cpu()[i]);
    cpu_used += static_cast<double>(cluster.nodes.requested_cpu()[i]);
    memory += static_cast<double>(cluster.nodes.allocatable_memory()[i]);
    memory_used += static_cast<double>(cluster.nodes.requested_memory()[i]);
  }
  study->cpu_utilisation = cpu == 0 ? 0 : cpu_used / cpu;
  study->memory_utilisation = memory == 0 ? 0 : memory_used / memory;
}

}  // namespace

absl::StatusOr<OpenbStudy> RunOpenbStudy(const OpenbTrace& trace, const OpenbOrder& order,
                                         Policy policy, uint64_t seed,
                                         const std::function<void(uint64_t)>& progress) {
  scheduler::GpuShareOptions options;
  options.policy = policy;
  options.typical = TypicalOpenbPods(trace);
  options.models = trace.models;
  for (size_t i = 0; i < trace.nodes.size(); ++i) {
    options.ranks.emplace_back(trace.nodes[i].name, order.node_rank[i]);
  }

  Cluster cluster;
  AddNodes(trace, cluster);
  const scheduler::Nominations nominations;
  scheduler::PluginRegistry registry = scheduler::PluginRegistry::Builtin();
  registry.Add("GpuShare", scheduler::NewGpuShare(std::move(options)));
  const scheduler::PluginContext context{cluster, rt::Random(seed, "openb/policy")};
  absl::StatusOr<scheduler::Profile> profile =
      scheduler::MakeProfile(StudyProfile(), registry, context);
  if (!profile.ok()) return profile.status();
  const auto gpus = std::static_pointer_cast<GpuShare>(profile->plugins.back().owner);
  scheduler::Engine engine(cluster, *std::move(profile), nominations,
                           rt::Random(seed, "openb/engine"));

  OpenbStudy study;
  LoadCurve allocation(kLastBin);
  LoadCurve allocation_bound(kLastBin);
  LoadCurve fragmentation(kLastBin);
  LoadCurve fragmentation_ratio(kLastBin);
  PackingBound bound(trace);
  const double gpu_count = static_cast<double>(trace.TotalGpuMilli()) / 1000;
  for (const uint32_t row : order.arrivals) {
    const OpenbPod& pod = trace.pods[row];
    study.arrived_milli += pod.request.TotalMilli();
    bound.Arrive(pod);
    PodRef info = rt::MakeRef<PodInfo>();
    info->shape = ShapeOf(pod, cluster);
    info->name = pod.name;
    info->uid = absl::StrCat(study.arrived++);
    const scheduler::Decision decision = engine.Schedule(*info);
    study.digest = rt::MixDigest(study.digest, (uint64_t{row} << 32) + decision.node);
    if (decision.node == scheduler::kNoNode) {
      ++study.failed;
    } else {
      const absl::Status assumed = engine.Assume(info, decision.node);
      if (!assumed.ok()) return assumed;
      ++study.placed;
    }
    // Rounded where the experiment's own tables are: the sums, not the percentages of them.
    const double load = static_cast<double>(study.arrived_milli) / gpu_count / 10;
    const double fragmented = RoundToCents(gpus->Fragmented());
    const double idle = gpus->Idle();
    allocation.Add(load, RoundToCents(static_cast<double>(gpus->used_milli()) / gpu_count / 10));
    allocation_bound.Add(load, RoundToCents(static_cast<double>(bound.Most()) / gpu_count / 10));
    fragmentation.Add(load, 100 * fragmented / 1000 / gpu_count);
    fragmentation_ratio.Add(load, idle == 0 ? 0 : RoundToCents(100 * gpus->Fragmented() / idle));
    if (study.arrived % 512 == 0) progress(study.arrived);
  }
  study.allocation = allocation.Means();
  study.allocation_bound = allocation_bound.Means();
  study.fragmentation = fragmentation.Means();
  study.fragmentation_ratio = fragmentation_ratio.Means();
  study.used_milli = gpus->used_milli();
  MeasureUse(cluster, &study);
  return study;
}

}  // namespace drydock::sim
