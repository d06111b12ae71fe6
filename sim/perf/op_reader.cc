// One function for each operation. Field names and rules are those of scheduler_perf's
// operations.go.
#include "sim/perf/op_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr int kMostObjects = 1'000'000;  // Of one operation.
constexpr int kMostPerSecond = 100'000;
constexpr absl::Duration kLongestSleep = absl::Minutes(30);

constexpr char kDefaultNode[] = R"(
apiVersion: v1
kind: Node
metadata: {generateName: scheduler-perf-}
status:
  capacity: {cpu: "4", memory: 32Gi, pods: "110"}
  conditions: [{type: Ready, status: "True"}]
)";

constexpr char kDefaultPod[] = R"(
apiVersion: v1
kind: Pod
metadata: {generateName: pod-}
spec:
  containers:
  - name: pause
    image: registry.k8s.io/pause:3.10
    resources:
      requests: {cpu: 100m, memory: 500Mi}
      limits: {cpu: 100m, memory: 500Mi}
)";

class OpReader {
 public:
  OpReader(Errors& errors, const Value& value, const std::string& path, size_t index,
           PerfParams& params, const std::string& default_pod)
      : errors_(errors),
        reader_(errors, &value, path),
        index_(index),
        params_(params),
        default_pod_(default_pod) {}

  PerfOp Read() {
    PerfOp op;
    reader_.Need("opcode");
    const std::string opcode = reader_.String("opcode", "");
    op.name = absl::StrCat("workloadTemplate[", index_, "] (", opcode, ")");
    if (opcode == "createNodes") {
      op.action = ReadCreateNodes();
    } else if (opcode == "createNamespaces") {
      op.action = ReadCreateNamespaces();
    } else if (opcode == "createPods") {
      op.action = ReadCreatePods();
    } else if (opcode == "createPodSets") {
      op.action = ReadCreatePodSets();
    } else if (opcode == "createAny") {
      op.action = ReadCreateAny();
    } else if (opcode == "deletePods") {
      op.action = ReadDeletePods();
    } else if (opcode == "churn") {
      op.action = ReadChurn();
    } else if (opcode == "barrier") {
      op.action = ReadBarrier();
    } else if (opcode == "sleep") {
      op.action = Sleep{Length("duration", "durationParam", kLongestSleep)};
    } else if (opcode == "startCollectingMetrics") {
      op.action = ReadStartCollecting();
    } else if (opcode == "stopCollectingMetrics") {
      op.action = StopCollecting{};
    } else if (const Value* found = reader_.Find("opcode")) {
      errors_.Expected(*found, reader_.PathOf("opcode"),
                       "createNodes, createNamespaces, createPods, createPodSets, createAny, "
                       "deletePods, churn, barrier, sleep, startCollectingMetrics or "
                       "stopCollectingMetrics");
    }
    reader_.Finish();
    return op;
  }

  CreatePods ReadCreatePods() {
    CreatePods pods;
    pods.count = Count();
    if (const Value* by = Param("countMultiplierParam")) {
      pods.count = Whole(*by, "countMultiplierParam", 0, kMostObjects / std::max(1, pods.count)) *
                   pods.count;
    }
    pods.ns = reader_.String("namespace", absl::StrCat("namespace-", index_));
    pods.collect_metrics = reader_.Bool("collectMetrics", false);
    pods.wait = !reader_.Bool("skipWaitToCompletion", false);
    if (pods.collect_metrics && !pods.wait) {
      errors_.Add(*reader_.Find("skipWaitToCompletion"), reader_.PathOf("skipWaitToCompletion"),
                  "cannot be true together with collectMetrics");
    }
    for (const char* field : {"persistentVolumeTemplatePath", "persistentVolumeClaimTemplatePath",
                              "steadyState", "steadyStateParam", "duration", "durationParam",
                              "signatureBatchSize", "signatureBatchSizeParam"}) {
      Refuse(field);
    }
    pods.pod =
        Object("podTemplatePath", default_pod_, kDefaultPod, pods.count, &api::KindOf<api::Pod>());
    return pods;
  }

 private:
  void Refuse(const char* field) {
    const Value* found = reader_.Find(field);
    if (found == nullptr || (found->type() == Value::Type::kBool && !found->flag())) return;
    errors_.Add(*found, reader_.PathOf(field), "is not supported");
  }

  // The parameter that `field` names; null when there is none.
  const Value* Param(const char* field) {
    const Value* named = reader_.Find(field);
    return named == nullptr ? nullptr : params_.Resolve(*named, reader_.PathOf(field));
  }

  int Whole(const Value& value, const char* field, int low, int high) {
    int number = 0;
    if (value.type() == Value::Type::kNumber && absl::SimpleAtoi(value.text(), &number) &&
        number >= low && number <= high) {
      return number;
    }
    errors_.Expected(value, reader_.PathOf(field),
                     absl::StrCat("a whole number from ", low, " to ", high));
    return 0;
  }

  // `count`, or `countParam`, which counts when both are there.
  int Count(std::optional<int> otherwise = std::nullopt) {
    const auto literal = static_cast<int>(reader_.Int("count", 0, 1, kMostObjects));
    if (reader_.Find("countParam") != nullptr) {
      const Value* const value = Param("countParam");
      return value == nullptr ? 0 : Whole(*value, "countParam", 0, kMostObjects);
    }
    if (reader_.Find("count") != nullptr) return literal;
    if (!otherwise.has_value() && reader_.present()) {
      errors_.Add(reader_.value(), reader_.path(), "expected count or countParam");
    }
    return otherwise.value_or(0);
  }

  absl::Duration Length(const char* field, const char* param_field, absl::Duration most) {
    const Value* value = Param(param_field);
    const char* const where = value == nullptr ? field : param_field;
    if (value == nullptr) value = reader_.Find(field);
    if (value == nullptr) {
      if (reader_.Find(param_field) == nullptr) reader_.Need(field);
      return absl::ZeroDuration();
    }
    const absl::Duration length = ReadDuration(errors_, *value, reader_.PathOf(where));
    if (length > most) {
      errors_.Expected(*value, reader_.PathOf(where),
                       absl::StrCat("at most ", absl::FormatDuration(most)));
    }
    return length;
  }

  Template::Values TemplateParams() {
    Template::Values values;
    ObjectReader given = reader_.Object("templateParams");
    if (!given.present()) return values;
    for (const Value::Member& member : given.value().members()) {
      const std::string path = given.PathOf(member.key);
      const Value* value = &member.value;
      if (value->is_string() && absl::StartsWith(value->text(), "$")) {
        value = params_.Resolve(*value, path);
        if (value == nullptr) return values;
      }
      if (value->type() == Value::Type::kBool) {
        values[member.key] = value->flag() ? "true" : "false";
      } else if (value->is_string() || value->type() == Value::Type::kNumber) {
        values[member.key] = value->text();
      } else {
        errors_.Expected(*value, path, "a string, a number, true or false");
      }
    }
    return values;
  }

  ObjectTemplate Load(const Value& at, const std::string& path_of, const std::string& file,
                      Template::Values values, int count, const api::KindInfo* kind) {
    absl::StatusOr<ObjectTemplate> loaded =
        ObjectTemplate::Load(file, std::move(values), count, kind);
    if (loaded.ok()) return *std::move(loaded);
    errors_.Add(at, path_of, loaded.status().message());
    return {};
  }

  // Of the file that `field` names, of `path`, or of `builtin` text.
  ObjectTemplate Object(const char* field, const std::string& path, const char* builtin, int count,
                        const api::KindInfo* kind) {
    Template::Values values = TemplateParams();
    const std::string named = reader_.String(field, "");
    if (!named.empty()) {
      return Load(*reader_.Find(field), reader_.PathOf(field), Beside(errors_.file(), named),
                  std::move(values), count, kind);
    }
    if (!reader_.present()) return {};
    if (!path.empty()) {
      return Load(reader_.value(), reader_.path(), path, std::move(values), count, kind);
    }
    absl::StatusOr<ObjectTemplate> made =
        ObjectTemplate::Parse("default", builtin, std::move(values), count, kind);
    if (!made.ok()) {
      errors_.Add(reader_.value(), reader_.path(), made.status().message());
      return {};
    }
    return *std::move(made);
  }

  std::string Selector() {
    std::string selector;
    for (const auto& [key, value] : reader_.StringMap("labelSelector")) {
      absl::StrAppend(&selector, selector.empty() ? "" : ",", key, "=", value);
    }
    return selector;
  }

  CreateNodes ReadCreateNodes() {
    CreateNodes nodes;
    nodes.count = Count();
    nodes.node =
        Object("nodeTemplatePath", "", kDefaultNode, nodes.count, &api::KindOf<api::Node>());
    std::string strategy;
    for (const char* each :
         {"nodeAllocatableStrategy", "labelNodePrepareStrategy", "uniqueNodeLabelStrategy"}) {
      const Value* found = reader_.Find(each);
      if (found == nullptr) continue;
      if (!strategy.empty()) {
        errors_.Add(*found, reader_.PathOf(each), absl::StrCat("there is ", strategy, " already"));
      }
      strategy = each;
    }
    if (strategy.empty()) return nodes;
    ObjectReader how = reader_.Object(strategy);
    if (strategy == "nodeAllocatableStrategy") {
      nodes.allocatable = how.StringMap("nodeAllocatable");
      for (const auto& [resource, amount] : nodes.allocatable) {
        ReadQuantity(errors_, *how.Find("nodeAllocatable")->Find(resource),
                     absl::StrCat(how.PathOf("nodeAllocatable"), ".", resource));
      }
      for (const char* field : {"csiNodeAllocatable", "migratedPlugins"}) {
        if (const Value* found = how.Find(field)) {
          errors_.Add(*found, how.PathOf(field), "is not supported");
        }
      }
    } else {
      how.Need("labelKey");
      nodes.label = how.String("labelKey", "");
      if (strategy == "labelNodePrepareStrategy") {
        nodes.label_values = how.StringList("labelValues");
        const Value* const values = how.Need("labelValues");
        if (values != nullptr && nodes.label_values.empty()) {
          errors_.Expected(*values, how.PathOf("labelValues"), "at least one value");
        }
      }
    }
    how.Finish();
    return nodes;
  }

  CreateNamespaces ReadCreateNamespaces() {
    CreateNamespaces namespaces;
    namespaces.count = Count();
    reader_.Need("prefix");
    namespaces.prefix = reader_.String("prefix", "");
    if (const Value* path = reader_.Find("namespaceTemplatePath")) {
      namespaces.ns =
          Load(*path, reader_.PathOf("namespaceTemplatePath"), Beside(errors_.file(), path->text()),
               {}, namespaces.count, &api::KindOf<api::Namespace>());
    }
    return namespaces;
  }

  CreatePodSets ReadCreatePodSets() {
    CreatePodSets sets;
    sets.count = Count();
    reader_.Need("namespacePrefix");
    sets.prefix = reader_.String("namespacePrefix", "");
    const Value* const pods = reader_.Need("createPodsOp");
    if (pods == nullptr) return sets;
    OpReader inner(errors_, *pods, reader_.PathOf("createPodsOp"), index_, params_, default_pod_);
    inner.reader_.Find("opcode");  // May be there, and says nothing new.
    sets.pods = inner.ReadCreatePods();
    if (const Value* ns = inner.reader_.Find("namespace")) {
      errors_.Add(*ns, inner.reader_.PathOf("namespace"), "is given by namespacePrefix");
    }
    inner.reader_.Finish();
    return sets;
  }

  CreateAny ReadCreateAny() {
    CreateAny any;
    any.count = Count(1);
    any.ns = reader_.String("namespace", "");
    const Value* const path = reader_.Need("templatePath");
    if (path == nullptr) return any;
    any.object = Object("templatePath", "", "", any.count, nullptr);
    if (!errors_.status().ok()) return any;
    if (any.object.kind().namespaced == any.ns.empty()) {
      errors_.Add(*path, reader_.PathOf("templatePath"),
                  absl::StrCat("a ", any.object.kind().kind,
                               any.ns.empty() ? " needs a namespace" : " has no namespace"));
    }
    return any;
  }

  DeletePods ReadDeletePods() {
    DeletePods pods;
    reader_.Need("namespace");
    pods.ns = reader_.String("namespace", "");
    pods.selector = Selector();
    pods.per_second = static_cast<int>(reader_.Int("deletePodsPerSecond", 0, 0, kMostPerSecond));
    pods.wait = !reader_.Bool("skipWaitToCompletion", false);
    return pods;
  }

  Churn ReadChurn() {
    Churn churn;
    const Value* const mode = reader_.Need("mode");
    const std::string name = reader_.String("mode", "");
    churn.recreate = name == "recreate";
    if (mode != nullptr && !churn.recreate && name != "create") {
      errors_.Expected(*mode, reader_.PathOf("mode"), "create or recreate");
    }
    churn.number = static_cast<int>(reader_.Int("number", 0, 0, kMostObjects));
    if (churn.recreate && churn.number == 0 && reader_.present()) {
      errors_.Add(reader_.value(), reader_.PathOf("number"),
                  "expected at least 1 where mode is recreate");
    }
    churn.interval =
        absl::Milliseconds(reader_.Int("intervalMilliseconds", 500, 1, 30 * 60 * 1000));
    churn.ns = reader_.String("namespace", absl::StrCat("namespace-", index_));
    const Value* const paths = reader_.Need("templatePaths");
    const std::vector<std::string> files = reader_.StringList("templatePaths");
    if (paths != nullptr && files.empty()) {
      errors_.Expected(*paths, reader_.PathOf("templatePaths"), "at least one path");
    }
    for (size_t i = 0; i < files.size(); ++i) {
      churn.objects.push_back(Load(paths->items()[i], IndexPath(reader_.PathOf("templatePaths"), i),
                                   Beside(errors_.file(), files[i]), {}, 1, nullptr));
    }
    return churn;
  }

  Barrier ReadBarrier() {
    Barrier barrier;
    barrier.namespaces = reader_.StringList("namespaces");
    barrier.selector = Selector();
    const std::string stage = reader_.String("stageRequirement", "Scheduled");
    barrier.attempted = stage == "Attempted";
    if (!barrier.attempted && stage != "Scheduled") {
      errors_.Expected(*reader_.Find("stageRequirement"), reader_.PathOf("stageRequirement"),
                       "Scheduled or Attempted");
    }
    return barrier;
  }

  StartCollecting ReadStartCollecting() {
    StartCollecting start;
    start.name = reader_.String("name", "");
    start.namespaces = reader_.StringList("namespaces");
    const Value* const namespaces = reader_.Need("namespaces");
    if (namespaces != nullptr && start.namespaces.empty()) {
      errors_.Expected(*namespaces, reader_.PathOf("namespaces"), "at least one namespace");
    }
    start.selector = Selector();
    return start;
  }

  Errors& errors_;
  ObjectReader reader_;
  const size_t index_;
  PerfParams& params_;
  const std::string& default_pod_;
};

}  // namespace

PerfParams::PerfParams(Errors& errors, const Value* params, std::string path, std::string workload)
    : errors_(errors), params_(params), path_(std::move(path)), workload_(std::move(workload)) {}

const Value* PerfParams::Resolve(const Value& at, const std::string& path) {
  if (!at.is_string() || at.text().size() < 2 || at.text()[0] != '$') {
    errors_.Expected(at, path, "the name of a parameter after a $");
    return nullptr;
  }
  const std::string name = at.text().substr(1);
  const Value* const found = params_ == nullptr ? nullptr : params_->Find(name);
  if (found == nullptr) {
    errors_.Add(at, path, absl::StrCat("the workload ", workload_, " has no parameter ", name));
    return nullptr;
  }
  used_.push_back(name);
  return found;
}

void PerfParams::Finish() {
  if (params_ == nullptr) return;
  for (const Value::Member& member : params_->members()) {
    if (std::find(used_.begin(), used_.end(), member.key) != used_.end()) continue;
    Value at;
    at.position = member.position;
    errors_.Add(at, absl::StrCat(path_, ".", member.key), "is a parameter that nothing uses");
  }
}

PerfOp ReadOp(Errors& errors, const Value& value, const std::string& path, size_t index,
              PerfParams& params, const std::string& default_pod) {
  return OpReader(errors, value, path, index, params, default_pod).Read();
}

}  // namespace drydock::sim
