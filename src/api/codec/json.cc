#include "src/api/codec/json.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/utf8.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  Parser(string_view text, const ParseLimits& limits) : text_(text), limits_(limits) {}

  absl::StatusOr<Value> ParseNext() {
    SkipSpace();
    Value value;
    if (!ParseValue(&value, 0)) return ErrorAt(error_at_, error_);
    SkipSpace();
    return value;
  }

  bool AtEnd() const { return at_ >= text_.size(); }

  absl::Status ExpectedEnd() const { return ErrorAt(at_, "expected the end of the document"); }

 private:
  absl::Status ErrorAt(size_t offset, string_view what) const {
    const Position at = PositionOf(offset);
    return absl::InvalidArgumentError(absl::StrCat(at.line, ":", at.column, ": ", what));
  }

  Position PositionOf(size_t offset) const {
    Position position = {line_, 1};
    size_t start = line_start_;
    if (offset < start) {  // An error in a line before: count from the beginning.
      start = 0;
      position.line = 1;
    }
    for (size_t i = start; i < offset && i < text_.size(); ++i) {
      if (text_[i] != '\n') continue;
      ++position.line;
      start = i + 1;
    }
    position.column = static_cast<int>(offset - start) + 1;
    return position;
  }

  bool Fail(string_view what) { return FailAt(at_, what); }
  bool FailAt(size_t at, string_view what) {
    error_ = std::string(what);
    error_at_ = at;
    return false;
  }

  bool Unexpected(string_view expected) {
    if (at_ >= text_.size()) return Fail(absl::StrCat("expected ", expected, ", got the end"));
    return Fail(absl::StrCat("expected ", expected, ", got '",
                             absl::CHexEscape(text_.substr(at_, 1)), "'"));
  }

  void SkipSpace() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  bool TakeIf(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Position Here() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }

  bool ParseValue(Value* value, int depth) {
    if (depth > limits_.depth) return Fail(absl::StrCat("more than ", limits_.depth, " levels"));
    if (++values_ > limits_.values)
      return Fail(absl::StrCat("more than ", limits_.values, " values"));
    const Position position = Here();
    const size_t begin = at_;
    if (at_ >= text_.size()) return Unexpected("a value");
    bool ok = false;
    switch (text_[at_]) {
      case '{':
        ok = ParseObject(value, depth);
        break;
      case '[':
        ok = ParseArray(value, depth);
        break;
      case '"': {
        std::string text;
        ok = ParseString(&text);
        *value = Value::String(text);
        break;
      }
      case 't':
        ok = ParseWord("true");
        *value = Value::Bool(true);
        break;
      case 'f':
        ok = ParseWord("false");
        *value = Value::Bool(false);
        break;
      case 'n':
        ok = ParseWord("null");
        *value = Value();
        break;
      default:
        ok = ParseNumber(value);
    }
    value->position = position;
    value->begin = static_cast<uint32_t>(begin);
    value->end = static_cast<uint32_t>(at_);
    return ok;
  }

  bool ParseObject(Value* value, int depth) {
    *value = Value::Object();
    ++at_;
    SkipSpace();
    if (TakeIf('}')) return true;
    while (true) {
      SkipSpace();
      if (at_ >= text_.size() || text_[at_] != '"') return Unexpected("a key in quotes");
      Value::Member& member = value->members().emplace_back();
      member.position = Here();
      if (!ParseString(&member.key)) return false;
      SkipSpace();
      if (!TakeIf(':')) return Unexpected("':'");
      SkipSpace();
      if (!ParseValue(&member.value, depth + 1)) return false;
      SkipSpace();
      if (TakeIf('}')) return true;
      if (!TakeIf(',')) return Unexpected("',' or '}'");
    }
  }

  bool ParseArray(Value* value, int depth) {
    *value = Value::Array();
    ++at_;
    SkipSpace();
    if (TakeIf(']')) return true;
    while (true) {
      SkipSpace();
      if (!ParseValue(&value->items().emplace_back(), depth + 1)) return false;
      SkipSpace();
      if (TakeIf(']')) return true;
      if (!TakeIf(',')) return Unexpected("',' or ']'");
    }
  }

  bool ParseWord(string_view word) {
    if (text_.substr(at_, word.size()) != word) return Unexpected("a value");
    at_ += word.size();
    return true;
  }

  bool ParseNumber(Value* value) {
    const size_t begin = at_;
    TakeIf('-');
    if (!TakeIf('0') && !TakeDigits()) return Unexpected("a value");
    if (TakeIf('.') && !TakeDigits()) return Unexpected("a digit");
    if (TakeIf('e') || TakeIf('E')) {
      if (!TakeIf('+')) TakeIf('-');
      if (!TakeDigits()) return Unexpected("a digit");
    }
    *value = Value::Number(std::string(text_.substr(begin, at_ - begin)));
    return true;
  }

  bool TakeDigits() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool ParseString(std::string* out) {
    const size_t begin = at_++;
    while (true) {
      const size_t plain = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20) {
        ++at_;
      }
      out->append(text_.data() + plain, at_ - plain);
      if (at_ >= text_.size()) return FailAt(begin, "a string without an end");
      if (text_[at_] == '"') break;
      if (text_[at_] != '\\') return Fail("a control character in a string");
      if (!ParseEscape(out)) return false;
    }
    ++at_;
    if (!IsUtf8(*out)) return FailAt(begin, "a string that is not valid UTF-8");
    return true;
  }

  bool ParseEscape(std::string* out) {
    ++at_;
    constexpr string_view kNames = "\"\\/bfnrt";
    constexpr string_view kMeaning = "\"\\/\b\f\n\r\t";
    if (at_ >= text_.size()) return Unexpected("an escape");
    const size_t known = kNames.find(text_[at_]);
    if (known != string_view::npos) {
      out->push_back(kMeaning[known]);
      ++at_;
      return true;
    }
    if (!TakeIf('u')) return Unexpected("an escape");
    uint32_t point;
    if (!ParseHex(&point)) return false;
    if (point >= 0xD800 && point < 0xE000) {
      // A pair of surrogates is one character; half a pair is none, and Go reads it as U+FFFD.
      const size_t after = at_;
      uint32_t low = 0;
      const bool pair = point < 0xDC00 && TakeIf('\\') && TakeIf('u') && ParseHex(&low) &&
                        low >= 0xDC00 && low < 0xE000;
      if (pair) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = after;
        point = 0xFFFD;
      }
    }
    AppendUtf8(point, out);
    return true;
  }

  bool ParseHex(uint32_t* point) {
    *point = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ >= text_.size()) return Unexpected("a hexadecimal digit");
      const char c = text_[at_];
      uint32_t digit;
      if (IsDigit(c)) {
        digit = static_cast<uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<uint32_t>(c - 'A' + 10);
      } else {
        return Unexpected("a hexadecimal digit");
      }
      *point = *point * 16 + digit;
    }
    return true;
  }

  const string_view text_;
  const ParseLimits limits_;
  size_t at_ = 0;
  int line_ = 1;
  size_t line_start_ = 0;
  size_t values_ = 0;
  std::string error_;
  size_t error_at_ = 0;
};

class Writer {
 public:
  Writer(KeyOrder order, bool pretty, std::string* out)
      : order_(order), pretty_(pretty), out_(out) {}

  void Write(const Value& value) {
    switch (value.type()) {
      case Value::Type::kNull:
        out_->append("null");
        return;
      case Value::Type::kBool:
        out_->append(value.flag() ? "true" : "false");
        return;
      case Value::Type::kNumber:
        out_->append(value.text());
        return;
      case Value::Type::kString:
        AppendJsonString(value.text(), out_);
        return;
      case Value::Type::kArray:
        if (value.items().empty()) {
          out_->append("[]");
          return;
        }
        out_->push_back('[');
        ++depth_;
        for (size_t i = 0; i < value.items().size(); ++i) {
          Separate(i > 0);
          Write(value.items()[i]);
        }
        Close(']');
        return;
      case Value::Type::kObject:
        WriteObject(value);
        return;
    }
  }

 private:
  void WriteObject(const Value& value) {
    if (value.members().empty()) {
      out_->append("{}");
      return;
    }
    std::vector<const Value::Member*> members;
    for (const Value::Member& member : value.members()) members.push_back(&member);
    if (order_ == KeyOrder::kSorted) {
      std::stable_sort(members.begin(), members.end(),
                       [](const auto* a, const auto* b) { return a->key < b->key; });
    }
    out_->push_back('{');
    ++depth_;
    for (size_t i = 0; i < members.size(); ++i) {
      Separate(i > 0);
      AppendJsonString(members[i]->key, out_);
      out_->append(pretty_ ? ": " : ":");
      Write(members[i]->value);
    }
    Close('}');
  }

  void Separate(bool comma) {
    if (comma) out_->push_back(',');
    if (pretty_) NewLine();
  }

  void Close(char bracket) {
    --depth_;
    if (pretty_) NewLine();
    out_->push_back(bracket);
  }

  void NewLine() {
    out_->push_back('\n');
    out_->append(4 * depth_, ' ');
  }

  const KeyOrder order_;
  const bool pretty_;
  std::string* const out_;
  size_t depth_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Value>> ParseJsonStream(string_view text, const ParseLimits& limits) {
  if (text.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError("a document of more than 4 GiB");
  }
  Parser parser(text, limits);
  std::vector<Value> values;
  do {
    absl::StatusOr<Value> value = parser.ParseNext();
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  } while (!parser.AtEnd());
  return values;
}

absl::StatusOr<Value> ParseJson(string_view text, const ParseLimits& limits) {
  if (text.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError("a document of more than 4 GiB");
  }
  Parser parser(text, limits);
  absl::StatusOr<Value> value = parser.ParseNext();
  if (value.ok() && !parser.AtEnd()) return parser.ExpectedEnd();
  return value;
}

bool IsJson(string_view text) { return ParseJson(text).ok(); }

std::string WriteJson(const Value& value, KeyOrder order) {
  std::string out;
  Writer(order, /*pretty=*/false, &out).Write(value);
  return out;
}

std::string WritePrettyJson(const Value& value) {
  std::string out;
  Writer(KeyOrder::kAsIs, /*pretty=*/true, &out).Write(value);
  out.push_back('\n');
  return out;
}

void AppendJsonString(string_view text, std::string* out) {
  out->push_back('"');
  while (!text.empty()) {
    const unsigned char c = static_cast<unsigned char>(text[0]);
    size_t length = 1;
    if (c >= 0x80) {
      length = Utf8Length(text);
      if (length == 0) {
        out->append("\\ufffd");
        length = 1;
      } else if (text.substr(0, 3) == "\xE2\x80\xA8" || text.substr(0, 3) == "\xE2\x80\xA9") {
        // Line separators, which JavaScript does not allow in strings.
        out->append(text[2] == '\xA8' ? "\\u2028" : "\\u2029");
      } else {
        out->append(text.data(), length);
      }
    } else if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(text[0]);
    } else if (c >= 0x20 && c != '<' && c != '>' && c != '&') {
      out->push_back(text[0]);
    } else {
      switch (c) {
        case '\n':
          out->append("\\n");
          break;
        case '\r':
          out->append("\\r");
          break;
        case '\t':
          out->append("\\t");
          break;
        case '\b':
          out->append("\\b");
          break;
        case '\f':
          out->append("\\f");
          break;
        default:
          absl::StrAppend(out, "\\u00", absl::Hex(c, absl::kZeroPad2));
      }
    }
    text.remove_prefix(length);
  }
  out->push_back('"');
}

void AppendCompactJson(string_view text, std::string* out) {
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      out->push_back(c);
      if (c == '\\' && i + 1 < text.size()) {
        out->push_back(text[++i]);
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      out->push_back(c);
      in_string = c == '"';
    }
  }
}

}  // namespace drydock::api
