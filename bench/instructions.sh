#!/bin/sh
# Instructions for each operation of a benchmark: the measure that neither the
# machine's load nor its clock moves. Runs every benchmark under valgrind with a few
# batches and with more, and divides the difference, so that setting up does not count.
#
#   bench/instructions.sh [FILTER [PROGRAM]]     # all of rt_bench by default
set -eu
cd "$(dirname "$0")/.."
filter=${1:-.}
program=${2:-rt_bench}
bazel build --config=opt "//bench:$program" >/dev/null 2>&1 || bazel build --config=opt "//bench:$program"
binary="bazel-bin/bench/$program"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# measure NAME ITERATIONS: prints the instructions and the items of the whole run.
measure() {
  DRYDOCK_BENCH_ITERATIONS=$2 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$binary" --benchmark_filter="^$1/iterations:$2\$" --benchmark_format=json \
    >"$scratch/json" 2>"$scratch/log"
  sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' "$scratch/log"
  sed -n 's/^ *"items": \([0-9.e+]*\).*/\1/p' "$scratch/json"
}

printf '%-40s %s\n' benchmark 'instructions per item'
names=$(DRYDOCK_BENCH_ITERATIONS=1 "$binary" --benchmark_list_tests --benchmark_filter="$filter" |
  sed 's|/iterations:1$||')
for name in $names; do
  few=$(measure "$name" 2)
  many=$(measure "$name" 12)
  echo "$name" $few $many | awk '{ printf "%-40s %8.1f\n", $1, ($4 - $2) / ($5 - $3) }'
done
