#include "src/apiserver/registry/write_options.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"

namespace drydock::apiserver {
namespace {

constexpr size_t kLongestFieldManager = 128;

const char* OptionsKind(api::Verb verb) {
  switch (verb) {
    case api::Verb::kCreate:
      return "CreateOptions";
    case api::Verb::kUpdate:
      return "UpdateOptions";
    default:
      return "PatchOptions";
  }
}

}  // namespace

absl::Status CheckWriteOptions(const api::Request& request) {
  std::vector<api::StatusCause> causes;
  const bool patch = request.verb == api::Verb::kPatch;
  const bool apply = patch && request.patch_type == api::PatchType::kApply;
  if (apply && request.field_manager.empty()) {
    causes.push_back(
        {"FieldValueRequired", "Required value: is required for apply patch", "fieldManager"});
  }
  if (patch && !apply && request.force) {
    causes.push_back(
        {"FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force"});
  }
  const std::string& manager = request.field_manager;
  if (manager.size() > kLongestFieldManager) {
    causes.push_back(
        {"FieldValueTooLong",
         absl::StrCat("Too long: may not be more than ", kLongestFieldManager, " bytes"),
         "fieldManager"});
  }
  for (size_t i = 0; i < manager.size(); ++i) {
    const auto c = static_cast<unsigned char>(manager[i]);
    if (c >= 0x20 && c != 0x7f) continue;
    causes.push_back({"FieldValueInvalid",
                      absl::StrCat("Invalid value: \"\": invalid character U+",
                                   absl::Hex(c, absl::kZeroPad4), " (at position ", i, ")"),
                      "fieldManager"});
    break;
  }
  if (causes.empty()) return absl::OkStatus();
  return api::Invalid("meta.k8s.io", OptionsKind(request.verb), "", std::move(causes));
}

}  // namespace drydock::apiserver
