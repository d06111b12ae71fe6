// The lines of a text file, one at a time, with their numbers for errors.
#ifndef DRYDOCK_SIM_TRACES_LINE_READER_H_
#define DRYDOCK_SIM_TRACES_LINE_READER_H_

#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::sim {

class LineReader {
 public:
  static absl::StatusOr<std::unique_ptr<LineReader>> Open(const std::string& path);

  // False at the end. The line, without its end, is valid until the next call.
  absl::StatusOr<bool> Next();
  absl::string_view line() const { return line_; }
  uint64_t number() const { return number_; }

  // "FILE:LINE: WHAT".
  absl::Status Error(absl::string_view what) const;

  // Cells of the current line as numbers: errors name the column. An empty cell is absent.
  absl::StatusOr<std::optional<int64_t>> Int(absl::string_view cell, absl::string_view column,
                                             int64_t low, int64_t high) const;
  absl::StatusOr<std::optional<double>> Number(absl::string_view cell, absl::string_view column,
                                               double low, double high) const;

 private:
  explicit LineReader(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  std::ifstream file_;
  std::string text_;
  absl::string_view line_;
  uint64_t number_ = 0;
};

// The cells of a line of CSV without quoting; error unless there are `columns` of them.
absl::StatusOr<std::vector<absl::string_view>> SplitCsv(const LineReader& lines, size_t columns);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_TRACES_LINE_READER_H_
