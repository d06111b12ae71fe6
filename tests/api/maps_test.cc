// Maps of API objects: sorted entries.
#include "src/api/maps.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace drydock::api {
namespace {

std::vector<std::string> Keys(const StringMap& map) {
  std::vector<std::string> keys;
  for (const StringEntry& entry : map) keys.push_back(entry.key());
  return keys;
}

TEST(Maps, KeepTheirEntriesSorted) {
  StringMap map;
  Set(&map, "b", "2");
  Set(&map, "c", "3");
  Set(&map, "a", "1");
  EXPECT_THAT(Keys(map), testing::ElementsAre("a", "b", "c"));
}

TEST(Maps, ReplaceTheValueOfAKeyThatIsThere) {
  StringMap map;
  Set(&map, "a", "1");
  Set(&map, "a", "2");
  ASSERT_EQ(map.size(), 1);
  EXPECT_EQ(*Find(map, "a"), "2");
}

TEST(Maps, GiveNullForAMissingKey) {
  StringMap map;
  Set(&map, "a", "1");
  EXPECT_EQ(Find(map, "b"), nullptr);
}

TEST(Maps, SortingKeepsTheLastEntryOfAKey) {
  StringMap map;
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"b", "1"}, {"a", "2"}, {"b", "3"}, {"a", "4"}}) {
    StringEntry* const entry = map.Add();
    entry->set_key(key);
    entry->set_value(value);
  }
  SortEntries(&map);
  EXPECT_THAT(Keys(map), testing::ElementsAre("a", "b"));
  EXPECT_EQ(*Find(map, "a"), "4");
  EXPECT_EQ(*Find(map, "b"), "3");
}

RC_GTEST_PROP(Maps, BehaveLikeStdMap, (const std::vector<std::pair<std::string, bool>>& steps)) {
  StringMap map;
  std::map<std::string, std::string> model;
  for (const auto& [key, add] : steps) {
    if (add) {
      Set(&map, key, std::to_string(model.size()));
      model[key] = std::to_string(model.size());
    } else {
      RC_ASSERT(Erase(&map, key) == (model.erase(key) == 1));
    }
  }
  RC_ASSERT(map.size() == static_cast<int>(model.size()));
  int i = 0;
  for (const auto& [key, value] : model) {
    RC_ASSERT(map[i].key() == key);
    ++i;
  }
}

}  // namespace
}  // namespace drydock::api
