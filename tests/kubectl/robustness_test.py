"""Clients that misbehave, against `drydock server`: robustness_test.py BINARY.

Whatever comes, the answer is a clear one or the end of the connection, memory stays bounded, and others are served.
"""

import json
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from drydock_server import DrydockServer
from report import write_report

PATIENCE_SECONDS = 60
MIB = 1 << 20


class Client:
    """A TCP connection, with TLS if the server has it."""

    def __init__(self, server, certificate=True):
        self.socket = socket.create_connection(server.address, timeout=PATIENCE_SECONDS)
        if server.is_tls:
            self.socket = server.tls_context(certificate).wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def receive_all(self):
        """Everything until the server closes."""
        received = b""
        try:
            while data := self.socket.recv(65536):
                received += data
        except ConnectionResetError:
            pass
        return received

    def receive_until(self, end):
        received = b""
        while end not in received:
            data = self.socket.recv(65536)
            if not data:
                break
            received += data
        return received


def split(answer):
    """The code and the body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


def expect(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def expect_status(answer, code, reason, text=""):
    """The answer is a Kubernetes Status of that code and reason, with `text` in its message."""
    actual, body = split(answer)
    expect(actual, code, answer[:300])
    status = json.loads(body)
    expect((status["kind"], status["reason"], status["code"] if code != 408 else code), ("Status", reason, code))
    if text not in status["message"]:
        raise AssertionError(f"expected {text!r} in {status['message']!r}")


def one_request(server, data, **options):
    with Client(server, **options) as client:
        client.send(data)
        return client.receive_all()


def post(path, body, headers=""):
    body = body if isinstance(body, bytes) else body.encode()
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n{headers}\r\n").encode() + body


CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


# ---- What is no HTTP.

def garbage_is_answered_with_bad_request(server):
    expect_status(one_request(server, b"\x16\x03\x01 what is this?\r\n\r\n"), 400, "BadRequest", "no valid HTTP")


def plain_http_on_the_tls_port_ends_the_connection(server):
    with socket.create_connection(server.address, timeout=PATIENCE_SECONDS) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while plain.recv(4096):
            pass


def a_version_that_is_not_there_is_refused(server):
    expect_status(one_request(server, "GET / HTTP/9.9\r\nHost: x\r\n\r\n"), 400, "BadRequest")


def a_control_character_in_a_header_is_refused(server):
    expect_status(one_request(server, b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n"), 400, "BadRequest")


def a_space_before_the_colon_is_refused(server):
    expect_status(one_request(server, "GET / HTTP/1.1\r\nHost : x\r\n\r\n"), 400, "BadRequest")


def a_length_that_is_none_is_refused(server):
    for length in ["-1", "1x", "99999999999999999999999"]:
        answer = one_request(server, f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{{}}")
        expect(split(answer)[0] in (400, 413), True, answer)


def two_lengths_are_refused(server):
    answer = one_request(server, f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                                 "Content-Length: 3\r\n\r\n{}x")
    expect_status(answer, 400, "BadRequest")


def a_length_beside_chunks_is_refused(server):
    answer = one_request(server, f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    expect_status(answer, 400, "BadRequest")


def a_chunk_that_is_none_is_refused(server):
    answer = one_request(server, f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "zz\r\n{}\r\n0\r\n\r\n")
    expect_status(answer, 400, "BadRequest")


def an_escape_that_is_none_is_refused(server):
    expect_status(one_request(server, "GET /api/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 400,
                  "BadRequest", "invalid URL escape")


def a_target_that_is_no_path_is_refused(server):
    expect_status(one_request(server, "GET http://other/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 400,
                  "BadRequest")


def a_path_of_dots_leads_nowhere(server):
    expect_status(one_request(server, "GET /api/v1/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                  404, "NotFound")


# ---- What is too much.

def a_header_that_is_too_long_is_refused(server):
    answer = one_request(server, "GET / HTTP/1.1\r\nHost: x\r\nA: " + "b" * 100_000 + "\r\n\r\n")
    expect(split(answer)[0], 431)


def too_many_headers_are_refused(server):
    answer = one_request(server, "GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n" * 20_000 + "\r\n")
    expect(split(answer)[0], 431)


def an_announced_body_that_is_too_large_is_refused_unread(server):
    with Client(server) as client:
        client.send(f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: {100 * MIB}\r\n\r\n")
        expect_status(client.receive_all(), 413, "RequestEntityTooLarge", "limit is 3145728")


def chunks_that_become_too_large_are_refused(server):
    with Client(server) as client:
        client.send(f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        for _ in range(64):
            client.send(chunk)
        expect_status(client.receive_all(), 413, "RequestEntityTooLarge")


def the_largest_body_is_read(server):
    body = json.dumps({"metadata": {"name": "large"}, "data": {"a": "b" * 900_000}})
    expect(split(one_request(server, post(CONFIG_MAPS, body + " " * (3 * MIB - len(body)))))[0], 201)


def deep_json_is_refused(server):
    for body in ["[" * 1_000_000, '{"a":' * 300_000, '{"metadata":{"labels":' * 100_000]:
        expect_status(one_request(server, post(CONFIG_MAPS, body)), 400, "BadRequest")


def deep_yaml_is_refused(server):
    request = post(CONFIG_MAPS, "[" * 100_000).replace(b"application/json", b"application/yaml")
    expect_status(one_request(server, request), 400, "BadRequest")


def yaml_whose_aliases_explode_is_refused(server):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    request = post(CONFIG_MAPS, "\n".join(lines)).replace(b"application/json", b"application/yaml")
    expect_status(one_request(server, request), 400, "BadRequest")


def a_deep_patch_is_refused(server):
    for content_type in ["merge-patch", "json-patch", "strategic-merge-patch"]:
        request = post("/api/v1/namespaces/default", '{"a":' * 300_000)
        request = request.replace(b"POST", b"PATCH").replace(b"json\r", f"{content_type}+json\r".encode(), 1)
        expect_status(one_request(server, request), 400, "BadRequest")


def invalid_utf8_is_refused(server):
    expect_status(one_request(server, post(CONFIG_MAPS, b'{"metadata":{"name":"\xff"}}')), 400, "BadRequest")


def protobuf_that_is_none_is_refused(server):
    dice = random.Random(1)
    for size in [0, 1, 10, 1000]:
        body = b"k8s\0" + dice.randbytes(size)
        request = post(CONFIG_MAPS, body).replace(b"application/json", b"application/vnd.kubernetes.protobuf")
        expect(split(one_request(server, request))[0] in (400, 422), True)


def a_long_query_is_served(server):
    selector = ",".join(f"key{i}=value{i}" for i in range(2000))
    answer = one_request(server, f"GET {CONFIG_MAPS}?labelSelector={selector} HTTP/1.1\r\nHost: x\r\n"
                                 "Connection: close\r\n\r\n")
    expect(split(answer)[0], 200)


# ---- Who asks.

def a_stranger_is_refused_before_the_body_is_read(server):
    with Client(server, certificate=False) as client:
        client.send(f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        expect_status(client.receive_all(), 401, "Unauthorized", "Unauthorized")


def a_stranger_may_ask_for_health_alone(server):
    for path, code in [("/healthz", 200), ("/readyz?verbose", 200), ("/livez/ping", 200), ("/version", 401),
                       ("/metrics", 401), ("/", 401), ("/api", 401), ("//healthz", 401), ("/healthz%2f../api", 401)]:
        answer = one_request(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", certificate=False)
        expect(split(answer)[0], code, path)


def a_certificate_of_another_authority_counts_for_nothing(server):
    with DrydockServer(server.binary) as other:
        context = server.tls_context(certificate=False)
        context.load_cert_chain(f"{other.data}/pki/admin.crt", f"{other.data}/pki/admin.key")
        plain = socket.create_connection(server.address, timeout=PATIENCE_SECONDS)
        with context.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(b"GET /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            expect_status(client.recv(65536), 401, "Unauthorized")


def old_tls_is_refused(server):
    context = server.tls_context()
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with socket.create_connection(server.address, timeout=PATIENCE_SECONDS) as plain:
            context.wrap_socket(plain, server_hostname="localhost")
    except ssl.SSLError as refused:
        # By the server, not by this end.
        expect(refused.reason, "TLSV1_ALERT_PROTOCOL_VERSION")
        return
    raise AssertionError("TLS 1.1 was accepted")


def plain_http_is_for_loopback_only(server):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([server.binary, "server", "--data-dir", folder, "--store", "memory", "--insecure-http",
                               "--listen", "0.0.0.0:0"], stderr=subprocess.PIPE, timeout=PATIENCE_SECONDS, check=False)
        expect(done.returncode, 2)
        expect(b"loopback" in done.stderr, True, done.stderr)


def plain_http_is_not_for_pages_of_other_names(server):
    with DrydockServer(server.binary, "--insecure-http") as plain:
        expect("administrator" in plain.log(), True, plain.log())
        answer = one_request(plain, "GET /api HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n")
        expect_status(answer, 403, "Forbidden")
        for host in ["localhost:1", "127.0.0.1", "[::1]:8080"]:
            answer = one_request(plain, f"GET /api HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            expect(split(answer)[0], 200, host)


# ---- Slow clients, and clients that go.

def half_open_connections_keep_nobody_out(server):
    clients = [Client(server) for _ in range(100)]
    for client in clients:
        client.send("GET /api HTTP/1.1\r\nHost")
    expect(server.request("GET", "/healthz")[0], 200)
    # They are told, and closed.
    for client in clients:
        expect(split(client.receive_all())[0], 408)
        client.socket.close()


def requests_behind_one_another_are_answered_in_order(server):
    with Client(server) as client:
        client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 3
                    + "GET /api/v1/namespaces/default HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = client.receive_all()
    expect(answer.count(b"HTTP/1.1 200 OK"), 4)
    expect(answer.rindex(b'"Namespace"') > answer.rindex(b"text/plain"), True)


def a_client_of_http_1_0_is_served(server):
    answer = one_request(server, "GET /healthz HTTP/1.0\r\n\r\n")
    expect(split(answer), (200, b"ok"))


def head_has_no_body(server):
    answer = one_request(server, "HEAD /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    expect(split(answer), (200, b""))


def a_client_that_asks_before_it_sends_is_told_to_go_on(server):
    body = b'{"metadata":{"name":"asked-first"}}'
    with Client(server) as client:
        client.send(post(CONFIG_MAPS, body, "Expect: 100-continue\r\n")[:-len(body)])
        expect(client.receive_until(b"\r\n\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n")
        client.send(body)
        expect(split(client.receive_all())[0], 201)


def watches(server):
    text = server.request("GET", "/metrics")[2].decode()
    return int(next(line.split()[1] for line in text.split("\n") if line.startswith("apiserver_longrunning_requests ")))


def a_watch_whose_client_goes_is_ended(server):
    with Client(server) as client:
        client.send(f"GET {CONFIG_MAPS}?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        client.receive_until(b"\r\n\r\n")
        expect(watches(server), 1)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while watches(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    expect(watches(server), 0)


def a_request_behind_a_watch_is_answered_after_it(server):
    with Client(server) as client:
        client.send(f"GET {CONFIG_MAPS}?watch=1&timeoutSeconds=1&resourceVersion=0 HTTP/1.1\r\nHost: x\r\n\r\n"
                    "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = client.receive_all()
    expect(answer.endswith(b"\r\n\r\nok"), True, answer[-200:])
    expect(b"\r\n0\r\n\r\nHTTP/1.1 200 OK" in answer, True, answer[-400:])


def what_is_broken_at_random_does_no_harm(server):
    dice = random.Random(7)
    good = post(CONFIG_MAPS, '{"metadata":{"name":"fuzz"},"data":{"a":"b"}}')
    for _ in range(200):
        broken = bytearray(good)
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(len(broken))
            if dice.random() < 0.5:
                broken[at] = dice.randrange(256)
            else:
                del broken[at:at + dice.randint(1, 20)]
            if not broken:
                break
        with Client(server) as client:
            client.send(bytes(broken))
            client.socket.shutdown(socket.SHUT_WR)  # Whatever is missing does not come.
            client.receive_all()
    expect(server.request("GET", "/readyz")[0], 200)


def memory_stays_bounded(server):
    """After everything above: large bodies and deep documents have been given back."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    # AddressSanitizer keeps a quarter of a gigabyte of freed memory, and more beside each piece.
    limit = 1024 if "ASAN_OPTIONS" in os.environ else 150
    expect(resident < limit * 1024, True, f"{resident} kB resident")


def a_server_that_stops_ends_watches_in_good_order(server):
    with DrydockServer(server.binary) as own:
        with Client(own) as client:
            client.send(f"GET {CONFIG_MAPS}?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n")
            client.receive_until(b"\r\n\r\n")
            idle = Client(own)
            idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.receive_until(b"ok")
            own.process.terminate()
            expect(client.receive_all().endswith(b"0\r\n\r\n"), True)
            expect(idle.receive_all(), b"")
        expect(own.stop(), 0)
        expect("stopping" in own.log(), True)


CASES = [
    garbage_is_answered_with_bad_request,
    plain_http_on_the_tls_port_ends_the_connection,
    a_version_that_is_not_there_is_refused,
    a_control_character_in_a_header_is_refused,
    a_space_before_the_colon_is_refused,
    a_length_that_is_none_is_refused,
    two_lengths_are_refused,
    a_length_beside_chunks_is_refused,
    a_chunk_that_is_none_is_refused,
    an_escape_that_is_none_is_refused,
    a_target_that_is_no_path_is_refused,
    a_path_of_dots_leads_nowhere,
    a_header_that_is_too_long_is_refused,
    too_many_headers_are_refused,
    an_announced_body_that_is_too_large_is_refused_unread,
    chunks_that_become_too_large_are_refused,
    the_largest_body_is_read,
    deep_json_is_refused,
    deep_yaml_is_refused,
    yaml_whose_aliases_explode_is_refused,
    a_deep_patch_is_refused,
    invalid_utf8_is_refused,
    protobuf_that_is_none_is_refused,
    a_long_query_is_served,
    a_stranger_is_refused_before_the_body_is_read,
    a_stranger_may_ask_for_health_alone,
    a_certificate_of_another_authority_counts_for_nothing,
    old_tls_is_refused,
    plain_http_is_for_loopback_only,
    plain_http_is_not_for_pages_of_other_names,
    half_open_connections_keep_nobody_out,
    requests_behind_one_another_are_answered_in_order,
    a_client_of_http_1_0_is_served,
    head_has_no_body,
    a_client_that_asks_before_it_sends_is_told_to_go_on,
    a_watch_whose_client_goes_is_ended,
    a_request_behind_a_watch_is_answered_after_it,
    what_is_broken_at_random_does_no_harm,
    memory_stays_bounded,
    a_server_that_stops_ends_watches_in_good_order,
]


def main(binary):
    results = []
    with DrydockServer(os.path.abspath(binary)) as server:
        for case in CASES:
            name = case.__name__.replace("_", " ")
            problem = None
            try:
                case(server)
                expect(server.request("GET", "/healthz")[0], 200, "health afterwards")
            except Exception as error:  # pylint: disable=broad-except: whatever it is, it is this case's.
                problem = f"{type(error).__name__}: {error}"
            results.append((name, problem))
            print(f"{'FAILED' if problem else 'ok':8}{name}")
            if problem:
                print(problem)
    write_report("robustness", results)
    failed = [name for name, problem in results if problem]
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
