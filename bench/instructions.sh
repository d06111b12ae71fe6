#!/bin/sh
# Instructions for each operation of rt_bench (or of another benchmark): the measure
# that neither the machine's load nor its clock moves. Runs every benchmark under
# valgrind twice, with a few batches and with more, and divides the difference, so
# that setting up does not count.
#
#   bench/instructions.sh                        # all of rt_bench
#   bench/instructions.sh rt_bench TimerEvents   # those that match
set -eu
cd "$(dirname "$0")/.."
program=${1:-rt_bench}
filter=${2:-.}
few=3
many=13

bazel build --config=opt "//bench:$program" >&2 2>/dev/null ||
  bazel build --config=opt "//bench:$program" >&2
binary="bazel-bin/bench/$program"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# instructions NAME ITERATIONS: prints instructions and items, both of the whole run.
instructions() {
  DRYDOCK_BENCH_ITERATIONS=$2 valgrind --tool=callgrind --callgrind-out-file="$scratch/out" \
    "$binary" --benchmark_filter="^$1/iterations:[0-9]*\$" >"$scratch/stdout" 2>"$scratch/stderr"
  count=$(sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' "$scratch/stderr")
  items=$(sed -n 's/.* items=\([0-9.e+]*\)\([kMG]\{0,1\}\).*/\1 \2/p' "$scratch/stdout")
  echo "$count $items"
}

printf '%-40s %s\n' benchmark 'instructions per item'
DRYDOCK_BENCH_ITERATIONS=1 "$binary" --benchmark_list_tests --benchmark_filter="$filter" |
  sed 's|/iterations:[0-9]*$||' | while read -r name; do
  set -- $(instructions "$name" $few) $(instructions "$name" $many)
  echo "$name $*"
done
