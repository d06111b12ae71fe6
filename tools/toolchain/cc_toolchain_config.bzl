"""The compiler that every build of Drydock uses, its flags (flags.bzl), features and the prelude (prelude.bzl).

Bazel finds a compiler by itself too, but the toolchain it then writes cannot check which target a header
belongs to (layering_check) outside of a sandbox.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "feature_set",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)
load(":flags.bzl", "COMPILE_FLAGS", "CXX_FLAGS", "VARIANTS")

_COMPILE = [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.linkstamp_compile,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _flags(actions, flags, modes = []):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = [mode]) for mode in modes],
    )

def _impl(ctx):
    tools = {
        "ar": "/usr/bin/ar",
        "cpp": "/usr/bin/clang-cpp-19",
        "gcc": "/usr/bin/clang-19",
        "gcov": "/bin/false",
        "ld": "/usr/bin/ld.lld-19",
        "nm": "/usr/bin/nm",
        "objcopy": "/usr/bin/objcopy",
        "objdump": "/usr/bin/objdump",
        "strip": "/usr/bin/strip",
    }
    features = [
        feature(name = "fastbuild"),
        feature(name = "opt"),
        feature(name = "dbg"),
        feature(name = "supports_start_end_lib", enabled = True),
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = [
                _flags(_COMPILE, COMPILE_FLAGS + VARIANTS[ctx.attr.variant]),
                _flags([ACTION_NAMES.cpp_compile, ACTION_NAMES.cpp_header_parsing], CXX_FLAGS),
            ],
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = [
                _flags(_LINK, ["-fuse-ld=lld-19", "-no-canonical-prefixes", "-Wl,-z,relro,-z,now"]),
                _flags(_LINK, ["-Wl,--gc-sections", "-Wl,-z,keep-text-section-prefix"], ["opt"]),
            ],
        ),
        feature(
            name = "cpp_runtime",
            enabled = True,
            flag_sets = [_flags(_LINK, ["-lstdc++", "-lm"])],
        ),
        # Counts what runs spend their time in, for tools/record_profile.
        feature(
            name = "records_profile",
            enabled = ctx.attr.records_profile,
            flag_sets = [_flags(_COMPILE + _LINK, ["-fprofile-generate", "-fprofile-update=single"])],
        ),
        # What it recorded.
        feature(
            name = "profile",
            enabled = ctx.file.profile != None,
            flag_sets = [_flags(_COMPILE, [
                "-fprofile-use=" + ctx.file.profile.path,
                # Code that is newer than the profile is compiled without one.
                "-Wno-backend-plugin",
                "-Wno-profile-instr-out-of-date",
                "-Wno-profile-instr-unprofiled",
            ])] if ctx.file.profile else [],
        ),
        # The headers that nearly every file includes, parsed once (prelude.bzl).
        feature(
            name = "prelude",
            enabled = ctx.file.prelude != None,
            flag_sets = [_flags([ACTION_NAMES.cpp_compile], ["-include-pch", ctx.file.prelude.path])] if ctx.file.prelude else [],
        ),
        # A file may include only the headers of targets that its own target names in `deps`.
        feature(name = "module_maps", enabled = True),
        # A module map names those of its dependencies without reading them: it is an input of few compilations then.
        feature(name = "module_map_without_extern_module", enabled = True),
        feature(
            name = "layering_check",
            enabled = True,
            requires = [feature_set(features = ["module_maps"])],
            flag_sets = [flag_set(
                actions = _COMPILE,
                flag_groups = [
                    flag_group(flags = [
                        "-fmodule-name=%{module_name}",
                        "-fmodule-map-file=%{module_map_file}",
                        "-fmodules-strict-decluse",
                        "-Wprivate-header",
                    ]),
                    flag_group(
                        iterate_over = "dependent_module_map_files",
                        flags = ["-fmodule-map-file=%{dependent_module_map_files}"],
                    ),
                ],
            )],
        ),
    ]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "glibc",
        abi_version = "clang19",
        compiler = "clang",
        cxx_builtin_include_directories = [
            "/dev/null",  # What the prelude was compiled from.
            "/usr/include",
            "/usr/lib/clang",
            "/usr/lib/llvm-19/lib/clang",
        ],
        features = features,
        host_system_name = "local",
        target_cpu = "local",
        target_libc = "glibc",
        target_system_name = "local",
        tool_paths = [tool_path(name = name, path = path) for name, path in tools.items()],
        toolchain_identifier = "drydock-clang",
    )

drydock_cc_toolchain_config = rule(
    implementation = _impl,
    attrs = {
        # As the toolchain's own files.
        "prelude": attr.label(allow_single_file = True, cfg = "exec"),
        "profile": attr.label(allow_single_file = True),
        "records_profile": attr.bool(),
        "variant": attr.string(mandatory = True, values = VARIANTS.keys()),
    },
    provides = [CcToolchainConfigInfo],
)
