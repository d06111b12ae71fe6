"""The precompiled header that the toolchain gives to every C++ compilation (feature `prelude`).

It holds what nearly every file includes, directly or not, parsed once for each variant, which halves the time of a
compilation (docs/decisions/0013-precompiled-prelude.md). Headers of the system only: it depends on no code of ours.
Files still include what they use: clang-tidy reads them without the prelude.
"""

load(":flags.bzl", "COMPILE_FLAGS", "CXX_FLAGS", "VARIANTS")

_HEADERS = [
    "algorithm",
    "array",
    "cmath",
    "coroutine",
    "cstddef",
    "cstdint",
    "cstdio",
    "cstdlib",
    "deque",
    "functional",
    "limits",
    "map",
    "memory",
    "optional",
    "set",
    "string",
    "tuple",
    "utility",
    "variant",
    "vector",
    "absl/container/btree_map.h",
    "absl/container/btree_set.h",
    "absl/container/flat_hash_map.h",
    "absl/container/flat_hash_set.h",
    "absl/container/inlined_vector.h",
    "absl/status/status.h",
    "absl/status/statusor.h",
    "absl/strings/match.h",
    "absl/strings/numbers.h",
    "absl/strings/str_cat.h",
    "absl/strings/str_join.h",
    "absl/strings/str_split.h",
    "absl/strings/string_view.h",
    "absl/time/time.h",
    "google/protobuf/descriptor.h",
    "google/protobuf/generated_message_reflection.h",
    "google/protobuf/map_entry.h",
    "google/protobuf/message.h",
    "google/protobuf/repeated_field.h",
    "google/protobuf/unknown_field_set.h",
]

def _impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".pch")
    arguments = ctx.actions.args()
    arguments.add_all(COMPILE_FLAGS + CXX_FLAGS + VARIANTS[ctx.attr.variant])

    # A language option too, which layering_check sets.
    arguments.add("-fmodules-strict-decluse")

    # Users need not instantiate what it instantiates.
    arguments.add("-fpch-instantiate-templates")

    # The same output for the same input: the cache keys all object files by it.
    arguments.add_all(["-Xclang", "-fno-pch-timestamp"])

    # No file of the workspace: the compiler would remember where it lay, and the disk cache is shared by checkouts.
    arguments.add_all(_HEADERS, before_each = "-include")
    arguments.add_all(["-x", "c++-header", "/dev/null", "-o", output])
    ctx.actions.run(
        executable = "/usr/bin/clang-19",
        arguments = [arguments],
        inputs = [ctx.file._versions],
        outputs = [output],
        mnemonic = "Prelude",
        progress_message = "Precompiling the prelude for %s" % ctx.attr.variant,
    )
    return [DefaultInfo(files = depset([output]))]

# Bazel makes a toolchain's files in the execution configuration, which knows nothing of the target's flags: there is
# one for each variant.
prelude = rule(
    implementation = _impl,
    attrs = {
        "variant": attr.string(mandatory = True, values = VARIANTS.keys()),
        "_versions": attr.label(default = "@debian_versions//:versions.txt", allow_single_file = True),
    },
)
