#!/usr/bin/env python3
"""Real kubectls read our OpenAPI documents and tables.

Usage: check.py DUMP KUBECTL...

DUMP is the binary of dump.cc. Its files are served over HTTP with the least that lets kubectl
create something; each kubectl explains, checks, creates, applies and prints, and what it says and
sends is compared with what is expected of it. The last line counts; exit code 1 when a check fails.
"""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading

PROTOBUF_V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "containers": [
            {
                "name": "a",
                "image": "i",
                "ports": [{"containerPort": 80}],
                "resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
                "livenessProbe": {"httpGet": {"port": "http"}},
            }
        ]
    },
}

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {"name": "a", "image": "i:1"},
                    {"name": "b", "image": "i:1"},
                ]
            },
        },
    },
}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, code, body, media="application/json"):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def not_found(self):
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure"}
        self.answer(404, {**status, "reason": "NotFound", "message": "not found", "code": 404})

    def file(self, name):
        path = os.path.join(self.server.folder, name, "content")
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read()

    def do_GET(self):
        path = self.path.split("?")[0].strip("/")
        accept = self.headers.get("Accept", "")
        self.server.seen.append((self.command, self.path, accept))
        if path == "openapi/v2":
            if "proto-openapi.spec.v2" in accept:
                return self.answer(200, self.file("openapi/v2.pb"), PROTOBUF_V2)
            return self.answer(200, self.file("openapi/v2.json"))
        if path == "api":
            return self.answer(200, {"kind": "APIVersions", "versions": ["v1"]})
        if path == "version":
            return self.answer(200, {"major": "1", "minor": "35", "gitVersion": "v1.35.0"})
        namespace = "api/v1/namespaces/default/"
        if path.startswith(namespace + "pods") and "as=Table;v=v1;g=meta.k8s.io" in accept:
            name = "pods/watch" if "watch=true" in self.path else path[len(namespace):]
            content = self.file("table/" + name)
            return self.not_found() if content is None else self.answer(200, content)
        content = self.file(path)
        if content is not None:
            return self.answer(200, content)
        if path in self.server.objects:
            return self.answer(200, self.server.objects[path])
        self.not_found()

    def write(self):
        size = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(size) or b"{}")
        self.server.seen.append((self.command, self.path, self.headers.get("Content-Type", "")))
        self.server.bodies.append(body)
        if self.command == "PATCH":
            body = self.server.objects[self.path.split("?")[0].strip("/")]
        self.answer(201 if self.command == "POST" else 200, body)

    do_POST = do_PATCH = do_PUT = write


class Checks:
    def __init__(self, kubectl, folder):
        self.kubectl = kubectl
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.folder = folder
        self.server.objects = {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.cache = tempfile.TemporaryDirectory()
        self.passed = 0
        self.failed = 0

    def run(self, *arguments, body=None):
        self.server.seen = []
        self.server.bodies = []
        # No other cluster's configuration, no cache of another run.
        environment = {"HOME": self.cache.name, "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [self.kubectl, "--server", "http://127.0.0.1:%d" % self.server.server_port]
            + ["--cache-dir", self.cache.name] + list(arguments),
            input=json.dumps(body) if body is not None else None,
            capture_output=True, text=True, env=environment, check=False)
        return done.returncode, done.stdout + done.stderr

    def expect(self, what, holds, told):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        print("FAILED: %s: %s:\n%s\n%s" % (self.kubectl, what, told, self.server.seen))

    def explains(self, name, *words):
        code, text = self.run("explain", name)
        for word in words:
            self.expect("explain " + name, code == 0 and word in text, text)

    def all(self):
        self.explains("pod.spec.containers", "KIND:", "Pod", "livenessProbe", "volumeMounts",
                      "-required-")
        self.explains("deployment.spec.strategy.rollingUpdate.maxSurge", "Deployment", "VERSION",
                      "v1")
        self.explains("nodes.status.capacity", "Node")
        code, text = self.run("explain", "pod.spec.nothing")
        self.expect("explain a field that is not", code != 0 and "nothing" in text, text)
        code, text = self.run("explain", "cronjob", "--recursive")
        self.expect("explain --recursive", code == 0 and "preferredDuringScheduling" in text, text)

        create = ("create", "--validate=true", "-f", "-")
        code, text = self.run(*create, body=POD)
        self.expect("create", code == 0 and "pod/web created" in text, text)
        wrong = json.loads(json.dumps(POD))
        wrong["spec"]["contaners"] = []
        wrong["spec"]["containers"][0]["ports"][0]["containerPort"] = "eighty"
        code, text = self.run(*create, body=wrong)
        # From 1.27 on kubectl leaves it to the server, where the documents say that it can.
        if not any("fieldValidation=Strict" in path for _, path, _ in self.server.seen):
            self.expect("an unknown field", code != 0 and 'unknown field "contaners"' in text, text)
            self.expect("a wrong type", "containerPort" in text, text)
            self.expect("nothing is sent", not self.server.bodies, str(self.server.bodies))

        # Whether the server knows dryRun is read from the documents.
        code, text = self.run("create", "--dry-run=server", "-f", "-", body=POD)
        asked = any("dryRun=All" in path for _, path, _ in self.server.seen)
        self.expect("create --dry-run=server", code == 0 and asked, text)

        # What apply sends to change one of two containers depends on patch strategies.
        applied = json.loads(json.dumps(DEPLOYMENT))
        applied["metadata"]["annotations"] = {
            "kubectl.kubernetes.io/last-applied-configuration": json.dumps(DEPLOYMENT)
        }
        where = "apis/apps/v1/namespaces/default/deployments/web"
        self.server.objects[where] = applied
        changed = json.loads(json.dumps(DEPLOYMENT))
        changed["spec"]["template"]["spec"]["containers"][1]["image"] = "i:2"
        code, text = self.run("apply", "-f", "-", body=changed)
        sent = self.server.bodies[0] if self.server.bodies else {}
        containers = (sent.get("spec", {}).get("template", {}).get("spec", {})
                      .get("containers", []))
        self.expect("apply", code == 0 and {"image": "i:2", "name": "b"} in containers
                    and {"image": "i:1", "name": "a"} not in containers, text + str(sent))

        self.prints(("get", "pods"),
                    "NAME READY STATUS RESTARTS AGE",
                    "web 1/1 Running 2 (10m ago) 60m", "job 0/1 Completed 0 60s")
        self.prints(("get", "pod", "web", "-o", "wide"),
                    "NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES",
                    "web 1/1 Running 2 (10m ago) 60m 10.0.0.7 n1 <none> <none>")
        self.prints(("get", "pods", "-L", "app"),
                    "NAME READY STATUS RESTARTS AGE APP",
                    "web 1/1 Running 2 (10m ago) 60m web", "job 0/1 Completed 0 60s")
        # The list, then a watch whose second table has no columns.
        self.prints(("get", "pods", "--watch"),
                    "NAME READY STATUS RESTARTS AGE",
                    "web 1/1 Running 2 (10m ago) 60m", "job 0/1 Completed 0 60s",
                    "web 1/1 Running 2 (10m ago) 60m", "job 0/1 Completed 0 60s")
        self.server.shutdown()

    def prints(self, arguments, *lines):
        code, text = self.run(*arguments)
        found = [" ".join(line.split()) for line in text.splitlines()]
        self.expect(" ".join(arguments), code == 0 and found == list(lines), text)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        for kubectl in sys.argv[2:]:
            checks = Checks(kubectl, folder)
            checks.all()
            passed += checks.passed
            failed += checks.failed
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
