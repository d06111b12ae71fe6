// Strict reading of fields.
#include "sim/scenario/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/quantity.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr double kMostNumber = 9e15;  // Whole numbers up to it are exact.
constexpr absl::Duration kMostDuration = absl::Hours(24 * 365 * 100);

bool IsNumber(const Value& value) { return value.type() == Value::Type::kNumber; }

// A quoted string or the literal of a number: YAML writes quantities either way.
bool IsScalarText(const Value& value) { return value.is_string() || IsNumber(value); }

// What stands in the file, short enough for a message.
std::string Spell(const Value& value) {
  if (value.is_string()) return absl::StrCat("\"", value.text(), "\"");
  if (IsNumber(value)) return value.text();
  return api::Describe(value);
}

double ReadNumber(Errors& errors, const Value& value, const std::string& path) {
  double number = 0;
  if (!IsNumber(value) || !absl::SimpleAtod(value.text(), &number) || !(number >= 0) ||
      number > kMostNumber) {
    errors.Expected(value, path, "a number of at least 0");
    return 0;
  }
  return number;
}

double ReadAmount(Errors& errors, const Value& value, const std::string& path, Unit unit) {
  if (unit == Unit::kNumber) return ReadNumber(errors, value, path);
  return static_cast<double>(absl::ToInt64Nanoseconds(ReadDuration(errors, value, path)));
}

bool IsName(absl::string_view name) {
  const auto fits = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits) && name.front() != '-' &&
         name.back() != '-';
}

}  // namespace

std::string ReadHead(Errors& errors, ObjectReader& top, absl::string_view kind) {
  for (const auto& [field, wanted] :
       {std::pair<const char*, absl::string_view>{"apiVersion", "sim.drydock.dev/v1"},
        {"kind", kind}}) {
    const Value* value = top.Need(field);
    if (value != nullptr && (!value->is_string() || value->text() != wanted)) {
      errors.Expected(*value, field, wanted);
    }
  }
  top.Need("metadata");
  ObjectReader metadata = top.Object("metadata");
  const Value* const found = metadata.Need("name");
  std::string name = metadata.String("name", "");
  if (found != nullptr && !IsName(name)) {
    errors.Expected(*found, metadata.PathOf("name"),
                    "a name of a-z, 0-9 and - that begins and ends with a letter or digit");
  }
  metadata.Finish();
  return name;
}

void Errors::Add(const Value& at, absl::string_view path, absl::string_view message) {
  if (!status_.ok()) return;
  std::string where = file_;
  if (at.position.line > 0) absl::StrAppend(&where, ":", at.position.line, ":", at.position.column);
  status_ = absl::InvalidArgumentError(
      absl::StrCat(where, ": ", path, path.empty() ? "" : ": ", message));
}

void Errors::Expected(const Value& at, absl::string_view path, absl::string_view what) {
  Add(at, path, absl::StrCat("expected ", what, ", got ", Spell(at)));
}

std::string IndexPath(const std::string& path, size_t i) { return absl::StrCat(path, "[", i, "]"); }

absl::Duration ReadDuration(Errors& errors, const Value& value, const std::string& path) {
  absl::Duration duration;
  // A bare 0 needs no unit.
  if (IsNumber(value) && value.text() == "0") return duration;
  if (!value.is_string() || !absl::ParseDuration(value.text(), &duration) ||
      duration < absl::ZeroDuration() || duration > kMostDuration) {
    errors.Expected(value, path, "a duration such as 250ms, 10s or 1h30m");
    return absl::ZeroDuration();
  }
  return duration;
}

int64_t ReadQuantity(Errors& errors, const Value& value, const std::string& path) {
  if (IsScalarText(value)) {
    const absl::StatusOr<api::Quantity> quantity = api::Quantity::Parse(value.text());
    if (quantity.ok() && quantity->Sign() >= 0) return quantity->Value();
  }
  errors.Expected(value, path, "a quantity such as 100m, 2 or 64Gi");
  return 0;
}

Distribution ReadDistribution(Errors& errors, const Value& value, const std::string& path,
                              Unit unit) {
  if (!value.is_object()) {
    return Distribution::Constant(ReadAmount(errors, value, path, unit));
  }
  const auto wrong = [&] {
    errors.Expected(value, path,
                    "a constant, {uniform: [LOW, HIGH]}, {exponential: MEAN}, {normal: {mean: M, "
                    "deviation: D}} or {lognormal: {median: M, sigma: S}}");
    return Distribution::Constant(0.0);
  };
  if (value.members().size() != 1) return wrong();
  const Value::Member& shape = value.members().front();
  const std::string inner = absl::StrCat(path, ".", shape.key);
  if (shape.key == "exponential") {
    return Distribution::Exponential(ReadAmount(errors, shape.value, inner, unit));
  }
  if (shape.key == "uniform") {
    if (!shape.value.is_array() || shape.value.items().size() != 2) return wrong();
    const double low = ReadAmount(errors, shape.value.items()[0], inner + "[0]", unit);
    const double high = ReadAmount(errors, shape.value.items()[1], inner + "[1]", unit);
    if (low > high) errors.Add(shape.value, inner, "expected the lower bound first");
    return Distribution::Uniform(low, std::max(low, high));
  }
  if (shape.key != "normal" && shape.key != "lognormal") return wrong();
  const bool normal = shape.key == "normal";
  ObjectReader reader(errors, &shape.value, inner);
  const Value* center = reader.Need(normal ? "mean" : "median");
  const Value* spread = reader.Need(normal ? "deviation" : "sigma");
  reader.Finish();
  if (center == nullptr || spread == nullptr) return Distribution::Constant(0.0);
  const double at = ReadAmount(errors, *center, reader.PathOf(normal ? "mean" : "median"), unit);
  if (normal) {
    return Distribution::Normal(at, ReadAmount(errors, *spread, reader.PathOf("deviation"), unit));
  }
  return Distribution::LogNormal(at, ReadNumber(errors, *spread, reader.PathOf("sigma")));
}

ObjectReader::ObjectReader(Errors& errors, const Value* value, std::string path)
    : errors_(errors), value_(value), path_(std::move(path)) {
  if (value_ != nullptr && !value_->is_object()) {
    errors_.Expected(*value_, path_, "fields with their values");
    value_ = nullptr;
  }
}

std::string ObjectReader::PathOf(absl::string_view field) const {
  return path_.empty() ? std::string(field) : absl::StrCat(path_, ".", field);
}

const Value* ObjectReader::Find(absl::string_view field) {
  if (std::find(known_.begin(), known_.end(), field) == known_.end()) {
    known_.emplace_back(field);
  }
  const Value* found = value_ == nullptr ? nullptr : value_->Find(field);
  return found == nullptr || found->is_null() ? nullptr : found;
}

const Value* ObjectReader::Need(absl::string_view field) {
  const Value* found = Find(field);
  if (found == nullptr && value_ != nullptr) {
    errors_.Add(*value_, PathOf(field), "is missing");
  }
  return found;
}

ObjectReader ObjectReader::Object(absl::string_view field) {
  return ObjectReader(errors_, Find(field), PathOf(field));
}

std::string ObjectReader::String(absl::string_view field, std::string otherwise) {
  const Value* found = Find(field);
  if (found == nullptr) return otherwise;
  if (!found->is_string()) errors_.Expected(*found, PathOf(field), "a string");
  return found->text();
}

int64_t ObjectReader::Int(absl::string_view field, int64_t otherwise, int64_t low, int64_t high) {
  const Value* found = Find(field);
  if (found == nullptr) return otherwise;
  int64_t number = 0;
  if (IsNumber(*found) && absl::SimpleAtoi(found->text(), &number) && number >= low &&
      number <= high) {
    return number;
  }
  const std::string range = high == std::numeric_limits<int64_t>::max()
                                ? absl::StrCat("a whole number of at least ", low)
                                : absl::StrCat("a whole number from ", low, " to ", high);
  errors_.Expected(*found, PathOf(field), range);
  return otherwise;
}

double ObjectReader::Number(absl::string_view field, double otherwise, double low, double high) {
  const Value* found = Find(field);
  if (found == nullptr) return otherwise;
  double number = 0;
  if (IsNumber(*found) && absl::SimpleAtod(found->text(), &number) && number >= low &&
      number <= high) {
    return number;
  }
  errors_.Expected(*found, PathOf(field), absl::StrCat("a number from ", low, " to ", high));
  return otherwise;
}

bool ObjectReader::Bool(absl::string_view field, bool otherwise) {
  const Value* found = Find(field);
  if (found == nullptr) return otherwise;
  if (found->type() != Value::Type::kBool) {
    errors_.Expected(*found, PathOf(field), "true or false");
  }
  return found->flag();
}

absl::Duration ObjectReader::Duration(absl::string_view field, absl::Duration otherwise) {
  const Value* found = Find(field);
  return found == nullptr ? otherwise : ReadDuration(errors_, *found, PathOf(field));
}

std::vector<std::pair<std::string, std::string>> ObjectReader::StringMap(absl::string_view field) {
  std::vector<std::pair<std::string, std::string>> map;
  const Value* found = Find(field);
  if (found == nullptr) return map;
  if (!found->is_object()) {
    errors_.Expected(*found, PathOf(field), "names with their values");
    return map;
  }
  for (const Value::Member& member : found->members()) {
    if (!IsScalarText(member.value)) {
      errors_.Expected(member.value, absl::StrCat(PathOf(field), ".", member.key),
                       "a string or a number");
    }
    map.emplace_back(member.key, member.value.text());
  }
  return map;
}

std::vector<std::string> ObjectReader::StringList(absl::string_view field) {
  std::vector<std::string> list;
  const Value* found = Find(field);
  if (found == nullptr) return list;
  if (!found->is_array()) {
    errors_.Expected(*found, PathOf(field), "a list of strings");
    return list;
  }
  for (const Value& item : found->items()) {
    if (!item.is_string()) errors_.Expected(item, PathOf(field), "a list of strings");
    list.push_back(item.text());
  }
  return list;
}

std::vector<const Value*> ObjectReader::Items(absl::string_view field) {
  std::vector<const Value*> items;
  const Value* value = Find(field);
  if (value == nullptr) return items;
  if (!value->is_array()) {
    errors_.Expected(*value, PathOf(field), "a list");
    return items;
  }
  for (const Value& item : value->items()) items.push_back(&item);
  return items;
}

std::string ObjectReader::OneOf(const std::vector<std::string>& names) {
  std::string found;
  for (const std::string& name : names) {
    if (Find(name) == nullptr) continue;
    if (!found.empty()) {
      errors_.Add(*value_, path_, absl::StrCat("has both ", found, " and ", name));
    }
    found = name;
  }
  if (found.empty() && value_ != nullptr) {
    std::string all;
    for (const std::string& name : names) {
      absl::StrAppend(&all, all.empty() ? "" : ", ", name);
    }
    errors_.Add(*value_, path_, absl::StrCat("expected one of ", all));
  }
  return found;
}

void CheckDuplicates(Errors& errors, const Value& tree, const std::string& path) {
  for (size_t i = 0; i < tree.items().size(); ++i) {
    CheckDuplicates(errors, tree.items()[i], IndexPath(path, i));
  }
  absl::btree_set<absl::string_view> seen;
  for (const Value::Member& member : tree.members()) {
    const std::string inner = path.empty() ? member.key : absl::StrCat(path, ".", member.key);
    if (!seen.insert(member.key).second) {
      Value at;
      at.position = member.position;
      errors.Add(at, inner, "stands here for the second time");
    }
    CheckDuplicates(errors, member.value, inner);
  }
}

void ObjectReader::Finish() {
  if (value_ == nullptr) return;
  for (const Value::Member& member : value_->members()) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    std::vector<std::string> sorted = known_;
    std::sort(sorted.begin(), sorted.end());
    std::string all;
    for (const std::string& name : sorted) absl::StrAppend(&all, all.empty() ? "" : ", ", name);
    Value at;
    at.position = member.position;
    errors_.Add(at, PathOf(member.key), absl::StrCat("unknown field; expected one of ", all));
  }
}

}  // namespace drydock::sim
