// What expressions cost: compiling, and evaluating with and without host data.
#include <string>

#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "src/cel/environment.h"
#include "tests/cel/world.h"

namespace drydock::cel {
namespace {

constexpr absl::string_view kRule =
    "node.ready && node.labels.zone in ['north', 'south'] && numbers.all(x, x < i) && "
    "(s.startsWith('he') || s.size() > 20)";

void BM_Compile(benchmark::State& state) {
  const World world;
  for (auto _ : state) {
    benchmark::DoNotOptimize(world.environment.Compile(kRule));
  }
}
BENCHMARK(BM_Compile);

void Evaluate(benchmark::State& state, absl::string_view source) {
  const World world;
  const auto program = world.environment.Compile(source);
  Evaluation evaluation(*program);
  world.Fill(&evaluation);
  for (auto _ : state) {
    benchmark::DoNotOptimize(&evaluation.Run());
  }
}

void BM_Arithmetic(benchmark::State& state) {
  Evaluate(state, "(f * 3.0 - f / 2.0) * (f + 1.0) + (f - 3.0) * (f - 4.0) / 2.0");
}
BENCHMARK(BM_Arithmetic);
void BM_CheckedIntegers(benchmark::State& state) {
  Evaluate(state, "(i * 3 - i / 2) * (i + 1) + (i - 3) * (i - 4) / 2");
}
BENCHMARK(BM_CheckedIntegers);
void BM_Logic(benchmark::State& state) {
  Evaluate(state, "i > 3 && f < 3.0 && (u == 7u || s == 'world') && !(i == 9)");
}
BENCHMARK(BM_Logic);
void BM_Rule(benchmark::State& state) { Evaluate(state, kRule); }
BENCHMARK(BM_Rule);
void BM_DynamicArithmetic(benchmark::State& state) { Evaluate(state, "d.a.b * 3 - d.a.b"); }
BENCHMARK(BM_DynamicArithmetic);
void BM_Hundred(benchmark::State& state) { Evaluate(state, "hundred.all(x, x * 2 < 1000)"); }
BENCHMARK(BM_Hundred);
void BM_AbsorbedError(benchmark::State& state) { Evaluate(state, "i / 0 == 1 || i > 3"); }
BENCHMARK(BM_AbsorbedError);

}  // namespace
}  // namespace drydock::cel
