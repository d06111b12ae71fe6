// Runs the cases of the YAML files beside it through the code of `drydock sim
// schedule`: a state goes in, reasons, scores and decisions come out. README.md says
// how a case is written.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/codec/yaml.h"
#include "src/rt/check.h"
#include "src/scheduler/what_if.h"
#include "src/scheduler/what_if_report.h"

namespace drydock::scheduler {
namespace {

using api::Value;

constexpr char kFolder[] = "tests/scheduler/parity";
constexpr int64_t kMi = 1024 * 1024;

struct Case {
  std::string file;  // Without its extension.
  std::string plugin;
  std::string name;
  Value body;
};

// For GoogleTest, which would print bytes.
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

// Moves a member of `from` to `*to`; false when there is none.
bool Take(Value* from, const char* key, Value* to) {
  Value* found = from->Find(key);
  if (found == nullptr) return false;
  *to = *found;
  from->Erase(key);
  return true;
}

Value TakeText(Value* from, const char* key, const char* otherwise) {
  Value value = Value::String(otherwise);
  Take(from, key, &value);
  return value;
}

Value NewObject(const char* api_version, const char* kind, const std::string& name) {
  Value object = Value::Object();
  object["apiVersion"] = Value::String(api_version);
  object["kind"] = Value::String(kind);
  Value metadata = Value::Object();
  metadata["name"] = Value::String(name);
  object["metadata"] = std::move(metadata);
  return object;
}

Value NodeOf(const std::string& name, Value body) {
  Value node = NewObject("v1", "Node", name);
  Take(&body, "labels", &node["metadata"]["labels"]);
  Value status = Value::Object();
  Value allocatable = Value::Object();
  if (!Take(&body, "allocatable", &allocatable)) {
    allocatable["cpu"] = Value::Int(4);
    allocatable["memory"] = Value::String("8Gi");
  }
  if (allocatable.Find("pods") == nullptr) allocatable["pods"] = Value::Int(110);
  status["allocatable"] = std::move(allocatable);
  Value images;
  if (Take(&body, "images", &images)) {
    Value list = Value::Array();
    for (const Value::Member& image : images.members()) {
      Value entry = Value::Object();
      entry["names"] = Value::Array();
      entry["names"].items().push_back(Value::String(image.key));
      entry["sizeBytes"] = Value::Int(std::stoll(image.value.text()) * kMi);
      list.items().push_back(std::move(entry));
    }
    status["images"] = std::move(list);
  }
  node["status"] = std::move(status);
  node["spec"] = std::move(body);
  return node;
}

Value ContainersOf(const Value& requests) {
  Value container = Value::Object();
  container["name"] = Value::String("c");
  container["image"] = Value::String("c");
  if (requests.is_object()) {
    Value limits = Value::Object();
    for (const Value::Member& member : requests.members()) {
      // What cannot be overcommitted has a limit, which is the request too.
      const bool bounded =
          absl::StrContains(member.key, "/") || absl::StartsWith(member.key, "hugepages-");
      if (bounded) limits[member.key] = member.value;
    }
    container["resources"] = Value::Object();
    container["resources"]["requests"] = requests;
    container["resources"]["limits"] = std::move(limits);
  }
  Value containers = Value::Array();
  containers.items().push_back(std::move(container));
  return containers;
}

Value PodOf(const std::string& name, Value body) {
  Value pod = NewObject("v1", "Pod", name);
  Value& metadata = pod["metadata"];
  metadata["namespace"] = TakeText(&body, "namespace", "default");
  Take(&body, "labels", &metadata["labels"]);
  Take(&body, "created", &metadata["creationTimestamp"]);
  Value owner;
  if (Take(&body, "owner", &owner)) {
    const std::vector<std::string> parts = absl::StrSplit(owner.text(), '/');
    Value reference = Value::Object();
    reference["apiVersion"] = Value::String("apps/v1");
    reference["kind"] = Value::String(parts[0]);
    reference["name"] = reference["uid"] = Value::String(parts[1]);
    reference["controller"] = Value::Bool(true);
    metadata["ownerReferences"] = Value::Array();
    metadata["ownerReferences"].items().push_back(std::move(reference));
  }
  Value status = Value::Object();
  Take(&body, "started", &status["startTime"]);
  Take(&body, "nominated", &status["nominatedNodeName"]);
  Take(&body, "phase", &status["phase"]);
  Value terminating;
  if (Take(&body, "terminating", &terminating)) {
    metadata["deletionTimestamp"] = Value::String("2026-01-01T00:00:00Z");
    metadata["deletionGracePeriodSeconds"] = Value::Int(30);
    if (terminating.is_string() && terminating.text() == "preempted") {
      Value condition = Value::Object();
      condition["type"] = Value::String("DisruptionTarget");
      condition["status"] = Value::String("True");
      condition["reason"] = Value::String("PreemptionByScheduler");
      status["conditions"] = Value::Array();
      status["conditions"].items().push_back(std::move(condition));
    }
  }
  pod["status"] = std::move(status);
  Take(&body, "node", &body["nodeName"]);
  Value requests;
  Take(&body, "requests", &requests);
  if (body.Find("containers") == nullptr) body["containers"] = ContainersOf(requests);
  pod["spec"] = std::move(body);
  return pod;
}

// The arguments of the file's plugin, as a configuration.
absl::StatusOr<SchedulerConfig> ConfigOf(const Case& test) {
  Value config;
  if (const Value* given = test.body.Find("config"); given != nullptr) {
    config = *given;
  } else {
    config = Value::Object();
    if (const Value* args = test.body.Find("args"); args != nullptr) {
      Value entry = Value::Object();
      entry["name"] = Value::String(test.plugin);
      entry["args"] = *args;
      Value profile = Value::Object();
      profile["pluginConfig"] = Value::Array();
      profile["pluginConfig"].items().push_back(std::move(entry));
      config["profiles"] = Value::Array();
      config["profiles"].items().push_back(std::move(profile));
    }
  }
  config["apiVersion"] = Value::String("kubescheduler.config.k8s.io/v1");
  config["kind"] = Value::String("KubeSchedulerConfiguration");
  return ParseSchedulerConfig(config);
}

absl::Status AddObject(const Value& object, WhatIf* what_if) {
  absl::StatusOr<api::DecodedObject> decoded = api::DecodeTree(object, "");
  if (!decoded.ok()) return decoded.status();
  return what_if->Add(std::move(decoded->message));
}

// What a case may expect of a pod, in the form in which it is written.
class Observed {
 public:
  Observed(const PodDecision& decision, const std::string& plugin)
      : decision_(decision), plugin_(plugin) {}

  // Null for what there is no such word for.
  Value Get(const std::string& what) const {
    if (what == "result") return Value::String(NameOf(decision_.result));
    if (what == "node") return Value::String(decision_.node);
    if (what == "message") return Value::String(decision_.message);
    if (what == "position") return Value::Int(decision_.position);
    if (what == "best") return Texts(decision_.explanation.best);
    if (what == "filter") return Filter();
    if (what == "scores") return Scores();
    if (what == "nominated") return Value::String(decision_.remedy.nominated_node);
    if (what == "victims") return Pods(decision_.remedy.victims);
    if (what == "candidates" || what == "violations") return Candidates(what == "violations");
    return Value();
  }

 private:
  static Value Texts(const std::vector<std::string>& texts) {
    Value list = Value::Array();
    for (const std::string& text : texts) list.items().push_back(Value::String(text));
    return list;
  }
  static Value Pods(const std::vector<PodRef>& pods) {
    Value list = Value::Array();
    for (const PodRef& pod : pods) list.items().push_back(Value::String(pod->name));
    return list;
  }
  Value Filter() const {
    Value all = Value::Object();
    for (const Explanation::Node& node : decision_.explanation.nodes) {
      Value& told = all[node.name];
      if (node.rejected_by.empty()) {
        told = Value::String(node.spare ? "spare" : "ok");
        continue;
      }
      std::vector<std::string> words = node.reasons;
      words.insert(words.begin(), std::string(NameOf(node.verdict)));
      if (node.rejected_by != plugin_) words.insert(words.begin(), node.rejected_by);
      told = Texts(words);
    }
    return all;
  }
  Value Scores() const {
    Value all = Value::Object();
    for (const Explanation::Node& node : decision_.explanation.nodes) {
      for (const Explanation::Score& score : node.scores) {
        if (score.plugin != plugin_) continue;
        Value& told = all[node.name];
        told = Value::Array();
        told.items().push_back(Value::Int(score.raw));
        told.items().push_back(Value::Int(score.normalized));
      }
    }
    return all.members().empty() ? Value::String("skipped") : all;
  }
  Value Candidates(bool violations) const {
    Value all = Value::Object();
    for (size_t i = 0; i < decision_.candidate_nodes.size(); ++i) {
      const PreemptionCandidate& candidate = decision_.remedy.candidates[i];
      all[decision_.candidate_nodes[i]] =
          violations ? Value::Int(candidate.violations) : Pods(candidate.victims);
    }
    return all;
  }

  const PodDecision& decision_;
  const std::string& plugin_;
};

void CheckKeys(const Value& body) {
  for (const Value::Member& member : body.members()) {
    const std::string& key = member.key;
    EXPECT_TRUE(key == "name" || key == "why" || key == "args" || key == "config" ||
                key == "nodes" || key == "pods" || key == "others" || key == "commit" ||
                key == "expect" || key == "error")
        << key << ": unknown field of a case";
  }
}

void RunCase(const Case& test) {
  CheckKeys(test.body);
  WhatIfOptions options;
  const absl::StatusOr<SchedulerConfig> config = ConfigOf(test);
  ASSERT_TRUE(config.ok()) << config.status();
  options.config = *config;
  options.commit = test.body.Find("commit") != nullptr;
  WhatIf what_if(options);
  const auto add = [&](const Value& object) {
    const absl::Status added = AddObject(object, &what_if);
    ASSERT_TRUE(added.ok()) << added.message();
  };
  const auto each = [&](const char* key, Value (*make)(const std::string&, Value)) {
    const Value* list = test.body.Find(key);
    if (list == nullptr) return;
    for (const Value::Member& member : list->members()) {
      add(make(member.key, member.value.is_object() ? member.value : Value::Object()));
    }
  };
  each("nodes", NodeOf);
  each("pods", PodOf);
  if (const Value* others = test.body.Find("others"); others != nullptr) {
    for (const Value& other : others->items()) add(other);
  }
  if (testing::Test::HasFatalFailure()) return;
  const absl::StatusOr<std::vector<PodDecision>> decisions = what_if.Run();
  if (const Value* error = test.body.Find("error"); error != nullptr) {
    EXPECT_EQ(decisions.status().message(), error->text());
    return;
  }
  ASSERT_TRUE(decisions.ok()) << decisions.status();

  const Value* expect = test.body.Find("expect");
  ASSERT_NE(expect, nullptr) << "a case expects something";
  for (const Value::Member& pod : expect->members()) {
    const PodDecision* decision = nullptr;
    for (const PodDecision& candidate : *decisions) {
      if (candidate.pod->name == pod.key) decision = &candidate;
    }
    ASSERT_NE(decision, nullptr) << pod.key << ": there is no such pending pod";
    const Observed observed(*decision, test.plugin);
    for (const Value::Member& member : pod.value.members()) {
      const Value actual = observed.Get(member.key);
      EXPECT_EQ(api::WriteJson(actual, api::KeyOrder::kSorted),
                api::WriteJson(member.value, api::KeyOrder::kSorted))
          << pod.key << "." << member.key;
    }
  }
}

std::vector<Case> LoadCases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const auto documents = api::ParseYaml(text);
    DRYDOCK_CHECK(documents.ok(), file.string(), ":", documents.status().message());
    const Value& document = documents->front();
    for (const Value& body : document.Find("cases")->items()) {
      cases.push_back(
          {file.stem().string(), document.Find("plugin")->text(), body.Find("name")->text(), body});
    }
  }
  return cases;
}

class Parity : public testing::TestWithParam<Case> {};

TEST_P(Parity, Holds) {
  SCOPED_TRACE(absl::StrCat(GetParam().file, ".yaml:", GetParam().body.position.line, ": ",
                            GetParam().name));
  RunCase(GetParam());
}

std::string NameOfCase(const testing::TestParamInfo<Case>& info) {
  std::string name = absl::StrCat(info.param.file, "_", info.param.name);
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return absl::StrCat(name, "_", info.index);
}

INSTANTIATE_TEST_SUITE_P(Rules, Parity, testing::ValuesIn(LoadCases()), NameOfCase);

}  // namespace
}  // namespace drydock::scheduler
