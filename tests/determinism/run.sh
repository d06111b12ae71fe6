#!/usr/bin/env bash
# The determinism check over both build modes: run.sh DEFAULT_BINARY OPT_BINARY. See check.sh.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1
bazel build --ui_event_filters=-info --noshow_progress //tests/determinism:libheap_noise.so \
  //tests/determinism:leaky_order >&2 || exit 1
folder=$(bazel info bazel-bin 2>/dev/null)/tests/determinism
exec tests/determinism/check.sh "$folder/libheap_noise.so" "$folder/leaky_order" scenarios "$@"
