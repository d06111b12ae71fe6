// The arguments of a plugin that Kubernetes does not have, read by name: what nobody asks
// for is an error.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_PARAMETERS_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_PARAMETERS_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "src/scheduler/plugin_args.h"

namespace drydock::scheduler {

class Parameters {
 public:
  Parameters(const PluginArgs& args, absl::string_view plugin) {
    const std::string prefix = absl::StrCat(plugin, ".");
    for (const auto& [path, value] : args.parameters) {
      if (absl::StartsWith(path, prefix)) values_.emplace_back(path.substr(prefix.size()), value);
    }
  }

  std::string Text(absl::string_view name, std::string otherwise) {
    for (auto at = values_.begin(); at != values_.end(); ++at) {
      if (at->first != name) continue;
      otherwise = std::move(at->second);
      values_.erase(at);
      break;
    }
    return otherwise;
  }

  // All of "GROUP.NAME", by NAME.
  std::vector<std::pair<std::string, std::string>> Group(absl::string_view group) {
    const std::string prefix = absl::StrCat(group, ".");
    std::vector<std::pair<std::string, std::string>> found;
    const auto is_of_group = [&](const auto& value) {
      return absl::StartsWith(value.first, prefix);
    };
    for (const auto& value : values_) {
      if (is_of_group(value)) found.emplace_back(value.first.substr(prefix.size()), value.second);
    }
    values_.erase(std::remove_if(values_.begin(), values_.end(), is_of_group), values_.end());
    return found;
  }

  // What is left has no meaning.
  absl::Status Finish() const {
    if (values_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("unknown argument ", values_.front().first));
  }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_PARAMETERS_H_
