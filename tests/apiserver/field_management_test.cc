// Who manages which fields, and server-side apply: a table of stories, told to the handler.
//
// A story names an object, then writes to it one line at a time; after the line of dashes stands
// what comes of it. With DRYDOCK_REWRITE=FILE in the environment the table is written anew.
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "src/api/apply/fields_v1.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/codec/yaml.h"
#include "src/api/status.h"
#include "tests/apiserver/support.h"

namespace drydock::apiserver {
namespace {

using absl::string_view;

testing_support::TestClusterOptions Tracking() {
  testing_support::TestClusterOptions options;
  options.server.track_managed_fields = true;
  return options;
}

class Story {
 public:
  // What the line leads to, as the table shows it.
  std::string Tell(string_view line) {
    const std::pair<string_view, string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    const string_view word = parts.first;
    const string_view rest = parts.second;
    if (word == "object") return SetObject(rest);
    if (word == "wait") return Wait(rest);
    if (word == "managers") return ListManagers();
    if (word == "fields") return Fields(rest);
    if (word == "show") return Show(rest);
    return Write(word, rest);
  }

 private:
  std::string SetObject(string_view what) {
    const std::vector<std::string> words = absl::StrSplit(what, ' ');
    kind_ = api::FindKind(words.at(0), words.at(1));
    name_ = words.at(2);
    return "";
  }

  std::string Wait(string_view seconds) {
    int64_t count = 0;
    EXPECT_TRUE(absl::SimpleAtoi(seconds, &count)) << seconds;
    test_.cluster().RunFor(absl::Seconds(count));
    return "";
  }

  rt::Ref<api::Request> Request(api::Verb verb) {
    return test_.Request(verb, *kind_, kind_->namespaced ? "default" : "",
                         verb == api::Verb::kCreate ? "" : name_);
  }

  api::ObjectRef Get() {
    const absl::StatusOr<api::ObjectRef> found = test_.Object(Request(api::Verb::kGet));
    return found.ok() ? *found : nullptr;
  }

  std::string ListManagers() {
    const api::ObjectRef object = Get();
    if (!object) return "nothing there\n";
    std::string text;
    for (const auto& entry : object->metadata().managed_fields()) {
      absl::StrAppend(&text, entry.manager(), " ", entry.operation(), " ", entry.api_version());
      if (!entry.subresource().empty()) absl::StrAppend(&text, " /", entry.subresource());
      if (entry.has_time()) {
        absl::StrAppend(&text, " +",
                        entry.time().seconds() - object->metadata().creation_timestamp().seconds(),
                        "s");
      }
      text.push_back(':');
      const absl::StatusOr<api::FieldSet> fields = api::ReadFieldsV1(entry.fields_v1().raw());
      if (!fields.ok()) return absl::StrCat(fields.status().ToString(), "\n");
      fields->ForEach(
          [&](const api::FieldPath& path) { absl::StrAppend(&text, " ", api::ToString(path)); });
      text.push_back('\n');
    }
    return text.empty() ? "no managers\n" : text;
  }

  std::string Fields(string_view manager) {
    std::string text;
    for (const auto& entry : Get()->metadata().managed_fields()) {
      if (string_view(entry.manager()) == manager) {
        absl::StrAppend(&text, entry.fields_v1().raw(), "\n");
      }
    }
    return text;
  }

  std::string Show(string_view path) {
    const api::ObjectRef object = Get();
    if (!object) return "nothing there\n";
    const api::Value tree = api::ToTree(object->message());
    const api::Value* value = &tree;
    for (const string_view step : absl::StrSplit(path, '/')) {
      size_t index = 0;
      const bool number = absl::SimpleAtoi(step, &index);
      if (number && index < value->items().size()) {
        value = &value->items()[index];
      } else {
        value = value->Find(step);
      }
      if (value == nullptr) return "absent\n";
    }
    return absl::StrCat(api::WriteJson(*value, api::KeyOrder::kSorted), "\n");
  }

  // VERB[/subresource][+option]... MANAGER DOCUMENT
  std::string Write(string_view word, string_view rest) {
    std::vector<string_view> options = absl::StrSplit(word, '+');
    const std::pair<string_view, string_view> verb = absl::StrSplit(options[0], '/');
    const std::pair<string_view, string_view> parts = absl::StrSplit(rest, absl::MaxSplits(' ', 1));
    absl::StatusOr<std::vector<api::Value>> documents = api::ParseYaml(parts.second);
    EXPECT_TRUE(documents.ok()) << documents.status() << " " << rest;
    if (!documents.ok()) return "";
    api::Value document = std::move(documents->at(0));
    const bool whole = verb.first == "apply" || verb.first == "create";
    if (whole) Complete(&document);

    rt::Ref<api::Request> request = Request(api::Verb::kPatch);
    if (verb.first == "create") request = Request(api::Verb::kCreate);
    if (verb.first == "update") request = Request(api::Verb::kUpdate);
    request->subresource = std::string(verb.second);
    request->field_manager = parts.first == "-" ? "" : std::string(parts.first);
    request->patch = api::WriteJson(document);
    if (verb.first == "apply") request->patch_type = api::PatchType::kApply;
    if (verb.first == "merge") request->patch_type = api::PatchType::kMerge;
    if (verb.first == "json") request->patch_type = api::PatchType::kJson;
    if (verb.first == "strategic") request->patch_type = api::PatchType::kStrategicMerge;
    if (verb.first == "create") {
      request->object = Decoded(document);
    } else if (verb.first == "update") {
      // What a client sends who has read the object and changed some fields.
      request->object = Decoded(Changed(Get()->message(), document));
    }
    for (const string_view option : options) {
      if (option == "force") request->force = true;
      if (option == "dry") request->dry_run = true;
      if (option == "warn") request->field_validation = api::FieldValidation::kWarn;
      if (option == "ignore") request->field_validation = api::FieldValidation::kIgnore;
    }
    const rt::Ref<const api::Response> response = test_.Do(request);
    std::string text = absl::StrCat(response->code);
    if (response->code >= 400) {
      const api::Ref<api::metav1::Status> status = api::As<api::metav1::Status>(response->object);
      absl::StrAppend(&text, " ", status->reason(), ": ", status->message());
    }
    text.push_back('\n');
    for (const std::string& warning : response->warnings) {
      absl::StrAppend(&text, "warning: ", warning, "\n");
    }
    return text;
  }

  void Complete(api::Value* document) const {
    if (document->Find("apiVersion") == nullptr) {
      (*document)["apiVersion"] = api::Value::String(kind_->ApiVersion());
    }
    if (document->Find("kind") == nullptr) {
      (*document)["kind"] = api::Value::String(kind_->kind);
    }
    api::Value& metadata = (*document)["metadata"];
    if (!metadata.is_object()) metadata = api::Value::Object();
    if (metadata.Find("name") == nullptr) metadata["name"] = api::Value::String(name_);
  }

  api::ObjectRef Decoded(const api::Value& document) const {
    absl::StatusOr<api::DecodedObject> decoded = api::DecodeTree(document, "");
    EXPECT_TRUE(decoded.ok()) << decoded.status();
    return api::ObjectRef(api::MakeObject(std::move(decoded->message)));
  }

  static api::Value Changed(const google::protobuf::Message& object, const api::Value& changes) {
    api::Value tree = api::ToTree(object);
    Change(changes, &tree);
    return tree;
  }

  static void Change(const api::Value& changes, api::Value* tree) {
    for (const api::Value::Member& member : changes.members()) {
      if (member.value.is_null()) {
        tree->Erase(member.key);
      } else if (member.value.is_object() && tree->Find(member.key) != nullptr) {
        Change(member.value, tree->Find(member.key));
      } else {
        (*tree)[member.key] = member.value;
      }
    }
  }

  ServerTest test_{Tracking()};
  const api::KindInfo* kind_ = nullptr;
  std::string name_;
};

TEST(FieldManagement, GoesAsTheTableTells) {
  std::ifstream table("tests/apiserver/field_management.txt");
  std::string line, told, actual, expected;
  std::vector<std::string> story;
  bool in_result = false;
  int stories = 0;
  const auto tell = [&] {
    if (story.empty()) return;
    ++stories;
    Story teller;
    std::string outcome;
    for (const std::string& step : story) absl::StrAppend(&outcome, teller.Tell(step));
    EXPECT_EQ(outcome, expected) << absl::StrJoin(story, "\n");
    absl::StrAppend(&actual, absl::StrJoin(story, "\n"), "\n----\n", outcome);
    story.clear();
    expected.clear();
    in_result = false;
  };
  while (std::getline(table, line)) {
    if (line.empty()) {
      tell();
      actual.push_back('\n');
    } else if (line == "----") {
      in_result = true;
    } else if (in_result) {
      absl::StrAppend(&expected, line, "\n");
    } else if (line[0] == '#') {
      absl::StrAppend(&actual, line, "\n");
    } else {
      story.push_back(line);
    }
  }
  tell();
  EXPECT_GE(stories, 20);
  if (const char* const path = std::getenv("DRYDOCK_REWRITE")) std::ofstream(path) << actual;
}

TEST(FieldManagement, CostsNothingWhereItIsNotAskedFor) {
  ServerTest test;
  api::Pod pod = *test.cluster().Create(MakePod("a"));
  EXPECT_EQ(pod.metadata().managed_fields_size(), 0);
  pod.mutable_metadata()->mutable_labels()->Add()->set_key("x");
  pod = *test.cluster().Update(std::move(pod));
  test.SetPhase("a", "Running");
  EXPECT_EQ(test.cluster().Get<api::Pod>("default", "a")->metadata().managed_fields_size(), 0);

  // An apply begins it, for its object.
  rt::Ref<api::Request> apply =
      test.Request(api::Verb::kPatch, api::KindOf<api::Pod>(), "default", "a");
  apply->patch_type = api::PatchType::kApply;
  apply->field_manager = "me";
  apply->patch = R"({"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"x":"","y":"1"}}})";
  const absl::StatusOr<api::ObjectRef> applied = test.Object(apply);
  ASSERT_TRUE(applied.ok()) << applied.status();
  ASSERT_EQ((*applied)->metadata().managed_fields_size(), 2);
  EXPECT_EQ((*applied)->metadata().managed_fields(0).manager(), "me");
  EXPECT_EQ((*applied)->metadata().managed_fields(1).manager(), "before-first-apply");
  test.SetPhase("a", "Failed");
  EXPECT_EQ(test.cluster().Get<api::Pod>("default", "a")->metadata().managed_fields_size(), 3);
}

TEST(FieldManagement, HearsOfDuplicateFieldsOfAConfiguration) {
  ServerTest test;
  rt::Ref<api::Request> apply =
      test.Request(api::Verb::kPatch, *api::FindKind("v1", "ConfigMap"), "default", "x");
  apply->patch_type = api::PatchType::kApply;
  apply->field_manager = "me";
  apply->patch =
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"k":"1","k":"2"}})";
  EXPECT_EQ(test.Error(apply).message(), "error strict decoding YAML: duplicate field \"data.k\"");
  apply->field_validation = api::FieldValidation::kWarn;
  const rt::Ref<const api::Response> response = test.Do(apply);
  EXPECT_EQ(response->code, 201);
  EXPECT_EQ(response->warnings, std::vector<std::string>{"duplicate field \"data.k\""});
}

}  // namespace
}  // namespace drydock::apiserver
