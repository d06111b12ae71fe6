// getline, with a bound.
#include "sim/traces/line_reader.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace drydock::sim {
namespace {

constexpr size_t kMaxLine = size_t{64} << 10;
constexpr size_t kShown = 40;  // Of a cell, in messages.

}  // namespace

absl::StatusOr<std::unique_ptr<LineReader>> LineReader::Open(const std::string& path) {
  std::unique_ptr<LineReader> reader(new LineReader(path));
  reader->file_.open(path, std::ios::binary);
  if (!reader->file_) {
    const std::string text = absl::StrCat(path, ": ", std::strerror(errno));
    return errno == ENOENT ? absl::NotFoundError(text) : absl::InvalidArgumentError(text);
  }
  reader->text_.resize(kMaxLine);
  return reader;
}

absl::StatusOr<bool> LineReader::Next() {
  file_.getline(text_.data(), static_cast<std::streamsize>(kMaxLine));
  const auto size = static_cast<size_t>(file_.gcount());
  if (size == 0 && file_.eof()) return false;
  ++number_;
  if (file_.bad()) return Error("cannot be read");
  if (file_.fail() && !file_.eof()) {
    return Error(absl::StrCat("expected a line of at most ", kMaxLine - 1, " bytes"));
  }
  // The count includes the end of the line, unless the file ends first.
  line_ = absl::string_view(text_.data(), file_.eof() ? size : size - 1);
  line_ = absl::StripSuffix(line_, "\r");
  if (number_ == 1 && absl::StartsWith(line_, "\x1f\x8b")) {
    return Error("is compressed; unpack it first");
  }
  return true;
}

absl::Status LineReader::Error(absl::string_view what) const {
  return absl::InvalidArgumentError(absl::StrCat(path_, ":", number_, ": ", what));
}

absl::StatusOr<std::optional<int64_t>> LineReader::Int(absl::string_view cell,
                                                       absl::string_view column, int64_t low,
                                                       int64_t high) const {
  cell = absl::StripAsciiWhitespace(cell);
  if (cell.empty()) return std::nullopt;
  int64_t value = 0;
  if (absl::SimpleAtoi(cell, &value) && value >= low && value <= high) return value;
  return Error(absl::StrCat(column, ": expected a whole number from ", low, " to ", high,
                            ", got \"", cell.substr(0, kShown), "\""));
}

absl::StatusOr<std::optional<double>> LineReader::Number(absl::string_view cell,
                                                         absl::string_view column, double low,
                                                         double high) const {
  cell = absl::StripAsciiWhitespace(cell);
  if (cell.empty()) return std::nullopt;
  double value = 0;
  if (absl::SimpleAtod(cell, &value) && value >= low && value <= high) return value;
  return Error(absl::StrCat(column, ": expected a number from ", low, " to ", high, ", got \"",
                            cell.substr(0, kShown), "\""));
}

absl::StatusOr<std::vector<absl::string_view>> SplitCsv(const LineReader& lines, size_t columns) {
  std::vector<absl::string_view> cells = absl::StrSplit(lines.line(), ',');
  if (cells.size() == columns) return cells;
  return lines.Error(absl::StrCat("expected ", columns, " columns, got ", cells.size()));
}

}  // namespace drydock::sim
