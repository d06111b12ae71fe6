// Writes what a server would answer into a folder, for check.py: one file for each path. Documents
// and tables are ours; discovery is made of the scheme, as far as kubectl needs it.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/api/openapi/openapi.h"
#include "src/api/openapi/served.h"
#include "src/api/request.h"
#include "src/apiserver/printing/table.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}

  void Write(absl::string_view name, absl::string_view content) const {
    const std::filesystem::path file = std::filesystem::path(path_) / std::string(name) / "content";
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }

 private:
  std::string path_;
};

Value Strings(const std::vector<absl::string_view>& texts) {
  Value list = Value::Array();
  for (const absl::string_view text : texts) list.items().push_back(Value::String(text));
  return list;
}

Value ResourceEntry(const KindInfo& kind, const std::vector<absl::string_view>& verbs) {
  Value entry = Value::Object();
  entry["name"] = Value::String(kind.resource);
  entry["singularName"] = Value::String(kind.singular);
  entry["namespaced"] = Value::Bool(kind.namespaced);
  entry["kind"] = Value::String(kind.kind);
  entry["verbs"] = Strings(verbs);
  entry["shortNames"] = Strings(kind.short_names);
  return entry;
}

constexpr char kPods[] = R"(
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default, resourceVersion: "7", creationTimestamp: 2026-01-02T11:00:00Z, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: a, image: i}]}
status:
  phase: Running
  podIPs: [{ip: 10.0.0.7}]
  containerStatuses: [{name: a, ready: true, restartCount: 2, state: {running: {}}, lastState: {terminated: {exitCode: 1, finishedAt: 2026-01-02T11:50:00Z}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: default, resourceVersion: "9", creationTimestamp: 2026-01-02T11:59:00Z}
spec: {containers: [{name: a, image: i}]}
status: {phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {reason: Completed}}}]}
)";

// Tables of two pods: as a list, alone, and as they come in a watch.
void WriteTables(const Folder& folder) {
  absl::StatusOr<std::vector<DecodedObject>> pods = DecodeDocuments(kPods, Format::kYaml);
  DRYDOCK_CHECK(pods.ok(), pods.status().ToString());
  Response list;
  list.is_list = true;
  list.revision = 9;
  for (DecodedObject& pod : *pods) list.items.emplace_back(MakeObject(std::move(pod.message)));

  apiserver::TableOptions options{
      .now = absl::FromCivil(absl::CivilSecond(2026, 1, 2, 12, 0, 0), absl::UTCTimeZone())};
  folder.Write("table/pods", EncodeJson(apiserver::TableOfList(KindOf<Pod>(), list, options)));
  folder.Write("table/pods/web", EncodeJson(apiserver::TableOf(*list.items[0], options)));
  std::string events;
  for (const ObjectRef& pod : list.items) {
    absl::StrAppend(&events, R"({"type":"MODIFIED","object":)",
                    EncodeJson(apiserver::TableOf(*pod, options)), "}\n");
    options.with_columns = false;
  }
  folder.Write("table/pods/watch", events);
}

void WriteApi(const Folder& folder) {
  OpenApi openapi(OpenApiOptions{});
  folder.Write("openapi/v2.json", openapi.V2Json());
  folder.Write("openapi/v2.pb", openapi.V2Protobuf());
  folder.Write("openapi/v3", openapi.V3Index());

  std::map<std::string, Value> lists;
  std::map<std::string, std::set<std::string>> versions;
  for (const ServedResource& resource : ServedByScheme()) {
    const KindInfo& kind = *resource.kind;
    const std::string path = absl::StrCat(kind.group.empty() ? "api/" : "apis/", kind.ApiVersion());
    Value& list = lists.emplace(path, Value::Object()).first->second;
    list["kind"] = Value::String("APIResourceList");
    list["apiVersion"] = Value::String("v1");
    list["groupVersion"] = Value::String(kind.ApiVersion());
    if (list.Find("resources") == nullptr) list["resources"] = Value::Array();
    list["resources"].items().push_back(ResourceEntry(kind, resource.verbs));
    if (!kind.group.empty()) versions[std::string(kind.group)].emplace(kind.version);
  }
  for (const auto& [path, list] : lists) {
    folder.Write(path, WriteJson(list));
    folder.Write(absl::StrCat("openapi/v3/", path), *openapi.V3Document(path));
  }
  Value groups = Value::Array();
  for (const auto& [name, of_group] : versions) {
    Value group = Value::Object();
    group["name"] = Value::String(name);
    group["versions"] = Value::Array();
    for (const std::string& version : of_group) {
      Value entry = Value::Object();
      entry["groupVersion"] = Value::String(absl::StrCat(name, "/", version));
      entry["version"] = Value::String(version);
      group["versions"].items().push_back(entry);
      group["preferredVersion"] = entry;  // The newest: names are in order.
    }
    groups.items().push_back(std::move(group));
  }
  Value group_list = Value::Object();
  group_list["kind"] = Value::String("APIGroupList");
  group_list["apiVersion"] = Value::String("v1");
  group_list["groups"] = std::move(groups);
  folder.Write("apis", WriteJson(group_list));
}

}  // namespace
}  // namespace drydock::api

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: dump FOLDER\n";
    return 2;
  }
  const drydock::api::Folder folder(argv[1]);
  drydock::api::WriteApi(folder);
  drydock::api::WriteTables(folder);
  return 0;
}
