"""Streamed answers on the wire, out of this process. In test_streaming.py it is AWS's client that runs the application."""

import base64
import io
import json
import socket
import struct
import sys
import threading
from contextlib import contextmanager

import pytest
from runtime_api import RuntimeApi

from wsgi_lambda import interface_client, response, streaming
from wsgi_lambda.application import REQUEST_ID

ID = "request-1"
PLAIN = [("Content-Type", "text/plain")]
HEADERS = {"Content-Type": "text/plain"}
LARGE = b"\xff" * 70_000
END = b"0\r\n\r\n"
_SECONDS = 30  # only a test that fails waits so long


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setitem(interface_client._invocation, "id", None)
    with RuntimeApi() as api:
        monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", api.address)
        yield api


class Body:
    """What an application returns: the chunks, and an error where one stands among them."""

    def __init__(self, *chunks):
        self.chunks = iter(chunks)
        self.closed = 0

    def __iter__(self):
        return self

    def __next__(self):
        chunk = next(self.chunks)
        if isinstance(chunk, BaseException):
            raise chunk
        return chunk

    def close(self):
        self.closed += 1


def answering(body, status="200 OK", headers=PLAIN):
    def app(environ, start_response):
        start_response(status, list(headers))
        return body

    return app


def serve(app, method="GET"):
    """What the handler returns, and what the application's own log has."""
    errors = io.StringIO()
    environ = {"REQUEST_METHOD": method, REQUEST_ID: ID, "wsgi.errors": errors}
    result = streaming.serve(app, environ, head, ID)
    assert isinstance(result, interface_client.Streamed) and result.request_id == ID
    return errors.getvalue()


def head(answer):
    return {"statusCode": answer.status, "headers": response.single(answer.headers)}


def streamed(api):
    """The one post, when it is complete."""
    (post,) = api.posts
    assert post.complete.wait(_SECONDS)
    assert post.path == f"invocation/{ID}/response"
    return post


def parts(post):
    prelude, _, payload = post.body.partition(bytes(8))
    return json.loads(prelude), payload


@pytest.mark.parametrize(
    ("invocation_id", "line"), [(None, b""), ("nonce-1", b"Lambda-Runtime-Invocation-Id: nonce-1\r\n")]
)
def test_the_bytes_on_the_wire(api, monkeypatch, invocation_id, line):
    monkeypatch.setitem(interface_client._invocation, "id", invocation_id)
    assert serve(answering([b"one", b"", LARGE, b"two"], "201 Created")) == ""
    post = streamed(api)
    lines = post.head.split(b"\r\n", 3)
    assert lines[:2] == [f"POST /2018-06-01/runtime/{post.path} HTTP/1.1".encode(), f"Host: {api.address}".encode()]
    assert lines[2].startswith(b"User-Agent: wsgi-lambda/")
    assert lines[3] == (
        b"Connection: close\r\n"
        b"Content-Type: application/vnd.awslambda.http-integration-response\r\n"
        b"Lambda-Runtime-Function-Response-Mode: streaming\r\n"
        b"Transfer-Encoding: chunked\r\n"
        b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n" + line + b"\r\n"
    )
    assert bytes(post.wire) == (
        b'46\r\n{"statusCode": 201, "headers": {"Content-Type": "text/plain"}}\0\0\0\0\0\0\0\0\r\n'
        b"3\r\none\r\n"
        b"11170\r\n" + LARGE + b"\r\n"
        b"3\r\ntwo\r\n" + END
    )


def test_a_chunk_arrives_before_the_next_is_made(api):
    arrived = []

    def app(environ, start_response):
        write = start_response("200 OK", PLAIN)
        write(b"one")
        post = api.post(f"invocation/{ID}/", lambda: True)
        arrived.extend([post.next_chunk(), post.next_chunk()])
        yield b"two"
        arrived.append(post.next_chunk())
        assert not post.complete.is_set()

    assert serve(app) == ""
    assert arrived == [b'{"statusCode": 200, "headers": {"Content-Type": "text/plain"}}' + bytes(8), b"one", b"two"]
    assert streamed(api).chunks[1:] == [b"one", b"two"]


def late(environ, start_response):
    yield b""
    start_response("202 Accepted", PLAIN)
    yield b"late"


def fallback(environ, start_response):
    start_response("200 OK", [*PLAIN, ("X-First", "1")])
    try:
        raise ValueError("broken")
    except ValueError:
        start_response("503 Unavailable", PLAIN, sys.exc_info())
    yield b"sorry"


@pytest.mark.parametrize(
    ("app", "status", "headers", "chunks"),
    [
        (answering([]), 200, HEADERS, []),
        (answering([b"one", b"two"], headers=[]), 200, {"Content-Type": "application/octet-stream"}, [b"one", b"two"]),
        (answering([], "304 Not Modified", [("ETag", '"x"')]), 304, {"ETag": '"x"'}, []),
        (late, 202, HEADERS, [b"late"]),
        (fallback, 503, HEADERS, [b"sorry"]),
    ],
    ids=["nothing", "no type", "304", "late", "fallback"],
)
def test_answers_of_an_application(api, app, status, headers, chunks):
    assert serve(app) == ""
    post = streamed(api)
    assert parts(post) == ({"statusCode": status, "headers": headers}, b"".join(chunks))
    assert post.chunks[1:] == chunks and post.wire.endswith(END)


@pytest.mark.parametrize(
    ("method", "status", "headers", "expected"),
    [("HEAD", "200 OK", PLAIN, HEADERS), ("GET", "204 No Content", [], {}), ("GET", "304 Not Modified", [], {})],
)
def test_no_body_where_there_must_be_none(api, method, status, headers, expected):
    body = Body(b"", b"one", AssertionError("what nobody gets was asked for"))
    assert serve(answering(body, status, headers), method) == ""
    post = streamed(api)
    assert parts(post) == ({"statusCode": int(status[:3]), "headers": expected}, b"")
    assert len(post.chunks) == 1 and post.wire.endswith(END)
    assert body.closed == 1


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(3)])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_failure_before_any_output_is_a_plain_500(api, method, error):
    body = Body(b"", error)
    log = serve(answering(body), method)
    assert log.count("Traceback") == 1 and repr(error).partition("(")[0] in log
    post = streamed(api)
    prelude, payload = parts(post)
    assert prelude["statusCode"] == 500 and prelude["headers"]["Content-Type"] == "text/plain; charset=utf-8"
    assert payload == (b"Internal Server Error\nRequest id: request-1\n" if method == "GET" else b"")
    assert post.wire.endswith(b"\r\n" + END)
    assert body.closed == 1


def test_what_cannot_be_sent_is_a_plain_500(api):
    body = Body(b"x")
    log = serve(answering(body, "302 Found", [("Location", "/\r\nX: 1")]))
    assert "has a control character" in log
    assert parts(streamed(api))[0]["statusCode"] == 500
    assert body.closed == 1


class Störung(Exception):
    """A header has ASCII alone."""


@pytest.mark.parametrize("kind", [ValueError, SystemExit, Störung])
def test_a_failure_after_output_is_told_by_trailers(api, kind):
    body = Body(b"half", kind("a secret"))
    assert serve(answering(body)).count("Traceback") == 1
    post = streamed(api)
    assert parts(post) == ({"statusCode": 200, "headers": HEADERS}, b"half")
    name = kind.__name__.replace("ö", "?")
    told = json.loads(base64.b64decode(post.trailers.pop("lambda-runtime-function-error-body"), validate=True))
    assert post.trailers == {"lambda-runtime-function-error-type": f"Function.{name}"}
    assert told == {
        "errorType": name,
        "errorMessage": "The application failed while it answered. Request id: request-1",
    }
    assert body.closed == 1


def test_an_answer_is_whole_although_tidying_up_after_it_fails(api):
    class Unclosed(Body):
        def close(self):
            assert streamed(api).wire.endswith(END), "nobody waits for this"
            raise OSError("the disk is full")

    assert "the disk is full" in serve(answering(Unclosed(b"one")))
    assert parts(streamed(api))[1] == b"one"


def writing(environ, start_response):
    write = start_response("200 OK", PLAIN)
    for _ in range(10_000):
        write(LARGE)
    raise AssertionError("all of it was taken")


@pytest.mark.parametrize("refusal", [None, "413 Request Entity Too Large"])
@pytest.mark.parametrize("writes", [False, True])
def test_when_nobody_listens_any_more_the_application_is_stopped(api, capsys, writes, refusal):
    api.hangs_up_after, api.refuses_with = 3, refusal
    body = Body(*[LARGE] * 10_000, AssertionError("all of it was taken"))
    assert serve(writing if writes else answering(body)) == "", "that is no failure of the application"
    assert streamed(api).chunks[1:] == [LARGE, LARGE]
    line = capsys.readouterr().err
    said, _, why = line.rstrip("\n").partition(" bytes: ")
    assert line.count("\n") == 1 and f"request {ID}: Lambda takes no more of the answer after " in said
    assert int(said.rpartition(" ")[2]) >= len(LARGE) and why
    assert refusal in (None, why)
    assert body.closed == (not writes)


def test_an_application_that_hides_that_nobody_listens_is_found_out(api, capsys):
    def hiding(environ, start_response):
        try:
            writing(environ, start_response)
        except streaming.StreamClosed:
            return []

    api.hangs_up_after = 3
    assert serve(hiding) == ""
    assert f"request {ID}: Lambda takes no more of the answer after " in capsys.readouterr().err


def test_what_lambda_refuses_is_in_the_log(api, capsys):
    api.refuses_with = "410 Gone"
    body = Body(b"one")
    assert serve(answering(body)) == ""
    assert streamed(api).wire.endswith(END)
    assert f"request {ID}: Lambda did not accept the streamed answer: 410 Gone\n" in capsys.readouterr().err
    assert body.closed == 1


@contextmanager
def one_connection(monkeypatch, end):
    """A Runtime API that takes one answer, and ends as `end` does with the connection. What it got, when it has ended."""
    received = bytearray()

    def take():
        connection, _ = listener.accept()
        with connection:
            while not received.endswith(END) and (some := connection.recv(65536)):
                received.extend(some)
            end(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:%d" % listener.getsockname()[1])
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield received
        thread.join(_SECONDS)
        assert not thread.is_alive(), "the connection did not end"


def resetting(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def saying(answer):
    return lambda connection: connection.sendall(answer)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (saying(b""), "it closed the connection"),
        (resetting, "it closed the connection"),
        (saying(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), "413 Too Large"),
        (saying(b"HTTP/1.1 500"), "500"),
    ],
    ids=["closed", "reset", "refused", "cut short"],
)
def test_an_answer_that_lambda_did_not_accept_is_in_the_log(monkeypatch, capsys, end, said):
    body = Body(b"one")
    with one_connection(monkeypatch, end) as received:
        assert serve(answering(body)) == ""
    assert received.endswith(b"3\r\none\r\n" + END)
    assert f"request {ID}: Lambda did not accept the streamed answer: {said}\n" in capsys.readouterr().err
    assert body.closed == 1


def test_a_refusal_is_read_to_its_end(api, monkeypatch, capsys):
    class Trickling(socket.socket):
        def recv(self, size):
            return super().recv(1)

    def connect(address):
        connection = Trickling()
        connection.connect(address)
        return connection

    monkeypatch.setattr(socket, "create_connection", connect)
    api.refuses_with = "410 Gone"
    assert serve(answering([b"one"])) == ""
    assert capsys.readouterr().err.endswith(": 410 Gone\n")


def test_an_interrupt_leaves_nothing_sent(api):
    body = Body(b"", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        serve(answering(body))
    assert api.posts == [] and body.closed == 1


def test_an_interrupt_leaves_the_stream_unfinished(monkeypatch):
    body = Body(b"half", KeyboardInterrupt())
    with one_connection(monkeypatch, saying(b"")) as received, pytest.raises(KeyboardInterrupt):
        serve(answering(body))
    assert received.endswith(b"\r\n4\r\nhalf\r\n") and body.closed == 1


def test_an_address_that_does_not_answer_is_an_error_of_the_function(monkeypatch):
    body = Body(b"one")
    with socket.socket() as deaf:  # bound, so that nobody else listens there
        deaf.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:%d" % deaf.getsockname()[1])
        with pytest.raises(ConnectionRefusedError):
            serve(answering(body))
    assert body.closed == 1
