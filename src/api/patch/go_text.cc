#include "src/api/patch/go_text.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace drydock::api {

std::string GoText(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "<nil>";
    case Value::Type::kBool:
      return value.flag() ? "true" : "false";
    case Value::Type::kNumber:
    case Value::Type::kString:
      return value.text();
    case Value::Type::kArray:
      return absl::StrCat(
          "[",
          absl::StrJoin(value.items(), " ",
                        [](std::string* out, const Value& item) { out->append(GoText(item)); }),
          "]");
    case Value::Type::kObject: {
      std::map<std::string, std::string> members;  // Go prints maps by key.
      for (const Value::Member& member : value.members()) {
        members[member.key] = GoText(member.value);
      }
      return absl::StrCat("map[", absl::StrJoin(members, " ", absl::PairFormatter(":")), "]");
    }
  }
  return "";
}

}  // namespace drydock::api
