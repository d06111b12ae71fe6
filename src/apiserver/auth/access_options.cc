#include "src/apiserver/auth/access_options.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace drydock::apiserver {
namespace {

// One line of comma-separated values: a field in quotes may have commas, and doubled quotes.
absl::StatusOr<std::vector<std::string>> SplitCsv(absl::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return absl::InvalidArgumentError("a quote is not closed");
  return fields;
}

}  // namespace

absl::StatusOr<std::map<std::string, api::User, std::less<>>> ParseTokenFile(
    absl::string_view text) {
  std::map<std::string, api::User, std::less<>> tokens;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const absl::StatusOr<std::vector<std::string>> fields = SplitCsv(line);
    const auto wrong = [number](absl::string_view why) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", why));
    };
    if (!fields.ok()) return wrong(fields.status().message());
    if (fields->size() < 3) return wrong("expected TOKEN,USER,UID[,\"GROUP,GROUP\"]");
    if ((*fields)[0].empty()) return wrong("the token is empty");
    api::User user{.name = (*fields)[1], .groups = {}, .uid = (*fields)[2], .extra = {}};
    if (fields->size() > 3) {
      for (const absl::string_view group : absl::StrSplit((*fields)[3], ',', absl::SkipEmpty())) {
        user.groups.emplace_back(absl::StripAsciiWhitespace(group));
      }
    }
    // A line may not take away what another one gave.
    if (!tokens.emplace((*fields)[0], std::move(user)).second) return wrong("a token twice");
  }
  return tokens;
}

}  // namespace drydock::apiserver
