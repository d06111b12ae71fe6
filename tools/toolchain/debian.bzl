"""What the installed packages are that we build with.

Their versions, as a file that every C++ action depends on.

Bazel does not watch compilers, headers and libraries outside of the workspace. With the versions among
its inputs, neither the output folder nor the shared disk cache can serve what an older package made.

And a module map of these packages' headers, for layering_check: what a file of ours may include without naming a
target. Of these packages only, so that whatever else a machine has installed changes no action's key.
"""

# What the compiler and the libraries of the list bring along.
_BASE = ["libc6-dev", "libclang-common-19-dev", "linux-libc-dev"]

_HEADER_FOLDERS = "^/usr/(include|lib/llvm-19/lib/clang/[^/]*/include)/"

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

    # Folders are listed too.
    headers = ctx.execute(["sh", "-c", "dpkg-query --listfiles %s | grep -E '%s' | LC_ALL=C sort -u | xargs stat --format='%%F:%%n' | sed -n 's/^regular[^:]*://p'" % (
        " ".join(packages + _BASE),
        _HEADER_FOLDERS,
    )])
    if headers.return_code != 0 or not headers.stdout:
        fail("The packages' headers cannot be listed:\n" + headers.stderr)
    lines = ['  textual header "%s"' % header for header in headers.stdout.splitlines()]
    ctx.file("system.modulemap", "\n".join(['module "crosstool" [system] {'] + lines + ["}", ""]))
    ctx.file("BUILD", 'exports_files(["system.modulemap", "versions.txt"])\n')

debian_versions = repository_rule(
    implementation = _impl,
    # Looked at again whenever Bazel's server starts, and by `bazel sync --configure`.
    configure = True,
    local = True,
    attrs = {"packages": attr.label(allow_single_file = True, mandatory = True)},
)
