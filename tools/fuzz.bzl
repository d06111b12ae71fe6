"""Fuzz targets: tests that replay their seeds everywhere and explore with libFuzzer under --config=asan."""

def cc_fuzz_test(name, srcs, corpus = [], deps = [], tags = [], seconds = 10, **kwargs):
    """A test around `LLVMFuzzerTestOneInput`, which `srcs` define.

    In most configurations it runs each seed once. With --config=asan it runs the seeds, then explores for
    `seconds`; to explore for longer, add `--test_arg=-max_total_time=600`. A failing input is printed, in
    Base64 too, and belongs into `corpus` when its bug is mended.

    Args:
      name: of the test.
      srcs: its sources.
      corpus: seeds, files of this package, each the input of one run.
      deps: as in cc_test.
      tags: as in cc_test; `fuzz` is added.
      seconds: of exploration.
      **kwargs: passed to cc_test.
    """
    seeds = ["$(location %s)" % seed for seed in corpus]
    explore = ["-max_total_time=%d" % seconds, "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"]
    if seeds:
        explore.append("-seed_inputs=" + ",".join(seeds))
    native.cc_test(
        name = name,
        srcs = srcs,
        args = select({
            "//tools:libfuzzer": explore,
            "//conditions:default": seeds,
        }),
        data = corpus,
        linkopts = select({
            "//tools:libfuzzer": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        tags = tags + ["fuzz"],
        deps = deps + select({
            "//tools:libfuzzer": [],
            "//conditions:default": ["//tools:fuzz_replay"],
        }),
        **kwargs
    )
