// Tables: rows.txt has objects and the cells that are made of them.
#include "src/apiserver/printing/table.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/flowcontrol_v1.h"
#include "src/api/object.h"
#include "src/api/scheme.h"
#include "src/api/time.h"
#include "src/apiserver/printing/printer.h"

namespace drydock::apiserver {
namespace {

using api::Value;

const absl::Time kNow =
    absl::FromCivil(absl::CivilSecond(2026, 1, 2, 12, 0, 0), absl::UTCTimeZone());

api::ObjectRef Parse(absl::string_view yaml) {
  absl::StatusOr<api::DecodedObject> decoded = api::Decode(yaml, api::Format::kYaml);
  EXPECT_TRUE(decoded.ok()) << decoded.status() << "\n" << yaml;
  if (!decoded.ok()) return nullptr;
  return api::MakeObject(std::move(decoded->message));
}

Value Json(const api::metav1::Table& table) {
  absl::StatusOr<Value> json = api::ParseJson(api::EncodeJson(table));
  EXPECT_TRUE(json.ok()) << json.status();
  return *std::move(json);
}

// The cells of all columns that `wide` shows.
std::string Cells(const api::metav1::Table& table) {
  std::vector<std::string> cells;
  for (const auto& cell : table.rows(0).cells()) {
    const Value value = *api::ParseJson(cell.raw());
    cells.push_back(value.is_string() ? value.text() : api::WriteJson(value));
  }
  return absl::StrJoin(cells, " | ");
}

// Cases are an object in YAML, a line "----", and its cells; a blank line ends them.
TEST(Table, HasTheCellsOfRowsTxt) {
  std::ifstream file("tests/apiserver/printing/rows.txt");
  std::string line;
  std::string yaml;
  int cases = 0;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line != "----") {
      absl::StrAppend(&yaml, line, "\n");
      continue;
    }
    std::string expected;
    std::getline(file, expected);
    const api::ObjectRef object = Parse(yaml);
    ASSERT_TRUE(object);
    EXPECT_EQ(Cells(TableOf(*object, {.now = kNow})), expected) << yaml;
    yaml.clear();
    ++cases;
  }
  EXPECT_TRUE(yaml.empty()) << yaml;
  EXPECT_GE(cases, 70);
}

// What nothing in an object is set must not stop a table, nor may columns and cells differ.
TEST(Table, CanBeMadeOfAnEmptyObjectOfEveryKind) {
  int kinds = 0;
  for (const api::KindInfo& kind : api::AllKinds()) {
    if (!kind.has_object_metadata) continue;
    const api::ObjectRef object =
        api::MakeObject(std::unique_ptr<google::protobuf::Message>(kind.prototype->New()));
    const api::metav1::Table table = TableOf(*object, {.now = kNow});
    ASSERT_EQ(table.rows_size(), 1);
    EXPECT_EQ(table.rows(0).cells_size(), table.column_definitions_size()) << kind.kind;
    EXPECT_GT(table.column_definitions_size(), 1) << kind.kind;
    ++kinds;
  }
  EXPECT_GT(kinds, 60);
}

TEST(Table, HasOneColumnForNames) {
  for (const api::KindInfo& kind : api::AllKinds()) {
    if (!kind.stored || kind.kind == "VolumeAttachment") continue;  // It has two.
    int names = 0;
    for (const Column& column : PrinterOf(kind).columns) {
      if (absl::string_view(column.format) == "name") ++names;
      const absl::string_view type = column.type;
      EXPECT_TRUE(type == "string" || type == "integer" || type == "boolean" || type == "date")
          << kind.kind << " " << column.name;
    }
    EXPECT_EQ(names, 1) << kind.kind;
  }
}

constexpr char kPod[] = R"(
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default, uid: u1, resourceVersion: "7", creationTimestamp: 2026-01-02T11:00:00Z}
spec: {containers: [{name: a, image: i}]}
)";

TEST(Table, OfOneObjectHasItsRevisionAndMetadata) {
  const Value table = Json(TableOf(*Parse(kPod), {.now = kNow}));
  EXPECT_EQ(table.Find("kind")->text(), "Table");
  EXPECT_EQ(table.Find("apiVersion")->text(), "meta.k8s.io/v1");
  EXPECT_EQ(table.Find("metadata")->Find("resourceVersion")->text(), "7");
  EXPECT_EQ(api::WriteJson(table.Find("columnDefinitions")->items()[3], api::KeyOrder::kSorted),
            R"({"description":"How often containers were restarted, and when last.","format":"",)"
            R"("name":"Restarts","priority":0,"type":"string"})");
  EXPECT_EQ(
      api::WriteJson(*table.Find("rows")),
      R"([{"cells":["web","0/1","","0","60m","\u003cnone\u003e","\u003cnone\u003e",)"
      R"("\u003cnone\u003e","\u003cnone\u003e"],"object":{"kind":"PartialObjectMetadata",)"
      R"("apiVersion":"meta.k8s.io/v1","metadata":{"name":"web","namespace":"default","uid":"u1",)"
      R"("resourceVersion":"7","creationTimestamp":"2026-01-02T11:00:00Z"}}}])");
}

TEST(Table, IncludesWhatIsAskedFor) {
  const api::ObjectRef pod = Parse(kPod);
  const Value none =
      Json(TableOf(*pod, {.now = kNow, .include = IncludeObject::kNone, .with_columns = false}));
  EXPECT_TRUE(none.Find("rows")->items()[0].Find("object")->is_null());
  EXPECT_TRUE(none.Find("columnDefinitions")->is_null());
  const Value whole = Json(TableOf(*pod, {.now = kNow, .include = IncludeObject::kObject}));
  EXPECT_EQ(*whole.Find("rows")->items()[0].Find("object"), api::ToTree(pod->message()));
}

TEST(Table, KnowsTheValuesOfIncludeObject) {
  EXPECT_EQ(*ParseIncludeObject(""), IncludeObject::kMetadata);
  EXPECT_EQ(*ParseIncludeObject("Metadata"), IncludeObject::kMetadata);
  EXPECT_EQ(*ParseIncludeObject("None"), IncludeObject::kNone);
  EXPECT_EQ(*ParseIncludeObject("Object"), IncludeObject::kObject);
  EXPECT_EQ(std::string(ParseIncludeObject("none").status().message()),
            "Unable to convert to Table as requested: includeObject: Invalid value: \"none\": must "
            "be 'Metadata', 'Object', 'None', or empty");
}

TEST(Table, OfAListHasARowForEachItem) {
  api::Response response;
  response.is_list = true;
  response.revision = 12;
  response.continue_token = "more";
  response.remaining_item_count = 3;
  response.items = {Parse(kPod), Parse(kPod)};
  const Value table = Json(TableOfList(api::KindOf<api::Pod>(), response, {.now = kNow}));
  EXPECT_EQ(api::WriteJson(*table.Find("metadata")),
            R"({"resourceVersion":"12","continue":"more","remainingItemCount":3})");
  EXPECT_EQ(table.Find("rows")->items().size(), 2u);

  response.items.clear();
  const Value empty = Json(TableOfList(api::KindOf<api::Pod>(), response, {.now = kNow}));
  EXPECT_TRUE(empty.Find("rows")->is_array());
  EXPECT_EQ(empty.Find("columnDefinitions")->items().size(), 9u);
}

TEST(Table, HasFlowSchemasInTheOrderInWhichTheyMatch) {
  api::Response response;
  response.is_list = true;
  for (const char* schema :
       {"{name: b}, spec: {matchingPrecedence: 10}", "{name: c}, spec: {matchingPrecedence: 2}",
        "{name: a}, spec: {matchingPrecedence: 10}"}) {
    response.items.push_back(Parse(absl::StrCat(
        "{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: ", schema,
        "}")));
  }
  const Value table = Json(TableOfList(api::KindOf<api::FlowSchema>(), response, {.now = kNow}));
  std::string names;
  for (const Value& row : table.Find("rows")->items()) {
    absl::StrAppend(&names, row.Find("cells")->items()[0].text());
  }
  EXPECT_EQ(names, "cab");
}

TEST(Table, OfABookmarkHasARevisionAlone) {
  const Value table = Json(TableOfBookmark(api::KindOf<api::Pod>(), 40, {.now = kNow}));
  EXPECT_EQ(table.Find("metadata")->Find("resourceVersion")->text(), "40");
  EXPECT_TRUE(table.Find("rows")->items().empty());
}

TEST(Partial, HasTheMetadataAlone) {
  const api::ObjectRef pod = Parse(kPod);
  EXPECT_EQ(api::EncodeJson(PartialOf(*pod)),
            R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":)"
            R"({"name":"web","namespace":"default","uid":"u1","resourceVersion":"7",)"
            R"("creationTimestamp":"2026-01-02T11:00:00Z"}})");
  api::Response response;
  response.is_list = true;
  response.revision = 9;
  response.items = {pod, pod};
  const api::PartialObjectMetadataList list = PartialListOf(response);
  EXPECT_EQ(list.metadata().resource_version(), "9");
  ASSERT_EQ(list.items_size(), 2);
  EXPECT_EQ(list.items(1).metadata().name(), "web");
}

}  // namespace
}  // namespace drydock::apiserver
