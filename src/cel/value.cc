// Values: the shared ones, equality and order, printing.
#include "src/cel/value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "src/cel/literal.h"
#include "src/cel/time_values.h"

namespace drydock::cel {
namespace {

struct SharedText final : rt::RefCounted {
  explicit SharedText(absl::string_view from) : text(from) {}
  const std::string text;
};

class VectorList final : public ListValue {
 public:
  explicit VectorList(std::vector<Value> items) : items_(std::move(items)) {}
  size_t size() const override { return items_.size(); }
  Value At(size_t index) const override { return items_[index]; }

 private:
  const std::vector<Value> items_;
};

// Entries in the order of the source. Literals of maps are short: keys are found by looking.
class EntriesMap final : public MapValue {
 public:
  explicit EntriesMap(std::vector<std::pair<Value, Value>> entries)
      : entries_(std::move(entries)) {}
  size_t size() const override { return entries_.size(); }
  Value KeyAt(size_t index) const override { return entries_[index].first; }
  bool Find(const Value& key, Value* value) const override {
    for (const auto& [known, of_key] : entries_) {
      if (!Equal(known, key)) continue;
      *value = of_key;
      return true;
    }
    return false;
  }

 private:
  const std::vector<std::pair<Value, Value>> entries_;
};

bool IsNumber(Value::Kind kind) {
  return kind == Value::Kind::kInt || kind == Value::Kind::kUint || kind == Value::Kind::kDouble;
}

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

std::optional<int> CompareIntToDouble(int64_t a, double b) {
  if (std::isnan(b)) return std::nullopt;
  if (b < -0x1p63) return 1;
  if (b >= 0x1p63) return -1;
  const auto whole = static_cast<int64_t>(b);  // Towards zero.
  if (a != whole) return a < whole ? -1 : 1;
  return -Order(b - static_cast<double>(whole), 0.0);
}

std::optional<int> CompareUintToDouble(uint64_t a, double b) {
  if (std::isnan(b)) return std::nullopt;
  if (b < 0) return 1;
  if (b >= 0x1p64) return -1;
  const auto whole = static_cast<uint64_t>(b);
  if (a != whole) return a < whole ? -1 : 1;
  return -Order(b - static_cast<double>(whole), 0.0);
}

std::optional<int> CompareNumbers(const Value& a, const Value& b) {
  using Kind = Value::Kind;
  const auto flipped = [](std::optional<int> order) {
    return order.has_value() ? std::optional<int>(-*order) : order;
  };
  if (a.kind() == Kind::kDouble && b.kind() == Kind::kDouble) {
    if (std::isnan(a.double_value()) || std::isnan(b.double_value())) return std::nullopt;
    return Order(a.double_value(), b.double_value());
  }
  if (a.kind() == Kind::kDouble) return flipped(CompareNumbers(b, a));
  if (a.kind() == Kind::kInt) {
    if (b.kind() == Kind::kInt) return Order(a.int_value(), b.int_value());
    if (b.kind() == Kind::kDouble) return CompareIntToDouble(a.int_value(), b.double_value());
    if (a.int_value() < 0) return -1;
    return Order(static_cast<uint64_t>(a.int_value()), b.uint_value());
  }
  if (b.kind() == Kind::kUint) return Order(a.uint_value(), b.uint_value());
  if (b.kind() == Kind::kDouble) return CompareUintToDouble(a.uint_value(), b.double_value());
  return flipped(CompareNumbers(b, a));
}

bool EqualLists(const ListValue& a, const ListValue& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!Equal(a.At(i), b.At(i))) return false;
  }
  return true;
}

bool EqualMaps(const MapValue& a, const MapValue& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const Value key = a.KeyAt(i);
    Value of_a;
    Value of_b;
    if (!a.Find(key, &of_a) || !b.Find(key, &of_b) || !Equal(of_a, of_b)) return false;
  }
  return true;
}

}  // namespace

Value Value::Error(absl::string_view message) { return Text(Kind::kError, message); }

Value Value::Text(Kind kind, absl::string_view text) {
  if (text.size() > std::numeric_limits<uint32_t>::max()) return Error("string is too long");
  const rt::Ref<SharedText> shared = rt::MakeRef<SharedText>(text);
  Value value = Borrow(kind, shared->text);
  value.owner_ = shared.get();
  value.owner_->Retain();
  return value;
}

Value Value::Timestamp(int64_t seconds, uint32_t nanos) {
  if (seconds < kMinTimestampSeconds || seconds > kMaxTimestampSeconds) {
    return Error("timestamp overflow");
  }
  Value value(Kind::kTimestamp, {.integer = seconds});
  value.extra_ = nanos;
  return value;
}

Value Value::List(std::vector<Value> items) {
  return Of(rt::Ref<const ListValue>(rt::MakeRef<VectorList>(std::move(items))));
}

Value Value::Map(std::vector<std::pair<Value, Value>> entries) {
  for (size_t i = 0; i < entries.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (Equal(entries[i].first, entries[j].first)) {
        return Error(absl::StrCat("Failed with repeated key: ", entries[i].first.ToString()));
      }
    }
  }
  return Of(rt::Ref<const MapValue>(rt::MakeRef<EntriesMap>(std::move(entries))));
}

Value Value::Of(rt::Ref<const ListValue> list) {
  Value value(Kind::kList, {.list = list.get()});
  value.owner_ = list.Detach();
  return value;
}

Value Value::Of(rt::Ref<const MapValue> map) {
  Value value(Kind::kMap, {.map = map.get()});
  value.owner_ = map.Detach();
  return value;
}

Value Value::Of(rt::Ref<const ObjectValue> object) {
  Value value(Kind::kObject, {.object = object.get()});
  value.owner_ = object.Detach();
  return value;
}

absl::string_view Value::TypeName() const {
  switch (kind_) {
    case Kind::kError:
      return "error";
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kType:
      return "type";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return "map";
    case Kind::kObject:
      return object().type().name();
  }
  return "";
}

std::string Value::ToString() const {
  switch (kind_) {
    case Kind::kError:
      return absl::StrCat("error(", text(), ")");
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return bool_value() ? "true" : "false";
    case Kind::kInt:
      return absl::StrCat(int_value());
    case Kind::kUint:
      return absl::StrCat(uint_value(), "u");
    case Kind::kDouble:
      return DoubleLiteral(double_value());
    case Kind::kString:
      return StringLiteral(text());
    case Kind::kBytes:
      return BytesLiteral(text());
    case Kind::kTimestamp:
      return absl::StrCat("timestamp(", StringLiteral(FormatTimestamp(*this)), ")");
    case Kind::kDuration:
      return absl::StrCat("duration(", StringLiteral(FormatDuration(duration_nanos())), ")");
    case Kind::kType:
      return std::string(text());
    case Kind::kList: {
      std::string printed = "[";
      for (size_t i = 0; i < list().size(); ++i) {
        absl::StrAppend(&printed, i == 0 ? "" : ", ", list().At(i).ToString());
      }
      return printed + "]";
    }
    case Kind::kMap: {
      std::string printed = "{";
      for (size_t i = 0; i < map().size(); ++i) {
        const Value key = map().KeyAt(i);
        Value value;
        map().Find(key, &value);
        absl::StrAppend(&printed, i == 0 ? "" : ", ", key.ToString(), ": ", value.ToString());
      }
      return printed + "}";
    }
    case Kind::kObject:
      return absl::StrCat(object().type().name(), "{}");
  }
  return "";
}

bool Equal(const Value& a, const Value& b) {
  using Kind = Value::Kind;
  if (IsNumber(a.kind()) && IsNumber(b.kind())) return CompareNumbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return a.bool_value() == b.bool_value();
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kType:
      return a.text() == b.text();
    case Kind::kTimestamp:
      return a.seconds() == b.seconds() && a.subsecond_nanos() == b.subsecond_nanos();
    case Kind::kDuration:
      return a.duration_nanos() == b.duration_nanos();
    case Kind::kList:
      return EqualLists(a.list(), b.list());
    case Kind::kMap:
      return EqualMaps(a.map(), b.map());
    case Kind::kObject:
      return &a.object().type() == &b.object().type() && a.object().Equals(b.object());
    default:
      return false;
  }
}

std::optional<int> Compare(const Value& a, const Value& b) {
  using Kind = Value::Kind;
  if (IsNumber(a.kind()) && IsNumber(b.kind())) return CompareNumbers(a, b);
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::kBool:
      return Order(a.bool_value(), b.bool_value());
    case Kind::kString:
    case Kind::kBytes:
      return Order(a.text(), b.text());
    case Kind::kTimestamp:
      return Order(std::pair(a.seconds(), a.subsecond_nanos()),
                   std::pair(b.seconds(), b.subsecond_nanos()));
    case Kind::kDuration:
      return Order(a.duration_nanos(), b.duration_nanos());
    default:
      return std::nullopt;
  }
}

uint64_t ComparisonCost(const Value& value) {
  // Lists may contain one another many times over, so that their whole size is beyond counting:
  // as heavy as the first item are all of them, up to a bound.
  constexpr uint64_t kMost = uint64_t{1} << 40;
  switch (value.kind()) {
    case Value::Kind::kString:
    case Value::Kind::kBytes:
      return value.text().size() / 10;
    case Value::Kind::kList: {
      const uint64_t size = value.list().size();
      if (size == 0) return 0;
      return std::min(kMost, size * (1 + ComparisonCost(value.list().At(0))));
    }
    case Value::Kind::kMap: {
      const uint64_t size = value.map().size();
      if (size == 0) return 0;
      Value first;
      value.map().Find(value.map().KeyAt(0), &first);
      return std::min(kMost, size * (size / 8 + 1 + ComparisonCost(first)));
    }
    default:
      return 0;
  }
}

std::optional<int64_t> ExactInt(const Value& number) {
  switch (number.kind()) {
    case Value::Kind::kInt:
      return number.int_value();
    case Value::Kind::kUint:
      if (number.uint_value() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return std::nullopt;
      }
      return static_cast<int64_t>(number.uint_value());
    case Value::Kind::kDouble: {
      const double value = number.double_value();
      if (!(value >= -0x1p63 && value < 0x1p63) || std::trunc(value) != value) return std::nullopt;
      return static_cast<int64_t>(value);
    }
    default:
      return std::nullopt;
  }
}

size_t CharacterCount(absl::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0 : 1;
  return count;
}

}  // namespace drydock::cel
