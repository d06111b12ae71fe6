"""The precompiled header that the toolchain gives to every C++ compilation (feature `prelude`)."""

load(":flags.bzl", "COMPILE_FLAGS", "CXX_FLAGS", "VARIANTS")

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
    arguments.add_all(["-x", "c++-header", ctx.file.header, "-o", output])
    ctx.actions.run(
        executable = "/usr/bin/clang-19",
        arguments = [arguments],
        inputs = [ctx.file.header, ctx.file._versions],
        outputs = [output],
        mnemonic = "Prelude",
        progress_message = "Precompiling %s" % ctx.file.header.short_path,
    )
    return [DefaultInfo(files = depset([output]))]

# Bazel makes a toolchain's files in the execution configuration, which knows nothing of the target's flags: there is
# one for each variant.
prelude = rule(
    implementation = _impl,
    attrs = {
        "header": attr.label(allow_single_file = True, mandatory = True),
        "variant": attr.string(mandatory = True, values = VARIANTS.keys()),
        "_versions": attr.label(default = "@debian_versions//:versions.txt", allow_single_file = True),
    },
)
