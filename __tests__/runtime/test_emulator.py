"""The runtime behind AWS's emulator of Lambda: its limits, its time, and the end of the process."""

import base64
import json
import os
import sys

import pytest
from lambda_events import function_url, http_api, rest
from runtime_interface import Emulator, artifact, needs_client, needs_emulator

pytestmark = [needs_client, needs_emulator]

LIMIT = 6 * 1024 * 1024 + 100

APP = """
import json, os, sys, time

def application(environ, start_response):
    action = environ["PATH_INFO"].rpartition("/")[2]
    if action == "exit":
        sys.exit(3)
    if action == "die":
        os._exit(3)
    if action == "sleep":
        time.sleep(60)
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    if action == "repeat":
        wanted = json.load(environ["wsgi.input"])
        return [bytes.fromhex(wanted["unit"]) * wanted["count"]]
    return [str(os.getpid()).encode()]
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with Emulator(artifact(tmp_path_factory.mktemp("artifact"), APP)) as emulator:
        yield emulator


def process_id(emulator):
    _, body = emulator.invoke(function_url())
    return int(json.loads(body)["body"])


def test_the_process_survives_sys_exit_and_is_replaced_when_it_dies(emulator):
    first = process_id(emulator)
    status, body = emulator.invoke(function_url(path="/exit"))
    assert (status, json.loads(body)["statusCode"]) == (200, 500)
    assert process_id(emulator) == first
    status, body = emulator.invoke(function_url(path="/die"))
    assert (status, json.loads(body)["errorType"]) == (502, "Runtime.ExitError")
    assert process_id(emulator) != first


# AWS's client writes text as UTF-8 since Python 3.12, before as \uXXXX, or two of them.
WRITES_UTF8 = sys.version_info >= (3, 12)


@pytest.mark.parametrize(
    ("make", "unit", "is_base64", "encoded"),
    [
        (function_url, b"x", False, 1),
        (http_api, b"x", False, 1),
        (rest, b"\n", False, 2),
        (function_url, b"\xff\xff\xff", True, 4),
        (rest, b"\xff\xff\xff", True, 4),
        # Of two encodings the shorter, but a REST API may hand base64 on as it is.
        (function_url, "世".encode(), not WRITES_UTF8, 3 if WRITES_UTF8 else 4),
        (rest, "世".encode(), False, 3 if WRITES_UTF8 else 6),
        (rest, "😀".encode(), False, 4 if WRITES_UTF8 else 12),
    ],
    ids=["text", "text of an HTTP API", "escapes", "binary", "binary, REST", "CJK", "CJK, REST", "emoji, REST"],
)
def test_the_largest_answer_passes_and_one_more_is_told_in_words(emulator, make, unit, is_base64, encoded):
    def repeated(count):
        wanted = {"unit": unit.hex(), "count": count}
        status, body = emulator.invoke(make(method="POST", path="/repeat", body=json.dumps(wanted)))
        assert status == 200, body
        return json.loads(body), len(body)

    nothing, envelope = repeated(0)
    assert nothing["isBase64Encoded"] is False
    envelope -= is_base64  # "true" is shorter than "false"
    count = (LIMIT - envelope) // encoded

    answer, size = repeated(count)
    assert size == envelope + count * encoded <= LIMIT
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, is_base64)
    body = base64.b64decode(answer["body"]) if is_base64 else answer["body"].encode()
    assert body == unit * count

    answer, _ = repeated(count + 1)
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (500, False)
    assert "too large" in answer["body"] and "6 MB" in answer["body"]


def test_a_command_answers_before_its_time_is_over_and_a_request_does_not(tmp_path):
    folder = artifact(tmp_path, APP, commands=["exec"])
    with Emulator(folder, AWS_LAMBDA_FUNCTION_TIMEOUT="3") as emulator:
        command = {"command": "exec", "data": "import time; print('begun'); time.sleep(60)"}
        status, body = emulator.invoke({"_serverless-wsgi": command})
        code, output = json.loads(body)
        assert (status, code) == (200, 124) and output.startswith("begun\n")
        assert emulator.invoke(function_url(path="/sleep")) == (200, b"Task timed out after 3.00 seconds")
        assert json.loads(emulator.invoke(function_url())[1])["statusCode"] == 200


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("import missing_module", "Runtime.ImportModuleError", "No module named 'missing_module'"),
        ("raise SystemExit(3)", "RuntimeError", "sys.exit(3)"),
    ],
)
def test_a_failing_start_says_why_on_every_call(tmp_path, source, kind, message):
    with Emulator(artifact(tmp_path, source)) as emulator:
        for _ in range(2):
            status, body = emulator.invoke(function_url())
            error = json.loads(body)
            assert (status, error["errorType"]) == (502, kind) and message in error["errorMessage"]
        assert f'{os.path.join(tmp_path, "the_app.py")}", line 1' in emulator.log()
