// From a checked expression to a program.
#ifndef DRYDOCK_SRC_CEL_COMPILER_H_
#define DRYDOCK_SRC_CEL_COMPILER_H_

#include "absl/status/statusor.h"
#include "src/cel/ast.h"
#include "src/cel/checker.h"
#include "src/cel/environment.h"
#include "src/cel/program.h"

namespace drydock::cel {

// ResourceExhausted when the program would have too many instructions or registers;
// InvalidArgument when a constant pattern is no regular expression.
absl::StatusOr<Program> MakeProgram(const Ast& ast, const Checked& checked,
                                    const Environment& environment, const CompileOptions& options);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_COMPILER_H_
