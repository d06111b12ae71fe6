// Rules and texts of k8s.io/apimachinery/pkg/util/validation. The regular expressions of the texts
// are matched by hand.
#include "src/api/names.h"

#include <algorithm>
#include <initializer_list>

#include <arpa/inet.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

constexpr char kLabelFormat[] = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr char kSubdomainFormat[] =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr char kQualifiedFormat[] = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr char kQualifiedText[] =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character";

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsAlnum(char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); }

// [a-z0-9]([-a-z0-9]*[a-z0-9])?
bool IsLabel(string_view value) {
  if (value.empty() || value.front() == '-' || value.back() == '-') return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

bool IsSubdomain(string_view value) {
  for (const string_view part : absl::StrSplit(value, '.')) {
    if (!IsLabel(part)) return false;
  }
  return true;
}

// ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]
bool IsQualified(string_view value) {
  if (value.empty() || !IsAlnum(value.front()) || !IsAlnum(value.back())) return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return IsAlnum(c) || c == '-' || c == '_' || c == '.'; });
}

std::string TooLong(size_t most) {
  return absl::StrCat("must be no more than ", most, " characters");
}

std::string FormatText(string_view text, string_view format,
                       std::initializer_list<string_view> examples) {
  std::string result = absl::StrCat(text, " (e.g. ");
  bool first = true;
  for (const string_view example : examples) {
    absl::StrAppend(&result, first ? "" : " or ", "'", example, "', ");
    first = false;
  }
  absl::StrAppend(&result, "regex used for validation is '", format, "')");
  return result;
}

}  // namespace

Complaints CheckDns1123Label(string_view value) {
  Complaints complaints;
  if (value.size() > 63) complaints.push_back(TooLong(63));
  if (!IsLabel(value)) {
    complaints.push_back(
        IsSubdomain(value)
            ? "must not contain dots"
            : FormatText("a lowercase RFC 1123 label must consist of lower case alphanumeric "
                         "characters or '-', and must start and end with an alphanumeric character",
                         kLabelFormat, {"my-name", "123-abc"}));
  }
  return complaints;
}

Complaints CheckDns1123Subdomain(string_view value) {
  Complaints complaints;
  if (value.size() > 253) complaints.push_back(TooLong(253));
  if (!IsSubdomain(value)) {
    complaints.push_back(FormatText(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
        "'.', and must start and end with an alphanumeric character",
        kSubdomainFormat, {"example.com"}));
  }
  return complaints;
}

Complaints CheckDns1035Label(string_view value) {
  Complaints complaints;
  if (value.size() > 63) complaints.push_back(TooLong(63));
  if (!IsLabel(value) || (value[0] >= '0' && value[0] <= '9')) {
    complaints.push_back(FormatText(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
        "alphabetic character, and end with an alphanumeric character",
        "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  }
  return complaints;
}

Complaints CheckQualifiedName(string_view value) {
  Complaints complaints;
  const std::vector<string_view> parts = absl::StrSplit(value, '/');
  if (parts.size() > 2) {
    complaints.push_back(
        absl::StrCat("a qualified name ",
                     FormatText(kQualifiedText, kQualifiedFormat, {"MyName", "my.name", "123-abc"}),
                     " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"));
    return complaints;
  }
  if (parts.size() == 2) {
    if (parts[0].empty()) {
      complaints.push_back("prefix part must be non-empty");
    } else {
      for (const std::string& complaint : CheckDns1123Subdomain(parts[0])) {
        complaints.push_back(absl::StrCat("prefix part ", complaint));
      }
    }
  }
  const string_view name = parts.back();
  if (name.empty()) {
    complaints.push_back("name part must be non-empty");
  } else if (name.size() > 63) {
    complaints.push_back(absl::StrCat("name part ", TooLong(63)));
  }
  if (!IsQualified(name)) {
    complaints.push_back(absl::StrCat("name part ", FormatText(kQualifiedText, kQualifiedFormat,
                                                               {"MyName", "my.name", "123-abc"})));
  }
  return complaints;
}

Complaints CheckLabelValue(string_view value) {
  Complaints complaints;
  if (value.size() > 63) complaints.push_back(TooLong(63));
  if (!value.empty() && !IsQualified(value)) {
    complaints.push_back(FormatText(
        absl::StrCat("a valid label must be an empty string or consist of alphanumeric characters, "
                     "'-', '_' or '.', and must start and end with an alphanumeric character"),
        absl::StrCat("(", kQualifiedFormat, ")?"), {"MyValue", "my_value", "12345"}));
  }
  return complaints;
}

Complaints CheckPathSegmentName(string_view value) {
  if (value == "." || value == "..") return {absl::StrCat("may not be '", value, "'")};
  Complaints complaints;
  for (const char* const bad : {"/", "%"}) {
    if (absl::StrContains(value, bad)) {
      complaints.push_back(absl::StrCat("may not contain '", bad, "'"));
    }
  }
  return complaints;
}

Complaints CheckPortName(string_view value) {
  Complaints complaints;
  if (value.size() > 15) complaints.push_back(TooLong(15));
  const auto allowed = [](char c) { return IsLowerOrDigit(c) || c == '-'; };
  if (value.empty() || !std::all_of(value.begin(), value.end(), allowed)) {
    complaints.push_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (std::none_of(value.begin(), value.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
    complaints.push_back("must contain at least one letter (a-z)");
  }
  if (absl::StrContains(value, "--")) {
    complaints.push_back("must not contain consecutive hyphens");
  }
  if (!value.empty() && (value.front() == '-' || value.back() == '-')) {
    complaints.push_back("must not begin or end with a hyphen");
  }
  return complaints;
}

Complaints CheckPortNumber(int64_t value) {
  if (value >= 1 && value <= 65535) return {};
  return {"must be between 1 and 65535, inclusive"};
}

Complaints CheckEnvVarName(string_view value) {
  if (value.empty()) return {"environment variable name must be non-empty"};
  const auto printable = [](char c) { return c >= ' ' && c <= '~' && c != '='; };
  if (std::all_of(value.begin(), value.end(), printable)) return {};
  return {
      "a valid environment variable name must consist only of printable ASCII characters other "
      "than '='"};
}

Complaints CheckConfigMapKey(string_view value) {
  Complaints complaints;
  if (value.size() > 253) complaints.push_back(TooLong(253));
  const auto allowed = [](char c) { return IsAlnum(c) || c == '-' || c == '_' || c == '.'; };
  if (value.empty() || !std::all_of(value.begin(), value.end(), allowed)) {
    complaints.push_back(
        FormatText("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                   "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  if (value == ".") {
    complaints.push_back("must not be '.'");
  } else if (value == "..") {
    complaints.push_back("must not be '..'");
  } else if (absl::StartsWith(value, "..")) {
    complaints.push_back("must not start with '..'");
  }
  return complaints;
}

Complaints CheckIp(string_view value) {
  const std::string text(value);
  unsigned char address[sizeof(in6_addr)];
  if (inet_pton(AF_INET, text.c_str(), address) == 1) return {};
  if (inet_pton(AF_INET6, text.c_str(), address) == 1) return {};
  return {"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"};
}

std::string MaskTrailingDash(string_view prefix) {
  std::string masked(prefix);
  if (masked.size() > 1 && masked.back() == '-') masked.back() = 'a';
  return masked;
}

}  // namespace drydock::api
