"""An aspect that runs clang-tidy over the C++ sources of a target: `bazel build --config=tidy //src/rt/...`."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _sources(ctx):
    files = []
    for target in getattr(ctx.rule.attr, "srcs", []):
        files += [
            file
            for file in target.files.to_list()
            if file.is_source and file.extension == "cc"
        ]
    return files

def _clang_tidy_impl(target, ctx):
    if CcInfo not in target or not ctx.rule.kind.startswith("cc_") or target.label.workspace_name:
        return []
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        # clang-tidy is after the code, not the dependencies, which the build checks. Without the prelude it notices
        # what a file forgot to include.
        unsupported_features = ctx.disabled_features + ["layering_check", "module_maps", "prelude"],
    )
    context = target[CcInfo].compilation_context
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = ACTION_NAMES.cpp_compile,
        variables = cc_common.create_compile_variables(
            feature_configuration = features,
            cc_toolchain = toolchain,
            quote_include_directories = context.quote_includes,
            include_directories = context.includes,
            system_include_directories = context.system_includes,
            preprocessor_defines = depset(transitive = [context.defines, context.local_defines]),
            user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts +
                                 getattr(ctx.rule.attr, "copts", []),
        ),
    )
    stamps = []
    for source in _sources(ctx):
        stamp = ctx.actions.declare_file("_tidy/%s/%s.ok" % (ctx.label.name, source.basename))
        arguments = ctx.actions.args()
        arguments.add(stamp)
        arguments.add(source)
        arguments.add_all(flags)
        ctx.actions.run(
            executable = ctx.executable._clang_tidy,
            arguments = [arguments],
            inputs = depset(
                [source, ctx.file._config],
                transitive = [context.headers, toolchain.all_files],
            ),
            outputs = [stamp],
            mnemonic = "ClangTidy",
            progress_message = "Running clang-tidy on %s" % source.short_path,
        )
        stamps.append(stamp)
    return [OutputGroupInfo(clang_tidy = depset(stamps))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_clang_tidy": attr.label(
            default = "//tools:clang_tidy.sh",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
        ),
        "_config": attr.label(default = "//:.clang-tidy", allow_single_file = True),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
