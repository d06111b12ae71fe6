#include "src/cli/schedule.h"

#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/codec/yaml.h"
#include "src/scheduler/config.h"
#include "src/scheduler/what_if.h"
#include "src/scheduler/what_if_report.h"

namespace drydock::cli {
namespace {

constexpr int kBadUsage = 2;

absl::StatusOr<scheduler::SchedulerConfig> ReadConfig(const Input& input,
                                                      const scheduler::PluginRegistry& registry) {
  absl::StatusOr<std::vector<api::Value>> documents = api::ParseYaml(input.bytes);
  if (!documents.ok()) return InFile(input.name, documents.status());
  if (documents->size() != 1) {
    return InFile(input.name, absl::InvalidArgumentError(
                                  absl::StrCat("expected one document, got ", documents->size())));
  }
  absl::StatusOr<scheduler::SchedulerConfig> config =
      scheduler::ParseSchedulerConfig(documents->front(), &registry);
  if (!config.ok()) return InFile(input.name, config.status());
  return config;
}

}  // namespace

absl::StatusOr<ScheduleArguments> ParseSchedule(const std::vector<std::string>& arguments) {
  ScheduleArguments parsed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    if (flag == "--commit") {
      parsed.commit = true;
      continue;
    }
    // --flag value and --flag=value.
    std::string value;
    const size_t equals = flag.find('=');
    if (absl::StartsWith(flag, "--") && equals != std::string::npos) {
      value = flag.substr(equals + 1);
      flag.resize(equals);
    } else if (!absl::StartsWith(flag, "-") || flag == "-") {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown argument \"", flag, "\"; files come after -f"));
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("expected a value after ", flag));
    }
    if (flag == "-f" || flag == "--filename") {
      parsed.files.push_back(value);
    } else if (flag == "-o" || flag == "--output") {
      if (value != "json" && value != "yaml" && value != "table") {
        return absl::InvalidArgumentError(
            absl::StrCat(flag, ": expected json, yaml or table, got \"", value, "\""));
      }
      parsed.output = value;
    } else if (flag == "--config") {
      parsed.config = value;
    } else if (flag == "--seed") {
      if (!absl::SimpleAtoi(value, &parsed.seed)) {
        return absl::InvalidArgumentError(
            absl::StrCat("--seed: expected a whole number, got \"", value, "\""));
      }
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown flag ", flag));
    }
  }
  if (parsed.files.empty()) return absl::InvalidArgumentError("-f is missing");
  return parsed;
}

absl::StatusOr<std::string> Schedule(const std::vector<Input>& inputs, const Input* config,
                                     const ScheduleArguments& arguments) {
  scheduler::WhatIfOptions options;
  options.commit = arguments.commit;
  options.seed = arguments.seed;
  if (config != nullptr) {
    absl::StatusOr<scheduler::SchedulerConfig> read = ReadConfig(*config, options.registry);
    if (!read.ok()) return read.status();
    options.config = *std::move(read);
  }
  scheduler::WhatIf what_if(options);
  api::DecodeOptions decode;
  decode.expand_lists = true;
  for (const Input& input : inputs) {
    absl::StatusOr<std::vector<api::DecodedObject>> objects =
        api::DecodeDocuments(input.bytes, api::DetectFormat(input.bytes), decode);
    if (!objects.ok()) return InFile(input.name, objects.status());
    for (api::DecodedObject& object : *objects) {
      const api::Position at = object.position;
      if (const absl::Status added = what_if.Add(std::move(object.message)); !added.ok()) {
        return InFile(input.name, at.line == 0
                                      ? added
                                      : absl::InvalidArgumentError(absl::StrCat(
                                            at.line, ":", at.column, ": ", added.message())));
      }
    }
  }
  const absl::StatusOr<std::vector<scheduler::PodDecision>> decisions = what_if.Run();
  if (!decisions.ok()) return decisions.status();
  if (arguments.output == "table") return scheduler::TableOf(*decisions);
  const api::Value report = scheduler::ReportOf(*decisions, options);
  return arguments.output == "yaml" ? api::WriteYaml(report) : api::WritePrettyJson(report);
}

int RunSchedule(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && (arguments[0] == "-h" || arguments[0] == "--help")) {
    std::cout << kScheduleUsage;
    return 0;
  }
  const absl::StatusOr<ScheduleArguments> parsed = ParseSchedule(arguments);
  if (!parsed.ok()) {
    std::cerr << "drydock sim schedule: " << parsed.status().message() << "\n\n" << kScheduleUsage;
    return kBadUsage;
  }
  const auto refuse = [](const absl::Status& status) {
    std::cerr << "drydock sim schedule: " << status.message() << "\n";
    return kBadUsage;
  };
  std::vector<Input> inputs;
  for (const std::string& file : parsed->files) {
    absl::StatusOr<Input> input = ReadInput(file);
    if (!input.ok()) return refuse(input.status());
    inputs.push_back(*std::move(input));
  }
  Input config;
  if (!parsed->config.empty()) {
    absl::StatusOr<Input> input = ReadInput(parsed->config);
    if (!input.ok()) return refuse(input.status());
    config = *std::move(input);
  }
  const absl::StatusOr<std::string> report =
      Schedule(inputs, parsed->config.empty() ? nullptr : &config, *parsed);
  if (!report.ok()) return refuse(report.status());
  std::cout << *report << std::flush;
  return std::cout.good() ? 0 : 1;
}

}  // namespace drydock::cli
