#include "src/cli/input.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace drydock::cli {

absl::StatusOr<Input> ReadInput(const std::string& file) {
  Input input;
  if (file == "-") {
    input.name = "standard input";
    input.bytes.assign(std::istreambuf_iterator<char>(std::cin), {});
    if (!std::cin.bad()) return input;
  } else {
    input.name = file;
    std::ifstream stream(file, std::ios::binary);
    if (stream) {
      input.bytes.assign(std::istreambuf_iterator<char>(stream), {});
      if (!stream.bad()) return input;
    }
  }
  return absl::NotFoundError(absl::StrCat("cannot read ", input.name));
}

absl::Status InFile(const std::string& name, const absl::Status& status) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    const bool has_place = !line.empty() && line[0] >= '0' && line[0] <= '9';
    lines.push_back(absl::StrCat(name, has_place ? ":" : ": ", line));
  }
  return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
}

}  // namespace drydock::cli
