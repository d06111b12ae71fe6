// Laws of apply, over random pods and configurations. Stories: tests/apiserver.
#include "src/api/apply/field_manager.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/apply/managed_fields.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/api/status.h"

namespace drydock::api {
namespace {

using google::protobuf::Message;

FieldWriter Writer(const std::string& name, int64_t second = 0) {
  FieldWriter writer;
  writer.manager = name;
  writer.now.set_seconds(1'700'000'000 + second);
  return writer;
}

bool Flip() { return *rc::gen::inRange(0, 2) == 0; }

Value Text() { return Value::String(std::to_string(*rc::gen::inRange(0, 2))); }

// Fields of every make (maps, sets, lists by key, atomic lists, scalars), named after `who`, so
// that two of different names have nothing in common but the way to it.
Value RandomConfig(const std::string& who) {
  Value config = Value::Object();
  config["apiVersion"] = Value::String("v1");
  config["kind"] = Value::String("Pod");
  Value metadata = Value::Object();
  metadata["name"] = Value::String("a");
  Value labels = Value::Object();
  Value finalizers = Value::Array();
  Value containers = Value::Array();
  for (int i = 0; i < 3; ++i) {
    const std::string name = who + std::to_string(i);
    if (Flip()) labels[name] = Text();
    if (Flip()) finalizers.items().push_back(Value::String("x.io/" + name));
    if (Flip()) continue;
    Value container = Value::Object();
    container["name"] = Value::String(name);
    if (Flip()) container["image"] = Text();
    if (Flip()) {
      container["args"] = Value::Array();
      container["args"].items().push_back(Text());
    }
    if (Flip()) {
      Value env = Value::Object();
      env["name"] = Value::String("X");
      env["value"] = Text();
      container["env"] = Value::Array();
      container["env"].items().push_back(std::move(env));
    }
    containers.items().push_back(std::move(container));
  }
  if (!labels.members().empty()) metadata["labels"] = std::move(labels);
  if (!finalizers.items().empty()) metadata["finalizers"] = std::move(finalizers);
  config["metadata"] = std::move(metadata);
  if (!containers.items().empty()) {
    config["spec"] = Value::Object();
    config["spec"]["containers"] = std::move(containers);
  }
  return config;
}

std::unique_ptr<Message> Apply(const Message& live, const Value& config, const FieldWriter& writer,
                               bool force = false) {
  auto applied = ApplyConfiguration(live, config, writer, force);
  RC_ASSERT(applied.ok());
  return *std::move(applied);
}

// A pod that somebody has made: what is in it has an owner.
std::unique_ptr<Message> RandomPod(const std::string& who) {
  std::unique_ptr<Message> pod = Apply(Pod(), RandomConfig(who), Writer(who));
  MutableMetadataOf(pod.get())->set_uid("u");
  return pod;
}

std::string WithoutManagers(const Message& object) {
  std::unique_ptr<Message> copy(object.New());
  copy->CopyFrom(object);
  MutableMetadataOf(copy.get())->clear_managed_fields();
  return EncodeJson(*copy);
}

Value Nothing() {
  return *ParseJson(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}})");
}

FieldSet FieldsManagedBy(const Message& object, const std::string& who) {
  FieldSet fields;
  const absl::StatusOr<Managers> managers = ReadManagers(MetadataOf(object).managed_fields());
  RC_ASSERT(managers.ok());
  for (const auto& [id, state] : *managers) {
    if (id.manager == who) fields = Union(fields, state.fields);
  }
  return fields;
}

RC_GTEST_PROP(Apply, IsIdempotent, ()) {
  const std::unique_ptr<Message> live = RandomPod("m");
  const Value config = RandomConfig(Flip() ? "m" : "n");
  const std::unique_ptr<Message> once = Apply(*live, config, Writer("b", 1), /*force=*/true);
  const std::unique_ptr<Message> twice = Apply(*once, config, Writer("b", 2));
  RC_ASSERT(EncodeJson(*twice) == EncodeJson(*once));
}

RC_GTEST_PROP(Apply, OfDisjointFieldsNeverConflicts, ()) {
  const Value a = RandomConfig("a"), b = RandomConfig("b");
  std::unique_ptr<Message> object = RandomPod("m");
  for (int round = 0; round < 2; ++round) {
    object = Apply(*object, a, Writer("a", round));
    object = Apply(*object, b, Writer("b", round));
  }
  // In either order there is the same to see, but for the order of lists.
  object = Apply(*object, RandomConfig("a"), Writer("a", 3));
  object = Apply(*object, b, Writer("b", 4));
}

RC_GTEST_PROP(Apply, OfNothingTakesAwayAllThatOneHad, ()) {
  const std::unique_ptr<Message> before = RandomPod("m");
  std::unique_ptr<Message> object = Apply(*before, RandomConfig("a"), Writer("a", 1));
  object = Apply(*object, RandomConfig("a"), Writer("a", 2));
  object = Apply(*object, Nothing(), Writer("a", 3));
  RC_ASSERT(WithoutManagers(*object) == WithoutManagers(*before));
  RC_ASSERT(FieldsManagedBy(*object, "a").empty());
}

RC_GTEST_PROP(Apply, ByForceMakesTheOthersNextOneConflict, ()) {
  const Value a = RandomConfig("m"), b = RandomConfig("m");
  std::unique_ptr<Message> object = Apply(Pod(), a, Writer("a"));
  const bool conflicts = !ApplyConfiguration(*object, b, Writer("b"), false).ok();
  const FieldSet had = FieldsManagedBy(*object, "a");
  object = Apply(*object, b, Writer("b"), /*force=*/true);
  const bool lost = !(Difference(had, FieldsManagedBy(*object, "a")).empty());
  RC_ASSERT(conflicts == lost);
  const auto again = ApplyConfiguration(*object, a, Writer("a"), false);
  RC_ASSERT(again.ok() == !conflicts);
  if (!again.ok()) {
    RC_ASSERT(IsConflict(again.status()));
    RC_ASSERT(!DetailsOf(again.status()).causes.empty());
  }
}

RC_GTEST_PROP(Track, GivesAChangeToItsWriterAlone, ()) {
  const std::unique_ptr<Message> before = RandomPod("m");
  const std::unique_ptr<Message> target = RandomPod("m");
  std::unique_ptr<Message> after(target->New());
  after->CopyFrom(*target);
  *MutableMetadataOf(after.get())->mutable_managed_fields() = MetadataOf(*before).managed_fields();
  TrackUpdate(*before, after.get(), Writer("w", 9));
  const FieldSet taken = FieldsManagedBy(*after, "w");
  RC_ASSERT(Intersection(taken, FieldsManagedBy(*after, "m")).empty());
  // Once more the same is no change.
  const std::string record = EncodeJson(*after);
  std::unique_ptr<Message> same(after->New());
  same->CopyFrom(*after);
  TrackUpdate(*after, same.get(), Writer("v", 10));
  RC_ASSERT(EncodeJson(*same) == record);
}

}  // namespace
}  // namespace drydock::api
