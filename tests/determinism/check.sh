#!/usr/bin/env bash
# Proves that a run is a function of scenario and seed alone.
#
#   check.sh NOISE_LIBRARY LEAKY_PROGRAM SCENARIO_FOLDER BINARY [BINARY...]
#
# Each shipped scenario, scaled down, runs once for each binary (give it both build
# modes) and once more with the first: under another environment size, another heap
# layout and another working directory. All digests of a seed must be equal, and
# another seed must give another digest. The leaky program proves that the check can
# fail: its digest follows the order of addresses.
set -u
noise=$(realpath "$1"); leaky=$(realpath "$2"); scenarios=$(realpath "$3"); shift 3
binaries=(); for binary in "$@"; do binaries+=("$(realpath "$binary")"); done
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
passed=0; failed=0

verdict() {  # OK? WHAT
  if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok    $2"; else
    failed=$((failed + 1)); echo "FAIL  $2"; fi
}

# perturbed N COMMAND...: another heap, another environment, another folder.
perturbed() {
  local n=$1; shift
  local padding; padding=$(head -c $((n * 5000 + 17)) /dev/zero | tr '\0' x)
  mkdir -p "$work/dir$n"
  (cd "$work/dir$n" && env PADDING="$padding" HEAP_NOISE="$n" LD_PRELOAD="$noise" TZ="UTC+$n" \
    LC_ALL=C.UTF-8 "$@")
}

digest() {  # N BINARY FILE SEED [--set ...]
  local n=$1 binary=$2 file=$3 seed=$4; shift 4
  perturbed "$n" "$binary" sim run "$file" --seed "$seed" --quiet --out "$work/out$n" \
    --json "$work/result.json" "$@" > "$work/stdout" 2> "$work/stderr"
  local status=$?
  if [ $status -gt 1 ]; then echo "exit $status: $(tail -n 3 "$work/stderr")"; return; fi
  sed -n 's/.*"digest": *"\([0-9a-f]*\)".*/\1/p' "$work/result.json" | head -n 1
}

check() {  # NAME FILE [--set ...]
  local name=$1 file=$2; shift 2
  local first; first=$(digest 1 "${binaries[0]}" "$file" 1 "$@")
  [[ $first =~ ^[0-9a-f]{16}$ ]]; verdict $? "$name: runs (${first:-no digest})"
  local n=2
  for binary in "${binaries[0]}" "${binaries[@]:1}"; do
    local again; again=$(digest $n "$binary" "$file" 1 "$@")
    [ "$first" = "$again" ]; verdict $? "$name: equal digest in another process (#$n)"
    n=$((n + 1))
  done
  local other; other=$(digest $n "${binaries[0]}" "$file" 2 "$@")
  [ -n "$other" ] && [ "$first" != "$other" ]; verdict $? "$name: another seed, another digest"
}

one=$(perturbed 1 "$leaky"); two=$(perturbed 2 "$leaky")
[ "$one" != "$two" ]; verdict $? "the check notices a leaked order of addresses"
one=$(perturbed 1 "$leaky" fixed); two=$(perturbed 2 "$leaky" fixed)
[ "$one" = "$two" ]; verdict $? "the check passes the same program without the leak"

# Every scenario must be named here: a new one fails until it is.
for file in "$scenarios"/*.yaml; do
  case $(basename "$file" .yaml) in
    quickstart)
      check quickstart "$file" --set 'cluster.nodePools[0].count=30' \
        --set 'cluster.nodePools[1].count=6' --set 'workload[1].generate.count=12' \
        --set 'faults[0].powerOff.randomNodes=2' ;;
    density-5000)
      check density-5000 "$file" --set 'cluster.nodePools[0].count=40' \
        --set 'workload[0].generate.count=20' ;;
    openb)
      # Our own small trace: the public one is not part of the project.
      check openb "$file" --set "trace.dir=$scenarios/../tests/determinism/openb" \
        --set trace.list=small ;;
    policy) check policy "$file" --set duration=10m ;;
    *) verdict 1 "$(basename "$file"): not known to the determinism check" ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
