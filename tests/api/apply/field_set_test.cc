// Sets of fields: their algebra against a model, and their JSON form.
#include "src/api/apply/field_set.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/apply/fields_v1.h"

namespace drydock::api {
namespace {

PathElement RandomElement() {
  const int number = *rc::gen::inRange(0, 3);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return PathElement::Field(std::string(1, static_cast<char>('a' + number)));
    case 1:
      return PathElement::Key({{"port", Value::Int(number * 40)}, {"name", Value::String("p")}});
    case 2:
      return PathElement::OfValue(number == 0 ? Value::Bool(true) : Value::Int(number));
    default:
      return PathElement::OfValue(Value::String(number == 0 ? "\"quoted\" <&>" : "x"));
  }
}

FieldSet RandomSet() {
  FieldSet set;
  const int paths = *rc::gen::inRange(0, 8);
  for (int i = 0; i < paths; ++i) {
    FieldPath path;
    const int steps = *rc::gen::inRange(1, 4);
    for (int j = 0; j < steps; ++j) path.push_back(RandomElement());
    set.Insert(path);
  }
  return set;
}

std::set<std::string> Paths(const FieldSet& set) {
  std::set<std::string> paths;
  set.ForEach([&](const FieldPath& path) { paths.insert(ToString(path)); });
  return paths;
}

RC_GTEST_PROP(FieldSet, BehavesLikeASetOfPaths, ()) {
  const FieldSet a = RandomSet(), b = RandomSet();
  const std::set<std::string> x = Paths(a), y = Paths(b);
  std::set<std::string> both, common, rest, outside;
  for (const std::string& path : x) {
    both.insert(path);
    (y.count(path) != 0 ? common : rest).insert(path);
    bool inside = false;
    for (const std::string& other : y) inside = inside || path.compare(0, other.size(), other) == 0;
    if (!inside) outside.insert(path);
  }
  both.insert(y.begin(), y.end());
  RC_ASSERT(Paths(Union(a, b)) == both);
  RC_ASSERT(Paths(Intersection(a, b)) == common);
  RC_ASSERT(Paths(Difference(a, b)) == rest);
  RC_ASSERT(Paths(DifferenceWithInside(a, b)) == outside);
  RC_ASSERT((x == y) == (a == b));
  // Nothing is left of what is empty.
  RC_ASSERT(Difference(a, a).empty());
}

RC_GTEST_PROP(FieldSet, SurvivesItsJsonForm, ()) {
  const FieldSet set = RandomSet();
  const absl::StatusOr<FieldSet> read = ReadFieldsV1(WriteFieldsV1(set));
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == set);
}

TEST(FieldSet, IsWrittenInKubernetesOrder) {
  FieldSet set;
  set.Insert({PathElement::Field("ports"), PathElement::Key({{"port", Value::Int(443)}})});
  set.Insert({PathElement::Field("ports"), PathElement::Key({{"port", Value::Int(80)}})});
  set.Insert({PathElement::Field("ports"), PathElement::Key({{"port", Value::Int(80)}}),
              PathElement::Field("name")});
  set.Insert({PathElement::Field("names"), PathElement::OfValue(Value::String("b"))});
  EXPECT_EQ(WriteFieldsV1(set),
            R"({"f:names":{"v:\"b\"":{}},"f:ports":{"k:{\"port\":80}":{".":{},"f:name":{}},)"
            R"("k:{\"port\":443}":{}}})");
  EXPECT_EQ(WriteFieldsV1(FieldSet()), "{}");
}

TEST(FieldSet, RefusesWhatIsNotOfItsForm) {
  for (const char* text : {"[]", "{\"x\":{}}", "{\"f:a\":1}", "{\"k:{}\":{}}", "{\"k:\":{}}",
                           "{\"v:\":{}}", "{", "{\"q:a\":{}}"}) {
    EXPECT_FALSE(ReadFieldsV1(text).ok()) << text;
  }
  EXPECT_TRUE(ReadFieldsV1("").ok());
  EXPECT_TRUE(ReadFieldsV1(R"({"f:a":{"i:0":{}}})").ok());
}

}  // namespace
}  // namespace drydock::api
