// Declarations, and the way from source to program.
#include "src/cel/environment.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/cel/checker.h"
#include "src/cel/compiler.h"
#include "src/cel/parser.h"
#include "src/rt/check.h"

namespace drydock::cel {

Environment::Environment(const RegexEngine* regex) : regex_(regex) {
  std::vector<Overload> functions;
  AddArithmetic(&functions);
  AddConversions(&functions);
  AddTimeFunctions(&functions);
  AddStringFunctions(&functions);
  AddListFunctions(&functions);
  AddQuantityFunctions(&functions);
  if (regex != nullptr) AddRegexFunctions(&functions);
  for (Overload& overload : functions) AddFunction(std::move(overload));
}

uint32_t Environment::AddVariable(std::string name, Type type) {
  DRYDOCK_CHECK(!FindVariable(name).has_value(), name);
  variables_.push_back({std::move(name), std::move(type)});
  return static_cast<uint32_t>(variables_.size() - 1);
}

void Environment::AddFunction(Overload overload) {
  std::vector<Overload>& overloads = functions_[overload.name];
  overloads.push_back(std::move(overload));
}

std::optional<uint32_t> Environment::FindVariable(absl::string_view name) const {
  for (uint32_t i = 0; i < variables_.size(); ++i) {
    if (variables_[i].name == name) return i;
  }
  return std::nullopt;
}

const std::vector<Overload>* Environment::FindFunction(absl::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

absl::StatusOr<Program> Environment::Compile(absl::string_view source,
                                             const CompileOptions& options) const {
  absl::StatusOr<Ast> ast = Parse(source);
  if (!ast.ok()) return ast.status();
  absl::StatusOr<Checked> checked = Check(*ast, *this);
  if (!checked.ok()) return checked.status();
  const Type& type = checked->nodes[ast->root->id].type;
  if (options.result.has_value() && !type.is_dyn() && !(type == *options.result)) {
    return absl::InvalidArgumentError(
        absl::StrCat("must evaluate to ", options.result->ToString(), ", not ", type.ToString()));
  }
  return MakeProgram(*ast, *checked, *this, options);
}

}  // namespace drydock::cel
