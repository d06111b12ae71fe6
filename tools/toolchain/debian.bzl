"""The installed versions of the packages we build with, as a file that every C++ action depends on.

Bazel does not watch compilers, headers and libraries outside of the workspace. With the versions among
its inputs, neither the output folder nor the shared disk cache can serve what an older package made.
"""

def _impl(ctx):
    packages = [
        line
        for line in ctx.read(ctx.path(ctx.attr.packages)).splitlines()
        if line and not line.startswith("#")
    ]
    result = ctx.execute(["dpkg-query", "--show"] + packages)
    if result.return_code != 0:
        fail("Packages are missing; ./drydock installs them:\n" + result.stderr)
    ctx.file("versions.txt", result.stdout)
    ctx.file("BUILD", 'exports_files(["versions.txt"])\n')

debian_versions = repository_rule(
    implementation = _impl,
    # Looked at again whenever Bazel's server starts, and by `bazel sync --configure`.
    configure = True,
    local = True,
    attrs = {"packages": attr.label(allow_single_file = True, mandatory = True)},
)
