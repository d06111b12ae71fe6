// Functions of strings: the standard's, and the library of strings that Kubernetes adds. Positions
// count characters, not bytes.
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/utf8.h"
#include "src/cel/function.h"

namespace drydock::cel {
namespace {

Value OutOfRange(int64_t index) {
  return Value::Error(absl::StrCat("index out of range: ", index));
}

size_t LengthAt(absl::string_view text, size_t byte) {
  const size_t length = api::Utf8Length(text.substr(byte));
  return length == 0 ? 1 : length;
}

// The byte at which character `index` begins; npos when the text is shorter.
size_t ByteOf(absl::string_view text, size_t index) {
  size_t byte = 0;
  for (; index > 0; --index) {
    if (byte >= text.size()) return absl::string_view::npos;
    byte += LengthAt(text, byte);
  }
  return byte;
}

// The number of the character at `byte`.
int64_t CharacterAt(absl::string_view text, size_t byte) {
  return static_cast<int64_t>(CharacterCount(text.substr(0, byte)));
}

bool ChargeAll(const Arguments& arguments) {
  size_t bytes = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].kind() == Value::Kind::kString) bytes += arguments[i].text().size();
  }
  return arguments.ChargeText(bytes);
}

// Calls `compute` unless the texts among the arguments are more than the budget allows.
template <Value (*Compute)(const Arguments&)>
Value Charged(const Arguments& arguments) {
  if (!ChargeAll(arguments)) return Value::Error(kBudgetExceeded);
  return Compute(arguments);
}

Value Contains(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const absl::string_view part = arguments[1].text();
  // Looking for a text takes the product of the sizes at worst.
  if (!arguments.Charge(text.size() / 10 * (part.size() / 10))) {
    return Value::Error(kBudgetExceeded);
  }
  return Value::Bool(absl::StrContains(text, part));
}
Value StartsWith(const Arguments& arguments) {
  return Value::Bool(absl::StartsWith(arguments[0].text(), arguments[1].text()));
}
Value EndsWith(const Arguments& arguments) {
  return Value::Bool(absl::EndsWith(arguments[0].text(), arguments[1].text()));
}

Value CharAt(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const int64_t index = arguments[1].int_value();
  const size_t byte =
      index < 0 ? absl::string_view::npos : ByteOf(text, static_cast<size_t>(index));
  if (byte == absl::string_view::npos) return OutOfRange(index);
  if (byte == text.size()) return Value::String("");
  return Value::String(text.substr(byte, LengthAt(text, byte)));
}

Value IndexOf(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const absl::string_view part = arguments[1].text();
  if (!arguments.Charge(text.size() / 10 * (part.size() / 10))) {
    return Value::Error(kBudgetExceeded);
  }
  size_t from = 0;
  if (arguments.size() > 2) {
    const int64_t index = arguments[2].int_value();
    from = index < 0 ? absl::string_view::npos : ByteOf(text, static_cast<size_t>(index));
    if (from == absl::string_view::npos) return OutOfRange(index);
  }
  const size_t found = text.find(part, from);
  return Value::Int(found == absl::string_view::npos ? -1 : CharacterAt(text, found));
}

Value LastIndexOf(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const absl::string_view part = arguments[1].text();
  if (!arguments.Charge(text.size() / 10 * (part.size() / 10))) {
    return Value::Error(kBudgetExceeded);
  }
  size_t from = absl::string_view::npos;
  if (arguments.size() > 2) {
    const int64_t index = arguments[2].int_value();
    from = index < 0 ? absl::string_view::npos : ByteOf(text, static_cast<size_t>(index));
    if (from == absl::string_view::npos) return OutOfRange(index);
  }
  const size_t found = text.rfind(part, from);
  return Value::Int(found == absl::string_view::npos ? -1 : CharacterAt(text, found));
}

Value LowerAscii(const Arguments& arguments) {
  return Value::String(absl::AsciiStrToLower(arguments[0].text()));
}
Value UpperAscii(const Arguments& arguments) {
  return Value::String(absl::AsciiStrToUpper(arguments[0].text()));
}

// Where `part` is found in `text`, at most `limit` times. An empty part is found before each
// character and at the end.
std::vector<size_t> Places(absl::string_view text, absl::string_view part, int64_t limit) {
  std::vector<size_t> places;
  const auto more = [&] { return limit < 0 || static_cast<int64_t>(places.size()) < limit; };
  if (part.empty()) {
    for (size_t byte = 0; more(); byte += LengthAt(text, byte)) {
      places.push_back(byte);
      if (byte >= text.size()) break;
    }
    return places;
  }
  for (size_t at = text.find(part); at != absl::string_view::npos && more();
       at = text.find(part, at + part.size())) {
    places.push_back(at);
  }
  return places;
}

Value Replace(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const absl::string_view old = arguments[1].text();
  const absl::string_view fresh = arguments[2].text();
  const int64_t limit = arguments.size() > 3 ? arguments[3].int_value() : -1;
  if (!arguments.Charge(text.size() / 10 * (old.size() / 10))) return Value::Error(kBudgetExceeded);
  const std::vector<size_t> places = Places(text, old, limit);
  if (!arguments.ChargeText(places.size() * fresh.size())) return Value::Error(kBudgetExceeded);
  std::string result;
  size_t copied = 0;
  for (const size_t place : places) {
    absl::StrAppend(&result, text.substr(copied, place - copied), fresh);
    copied = place + old.size();
  }
  absl::StrAppend(&result, text.substr(copied));
  return Value::String(result);
}

Value Split(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const absl::string_view separator = arguments[1].text();
  const int64_t limit = arguments.size() > 2 ? arguments[2].int_value() : -1;
  if (limit == 0) return Value::List({});
  if (!arguments.Charge(text.size() / 10 * (separator.size() / 10)) ||
      !arguments.Charge(separator.empty() ? text.size() : text.size() / separator.size())) {
    return Value::Error(kBudgetExceeded);
  }
  std::vector<Value> parts;
  if (separator.empty()) {
    size_t byte = 0;
    while (byte < text.size() && (limit < 0 || static_cast<int64_t>(parts.size()) + 1 < limit)) {
      parts.push_back(Value::String(text.substr(byte, LengthAt(text, byte))));
      byte += LengthAt(text, byte);
    }
    if (byte < text.size()) parts.push_back(Value::String(text.substr(byte)));
    return Value::List(std::move(parts));
  }
  size_t begin = 0;
  for (const size_t place : Places(text, separator, limit < 0 ? -1 : limit - 1)) {
    parts.push_back(Value::String(text.substr(begin, place - begin)));
    begin = place + separator.size();
  }
  parts.push_back(Value::String(text.substr(begin)));
  return Value::List(std::move(parts));
}

Value Join(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  const absl::string_view separator =
      arguments.size() > 1 ? arguments[1].text() : absl::string_view();
  std::string joined;
  for (size_t i = 0; i < list.size(); ++i) {
    const Value item = list.At(i);
    if (item.is_error()) return item;
    if (item.kind() != Value::Kind::kString) return Value::Error("no such overload");
    if (!arguments.Charge(1 + (item.text().size() + separator.size()) / 10)) {
      return Value::Error(kBudgetExceeded);
    }
    absl::StrAppend(&joined, i == 0 ? absl::string_view() : separator, item.text());
  }
  return Value::String(joined);
}

Value Substring(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  const int64_t begin = arguments[1].int_value();
  const int64_t end =
      arguments.size() > 2 ? arguments[2].int_value() : static_cast<int64_t>(CharacterCount(text));
  if (begin > end) {
    return Value::Error(absl::StrCat("invalid substring range. start: ", begin, ", end: ", end));
  }
  const size_t first =
      begin < 0 ? absl::string_view::npos : ByteOf(text, static_cast<size_t>(begin));
  if (first == absl::string_view::npos) return OutOfRange(begin);
  const size_t last = ByteOf(text, static_cast<size_t>(end));
  if (last == absl::string_view::npos) return OutOfRange(end);
  return Value::String(text.substr(first, last - first));
}

bool IsSpace(absl::string_view character) {
  // Unicode's white space.
  for (const absl::string_view space :
       {" ", "\t", "\n", "\v", "\f", "\r", "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"}) {
    if (character == space) return true;
  }
  return character.size() == 3 && character.substr(0, 2) == "\xe2\x80" &&
         static_cast<unsigned char>(character[2]) >= 0x80 &&
         static_cast<unsigned char>(character[2]) <= 0x8a;
}

Value Trim(const Arguments& arguments) {
  absl::string_view text = arguments[0].text();
  while (!text.empty() && IsSpace(text.substr(0, LengthAt(text, 0)))) {
    text.remove_prefix(LengthAt(text, 0));
  }
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    if (!IsSpace(text.substr(last))) break;
    text.remove_suffix(text.size() - last);
  }
  return Value::String(text);
}

}  // namespace

void AddStringFunctions(std::vector<Overload>* functions) {
  const Type s = Type::String();
  const Type i = Type::Int();
  const Type flag = Type::Bool();
  const Type list = Type::List(s);
  const auto add = [functions](const char* name, std::vector<Type> parameters, Type result,
                               Function function) {
    functions->push_back({name, true, std::move(parameters), std::move(result), function});
  };
  add("contains", {s, s}, flag, Charged<Contains>);
  add("startsWith", {s, s}, flag, Charged<StartsWith>);
  add("endsWith", {s, s}, flag, Charged<EndsWith>);
  add("charAt", {s, i}, s, Charged<CharAt>);
  add("indexOf", {s, s}, i, Charged<IndexOf>);
  add("indexOf", {s, s, i}, i, Charged<IndexOf>);
  add("lastIndexOf", {s, s}, i, Charged<LastIndexOf>);
  add("lastIndexOf", {s, s, i}, i, Charged<LastIndexOf>);
  add("lowerAscii", {s}, s, Charged<LowerAscii>);
  add("upperAscii", {s}, s, Charged<UpperAscii>);
  add("replace", {s, s, s}, s, Charged<Replace>);
  add("replace", {s, s, s, i}, s, Charged<Replace>);
  add("split", {s, s}, list, Charged<Split>);
  add("split", {s, s, i}, list, Charged<Split>);
  add("join", {list}, s, Join);
  add("join", {list, s}, s, Join);
  add("substring", {s, i}, s, Charged<Substring>);
  add("substring", {s, i, i}, s, Charged<Substring>);
  add("trim", {s}, s, Charged<Trim>);
}

}  // namespace drydock::cel
