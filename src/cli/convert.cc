#include "src/cli/convert.h"

#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/codec/codec.h"
#include "src/api/meta_v1.h"

namespace drydock::cli {
namespace {

using api::DecodedObject;
using api::Format;

constexpr int kBadUsage = 2;

api::metav1::List MakeList(const std::vector<DecodedObject>& objects) {
  api::metav1::List list;
  for (const DecodedObject& object : objects) {
    list.add_items()->set_raw(api::EncodeJson(*object.message));
  }
  return list;
}

std::string ToYaml(const std::vector<DecodedObject>& objects) {
  return absl::StrJoin(objects, "---\n", [](std::string* out, const DecodedObject& object) {
    out->append(api::EncodeYaml(*object.message));
  });
}

int Usage(absl::string_view problem) {
  std::cerr << "drydock convert: " << problem << "\n\n" << kConvertUsage;
  return kBadUsage;
}

}  // namespace

absl::StatusOr<std::string> Convert(const std::vector<Input>& inputs, absl::string_view output) {
  std::vector<DecodedObject> objects;
  for (const Input& input : inputs) {
    absl::StatusOr<std::vector<DecodedObject>> decoded =
        api::DecodeDocuments(input.bytes, api::DetectFormat(input.bytes));
    if (!decoded.ok()) return InFile(input.name, decoded.status());
    for (DecodedObject& object : *decoded) objects.push_back(std::move(object));
  }
  if (objects.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(inputs.empty() ? "no input" : inputs.front().name, ": there is no object"));
  }
  if (output == "yaml") return ToYaml(objects);
  if (output != "json" && output != "pb") {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown output \"", output, "\": expected json, yaml or pb"));
  }
  const api::metav1::List list = MakeList(objects);
  const google::protobuf::Message* result = objects.front().message.get();
  if (objects.size() > 1) result = &list;
  return output == "json" ? api::EncodePrettyJson(*result) : api::EncodeProtobuf(*result);
}

int RunConvert(const std::vector<std::string>& args) {
  std::vector<std::string> files;
  std::string output;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    if (arg == "-h" || arg == "--help") {
      std::cout << kConvertUsage;
      return 0;
    }
    const bool is_file = arg == "-f" || arg == "--filename";
    const bool is_output = arg == "-o" || arg == "--output";
    if (is_file || is_output) {
      if (i + 1 == args.size()) return Usage(absl::StrCat(arg, " needs a value"));
      ++i;
      if (is_file) {
        files.push_back(args[i]);
      } else {
        output = args[i];
      }
    } else if (absl::StartsWith(arg, "--filename=")) {
      files.push_back(arg.substr(arg.find('=') + 1));
    } else if (absl::StartsWith(arg, "--output=")) {
      output = arg.substr(arg.find('=') + 1);
    } else {
      return Usage(absl::StrCat("unknown argument \"", arg, "\""));
    }
  }
  if (files.empty()) return Usage("-f is missing");
  if (output.empty()) return Usage("-o is missing");
  std::vector<Input> inputs;
  for (const std::string& file : files) {
    absl::StatusOr<Input> input = ReadInput(file);
    if (!input.ok()) {
      std::cerr << "drydock convert: " << input.status().message() << "\n";
      return kBadUsage;
    }
    inputs.push_back(*std::move(input));
  }
  const absl::StatusOr<std::string> converted = Convert(inputs, output);
  if (!converted.ok()) {
    std::cerr << converted.status().message() << "\n";
    return kBadUsage;
  }
  std::cout << *converted << std::flush;
  return std::cout.good() ? 0 : 1;
}

}  // namespace drydock::cli
