"""What a server acknowledged is there after it was killed, once: durability_test.py BINARY.

Writers and kubectl work on a server that is killed under them with SIGKILL, several times, while one watch goes on from
where it was. A ledger of what each write was answered is compared with what there is at the end, and with what the watch saw.
Backups, and the folder's lock, are tried on real servers, too.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time

from drydock_server import DrydockServer
from report import write_report

KILLS = 6
WRITES_BETWEEN_KILLS = 120
WRITERS = 4
LIMIT_SECONDS = 120  # Of waiting for something that must happen.
NAMESPACE = "ledger"
PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(item) for item in what))


def eventually(what, holds):
    deadline = time.monotonic() + LIMIT_SECONDS
    while not holds():
        expect(time.monotonic() < deadline, "in vain:", what)
        time.sleep(0.02)


def config_map(name, value):
    return {"metadata": {"name": name}, "data": {"value": value}}


class Ledger:
    """All writes, in the order of each object: what was sent and, if it was answered, at which revision."""

    def __init__(self):
        self.lock = threading.Lock()
        self.objects = {}  # By name: lists of [value (None: a deletion), revision or True, or None for no answer].
        self.acknowledged = 0

    def submit(self, name, value):
        entry = [value, None]
        with self.lock:
            self.objects.setdefault(name, []).append(entry)
        return entry

    def acknowledge(self, entry, revision):
        with self.lock:
            entry[1] = revision
            self.acknowledged += 1


class Worker(threading.Thread):
    def __init__(self, server, ledger, number):
        super().__init__(daemon=True)
        self.server = server
        self.ledger = ledger
        self.number = number
        self.stopping = False
        self.problem = None
        self.count = 0

    def run(self):
        try:
            while not self.stopping:
                self.count += 1
                self.work()
        except Exception as error:  # pylint: disable=broad-except: it is told by the main thread.
            self.problem = f"{type(error).__name__}: {error}"

    def work(self):
        raise NotImplementedError

    def await_server(self):
        def ready():
            try:
                return self.server.request("GET", "/readyz")[0] == 200
            except (OSError, http.client.HTTPException):
                return False
        eventually("the server is ready again", ready)


class Writer(Worker):
    """Creates, updates and deletes objects over HTTP, one after another."""

    def send(self, method, name, value, body=None):
        """The answer, or None when there was none: then the object is left alone from now on."""
        entry = self.ledger.submit(name, value)
        try:
            code, _, answer = self.server.request(
                method, PATH if method == "POST" else f"{PATH}/{name}", body, {"Content-Type": "application/json"})
        except (OSError, http.client.HTTPException):
            self.await_server()
            return None
        if code in (500, 503, 504):  # Whether it was done is open.
            return None
        expect(code in (200, 201), method, name, code, answer)
        answer = json.loads(answer)
        self.ledger.acknowledge(entry, int(answer["metadata"]["resourceVersion"]) if method != "DELETE" else True)
        return answer

    def work(self):
        name = f"w{self.number}-{self.count}"
        made = self.send("POST", name, "0", config_map(name, "0"))
        for update in ["1", "2"]:
            if made is None:
                return
            made["data"]["value"] = update
            made = self.send("PUT", name, update, made)
        if made is not None and self.count % 3 == 0:
            self.send("DELETE", name, None)


class Kubectl(Worker):
    """The same through real kubectls."""

    def call(self, *arguments):
        done = subprocess.run(
            ["kubectl", "--kubeconfig", os.path.join(self.server.folder, "kubectl.config"), "--namespace", NAMESPACE, *arguments],
            env={"PATH": os.environ["PATH"], "HOME": self.server.folder}, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout.decode() if done.returncode == 0 else None

    def work(self):
        name = f"k{self.number}-{self.count}"
        entry = self.ledger.submit(name, "0")
        made = self.call("create", "configmap", name, "--from-literal=value=0", "-o", "jsonpath={.metadata.resourceVersion}")
        if not made:
            self.await_server()
            return
        self.ledger.acknowledge(entry, int(made))
        entry = self.ledger.submit(name, "1")
        made = self.call("patch", "configmap", name, "-p", '{"data":{"value":"1"}}', "-o", "jsonpath={.metadata.resourceVersion}")
        if made:
            self.ledger.acknowledge(entry, int(made))
        else:
            self.await_server()


class Watch(Worker):
    """Sees every change once, over all restarts: it never lists again."""

    def __init__(self, server, ledger, revision):
        super().__init__(server, ledger, 0)
        self.revision = revision
        self.events = []  # Type, name, revision, value.

    def work(self):
        connection = http.client.HTTPSConnection(*self.server.address, context=self.server.tls_context(), timeout=60)
        try:
            connection.request("GET", f"{PATH}?watch=1&resourceVersion={self.revision}&allowWatchBookmarks=true")
            response = connection.getresponse()
            expect(response.status in (200, 503), "watch:", response.status)
            while response.status == 200:
                line = response.readline()
                if not line.endswith(b"\n"):
                    break  # Cut off in the middle.
                self.see(json.loads(line))
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        if not self.stopping:
            self.await_server()

    def see(self, event):
        expect(event["type"] != "ERROR", "the watch cannot go on:", event)
        revision = int(event["object"]["metadata"]["resourceVersion"])
        if event["type"] == "BOOKMARK":
            self.revision = max(self.revision, revision)
            return
        expect(revision > self.revision, "an event of", revision, "after", self.revision)
        self.revision = revision
        name = event["object"]["metadata"]["name"]
        self.events.append((event["type"], name, revision, event["object"].get("data", {}).get("value")))


def check_objects(ledger, there):
    """What there is, by name, is what the last answered write of each object left, or the one after it."""
    for name, entries in ledger.objects.items():
        answered = [value for value, revision in entries if revision is not None]
        possible = {answered[-1] if answered else None}
        if entries[-1][1] is None:
            possible.add(entries[-1][0])
        expect(there.get(name) in possible, name, "is", there.get(name), "after", entries)
    strangers = set(there) - set(ledger.objects) - {"kube-root-ca.crt"}
    expect(not strangers, "nobody wrote", strangers)


def check_events(ledger, events):
    """Every write is one event, at the revision that its answer had; what was not answered is one or none."""
    seen = {}
    for kind, name, revision, value in events:
        seen.setdefault(name, []).append((kind, revision, value))
    for name, entries in ledger.objects.items():
        of_object = list(seen.pop(name, []))
        for position, (value, revision) in enumerate(entries):
            if revision is None and not of_object:
                continue
            expect(of_object, "no event for", name, entries[position])
            kind, at, what = of_object.pop(0)
            expect(kind == ("DELETED" if value is None else "ADDED" if position == 0 else "MODIFIED"), name, kind, entries)
            expect(value is None or what == value, name, what, entries)
            expect(revision in (None, True, at), name, at, entries)
        expect(not of_object, "twice:", name, of_object)
    expect(not set(seen) - {"kube-root-ca.crt"}, "events of objects that nobody wrote:", seen)


def make_namespace(server):
    code, _, body = server.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}}, {"Content-Type": "application/json"})
    expect(code == 201, body)


def objects_of(server):
    code, _, body = server.request("GET", PATH)
    expect(code == 200, body)
    listed = json.loads(body)["items"]
    there = {item["metadata"]["name"]: item["data"]["value"] for item in listed if "value" in item.get("data", {})}
    expect(len(there) == len(listed), "a name is listed twice")
    return there


def what_was_acknowledged_survives_being_killed(binary):
    with DrydockServer(binary) as server:
        make_namespace(server)
        # Not the one that is written anew at each start.
        with open(server.kubeconfig, encoding="utf-8") as own, \
                open(os.path.join(server.folder, "kubectl.config"), "w", encoding="utf-8") as copy:
            copy.write(own.read())
        ledger = Ledger()
        watch = Watch(server, ledger, int(json.loads(server.request("GET", PATH)[2])["metadata"]["resourceVersion"]))
        writers = [Writer(server, ledger, number) for number in range(WRITERS)] + [Kubectl(server, ledger, number) for number in range(2)]
        workers = [watch, *writers]
        for worker in workers:
            worker.start()

        def check_workers():
            for worker in workers:
                expect(worker.problem is None, worker.problem)

        for _ in range(KILLS):
            enough = ledger.acknowledged + WRITES_BETWEEN_KILLS

            def have_enough(enough=enough):
                check_workers()
                return ledger.acknowledged >= enough
            eventually("the writers go on", have_enough)
            server.kill()
            server.start()
        for writer in writers:
            writer.stopping = True
        for writer in writers:
            writer.join(LIMIT_SECONDS)
        check_workers()
        there = objects_of(server)
        check_objects(ledger, there)

        # A last write tells when the watch has seen everything before it.
        last = Writer(server, ledger, 99)
        expect(last.send("POST", "last", "0", config_map("last", "0")), "the last write")

        def has_seen_all():
            check_workers()
            return watch.events and watch.events[-1][1] == "last"
        eventually("the watch sees the last write", has_seen_all)
        watch.stopping = True
        check_events(ledger, list(watch.events))

        # An end in good order keeps everything, too.
        there["last"] = "0"
        expect(server.stop() == 0, server.log())
        server.start()
        expect(objects_of(server) == there, "after a restart")
        print(f"{ledger.acknowledged} writes acknowledged, {len(watch.events)} events, {KILLS} kills")


def run(binary, *arguments):
    done = subprocess.run([binary, *arguments], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


def create(server, name):
    code, _, body = server.request("POST", PATH, config_map(name, "0"), {"Content-Type": "application/json"})
    expect(code == 201, body)
    return int(json.loads(body)["metadata"]["resourceVersion"])


def a_folder_has_one_server(binary):
    with DrydockServer(binary) as server:
        code, text = run(binary, "server", "--data-dir", server.data, "--listen", "127.0.0.1:0")
        expect(code == 1, code, text)
        expect(f"{server.data} is in use by pid {server.process.pid} on " in text, text)
        expect(server.request("GET", "/readyz")[0] == 200, "the first one")


def a_backup_of_a_running_server_is_restored(binary):
    with DrydockServer(binary) as server:
        make_namespace(server)
        revision = create(server, "before")
        file = os.path.join(server.folder, "backup.db")
        code, text = run(binary, "backup", "--data-dir", server.data, "--to", file)
        expect(code == 0, text)
        create(server, "after")
        code, text = run(binary, "backup", "--data-dir", server.data, "--to", file)
        expect(code == 1 and "backup.db" in text and "exists" in text, code, text)
        code, text = run(binary, "restore", "--data-dir", server.data, "--from", file)
        expect(code == 1 and "is in use by" in text, code, text)

        other = os.path.join(server.folder, "other")
        code, text = run(binary, "restore", "--data-dir", other, "--from", file)
        expect(code == 0, text)
        code, text = run(binary, "restore", "--data-dir", other, "--from", file)
        expect(code == 1 and "exists" in text, code, text)
        with DrydockServer(binary, data=other) as restored:
            expect(objects_of(restored) == {"before": "0"}, objects_of(restored))
            # Who has seen what the backup has not is told to list again.
            _, _, body = restored.request("GET", f"{PATH}?watch=1&timeoutSeconds=1&resourceVersion={revision}")
            expect('"reason":"Expired"' in body.decode(), body)
            expect(create(restored, "later") > revision + 1_000_000, "revisions go on far beyond")


def a_backup_of_a_stopped_server_is_made_by_the_command(binary):
    with DrydockServer(binary) as server:
        make_namespace(server)
        create(server, "kept")
        server.stop()
        file = os.path.join(server.folder, "backup.db")
        code, text = run(binary, "backup", f"--data-dir={server.data}", f"--to={file}")
        expect(code == 0, text)
        other = os.path.join(server.folder, "other")
        code, text = run(binary, "restore", f"--data-dir={other}", f"--from={file}")
        expect(code == 0, text)
        with DrydockServer(binary, data=other) as restored:
            expect(objects_of(restored) == {"kept": "0"}, objects_of(restored))
        code, text = run(binary, "backup", "--data-dir", os.path.join(server.folder, "none"), "--to", file + "2")
        expect(code == 1 and "there are no objects" in text, code, text)


CASES = [
    what_was_acknowledged_survives_being_killed,
    a_folder_has_one_server,
    a_backup_of_a_running_server_is_restored,
    a_backup_of_a_stopped_server_is_made_by_the_command,
]


def main(binary):
    results = []
    for case in CASES:
        name = case.__name__.replace("_", " ")
        problem = None
        try:
            case(os.path.abspath(binary))
        except Exception as error:  # pylint: disable=broad-except: whatever it is, it is this case's.
            problem = f"{type(error).__name__}: {error}"
        results.append((name, problem))
        print(f"{'FAILED' if problem else 'ok':8}{name}")
        if problem:
            print(problem)
    write_report("durability", results)
    failed = [name for name, problem in results if problem]
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
