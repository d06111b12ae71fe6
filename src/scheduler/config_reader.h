// Reading a configuration tree strictly: each field once, by type, and at the end the
// ones that nobody asked for are errors.
#ifndef DRYDOCK_SRC_SCHEDULER_CONFIG_READER_H_
#define DRYDOCK_SRC_SCHEDULER_CONFIG_READER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/problems.h"
#include "src/api/codec/tree.h"

namespace drydock::scheduler {

class ConfigReader {
 public:
  using Problems = std::vector<api::Problem>;

  // `value` and `problems` outlive the reader. A null value reads as an empty object.
  ConfigReader(const api::Value& value, std::string path, Problems* problems)
      : value_(value), path_(std::move(path)), problems_(problems) {
    if (!value.is_object() && !value.is_null()) Expected("an object", value, path_);
  }
  ConfigReader(const ConfigReader&) = delete;
  ConfigReader& operator=(const ConfigReader&) = delete;
  ~ConfigReader() {
    for (const api::Value::Member& member : value_.members()) {
      bool known = false;
      for (const std::string& name : asked_) known = known || name == member.key;
      if (!known) {
        problems_->push_back(
            {api::Problem::Category::kUnknownField, member.position, PathOf(member.key), ""});
      }
    }
  }

  // Null when absent or null.
  const api::Value* Find(const std::string& name) {
    asked_.push_back(name);
    const api::Value* found = value_.Find(name);
    return found == nullptr || found->is_null() ? nullptr : found;
  }
  void Ignore(const std::string& name) { asked_.push_back(name); }

  std::string String(const std::string& name, std::string otherwise) {
    const api::Value* found = Find(name);
    if (found == nullptr) return otherwise;
    if (found->is_string()) return found->text();
    Expected("a string", *found, PathOf(name));
    return otherwise;
  }
  std::optional<int64_t> Int(const std::string& name, int64_t lowest, int64_t highest) {
    const api::Value* found = Find(name);
    if (found == nullptr) return std::nullopt;
    int64_t number = 0;
    if (found->type() != api::Value::Type::kNumber || !absl::SimpleAtoi(found->text(), &number) ||
        number < lowest || number > highest) {
      Expected(absl::StrCat("a whole number from ", lowest, " to ", highest), *found, PathOf(name));
      return std::nullopt;
    }
    return number;
  }
  bool Bool(const std::string& name, bool otherwise) {
    const api::Value* found = Find(name);
    if (found == nullptr) return otherwise;
    if (found->type() == api::Value::Type::kBool) return found->flag();
    Expected("true or false", *found, PathOf(name));
    return otherwise;
  }
  // Calls `each` with every item and its path.
  void List(const std::string& name,
            const std::function<void(const api::Value& item, const std::string& path)>& each) {
    const api::Value* found = Find(name);
    if (found == nullptr) return;
    if (!found->is_array()) {
      Expected("a list", *found, PathOf(name));
      return;
    }
    for (size_t i = 0; i < found->items().size(); ++i) {
      each(found->items()[i], absl::StrCat(PathOf(name), "[", i, "]"));
    }
  }
  std::vector<std::string> Strings(const std::string& name) {
    std::vector<std::string> strings;
    List(name, [&](const api::Value& item, const std::string& path) {
      if (item.is_string()) {
        strings.push_back(item.text());
      } else {
        Expected("a string", item, path);
      }
    });
    return strings;
  }

  void Fail(const api::Value& value, const std::string& path, std::string text) {
    problems_->push_back({api::Problem::Category::kInvalid, value.position, path, std::move(text)});
  }
  void Expected(const std::string& what, const api::Value& value, const std::string& path) {
    Fail(value, path, absl::StrCat("expected ", what, ", got ", api::Describe(value)));
  }
  std::string PathOf(const std::string& name) const {
    return path_.empty() ? name : absl::StrCat(path_, ".", name);
  }
  const api::Value& value() const { return value_; }
  Problems* problems() { return problems_; }

 private:
  const api::Value& value_;
  const std::string path_;
  Problems* problems_;
  std::vector<std::string> asked_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_CONFIG_READER_H_
