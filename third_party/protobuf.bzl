"""C++ code for our .proto files, made by Debian's protoc."""

def proto_cc_library(name, srcs, deps = [], visibility = None, testonly = None, **kwargs):
    """Generates C++ from .proto files and compiles it.

    Imports and includes are written from the root of the repository: the header
    of `src/api/core/v1/pod.proto` is `src/api/core/v1/pod.pb.h`. Files of
    protobuf itself (`google/protobuf/descriptor.proto`) need no dependency.

    Args:
      name: the cc_library to depend on.
      srcs: .proto files of this package.
      deps: the other `proto_cc_library` targets that `srcs` import, as labels
          with an explicit name (`//src/api/meta/v1:v1`, not `//src/api/meta/v1`).
      visibility: of the library and of its .proto files.
      testonly: as usual.
      **kwargs: passed to the cc_library.
    """
    for dep in deps:
        if ":" not in dep:
            fail("%s: write the dependency %s with its name" % (name, dep))

    # The files with all they import, for the protoc runs of those who import us.
    native.filegroup(
        name = name + "_protos",
        srcs = srcs + [dep + "_protos" for dep in deps],
        testonly = testonly,
        visibility = visibility,
    )

    sources = []
    headers = []
    for src in srcs:
        if not src.endswith(".proto"):
            fail("%s: %s is not a .proto file" % (name, src))
        stem = src[:-len(".proto")]
        sources.append(stem + ".pb.cc")
        headers.append(stem + ".pb.h")
    native.genrule(
        name = name + "_protoc",
        srcs = srcs + [dep + "_protos" for dep in deps],
        outs = sources + headers,
        cmd = "protoc -I. -I$(GENDIR) -I/usr/include --cpp_out=$(GENDIR) " +
              " ".join(["$(location %s)" % src for src in srcs]),
        tools = ["@debian_versions//:versions.txt"],
        message = "Generating C++ for",
        testonly = testonly,
        visibility = ["//visibility:private"],
    )

    native.cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        # Warnings about generated code are nobody's to mend, and optimising it takes twice the time that it saves tests.
        copts = ["-w"] + select({
            # Else every serialisation verifies that strings are UTF-8, which decoders have done.
            "//third_party:opt": ["-DNDEBUG"],
            "//tools:libfuzzer": ["-O0", "-fno-sanitize=undefined,fuzzer-no-link"],
            "//conditions:default": ["-O0"],
        }),
        # The prelude is compiled with our own code's options, and the compiler wants both alike.
        features = ["-prelude"],
        testonly = testonly,
        visibility = visibility,
        deps = deps + ["//third_party:protobuf"],
        **kwargs
    )
