"""The compiler's flags in every configuration, and by variant. .bazelrc adds warnings.

The toolchain and the prelude share them: the compiler refuses a precompiled header that was made for other ones.
"""

COMPILE_FLAGS = [
    "-fno-omit-frame-pointer",
    "-fcolor-diagnostics",
    # The same object file wherever it is compiled.
    "-no-canonical-prefixes",
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
    # The same floating-point results everywhere: no fused multiply-add, no -march, no fast math.
    "-ffp-contract=off",
]

CXX_FLAGS = ["-std=c++20"]

# A variable that nobody set has one value in every run; opt builds use another one, so that comparing the two
# configurations finds its readers.
_FASTBUILD = ["-O1", "-ftrivial-auto-var-init=pattern"]

VARIANTS = {
    # The front end dominates: -O1 compiles about as fast as -O0, and tests run several times faster.
    "fastbuild": _FASTBUILD,
    "dbg": ["-O0", "-g", "-ftrivial-auto-var-init=pattern"],
    # What ./drydock runs and what benchmarks measure. Assertions stay.
    "opt": ["-O2", "-fsplit-machine-functions", "-ffunction-sections", "-fdata-sections", "-fno-plt", "-ftrivial-auto-var-init=zero"],
    # Left out of the last: `vptr`, `null` and `alignment`, which cost much and find what AddressSanitizer stops at too.
    "asan": _FASTBUILD + [
        "-gline-tables-only",
        "-fsanitize=address,undefined,fuzzer-no-link",
        "-fno-sanitize=vptr,null,alignment",
        "-fno-sanitize-recover=all",
    ],
}
