#!/bin/bash
# One action of clang_tidy.bzl: clang_tidy.sh STAMP SOURCE FLAG... makes STAMP when clang-tidy finds nothing.
set -uo pipefail
stamp=$1 source=$2
shift 2
output=$(clang-tidy-19 --quiet --config-file=.clang-tidy "$source" -- "$@" 2>&1)
status=$?
if [ $status -ne 0 ]; then
  printf '%s\n' "$output" | grep -v 'warnings generated\|warnings treated as errors' >&2
  exit $status
fi
touch "$stamp"
