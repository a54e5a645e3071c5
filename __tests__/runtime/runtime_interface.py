"""Runs an artifact as Lambda does: through AWS's runtime interface client, and behind AWS's emulator of the service."""

import http.client
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

import pytest
from conftest import RUNTIME
from runtime_api import RuntimeApi

# The client with what it needs, and a wheel that carries the emulator. scripts/environment/images.ts has both versions too.
_CLIENT = ("awslambdaric==4.2.2", "simplejson==4.3.0", "snapshot-restore-py==1.0.0")
_EMULATOR = "aws-sam-cli==1.170.0"
_CACHE = os.path.normpath(os.path.join(RUNTIME, "..", ".cache"))
_SECONDS = 30  # only a test that fails waits so long

needs_client = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64") or sys.version_info >= (3, 15),
    reason="awslambdaric has no wheel for this interpreter",
)
needs_emulator = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="the emulator is a program for Linux on x86_64"
)


def artifact(folder, source, **configuration):
    """A flat artifact, the runtime and an application of one file side by side. Returns its path."""
    for name in ("wsgi_lambda", "wsgi_handler.py", "serverless_wsgi.py"):
        copy = shutil.copytree if name == "wsgi_lambda" else shutil.copy
        copy(os.path.join(RUNTIME, name), os.path.join(folder, name))
    with open(os.path.join(folder, "the_app.py"), "w", encoding="utf-8") as file:
        file.write(source)
    with open(os.path.join(folder, "wsgi_lambda.json"), "w", encoding="utf-8") as file:
        json.dump({"app": "the_app:application", **configuration}, file)
    return str(folder)


class _Program:
    """A process group of its own, whose output goes into a file. Context manager; the group is killed at the end."""

    def start(self, command, folder, environment):
        self._log = tempfile.TemporaryFile()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        version = "%d.%d" % sys.version_info[:2]
        lambdas = {"AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}", "PYTHONPATH": client_folder()}
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, **lambdas, **environment},
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def stop(self):
        if self.is_alive():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._log.close()

    @property
    def process_id(self):
        return self._process.pid

    def is_alive(self):
        return self._process.poll() is None

    def log(self):
        """Everything printed so far."""
        self._log.flush()
        return os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0).decode()

    def allow(self):
        """Lets an application go on that waits in sys.stdin.readline()."""
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()


class Client(_Program):
    """awslambdaric with an artifact, in front of a Runtime API that this process plays."""

    def __init__(self, folder, **environment):
        self.api = RuntimeApi()
        self._folder, self._environment = folder, environment

    def __enter__(self):
        self.api.__enter__()
        command = [sys.executable, "-m", "awslambdaric", "wsgi_handler.handler"]
        self.start(command, self._folder, {"AWS_LAMBDA_RUNTIME_API": self.api.address, **self._environment})
        return self

    def __exit__(self, *_):
        self.stop()
        self.api.__exit__()

    def invoke(self, event, **headers):
        """One invocation, up to the end of what the runtime posts for it."""
        return self.wait(self.api.submit(event, **headers))

    def begin(self, request_id):
        """What the runtime posts for an invocation, as soon as it begins to."""
        return self.api.post(f"invocation/{request_id}/", self.is_alive)

    def wait(self, request_id):
        return self.ended(self.begin(request_id))

    def init_error(self):
        return self.ended(self.api.post("init/error", self.is_alive))

    def ended(self, post):
        assert post.complete.wait(_SECONDS), f"the post to {post.path} did not end:\n{self.log()}"
        return post


class Emulator(_Program):
    """AWS's runtime interface emulator, which starts awslambdaric as Lambda starts its runtime.

    It panics over two requests at once, answers 200 to a function's error, and takes --help for a command to run.
    """

    def __init__(self, folder, **environment):
        self._folder, self._environment = folder, environment

    def __enter__(self):
        self._port, runtime_api = _free_ports(2)
        self.start(
            [
                _emulator(),
                *("--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"),
                *("--runtime-api-address", f"127.0.0.1:{runtime_api}"),
                *(sys.executable, "-m", "awslambdaric", "wsgi_handler.handler"),
            ],
            self._folder,
            self._environment,
        )
        self._await_port()
        return self

    def __exit__(self, *_):
        # It kills the runtime, which has a process group of its own, and then itself.
        self._process.terminate()
        try:
            self._process.wait(_SECONDS)
        finally:
            self.stop()

    def invoke(self, event):
        """The HTTP status of the emulator and the result of the function, as bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        connection.request("POST", "/2015-03-31/functions/function/invocations", json.dumps(event))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def _await_port(self):
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._port)).close()
            except OSError:
                assert self.is_alive() and time.monotonic() < deadline, self.log()
                time.sleep(0.02)


def _free_ports(count):
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def client_folder():
    """The folder of the client. It stands apart, as on Lambda: frameworks take its simplejson where they find one."""

    def install(folder):
        _pip("install", "--only-binary", ":all:", "--no-deps", "--target", folder, *_CLIENT)

    tag = f"{sys.implementation.cache_tag}-{platform.machine()}"
    return _kept(f"runtime-interface-client/{_CLIENT[0].replace('==', '-')}-{tag}", install)


def _emulator():
    def extract(folder):
        _pip("download", "--no-deps", "--dest", folder, _EMULATOR)
        wheel = os.path.join(folder, *os.listdir(folder))
        program = os.path.join(folder, "aws-lambda-rie")
        with zipfile.ZipFile(wheel) as archive, open(program, "wb") as file:
            file.write(archive.read("samcli/local/rapid/aws-lambda-rie-x86_64"))
        os.chmod(program, 0o755)
        os.remove(wheel)

    return os.path.join(_kept(f"runtime-interface-emulator/{_EMULATOR.replace('==', '-')}", extract), "aws-lambda-rie")


def _pip(*arguments):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, *arguments], check=True, stdout=subprocess.DEVNULL)


def _kept(name, fill):
    """A folder of the cache, filled once. It appears when it is complete, whoever else does the same."""
    folder = os.path.join(_CACHE, name)
    if not os.path.exists(folder):
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as own:
            fill(os.path.join(own, "filled"))
            try:
                os.rename(os.path.join(own, "filled"), folder)
            except OSError:
                if not os.path.exists(folder):
                    raise
    return folder
