"""A `drydock server` of the test's own: a free port, a folder of its own, stopped at the end."""

import http.client
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time

START_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 30


class DrydockServer:
    """Use it in a `with` statement; inside, the server is ready."""

    def __init__(self, binary, *arguments, data=None):
        self.binary = os.path.abspath(binary)
        self.arguments = arguments
        self.folder = tempfile.mkdtemp(prefix="drydock-")
        self.data = data or os.path.join(self.folder, "data")
        self.kubeconfig = os.path.join(self.folder, "kubeconfig")
        self.log_path = os.path.join(self.folder, "log")
        self.process = None
        self.address = ("127.0.0.1", 0)  # The port of the first start is that of later ones.

    def __enter__(self):
        self.start()
        return self

    def start(self):
        if os.path.exists(self.kubeconfig):
            os.remove(self.kubeconfig)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "server", "--data-dir", self.data, "--listen", "{}:{}".format(*self.address),
                 "--kubeconfig", self.kubeconfig, *self.arguments],
                stderr=log, stdout=log)
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not os.path.exists(self.kubeconfig):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start:\n" + self.log())
            time.sleep(0.02)
        with open(self.kubeconfig, encoding="utf-8") as lines:
            url = next(line.split()[1] for line in lines if line.strip().startswith("server:"))
        host, port = url.split("//")[1].split(":")
        self.address = (host, int(port))
        self.is_tls = url.startswith("https")

    def __exit__(self, kind, *_):
        if kind is not None:
            print(self.log())
        self.stop()
        shutil.rmtree(self.folder)

    def stop(self):
        """Sends SIGTERM and gives the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(STOP_LIMIT_SECONDS)

    def kill(self):
        """Sends SIGKILL: the server has no say in it."""
        self.process.kill()
        self.process.wait(STOP_LIMIT_SECONDS)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def tls_context(self, certificate=True):
        """For connections that trust the server, with the administrator's certificate or with none."""
        context = ssl.create_default_context(cafile=f"{self.data}/pki/ca.crt")
        if certificate:
            context.load_cert_chain(f"{self.data}/pki/admin.crt", f"{self.data}/pki/admin.key")
        return context

    def request(self, method, path, body=None, headers=None, certificate=True):
        """One request on a connection of its own: code, headers and body of the answer."""
        if self.is_tls:
            connection = http.client.HTTPSConnection(*self.address, context=self.tls_context(certificate), timeout=60)
        else:
            connection = http.client.HTTPConnection(*self.address, timeout=60)
        try:
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()
