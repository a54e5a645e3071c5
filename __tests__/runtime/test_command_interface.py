"""Remote commands as Lambda runs them: started, fed and listened to by AWS's own runtime interface client."""

import base64
import time

import pytest
from runtime_interface import Client, artifact, needs_client

pytestmark = needs_client

APP = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""
MARK = '{"custom": {"wsgi-lambda": "1"}, "client": {}, "env": null}'


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = artifact(tmp_path_factory.mktemp("artifact"), APP, commands=["exec", "shell"])
    # As Lambda has it: what `logging` writes goes past standard output, in frames.
    with Client(folder, _LAMBDA_TELEMETRY_LOG_FD="2", AWS_LAMBDA_LOG_STREAM_NAME="stream") as client:
        yield client


def command(client, kind, data, *, mark=MARK, seconds=60, **fields):
    headers = {"Client_Context": mark} if mark else {}
    request_id = client.api.submit(
        {"_serverless-wsgi": {"command": kind, "data": data, **fields}}, seconds=seconds, **headers
    )
    return request_id, client.wait(request_id).json()


def test_the_mark_of_our_client_arrives(client):
    request_id, reply = command(client, "exec", "import sys; print(sys.argv)", arguments=["ü b"], id="5")
    assert reply.pop("seconds") < 5
    assert reply == {
        "exitCode": 0, "output": "['-c', 'ü b']\n", "isBase64Encoded": False, "omittedBytes": 0,
        "requestId": request_id, "logGroup": "", "logStream": "stream", "id": "5",
    }  # fmt: skip


@pytest.mark.parametrize("mark", [None, "null", "{}", '{"custom": {"wsgi-lambda": 1}}', '{"custom": ["wsgi-lambda"]}'])
def test_anything_else_is_no_mark(client, mark):
    assert command(client, "exec", "import sys; print(sys.argv)", arguments=["b"], mark=mark)[1] == [0, "['-c']\n"]


def test_lines_of_logging_and_warnings_are_output_too(client):
    code = """
import logging, sys, warnings
print("a")
logging.getLogger("shop").error("b")
warnings.warn("c")
print("d", file=sys.stderr)
"""
    _, reply = command(client, "exec", code, file="fix.py")
    first, logged, *warned, last = reply["output"].splitlines()
    assert (first, last) == ("a", "d")
    assert logged.startswith("[ERROR]\t") and logged.endswith(f"\t{reply['requestId']}\tb")
    assert warned == ["fix.py:5: UserWarning: c", '  warnings.warn("c")']
    command(client, "exec", "pass")
    assert "\tb\n" in client.log()


def test_a_copy_of_the_process_answers_nothing(client):
    code = "import os\nif os.fork(): os.wait()\nprint(os.getpid() == parent)"
    _, reply = command(client, "exec", f"import os\nparent = os.getpid()\n{code}")
    assert (reply["exitCode"], reply["output"]) == (0, "False\nTrue\n")
    assert command(client, "shell", "echo next")[1]["output"] == "next\n"


def test_the_deadline_is_the_invocation_s(client):
    _, reply = command(client, "exec", "import os\nprint('begun')\nos.system('sleep 30')", seconds=3)
    assert reply["exitCode"] == 124 and reply["output"].startswith("begun\n\nwsgi-lambda: gave up after ")
    assert 1 < reply["seconds"] < 3


def test_requests_are_answered_as_before(client):
    assert command(client, "exec", "import os; os.chdir('/'); os.close(0); os.close(1); os.close(2)")[1]["exitCode"] == 0
    event = {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}, "headers": {}}
    assert client.invoke(event, Client_Context=MARK).json()["body"] == "hello"
    _, reply = command(client, "exec", "import sys; sys.stdout.buffer.write(b'\\xff')")
    assert base64.b64decode(reply["output"]) == b"\xff"


def test_a_command_that_ends_the_process_ends_only_itself(tmp_path):
    """Nothing can answer for it: Lambda tells the caller that the process has exited, and starts another."""
    with Client(artifact(tmp_path, APP, commands=["exec"])) as client:
        client.api.submit({"_serverless-wsgi": {"command": "exec", "data": "import os; os._exit(3)"}}, Client_Context=MARK)
        give_up = time.monotonic() + 30
        while client.is_alive() and time.monotonic() < give_up:
            time.sleep(0.02)
        assert "runs command exec" in client.log() and "ended" not in client.log()
