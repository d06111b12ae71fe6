// The lexer.
#include "src/cel/lexer.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/utf8.h"

namespace drydock::cel {
namespace {

// Longer ones first.
constexpr absl::string_view kSymbols[] = {"==", "!=", "<=", ">=", "&&", "||", "<", ">",
                                          "!",  "+",  "-",  "*",  "/",  "%",  "?", ":",
                                          ".",  ",",  "(",  ")",  "[",  "]",  "{", "}"};

bool IsIdentStart(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  Lexer(absl::string_view source, std::vector<Issue>* issues) : rest_(source), issues_(issues) {}

  std::vector<Token> Run() {
    std::vector<Token> tokens;
    while (true) {
      SkipSpace();
      Token token;
      token.position = position_;
      if (rest_.empty()) {
        tokens.push_back(std::move(token));
        return tokens;
      }
      const absl::string_view before = rest_;
      if (!Read(&token)) {
        token.kind = Token::Kind::kEnd;
        tokens.push_back(std::move(token));
        return tokens;
      }
      token.text = before.substr(0, before.size() - rest_.size());
      tokens.push_back(std::move(token));
    }
  }

 private:
  void Advance(size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) {
      if (rest_[i] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else if ((static_cast<unsigned char>(rest_[i]) & 0xC0) != 0x80) {
        ++position_.column;
      }
    }
    rest_.remove_prefix(bytes);
  }

  void SkipSpace() {
    while (!rest_.empty()) {
      if (absl::StrContains(absl::string_view(" \t\n\r\f"), rest_.front())) {
        Advance(1);
      } else if (absl::StartsWith(rest_, "//")) {
        const size_t end = rest_.find('\n');
        Advance(end == absl::string_view::npos ? rest_.size() : end);
      } else {
        return;
      }
    }
  }

  bool Fail(const Position& at, std::string message) {
    issues_->push_back({at, absl::StrCat("Syntax error: ", message)});
    return false;
  }

  bool Read(Token* token) {
    if (IsIdentStart(rest_.front())) {
      if (const size_t prefix = StringPrefix(); prefix != absl::string_view::npos) {
        return ReadString(prefix, token);
      }
      size_t length = 1;
      while (length < rest_.size() && (IsIdentStart(rest_[length]) || IsDigit(rest_[length]))) {
        ++length;
      }
      token->kind = Token::Kind::kIdent;
      Advance(length);
      return true;
    }
    if (IsDigit(rest_.front()) || (rest_.front() == '.' && rest_.size() > 1 && IsDigit(rest_[1]))) {
      return ReadNumber(token);
    }
    if (rest_.front() == '"' || rest_.front() == '\'') return ReadString(0, token);
    for (const absl::string_view symbol : kSymbols) {
      if (!absl::StartsWith(rest_, symbol)) continue;
      token->kind = Token::Kind::kSymbol;
      Advance(symbol.size());
      return true;
    }
    return Fail(position_, absl::StrCat("token recognition error at: '",
                                        rest_.substr(0, api::Utf8Length(rest_)), "'"));
  }

  // The letters before a quote: r, b, or both. npos when this is no string.
  size_t StringPrefix() const {
    bool raw = false;
    bool bytes = false;
    for (size_t i = 0; i < rest_.size() && i < 3; ++i) {
      const char c = absl::ascii_tolower(static_cast<unsigned char>(rest_[i]));
      if (c == '"' || c == '\'') return i;
      if (c == 'r' && !raw) {
        raw = true;
      } else if (c == 'b' && !bytes) {
        bytes = true;
      } else {
        break;
      }
    }
    return absl::string_view::npos;
  }

  bool ReadNumber(Token* token) {
    token->kind = Token::Kind::kNumber;
    const Position at = position_;
    size_t length = 0;
    const auto digits = [&](auto is_digit) {
      while (length < rest_.size() && is_digit(rest_[length])) ++length;
    };
    const auto hex_digit = [](char c) {
      return absl::ascii_isxdigit(static_cast<unsigned char>(c));
    };
    const bool hex = (absl::StartsWith(rest_, "0x") || absl::StartsWith(rest_, "0X")) &&
                     rest_.size() > 2 && hex_digit(rest_[2]);
    bool fraction = false;
    if (hex) {
      length = 2;
      digits(hex_digit);
    } else {
      digits(IsDigit);
      if (length + 1 < rest_.size() && rest_[length] == '.' && IsDigit(rest_[length + 1])) {
        fraction = true;
        ++length;
        digits(IsDigit);
      }
      fraction = ReadExponent(&length) || fraction;
    }
    const absl::string_view text = rest_.substr(0, length);
    Advance(length);
    if (fraction) {
      double number = 0;
      if (!absl::SimpleAtod(text, &number) || std::isinf(number))
        return Fail(at, "invalid double literal");
      token->value = Value::Double(number);
    } else {
      const absl::string_view bare = hex ? text.substr(2) : text;
      uint64_t number = 0;
      const auto [end, error] =
          std::from_chars(bare.data(), bare.data() + bare.size(), number, hex ? 16 : 10);
      const bool fits = error == std::errc() && end == bare.data() + bare.size();
      if (!rest_.empty() && (rest_.front() == 'u' || rest_.front() == 'U')) {
        Advance(1);
        if (!fits) return Fail(at, "invalid uint literal");
        token->value = Value::Uint(number);
      } else if (!fits || number > uint64_t{1} << 63) {
        return Fail(at, "invalid int literal");
      } else if (number < uint64_t{1} << 63) {
        token->value = Value::Int(static_cast<int64_t>(number));
      }
    }
    if (!rest_.empty() && (IsIdentStart(rest_.front()) || IsDigit(rest_.front()))) {
      return Fail(position_, absl::StrCat("extraneous input '", rest_.substr(0, 1), "'"));
    }
    return true;
  }

  bool ReadExponent(size_t* length) const {
    size_t at = *length;
    if (at >= rest_.size() || (rest_[at] != 'e' && rest_[at] != 'E')) return false;
    ++at;
    if (at < rest_.size() && (rest_[at] == '+' || rest_[at] == '-')) ++at;
    if (at >= rest_.size() || !IsDigit(rest_[at])) return false;
    while (at < rest_.size() && IsDigit(rest_[at])) ++at;
    *length = at;
    return true;
  }

  bool ReadString(size_t prefix, Token* token) {
    token->kind = Token::Kind::kLiteral;
    const Position at = position_;
    bool raw = false;
    bool bytes = false;
    for (const char c : rest_.substr(0, prefix)) {
      raw = raw || c == 'r' || c == 'R';
      bytes = bytes || c == 'b' || c == 'B';
    }
    Advance(prefix);
    const std::string triple(3, rest_.front());
    const std::string quote = absl::StartsWith(rest_, triple) ? triple : triple.substr(0, 1);
    Advance(quote.size());
    std::string text;
    while (!absl::StartsWith(rest_, quote)) {
      if (rest_.empty() ||
          (quote.size() == 1 && (rest_.front() == '\n' || rest_.front() == '\r'))) {
        return Fail(at, "unterminated string literal");
      }
      if (rest_.front() == '\\') {
        if (!raw) {
          if (!ReadEscape(bytes, &text)) return false;
          continue;
        }
        // Raw strings keep the backslash and what follows it, a quote too.
        text.push_back('\\');
        Advance(1);
        if (rest_.empty()) continue;
      }
      const size_t length = api::Utf8Length(rest_);
      text.append(rest_.data(), length);
      Advance(length);
    }
    Advance(quote.size());
    token->value = bytes ? Value::Bytes(text) : Value::String(text);
    return true;
  }

  bool ReadEscape(bool bytes, std::string* text) {
    const Position at = position_;
    Advance(1);
    if (rest_.empty()) return Fail(at, "unterminated string literal");
    const char c = rest_.front();
    Advance(1);
    constexpr absl::string_view kFrom = "abfnrtv\\?\"'`";
    constexpr absl::string_view kTo = "\a\b\f\n\r\t\v\\?\"'`";
    if (const size_t simple = kFrom.find(c); simple != absl::string_view::npos) {
      text->push_back(kTo[simple]);
      return true;
    }
    std::optional<uint32_t> code;
    switch (c) {
      case 'x':
      case 'X':
        code = Digits(2, 16);
        break;
      case 'u':
        if (!bytes) code = Digits(4, 16);
        break;
      case 'U':
        if (!bytes) code = Digits(8, 16);
        break;
      default:
        if (c >= '0' && c <= '3') {
          const std::optional<uint32_t> low = Digits(2, 8);
          if (low.has_value()) code = static_cast<uint32_t>(c - '0') * 64 + *low;
        }
    }
    if (!code.has_value()) return Fail(at, "invalid escape sequence");
    if (bytes) {
      text->push_back(static_cast<char>(*code));
      return true;
    }
    if (*code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF)) {
      return Fail(at, "invalid unicode code point");
    }
    api::AppendUtf8(*code, text);
    return true;
  }

  std::optional<uint32_t> Digits(size_t count, int base) {
    const absl::string_view text = rest_.substr(0, count);
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.size() != count || error != std::errc() || end != text.data() + text.size()) {
      return std::nullopt;
    }
    Advance(count);
    return number;
  }

  absl::string_view rest_;
  Position position_;
  std::vector<Issue>* issues_;
};

}  // namespace

std::vector<Token> Tokenize(absl::string_view source, std::vector<Issue>* issues) {
  return Lexer(source, issues).Run();
}

}  // namespace drydock::cel
