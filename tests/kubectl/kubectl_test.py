"""Debian's kubectl against `drydock server`: kubectl_test.py [--rewrite] BINARY CASES.

CASES is a text file of cases, each in a namespace of its own:

    == what the case shows
    $ kubectl create configmap c --from-literal=x=1
    configmap/c created
    $ kubectl create configmap c --from-literal=x=1
    Error from server (AlreadyExists): configmaps "c" already exists
    [exit 1]

A line with `$ ` is a command for bash, which runs in the folder `manifests` and finds the name of the namespace in
$NAMESPACE, the server's folder in $DATA, one for itself in $HOME, and `api` beside kubectl; lines with `> ` behind it belong to it.
What follows is all that the command prints, and its exit code unless that is 0. A command with `~ ` instead is run again
until it prints what is expected: for what controllers do in their own time. What differs from run to run is replaced on
both sides (see normalize). A line with `! ` before the first case has arguments for the server, in which $MANIFESTS is
that folder. --rewrite puts what is printed into the file, to be read as a diff.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from drydock_server import DrydockServer
from report import write_report

EVENTUALLY_SECONDS = 60  # The limit of commands with ~, which fail after it.
SETTLE_SECONDS = 2.0     # What such a command gets when its output is recorded.

# What is not the same in two runs. The alphabet is that of generated names.
GENERATED = "[bcdfghjklmnpqrstvwxz2456789]"
REPLACEMENTS = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
    (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000", "<date>"),
    (r'("?resourceVersion"?: ?)"\d+"', r'\1"<revision>"'),
    (rf"-(?=[a-z]*\d){GENERATED}{{8,10}}-{GENERATED}{{5}}\b", "-<hash>-<id>"),
    (rf"([-=])(?=[a-z]*\d){GENERATED}{{8,10}}\b", r"\1<hash>"),
    (r"\b10\.(9[6-9]|1[01]\d)\.\d+\.\d+", "<service-ip>"),
    (r"(?<=\s)(\d+m)?\d+s(?=[\s)]|$)", "<age>"),
    (r"(in object meta: |, current: )\d+", r"\1<revision>"),
    (r"127\.0\.0\.1:\d+", "<server>"),
    ("\x1b\\[[0-9;]*m", ""),
]


def normalize(output, namespace):
    for pattern, replacement in REPLACEMENTS:
        output = re.sub(pattern, replacement, output, flags=re.MULTILINE)
    output = re.sub(rf"\b{namespace}\b", "<ns>", output)
    # Columns behind something of varying width move.
    output = re.sub(r"(<(?:age|service-ip|id|hash)>) +", r"\1 ", output)
    return [line.rstrip() for line in output.rstrip().split("\n")] if output.strip() else []


class Command:
    def __init__(self, text, eventually):
        self.lines = [text]
        self.eventually = eventually
        self.expected = []

    def text(self):
        return "\n".join(self.lines)

    def render(self):
        mark = "~ " if self.eventually else "$ "
        return [mark + self.lines[0], *("> " + line for line in self.lines[1:]), *self.expected]


class Case:
    def __init__(self, name):
        self.name = name
        self.comments = []
        self.commands = []

    def render(self):
        lines = ["== " + self.name, *self.comments]
        for command in self.commands:
            lines += command.render()
        return [*lines, ""]


def read_cases(path):
    """The lines before the first case, and the cases."""
    head, cases = [], []
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("== "):
                cases.append(Case(line[3:]))
            elif not cases:
                head.append(line)
            elif line.startswith(("$ ", "~ ")):
                cases[-1].commands.append(Command(line[2:], line[0] == "~"))
            elif not cases[-1].commands:
                cases[-1].comments.append(line)
            elif line.startswith("> "):
                cases[-1].commands[-1].lines.append(line[2:])
            else:
                cases[-1].commands[-1].expected.append(line)
    for case in cases:
        for command in case.commands:
            while command.expected and not command.expected[-1]:
                command.expected.pop()
    return head, cases


class Runner:
    def __init__(self, server, home, manifests, rewrite):
        self.server = server
        self.home = home
        self.manifests = manifests
        self.rewrite = rewrite
        with open(server.kubeconfig, encoding="utf-8") as file:
            self.kubeconfig = file.read()

    def run(self, number, case):
        """What went wrong, or None."""
        namespace = f"case-{number}"
        code, _, body = self.server.request(
            "POST", "/api/v1/namespaces", {"metadata": {"name": namespace}}, {"Content-Type": "application/json"})
        if code != 201:
            return f"cannot make namespace {namespace}: {body}"
        path = os.path.join(self.home, "kubeconfig")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.kubeconfig.replace("user: kubernetes-admin}", f"user: kubernetes-admin, namespace: {namespace}}}"))
        environment = {"PATH": f"{os.path.dirname(self.manifests)}:{os.environ['PATH']}", "HOME": self.home, "KUBECONFIG": path, "LC_ALL": "C.UTF-8",
                       "DATA": self.server.data, "SERVER": "{}:{}".format(*self.server.address), "NAMESPACE": namespace}
        for command in case.commands:
            problem = self.check(command, namespace, environment)
            if problem:
                return problem
        return None

    def check(self, command, namespace, environment):
        deadline = time.monotonic() + (EVENTUALLY_SECONDS if command.eventually else 0)
        if self.rewrite and command.eventually:
            time.sleep(SETTLE_SECONDS)
        while True:
            done = subprocess.run(["bash", "-c", command.text()], cwd=self.manifests, env=environment, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            printed = normalize(done.stdout.decode(errors="replace").replace(self.home, "<home>"), namespace)
            if done.returncode:
                printed.append(f"[exit {done.returncode}]")
            if self.rewrite:
                command.expected = printed
                return None
            if printed == command.expected:
                return None
            if time.monotonic() > deadline:
                return "\n".join([f"$ {command.text()}", "expected:", *command.expected, "printed:", *printed])
            time.sleep(0.1)


def main(command_line):
    rewrite = command_line[0] == "--rewrite"
    binary, path = command_line[1 if rewrite else 0:]
    if shutil.which("kubectl") is None:
        sys.exit("kubectl is missing: apt-get install kubernetes-client")
    head, cases = read_cases(path)
    manifests = os.path.join(os.path.dirname(os.path.abspath(__file__)), "manifests")
    results = []
    arguments = [word.replace("$MANIFESTS", manifests) for line in head if line.startswith("! ") for word in line.split()[1:]]
    with DrydockServer(binary, *arguments) as server, tempfile.TemporaryDirectory() as home:
        runner = Runner(server, home, manifests, rewrite)
        for number, case in enumerate(cases, 1):
            problem = runner.run(number, case)
            results.append((case.name, problem))
            print(f"{'FAILED' if problem else 'ok':8}{case.name}")
            if problem:
                print(problem)
        if server.stop() != 0:
            results.append(("the server ends with 0 at SIGTERM", server.log()))
    if rewrite:
        with open(path, "w", encoding="utf-8") as file:
            lines = [*head]
            for case in cases:
                lines += case.render()
            file.write("\n".join(lines).rstrip("\n") + "\n")
    write_report(os.path.splitext(os.path.basename(path))[0], results)
    failed = [name for name, problem in results if problem]
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
