"""Runs an artifact as Lambda does: through AWS's runtime interface client, and behind AWS's emulator of the service."""

import http.client
import importlib.util
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

# Its wheel carries the emulator. Keep the version equal to the one in scripts/environment/images.ts.
_EMULATOR = "aws-sam-cli==1.170.0"
_CACHE = os.path.join(RUNTIME, "..", ".cache", "runtime-interface-emulator")
_SECONDS = 30  # only a test that fails waits so long

needs_client = pytest.mark.skipif(
    importlib.util.find_spec("runtime_client") is None, reason="awslambdaric has no wheel for this interpreter"
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
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHONPATH"))}
        version = "%d.%d" % sys.version_info[:2]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}", **environment},
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


def _emulator():
    program = os.path.normpath(os.path.join(_CACHE, _EMULATOR.replace("==", "-"), "aws-lambda-rie"))
    if not os.path.exists(program):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=os.path.dirname(program)) as folder:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
            subprocess.run([*pip, "--dest", folder, _EMULATOR], check=True)
            (wheel,) = os.listdir(folder)
            with zipfile.ZipFile(os.path.join(folder, wheel)) as archive:
                found = archive.extract("samcli/local/rapid/aws-lambda-rie-x86_64", folder)
            os.chmod(found, 0o755)
            os.replace(found, program)  # at once, for whoever does the same
    return program
