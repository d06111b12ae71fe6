#include "real/http/negotiation.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "src/api/status.h"

namespace drydock::real {
namespace {

struct Wish {
  std::string type;
  std::string as;
  std::string group;
  std::string version;
  double quality = 1;
};

Wish ParseWish(absl::string_view text) {
  Wish wish;
  wish.type = MediaTypeOf(text);
  bool first = true;
  for (absl::string_view parameter : absl::StrSplit(text, ';')) {
    if (std::exchange(first, false)) continue;
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(parameter, absl::MaxSplits('=', 1));
    const absl::string_view key = absl::StripAsciiWhitespace(sides.first);
    const absl::string_view value = absl::StripAsciiWhitespace(sides.second);
    if (key == "as") wish.as = std::string(value);
    if (key == "g") wish.group = std::string(value);
    if (key == "v") wish.version = std::string(value);
    if (key == "q" && !absl::SimpleAtod(value, &wish.quality)) wish.quality = 1;
  }
  return wish;
}

bool Names(const Wish& wish, api::Format format) {
  const absl::string_view own = api::MediaType(format);
  return wish.type == own || (format == api::Format::kYaml && wish.type == "text/yaml");
}

// The format that a wish stands for, if it can be had.
const api::Format* FindFormat(const Wish& wish, absl::Span<const api::Format> formats) {
  if (wish.type == "*/*" || wish.type == "application/*") return &formats.front();
  for (const api::Format& format : formats) {
    if (Names(wish, format)) return &format;
  }
  return nullptr;
}

}  // namespace

std::string MediaTypeOf(absl::string_view content_type) {
  return absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
}

absl::StatusOr<Accepted> Negotiate(absl::string_view accept, absl::Span<const api::Format> formats,
                                   absl::Span<const View> views) {
  if (absl::StripAsciiWhitespace(accept).empty()) return Accepted{.format = formats.front()};
  std::vector<Wish> wishes;
  for (const absl::string_view text : absl::StrSplit(accept, ',')) {
    wishes.push_back(ParseWish(text));
  }
  std::stable_sort(wishes.begin(), wishes.end(),
                   [](const Wish& a, const Wish& b) { return a.quality > b.quality; });
  for (const Wish& wish : wishes) {
    if (wish.quality <= 0) continue;
    const api::Format* const format = FindFormat(wish, formats);
    if (format == nullptr) continue;
    if (wish.as.empty()) return Accepted{.format = *format};
    for (const View& view : views) {
      const bool encodable = view.protobuf || *format != api::Format::kProtobuf;
      if (encodable && view.kind == wish.as && view.group == wish.group &&
          view.version == wish.version) {
        return Accepted{.format = *format, .view = &view};
      }
    }
  }
  const auto name = [](std::string* out, api::Format format) {
    absl::StrAppend(out, api::MediaType(format));
  };
  return api::MakeStatus("NotAcceptable",
                         absl::StrCat("only the following media types are accepted: ",
                                      absl::StrJoin(formats, ", ", name)),
                         {});
}

absl::StatusOr<api::Format> FormatOfBody(absl::string_view content_type) {
  const std::string type = MediaTypeOf(content_type);
  if (type.empty() || type == "application/json") return api::Format::kJson;
  if (type == "application/yaml" || type == "text/yaml") return api::Format::kYaml;
  if (type == "application/vnd.kubernetes.protobuf") return api::Format::kProtobuf;
  return api::MakeStatus(
      "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json, application/yaml, application/vnd.kubernetes.protobuf",
      {});
}

}  // namespace drydock::real
