// Decisions to trees and tables.
#include "src/scheduler/what_if_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace drydock::scheduler {
namespace {

using api::Value;

Value Strings(const std::vector<std::string>& texts) {
  Value list = Value::Array();
  for (const std::string& text : texts) list.items().push_back(Value::String(text));
  return list;
}

Value PodsOf(const std::vector<PodRef>& pods) {
  Value list = Value::Array();
  for (const PodRef& pod : pods) {
    Value& item = list.items().emplace_back(Value::Object());
    item["namespace"] = Value::String(pod->ns());
    item["name"] = Value::String(pod->name);
    item["priority"] = Value::Int(pod->priority());
  }
  return list;
}

Value PreemptionOf(const PodDecision& decision) {
  const PostFilterResult& remedy = decision.remedy;
  Value preemption = Value::Object();
  preemption["nominatedNode"] = Value::String(remedy.nominated_node);
  preemption["victims"] = PodsOf(remedy.victims);
  Value candidates = Value::Object();
  for (size_t i = 0; i < remedy.candidates.size(); ++i) {
    Value& candidate = candidates[decision.candidate_nodes[i]];
    candidate = Value::Object();
    candidate["victims"] = PodsOf(remedy.candidates[i].victims);
    candidate["pdbViolations"] = Value::Int(remedy.candidates[i].violations);
  }
  preemption["candidates"] = std::move(candidates);
  return preemption;
}

// A new object under `key`, which `object` does not have: operator[] would look for it
// among all nodes.
Value& AddObject(const std::string& key, Value* object) {
  object->members().push_back({key, Value::Object(), {}});
  return object->members().back().value;
}

// What the plugins said of the nodes.
void AddNodes(const Explanation& explanation, Value* pod) {
  Value feasible = Value::Array();
  Value spare = Value::Array();
  Value filter = Value::Object();
  Value scores = Value::Object();
  Value totals = Value::Object();
  for (const Explanation::Node& node : explanation.nodes) {
    if (!node.rejected_by.empty()) {
      Value& rejection = AddObject(node.name, &filter);
      rejection["plugin"] = Value::String(node.rejected_by);
      rejection["code"] = Value::String(NameOf(node.verdict));
      rejection["reasons"] = Strings(node.reasons);
    } else if (node.spare) {
      spare.items().push_back(Value::String(node.name));
    } else {
      feasible.items().push_back(Value::String(node.name));
      Value& by_plugin = AddObject(node.name, &scores);
      for (const Explanation::Score& score : node.scores) {
        Value& told = AddObject(score.plugin, &by_plugin);
        told["raw"] = Value::Int(score.raw);
        told["normalized"] = Value::Int(score.normalized);
        told["weighted"] = Value::Int(score.weighted);
      }
      totals.members().push_back({node.name, Value::Int(node.total), {}});
    }
  }
  (*pod)["feasibleNodes"] = std::move(feasible);
  if (!spare.items().empty()) (*pod)["spareNodes"] = std::move(spare);
  (*pod)["filter"] = std::move(filter);
  (*pod)["scores"] = std::move(scores);
  (*pod)["totals"] = std::move(totals);
  (*pod)["bestNodes"] = Strings(explanation.best);
}

// Columns wide enough for what is in them; the last one is not filled up.
std::string Columns(const std::vector<std::vector<std::string>>& rows, absl::string_view indent) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line(indent);
    for (size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, row[i]);
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 3, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string TableOfNodes(const Explanation& explanation) {
  std::vector<std::string> plugins;
  for (const Explanation::Node& node : explanation.nodes) {
    if (node.scores.size() <= plugins.size()) continue;
    plugins.clear();
    for (const Explanation::Score& score : node.scores) plugins.push_back(score.plugin);
  }
  std::vector<std::vector<std::string>> scored = {{"NODE", "TOTAL"}};
  for (const std::string& plugin : plugins) scored[0].push_back(plugin);
  std::vector<std::vector<std::string>> rejected = {{"NODE", "REJECTED BY", "REASONS"}};
  for (const Explanation::Node& node : explanation.nodes) {
    if (!node.rejected_by.empty()) {
      rejected.push_back({node.name, node.rejected_by, absl::StrJoin(node.reasons, ", ")});
    } else if (!node.spare) {
      std::vector<std::string>& row =
          scored.emplace_back(std::vector<std::string>{node.name, absl::StrCat(node.total)});
      for (const Explanation::Score& score : node.scores) {
        row.push_back(absl::StrCat(score.raw, " > ", score.normalized, " > ", score.weighted));
      }
    }
  }
  std::string text;
  if (scored.size() > 1) absl::StrAppend(&text, Columns(scored, "  "));
  if (rejected.size() > 1) absl::StrAppend(&text, Columns(rejected, "  "));
  return text;
}

}  // namespace

absl::string_view NameOf(PodDecision::Result result) {
  switch (result) {
    case PodDecision::Result::kScheduled:
      return "Scheduled";
    case PodDecision::Result::kPreempting:
      return "Preempting";
    case PodDecision::Result::kUnschedulable:
      return "Unschedulable";
    case PodDecision::Result::kGated:
      return "Gated";
    case PodDecision::Result::kSkipped:
      return "Skipped";
  }
  return "";
}

absl::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "Success";
    case Verdict::kUnschedulable:
      return "Unschedulable";
    case Verdict::kUnresolvable:
      return "UnschedulableAndUnresolvable";
  }
  return "";
}

Value ReportOf(const std::vector<PodDecision>& decisions, const WhatIfOptions& options) {
  Value report = Value::Object();
  report["apiVersion"] = Value::String("sim.drydock.dev/v1");
  report["kind"] = Value::String("ScheduleReport");
  report["seed"] = Value::Number(absl::StrCat(options.seed));
  report["commit"] = Value::Bool(options.commit);
  Value pods = Value::Array();
  for (const PodDecision& decision : decisions) {
    Value& pod = pods.items().emplace_back(Value::Object());
    pod["namespace"] = Value::String(decision.pod->ns());
    pod["name"] = Value::String(decision.pod->name);
    pod["schedulerName"] = Value::String(decision.pod->shape->scheduler_name);
    pod["priority"] = Value::Int(decision.pod->priority());
    if (decision.position > 0) pod["queuePosition"] = Value::Int(decision.position);
    pod["result"] = Value::String(NameOf(decision.result));
    if (!decision.node.empty()) pod["node"] = Value::String(decision.node);
    if (!decision.message.empty()) pod["message"] = Value::String(decision.message);
    if (decision.position > 0) AddNodes(decision.explanation, &pod);
    if (decision.remedy.success) pod["preemption"] = PreemptionOf(decision);
  }
  report["pods"] = std::move(pods);
  return report;
}

std::string TableOf(const std::vector<PodDecision>& decisions) {
  std::vector<std::vector<std::string>> rows = {{"QUEUE", "POD", "PRIORITY", "RESULT", "NODE"}};
  for (const PodDecision& decision : decisions) {
    const bool nominated = decision.result == PodDecision::Result::kPreempting;
    rows.push_back({decision.position > 0 ? absl::StrCat(decision.position) : "-",
                    KeyOf(*decision.pod), absl::StrCat(decision.pod->priority()),
                    std::string(NameOf(decision.result)),
                    nominated ? decision.remedy.nominated_node : decision.node});
  }
  std::string text = Columns(rows, "");
  for (const PodDecision& decision : decisions) {
    absl::StrAppend(&text, "\n", KeyOf(*decision.pod), ": ", NameOf(decision.result));
    if (!decision.node.empty()) absl::StrAppend(&text, " on ", decision.node);
    if (decision.explanation.best.size() > 1) {
      absl::StrAppend(&text, ", one of the best: ", absl::StrJoin(decision.explanation.best, ", "));
    }
    absl::StrAppend(&text, "\n");
    if (!decision.message.empty()) absl::StrAppend(&text, "  ", decision.message, "\n");
    absl::StrAppend(&text, TableOfNodes(decision.explanation));
    for (size_t i = 0; i < decision.candidate_nodes.size(); ++i) {
      absl::StrAppend(
          &text, "  would fit on ", decision.candidate_nodes[i], " without ",
          absl::StrJoin(decision.remedy.candidates[i].victims, ", ",
                        [](std::string* out, const PodRef& pod) { out->append(KeyOf(*pod)); }),
          decision.candidate_nodes[i] == decision.remedy.nominated_node ? " (chosen)\n" : "\n");
    }
  }
  return text;
}

}  // namespace drydock::scheduler
