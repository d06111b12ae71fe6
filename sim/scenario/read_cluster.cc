// The machines of a scenario.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "sim/scenario/sections.h"

namespace drydock::sim {
namespace {

using api::Value;

void CheckTaints(Errors& errors, ObjectReader& pool) {
  size_t index = 0;
  for (const Value* taint : pool.Items("taints")) {
    ObjectReader reader(errors, taint, IndexPath(pool.PathOf("taints"), index++));
    reader.Need("key");
    reader.String("key", "");
    reader.String("value", "");
    reader.Need("effect");
    const std::string effect = reader.String("effect", "NoSchedule");
    if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
      errors.Expected(*reader.Find("effect"), reader.PathOf("effect"),
                      "NoSchedule, PreferNoSchedule or NoExecute");
    }
    reader.Finish();
  }
}

NodePool ReadPool(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  NodePool pool;
  reader.Need("name");
  pool.name = reader.String("name", "");
  reader.Need("count");
  pool.count = static_cast<int>(reader.Int("count", 1, 0, 1'000'000));
  reader.Need("capacity");
  pool.capacity = reader.StringMap("capacity");
  for (const auto& [resource, amount] : pool.capacity) {
    ReadQuantity(errors, *value.Find("capacity")->Find(resource),
                 absl::StrCat(path, ".capacity.", resource));
  }
  const auto has_pods = [](const auto& entry) { return entry.first == "pods"; };
  if (std::none_of(pool.capacity.begin(), pool.capacity.end(), has_pods)) {
    pool.capacity.emplace_back("pods", "110");
  }
  pool.labels = reader.StringMap("labels");
  for (const auto& [label, text] : pool.labels) {
    const Value& found = *reader.Find("labels")->Find(label);
    if (!found.is_string()) {
      errors.Expected(found, absl::StrCat(path, ".labels.", label), "a string");
    }
  }
  if (const Value* taints = reader.Find("taints")) {
    CheckTaints(errors, reader);
    pool.taints = *taints;
  }
  reader.Finish();
  return pool;
}

// A duration or a distribution of durations, as the container runtime's model has it.
std::string ReadContainerStart(Errors& errors, ObjectReader& cluster) {
  const Value* const start = cluster.Find("containerStart");
  if (start == nullptr) return "";
  const std::string path = cluster.PathOf("containerStart");
  ReadDistribution(errors, *start, path, Unit::kDuration);
  if (!errors.status().ok()) return "";
  if (!start->is_object()) return start->text();
  const Value::Member& shape = start->members().front();
  if (shape.key == "exponential") return absl::StrCat("exp(", shape.value.text(), ")");
  const auto pair = [&shape](const Value& first, const Value& second) {
    return absl::StrCat(shape.key, "(", first.text(), ", ", second.text(), ")");
  };
  if (shape.value.is_array()) return pair(shape.value.items()[0], shape.value.items()[1]);
  const bool normal = shape.key == "normal";
  return pair(*shape.value.Find(normal ? "mean" : "median"),
              *shape.value.Find(normal ? "deviation" : "sigma"));
}

}  // namespace

ClusterSpec ReadCluster(Errors& errors, ObjectReader reader) {
  ClusterSpec cluster;
  if (!reader.present()) return cluster;
  cluster.zones = static_cast<int>(reader.Int("zones", 1, 1, 26));
  const Value* const pools = reader.Need("nodePools");
  if (pools != nullptr && pools->is_array() && pools->items().empty()) {
    errors.Add(*pools, reader.PathOf("nodePools"), "expected at least one");
  }
  size_t index = 0;
  for (const Value* pool : reader.Items("nodePools")) {
    cluster.node_pools.push_back(
        ReadPool(errors, *pool, IndexPath(reader.PathOf("nodePools"), index++)));
  }

  ObjectReader images = reader.Object("images");
  if (const Value* size = images.Find("defaultSize")) {
    cluster.images.default_size_bytes = ReadQuantity(errors, *size, images.PathOf("defaultSize"));
  }
  for (const auto& [image, size] : images.StringMap("sizes")) {
    const std::string path = absl::StrCat(images.PathOf("sizes"), ".", image);
    cluster.images.sizes.emplace_back(
        image, ReadQuantity(errors, *images.Find("sizes")->Find(image), path));
  }
  if (const Value* bandwidth = images.Find("bandwidth")) {
    cluster.images.node_bandwidth = ReadQuantity(errors, *bandwidth, images.PathOf("bandwidth"));
  }
  cluster.images.preloaded = images.Bool("preloaded", false);
  images.Finish();

  ObjectReader latency = reader.Object("latency");
  Latencies& costs = cluster.latency;
  costs.same_zone = latency.Duration("sameZone", costs.same_zone);
  costs.cross_zone = latency.Duration("crossZone", costs.cross_zone);
  costs.api_read = latency.Duration("apiRead", costs.api_read);
  costs.api_write = latency.Duration("apiWrite", costs.api_write);
  costs.schedule_pod = latency.Duration("schedulePod", costs.schedule_pod);
  latency.Finish();

  cluster.container_start = ReadContainerStart(errors, reader);
  if (const Value* scheduler = reader.Find("scheduler")) {
    ObjectReader(errors, scheduler, reader.PathOf("scheduler"));  // Its fields: when it is used.
    cluster.scheduler = *scheduler;
  }
  ObjectReader controllers = reader.Object("controllers");
  cluster.controller_qps = controllers.Number("qps", 0, 0, 1e9);
  cluster.controller_burst = static_cast<int>(controllers.Int("burst", 0, 0, 1'000'000'000));
  controllers.Finish();
  reader.Finish();
  return cluster;
}

}  // namespace drydock::sim
