// Any text as an expression: no crash, a printed tree is read as the same, and evaluation ends.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "src/cel/environment.h"
#include "src/cel/parser.h"
#include "src/rt/check.h"
#include "tests/cel/world.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace drydock::cel;  // NOLINT(google-build-using-namespace): a fuzz target's only
                                 // scope.
  static const World& world = *new World;
  const absl::string_view source(reinterpret_cast<const char*>(data), size);
  const auto parsed = Parse(source);
  if (!parsed.ok()) return 0;
  const std::string printed = Print(*parsed->root);
  const auto again = Parse(printed);
  // Printing adds parentheses, which may be one too many for the bound of nesting.
  if (again.ok()) {
    DRYDOCK_CHECK(SameExpr(*parsed->root, *again->root), printed);
  } else {
    DRYDOCK_CHECK(parsed->root->depth > kMaxDepth / 4, printed);
  }
  // The tests' engine of patterns backtracks: without it here.
  if (source.find("matches") != absl::string_view::npos ||
      source.find("find") != absl::string_view::npos) {
    return 0;
  }
  const auto program = world.environment.Compile(source);
  if (!program.ok()) return 0;
  Evaluation evaluation(*program, 20000);
  world.Fill(&evaluation);
  const bool failed = evaluation.Run().is_error();
  DRYDOCK_CHECK(evaluation.Run().is_error() == failed);
  return 0;
}
