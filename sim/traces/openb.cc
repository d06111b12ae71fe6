// Reading the openb CSV files, and the order of arrival.
#include "sim/traces/openb.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/files/files.h"
#include "src/rt/random.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

using scheduler::gpushare::GpuRequest;
using scheduler::gpushare::kDeviceMilli;
using scheduler::gpushare::kMaxDevices;
using scheduler::gpushare::ModelSet;
using scheduler::gpushare::TypicalPod;
using scheduler::gpushare::TypicalPods;

// A CSV file without quoting: rows of columns found by their names.
class Csv {
 public:
  static absl::StatusOr<Csv> Read(const std::string& path) {
    absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    Csv csv;
    csv.path_ = path;
    for (const absl::string_view raw : absl::StrSplit(*text, '\n')) {
      const absl::string_view line = absl::StripSuffix(raw, "\r");
      csv.rows_.push_back(absl::StrSplit(line, ','));
    }
    while (!csv.rows_.empty() && csv.rows_.back() == std::vector<std::string>{""}) {
      csv.rows_.pop_back();
    }
    if (csv.rows_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":1: expected a header line"));
    }
    return csv;
  }

  size_t rows() const { return rows_.size() - 1; }

  // The index of a column, or -1.
  int Column(absl::string_view name) const {
    const auto found = std::find(rows_[0].begin(), rows_[0].end(), name);
    return found == rows_[0].end() ? -1 : static_cast<int>(found - rows_[0].begin());
  }
  absl::StatusOr<int> NeedColumn(absl::string_view name) const {
    const int column = Column(name);
    if (column >= 0) return column;
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ":1: expected a column \"", name, "\" in the header"));
  }
  absl::StatusOr<std::string> Text(size_t row, int column) const {
    const std::vector<std::string>& cells = rows_[row + 1];
    if (column < static_cast<int>(cells.size())) return cells[column];
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ":", row + 2, ": expected ", rows_[0].size(), " columns, got ", cells.size()));
  }
  absl::StatusOr<int64_t> Number(size_t row, int column, int64_t low, int64_t high) const {
    absl::StatusOr<std::string> text = Text(row, column);
    if (!text.ok()) return text.status();
    int64_t value = 0;
    if (absl::SimpleAtoi(*text, &value) && value >= low && value <= high) return value;
    return absl::InvalidArgumentError(absl::StrCat(path_, ":", row + 2, ": ", rows_[0][column],
                                                   ": expected a whole number from ", low, " to ",
                                                   high, ", got \"", *text, "\""));
  }
  absl::Status Error(size_t row, absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(path_, ":", row + 2, ": ", what));
  }

 private:
  std::string path_;
  std::vector<std::vector<std::string>> rows_;
};

constexpr int64_t kManyMilli = 1'000'000'000;

#define ASSIGN_OR_RETURN_CELL(variable, expression)       \
  auto variable##_or = (expression);                      \
  if (!variable##_or.ok()) return variable##_or.status(); \
  const auto& variable = *variable##_or

absl::Status ReadNodes(const std::string& path, OpenbTrace* trace) {
  ASSIGN_OR_RETURN_CELL(csv, Csv::Read(path));
  ASSIGN_OR_RETURN_CELL(name_column, csv.NeedColumn("sn"));
  ASSIGN_OR_RETURN_CELL(cpu_column, csv.NeedColumn("cpu_milli"));
  ASSIGN_OR_RETURN_CELL(memory_column, csv.NeedColumn("memory_mib"));
  ASSIGN_OR_RETURN_CELL(gpu_column, csv.NeedColumn("gpu"));
  ASSIGN_OR_RETURN_CELL(model_column, csv.NeedColumn("model"));
  for (size_t row = 0; row < csv.rows(); ++row) {
    ASSIGN_OR_RETURN_CELL(name, csv.Text(row, name_column));
    ASSIGN_OR_RETURN_CELL(cpu, csv.Number(row, cpu_column, 0, kManyMilli));
    ASSIGN_OR_RETURN_CELL(memory, csv.Number(row, memory_column, 0, kManyMilli));
    ASSIGN_OR_RETURN_CELL(gpus, csv.Number(row, gpu_column, 0, kMaxDevices));
    ASSIGN_OR_RETURN_CELL(model, csv.Text(row, model_column));
    if (name.empty()) return csv.Error(row, "sn: expected the name of a node");
    trace->nodes.push_back({name, cpu, memory, static_cast<int32_t>(gpus), model});
  }
  std::sort(trace->nodes.begin(), trace->nodes.end(),
            [](const OpenbNode& a, const OpenbNode& b) { return a.name < b.name; });
  for (const OpenbNode& node : trace->nodes) {
    if (!node.model.empty()) trace->models.push_back(node.model);
  }
  std::sort(trace->models.begin(), trace->models.end());
  trace->models.erase(std::unique(trace->models.begin(), trace->models.end()), trace->models.end());
  if (trace->models.size() > 63) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected at most 63 GPU models, got ", trace->models.size()));
  }
  return absl::OkStatus();
}

absl::Status ReadPods(const std::string& path, OpenbTrace* trace) {
  ASSIGN_OR_RETURN_CELL(csv, Csv::Read(path));
  ASSIGN_OR_RETURN_CELL(name_column, csv.NeedColumn("name"));
  ASSIGN_OR_RETURN_CELL(cpu_column, csv.NeedColumn("cpu_milli"));
  ASSIGN_OR_RETURN_CELL(memory_column, csv.NeedColumn("memory_mib"));
  ASSIGN_OR_RETURN_CELL(count_column, csv.NeedColumn("num_gpu"));
  ASSIGN_OR_RETURN_CELL(milli_column, csv.NeedColumn("gpu_milli"));
  const int spec_column = csv.Column("gpu_spec");  // Some lists have five columns only.
  for (size_t row = 0; row < csv.rows(); ++row) {
    OpenbPod pod;
    ASSIGN_OR_RETURN_CELL(name, csv.Text(row, name_column));
    ASSIGN_OR_RETURN_CELL(cpu, csv.Number(row, cpu_column, 0, kManyMilli));
    ASSIGN_OR_RETURN_CELL(memory, csv.Number(row, memory_column, 0, kManyMilli));
    ASSIGN_OR_RETURN_CELL(count, csv.Number(row, count_column, 0, kMaxDevices));
    ASSIGN_OR_RETURN_CELL(milli, csv.Number(row, milli_column, 0, kDeviceMilli));
    if (count > 0 && milli == 0) {
      return csv.Error(row, "gpu_milli: expected 1 to 1000 where num_gpu is not 0, got \"0\"");
    }
    if (count > 1 && milli != kDeviceMilli) {
      return csv.Error(row, "gpu_milli: expected 1000 where num_gpu is above 1");
    }
    pod.name = name;
    pod.memory_mib = memory;
    pod.request.cpu_milli = cpu;
    pod.request.gpu_count = static_cast<int32_t>(count);
    pod.request.gpu_milli = count == 0 ? 0 : static_cast<int32_t>(milli);
    if (spec_column >= 0) {
      ASSIGN_OR_RETURN_CELL(spec, csv.Text(row, spec_column));
      pod.gpu_spec = spec;
    }
    if (!pod.gpu_spec.empty()) {
      pod.request.models = 0;
      // A model that no node has is a preference that cannot be met, not an error.
      for (const absl::string_view model : absl::StrSplit(pod.gpu_spec, '|')) {
        pod.request.models |= trace->ModelBit(std::string(model));
      }
    }
    trace->pods.push_back(std::move(pod));
  }
  std::stable_sort(trace->pods.begin(), trace->pods.end(),
                   [](const OpenbPod& a, const OpenbPod& b) { return a.name < b.name; });
  return absl::OkStatus();
}

absl::Status NoTrace(const absl::Status& why) {
  if (!absl::IsNotFound(why)) return why;
  return absl::NotFoundError(
      absl::StrCat(why.message(),
                   "\n  The openb trace is public: https://github.com/alibaba/clusterdata, folder "
                   "cluster-trace-gpu-v2023/csv.\n  Copy its openb_node_list_gpu_node.csv and "
                   "openb_pod_list_*.csv into a folder DIR and add --set trace.dir=DIR"));
}

// The stored arrivals, or kNotFound.
absl::Status ReadArrivals(const OpenbTrace& trace, const std::string& path, OpenbOrder* order) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  size_t line_number = 0;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    ++line_number;
    if (line.empty()) continue;
    uint32_t row = 0;
    if (!absl::SimpleAtoi(line, &row) || row >= trace.pods.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", line_number, ": expected a row of the pod list, 0 to ",
                       trace.pods.size() - 1, ", got \"", line, "\""));
    }
    order->arrivals.push_back(row);
  }
  return absl::OkStatus();
}

absl::Status ReadRanks(const OpenbTrace& trace, const std::string& path, const std::string& column,
                       OpenbOrder* order) {
  ASSIGN_OR_RETURN_CELL(csv, Csv::Read(path));
  ASSIGN_OR_RETURN_CELL(name_column, csv.NeedColumn("node"));
  const int rank_column = csv.Column(column);
  if (rank_column < 0) return absl::NotFoundError(column);
  std::map<std::string, uint32_t> ranks;
  for (size_t row = 0; row < csv.rows(); ++row) {
    ASSIGN_OR_RETURN_CELL(name, csv.Text(row, name_column));
    ASSIGN_OR_RETURN_CELL(rank, csv.Number(row, rank_column, 0, kManyMilli));
    ranks[name] = static_cast<uint32_t>(rank);
  }
  for (const OpenbNode& node : trace.nodes) {
    const auto rank = ranks.find(node.name);
    if (rank == ranks.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": expected a rank for the node ", node.name));
    }
    order->node_rank.push_back(rank->second);
  }
  return absl::OkStatus();
}

#undef ASSIGN_OR_RETURN_CELL

OpenbOrder DrawOrder(const OpenbTrace& trace, uint64_t seed, double load) {
  OpenbOrder order;
  rt::Random arrivals(seed, "openb/arrivals");
  order.arrivals.resize(trace.pods.size());
  std::iota(order.arrivals.begin(), order.arrivals.end(), 0);
  arrivals.Shuffle(order.arrivals);
  const double target = load * static_cast<double>(trace.TotalGpuMilli());
  double requested = 0;
  for (const OpenbPod& pod : trace.pods) {
    requested += static_cast<double>(pod.request.TotalMilli());
  }
  const bool any = requested > 0;  // A list without GPU pods has no load to tune.
  while (any && requested < target) {
    const auto row = static_cast<uint32_t>(arrivals.Below(trace.pods.size()));
    const GpuRequest& request = trace.pods[row].request;
    // The experiment compares with the request for each GPU, not the whole one.
    if (requested + request.gpu_milli > target) break;
    order.arrivals.push_back(row);
    requested += static_cast<double>(request.TotalMilli());
  }
  while (any && requested > target) {
    const uint64_t index = arrivals.Below(order.arrivals.size());
    requested -= static_cast<double>(trace.pods[order.arrivals[index]].request.TotalMilli());
    order.arrivals.erase(order.arrivals.begin() + static_cast<long>(index));
  }
  rt::Random ranks(seed, "openb/ranks");
  order.node_rank.resize(trace.nodes.size());
  for (uint32_t i = 0; i < order.node_rank.size(); ++i) {
    const uint64_t j = ranks.Below(i + 1);
    order.node_rank[i] = order.node_rank[j];
    order.node_rank[j] = i;
  }
  return order;
}

}  // namespace

int64_t OpenbTrace::TotalGpuMilli() const {
  int64_t total = 0;
  for (const OpenbNode& node : nodes) total += int64_t{node.gpus} * kDeviceMilli;
  return total;
}

ModelSet OpenbTrace::ModelBit(const std::string& model) const {
  const auto found = std::lower_bound(models.begin(), models.end(), model);
  if (found == models.end() || *found != model) return 0;
  return ModelSet{1} << (found - models.begin());
}

absl::StatusOr<OpenbTrace> ReadOpenbTrace(const std::string& directory, const std::string& list) {
  OpenbTrace trace;
  trace.list = list;
  if (absl::Status nodes = ReadNodes(directory + "/openb_node_list_gpu_node.csv", &trace);
      !nodes.ok()) {
    return NoTrace(nodes);
  }
  if (absl::Status pods =
          ReadPods(absl::StrCat(directory, "/openb_pod_list_", list, ".csv"), &trace);
      !pods.ok()) {
    return NoTrace(pods);
  }
  return trace;
}

absl::StatusOr<OpenbOrder> OrderOpenb(const OpenbTrace& trace, const std::string& directory,
                                      uint64_t seed, double load) {
  OpenbOrder order;
  const std::string run = absl::StrCat(trace.list, "-", seed);
  absl::Status read =
      ReadArrivals(trace, absl::StrCat(directory, "/orders/arrivals-", run, ".txt"), &order);
  if (read.ok()) {
    read = ReadRanks(trace, absl::StrCat(directory, "/orders/node-ranks.csv"), run, &order);
  }
  if (absl::IsNotFound(read)) return DrawOrder(trace, seed, load);
  RETURN_IF_ERROR(read);
  order.stored = true;
  return order;
}

TypicalPods TypicalOpenbPods(const OpenbTrace& trace) {
  using Group = std::tuple<int64_t, int32_t, int32_t, std::string>;
  std::map<Group, std::pair<size_t, GpuRequest>> groups;
  for (const OpenbPod& pod : trace.pods) {
    const Group key(pod.request.cpu_milli, pod.request.gpu_milli, pod.request.gpu_count,
                    pod.gpu_spec);
    auto& [count, request] = groups[key];
    ++count;
    request = pod.request;
  }
  std::vector<std::pair<size_t, Group>> order;
  for (const auto& [group, counted] : groups) order.emplace_back(counted.first, group);
  std::sort(order.rbegin(), order.rend());
  TypicalPods typical;
  size_t covered = 0;
  for (const auto& [count, group] : order) {
    if (static_cast<double>(covered) >= 0.95 * static_cast<double>(trace.pods.size())) break;
    typical.push_back({groups[group].second, static_cast<double>(count)});
    covered += count;
  }
  for (TypicalPod& pod : typical) pod.weight /= static_cast<double>(covered);
  return typical;
}

}  // namespace drydock::sim
