"""Streamed answers on the wire, with AWS's own client in the process that makes them."""

import base64
import json
import re

import pytest
from lambda_events import alb, function_url, http_api, rest
from runtime_interface import Client, Emulator, artifact, needs_client, needs_emulator

pytestmark = needs_client

APP = """
import glob, os, sys, time
from wsgiref.validate import validator

PLAIN = [("Content-Type", "text/plain")]

class Body:
    def __init__(self, chunks):
        self.chunks = iter(chunks)
    def __iter__(self):
        return self
    def __next__(self):
        return next(self.chunks)
    def close(self):
        sys.stderr.write("closed\\n")

def failing(error, *before):
    yield from before
    raise error

def until_allowed():
    yield b"one"
    sys.stdin.readline()
    yield b"two"

def endless(chunk):
    while True:
        yield chunk

def peak():
    # KiB of this program; the rusage of a process also counts what its parent had.
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM:")).encode()

def huge():
    size = 1024 * 1024
    large = bytes(32 * size)
    yield peak()
    yield large
    for _ in range(100):
        yield bytes([1]) * size
    yield peak()

def fallback(environ, start_response, *before):
    start_response("200 OK", [*PLAIN, ("X-First", "1")])
    yield from before
    try:
        raise ValueError("late")
    except ValueError:
        start_response("503 Unavailable", [*PLAIN, ("X-Second", "2")], sys.exc_info())
    yield b"sorry"

def writing(environ, start_response):
    write = start_response("200 OK", PLAIN)
    write(b"one")
    sys.stdin.readline()
    write(b"two")
    return Body([b"three"])

def writing_on(environ, start_response):
    write = start_response("200 OK", PLAIN)
    while True:
        write(bytes(100_000))

class Unreachable(Body):
    def __next__(self):
        self.address = os.environ["AWS_LAMBDA_RUNTIME_API"]
        os.environ["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:1"
        return b"x"
    def close(self):
        os.environ["AWS_LAMBDA_RUNTIME_API"] = self.address
        super().close()

def unreachable(environ, start_response):
    start_response("200 OK", PLAIN)
    return Unreachable([])

def together(environ, start_response):
    # Answers when two processes have got here.
    open(f"here-{os.getpid()}", "w").close()
    start_response("200 OK", PLAIN)
    yield b"begun"
    deadline = time.monotonic() + 20
    while len(glob.glob("here-*")) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    yield b" multiprocess " if environ["wsgi.multiprocess"] else b" "
    yield b"%d" % len(glob.glob("here-*"))

def late(environ, start_response):
    yield b""
    start_response("202 Accepted", PLAIN)
    yield b"late"

ANSWERS = {
    "some": lambda: ("201 Created", [*PLAIN, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Vary", "A"), ("vary", "B")],
                     [b"one", b"", b"\\xff" * 70_000, b"two"]),
    "wait": lambda: ("200 OK", PLAIN, until_allowed()),
    "nothing": lambda: ("200 OK", PLAIN, []),
    "none": lambda: ("204 No Content", [], endless(b"leftover")),
    "old": lambda: ("304 Not Modified", [("ETag", '"x"')], []),
    "untyped": lambda: ("200 OK", [], [b"x"]),
    "raise": lambda: ("200 OK", PLAIN, failing(ValueError("broken"))),
    "empty-then-raise": lambda: ("200 OK", PLAIN, failing(ValueError("broken"), b"")),
    "split": lambda: ("302 Found", [("Location", "/\\r\\nX: 1")], [b"x"]),
    "text": lambda: ("200 OK", PLAIN, ["text"]),
    "late-raise": lambda: ("200 OK", PLAIN, failing(ValueError("broken"), b"half")),
    "late-exit": lambda: ("200 OK", PLAIN, failing(SystemExit(3), b"half")),
    "endless": lambda: ("200 OK", PLAIN, endless(bytes(100_000))),
    "huge": lambda: ("200 OK", PLAIN, huge()),
}
CALLS = {
    "writing": writing, "writing-on": writing_on, "unreachable": unreachable, "late": late, "together": together, "fallback": fallback,
    "late-fallback": lambda environ, start_response: fallback(environ, start_response, b"half"),
    "twice": lambda environ, start_response: (start_response("200 OK", PLAIN), start_response("200 OK", PLAIN)),
    "silent": lambda environ, start_response: [],
}

@validator
def validated(environ, start_response):
    start_response("200 OK", PLAIN)
    return Body([b"one", b"two"])

def application(environ, start_response):
    action = environ["PATH_INFO"].rpartition("/")[2]
    if action == "process":
        start_response("200 OK", PLAIN)
        return [b"%d" % os.getpid()]
    if action == "valid":
        return validated(environ, start_response)
    if action in CALLS:
        return CALLS[action](environ, start_response)
    status, headers, body = ANSWERS[action]()
    start_response(status, headers)
    return Body(body)
"""


def streaming(folder):
    return artifact(folder, APP, streaming=True)


@pytest.fixture(scope="module")
def function(tmp_path_factory):
    with Client(streaming(tmp_path_factory.mktemp("streaming"))) as client:
        yield client


@pytest.fixture
def client(function):
    """The function, and afterwards the proof that the same process still answers."""
    before = function.log()
    function.printed = lambda: function.log()[len(before) :]
    yield function
    function.api.hangs_up_after, function.api.keeps_large_chunks, function.api.refuses_with = None, True, None
    assert function.invoke(http_api(path="/process")).json()["body"] == str(function.process_id)
    paths = [post.path for post in function.api.posts]
    assert len(paths) == len(set(paths)) == function.api.submitted, "one post for an invocation"


def parts(post):
    """The prelude and the payload, by the delimiter between them."""
    prelude, _, payload = post.body.partition(bytes(8))
    return json.loads(prelude), payload


def test_the_bytes_on_the_wire(client):
    request_id = client.api.submit(function_url(path="/some"), Invocation_Id="nonce-1")
    post = client.wait(request_id)
    lines = post.head.decode().split("\r\n")
    assert lines[0] == f"POST /2018-06-01/runtime/invocation/{request_id}/response HTTP/1.1"
    assert lines[1] == f"Host: {client.api.address}" and lines[2].startswith("User-Agent: wsgi-lambda/")
    assert lines[3:] == [
        "Connection: close",
        "Content-Type: application/vnd.awslambda.http-integration-response",
        "Lambda-Runtime-Function-Response-Mode: streaming",
        "Transfer-Encoding: chunked",
        "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
        "Lambda-Runtime-Invocation-Id: nonce-1",
        "",
        "",
    ]
    prelude = (
        b'{"statusCode": 201, "headers": {"Content-Type": "text/plain", "Vary": "A, B"}, "cookies": ["a=1", "b=2"]}'
    )
    assert bytes(post.wire) == (
        b"%x\r\n%b\0\0\0\0\0\0\0\0\r\n" % (len(prelude) + 8, prelude)
        + b"3\r\none\r\n"
        + b"11170\r\n" + b"\xff" * 70_000 + b"\r\n"
        + b"3\r\ntwo\r\n"
        + b"0\r\n\r\n"
    )  # fmt: skip


def test_the_own_client_gets_whole_answers(client):
    marked = '{"custom": {"wsgi-lambda": "1"}, "client": {}, "env": {}}'
    answer = client.invoke(function_url(path="/some"), Client_Context=marked).json()
    assert (answer["statusCode"], answer["cookies"], answer["isBase64Encoded"]) == (201, ["a=1", "b=2"], True)
    assert base64.b64decode(answer["body"]) == b"one" + b"\xff" * 70_000 + b"two"


def test_an_id_that_lambda_did_not_send_is_not_made_up(client):
    client.invoke(function_url(path="/some"), Invocation_Id="nonce-2")
    assert "lambda-runtime-invocation-id" not in client.invoke(function_url(path="/some")).headers


@pytest.mark.parametrize("path", ["/wait", "/writing"])
def test_a_chunk_arrives_before_the_next_is_made(client, path):
    post = client.begin(client.api.submit(function_url(path=path)))
    assert post.next_chunk().endswith(bytes(8))
    assert post.next_chunk() == b"one"
    assert not post.complete.is_set()
    client.allow()
    assert post.next_chunk() == b"two"
    client.ended(post)


@pytest.mark.parametrize("make", [http_api, rest, alb])
def test_other_ways_in_stay_buffered(client, make):
    client.invoke(function_url(path="/some"))
    result = client.invoke(make(path="/some"))
    assert "lambda-runtime-function-response-mode" not in result.headers
    assert result.json()["statusCode"] == 201


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/nothing", 200, b""), ("/late", 202, b"late"), ("/valid", 200, b"onetwo"), ("/fallback", 503, b"sorry")],
)
def test_answers_of_an_application(client, path, status, body):
    prelude, payload = parts(client.invoke(function_url(path=path)))
    assert (prelude["statusCode"], payload) == (status, body)
    assert "X-First" not in prelude["headers"]


@pytest.mark.parametrize(
    ("event", "headers"),
    [
        (function_url(path="/none"), {}),
        (function_url(path="/old"), {"ETag": '"x"'}),
        (function_url(path="/some", method="HEAD"), {"Content-Type": "text/plain", "Vary": "A, B"}),
        (function_url(path="/endless", method="HEAD"), {"Content-Type": "text/plain"}),
        (function_url(path="/nothing", method="HEAD"), {"Content-Type": "text/plain"}),
    ],
    ids=["204", "304", "HEAD", "HEAD of what never ends", "HEAD of nothing"],
)
def test_no_body_where_there_must_be_none(client, event, headers):
    prelude, payload = parts(client.invoke(event))
    assert (prelude["headers"], payload) == (headers, b"")
    client.invoke(http_api(path="/process"))
    assert client.printed().count("closed\n") == 1


def test_a_type_is_said_where_lambda_would_invent_one(client):
    prelude, _ = parts(client.invoke(function_url(path="/untyped")))
    assert prelude["headers"] == {"Content-Type": "application/octet-stream"}


@pytest.mark.parametrize(
    ("path", "closed"),
    [("/raise", 1), ("/empty-then-raise", 1), ("/split", 1), ("/text", 1), ("/twice", 0), ("/silent", 0)],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_failure_before_any_output_is_a_plain_500(client, path, closed, method):
    post = client.invoke(function_url(path=path, method=method))
    prelude, payload = parts(post)
    assert (prelude["statusCode"], post.trailers) == (500, {})
    assert prelude["headers"]["Content-Type"] == "text/plain; charset=utf-8"
    request_id = post.path.split("/")[1]
    body = f"Internal Server Error\nRequest id: {request_id}\n".encode()
    assert payload == (body if method == "GET" else b"")
    client.invoke(http_api(path="/process"))
    assert (client.printed().count("Traceback"), client.printed().count("closed\n")) == (1, closed)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/late-raise", "ValueError"), ("/late-exit", "SystemExit"), ("/late-fallback", "ValueError")],
)
def test_a_failure_after_output_is_told_by_trailers(client, path, kind):
    post = client.invoke(function_url(path=path))
    prelude, payload = parts(post)
    assert (prelude["statusCode"], payload) == (200, b"half")
    assert post.trailers["lambda-runtime-function-error-type"] == f"Function.{kind}"
    told = json.loads(base64.b64decode(post.trailers["lambda-runtime-function-error-body"], validate=True))
    assert told["errorType"] == kind and post.path.split("/")[1] in told["errorMessage"]
    assert "broken" not in told["errorMessage"]
    assert client.printed().count("Traceback") == 1 and kind in client.printed()


@pytest.mark.parametrize(("path", "closed"), [("/endless", 1), ("/writing-on", 0)])
@pytest.mark.parametrize("reason", [None, "413 Request Entity Too Large"])
def test_when_nobody_listens_any_more_the_application_is_closed(client, path, closed, reason):
    client.api.hangs_up_after, client.api.refuses_with = 3, reason
    client.wait(client.api.submit(function_url(path=path)))
    client.api.hangs_up_after = client.api.refuses_with = None
    client.invoke(http_api(path="/process"))
    assert client.printed().count("closed\n") == closed
    assert "Traceback" not in client.printed()
    ((sent, why),) = re.findall("Lambda takes no more of the answer after (.*) bytes: (.*)", client.printed())
    assert int(sent) >= 200_000 and (why == reason or reason is None)


def test_what_lambda_refuses_is_in_the_log(client):
    client.api.refuses_with = "410 Gone"
    request_id = client.api.submit(function_url(path="/some"))
    client.wait(request_id)
    client.api.refuses_with = None
    client.invoke(http_api(path="/process"))
    assert f"request {request_id}: Lambda did not accept the streamed answer: 410 Gone\n" in client.printed()
    assert client.printed().count("closed\n") == 1


def test_an_address_that_does_not_answer_is_an_error_of_the_function(client):
    post = client.invoke(function_url(path="/unreachable"))
    assert post.path.endswith("/error") and post.json()["errorType"] == "ConnectionRefusedError"
    assert client.printed().count("closed\n") == 1


def test_memory_stays_flat(client):
    client.api.keeps_large_chunks = False
    post = client.invoke(function_url(path="/huge"))
    assert post.size > 100 * 1024 * 1024
    _, before, after = post.chunks
    assert int(after) - int(before) < 8 * 1024, "KiB"


def test_concurrent_invocations_of_a_managed_instance(tmp_path):
    with Client(streaming(tmp_path), AWS_LAMBDA_MAX_CONCURRENCY="2") as client:
        event = function_url(path="/together")
        ids = [client.api.submit(event, Invocation_Id=name) for name in ("one", "two")]
        posts = [client.wait(request_id) for request_id in ids]
        assert [parts(post)[1] for post in posts] == [b"begun multiprocess 2"] * 2
        assert [post.headers["lambda-runtime-invocation-id"] for post in posts] == ["one", "two"]
        assert client.invoke(http_api(path="/nothing")).json()["statusCode"] == 200
        assert len(client.api.posts) == 3


@needs_emulator
def test_the_server_of_lambda_takes_it(tmp_path):
    """A buffered Invoke, as the emulator has it, gets a stream as it is, up to 6 MB."""
    with Emulator(streaming(tmp_path)) as emulator:
        head = b'{"statusCode": 200, "headers": {"Content-Type": "text/plain"}}' + bytes(8)
        assert emulator.invoke(function_url(path="/valid")) == (200, head + b"onetwo")
        assert emulator.invoke(function_url(path="/late-raise")) == (200, head + b"half")
        _, before = emulator.invoke(http_api(path="/process"))
        assert b"Function.ResponseSizeTooLarge" in emulator.invoke(function_url(path="/huge"))[1]
        assert emulator.invoke(http_api(path="/process")) == (200, before)
        assert "Lambda did not accept the streamed answer: 413 Request Entity Too Large" in emulator.log()
