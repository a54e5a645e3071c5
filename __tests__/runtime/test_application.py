import sys

import pytest
from lambda_events import ALL, rest
from running import headers_of, run

from wsgi_lambda import application

TYPE = [("Content-Type", "text/plain")]


class Body:
    """An iterable that counts how often it is closed."""

    def __init__(self, chunks=(b"ok",), error=None, close_error=None):
        self.chunks, self.error, self.close_error, self.closed = chunks, error, close_error, 0

    def __iter__(self):
        yield from self.chunks
        if self.error:
            raise self.error

    def close(self):
        self.closed += 1
        if self.close_error:
            raise self.close_error


def returning(body, before=lambda start_response: start_response("200 OK", TYPE)):
    def app(environ, start_response):
        before(start_response)
        return body

    return app


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize(
    ("body", "status", "tracebacks"),
    [
        (Body(), 200, 0),
        (Body(()), 200, 0),
        (Body(error=ValueError("late")), 500, 1),
        (Body(error=SystemExit(3)), 500, 1),
        (Body((1,)), 500, 1),
        (Body(close_error=ValueError("close")), 200, 1),
        (Body(error=ValueError("late"), close_error=ValueError("close")), 500, 2),
    ],
)
def test_close_is_called_once(make, body, status, tracebacks, capsys):
    body.closed = 0
    result = run(returning(body), make(), validate=False)
    assert (result["statusCode"], body.closed) == (status, 1)
    assert capsys.readouterr().err.count("Traceback") == tracebacks


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(0), SystemExit("bye"), GeneratorExit()])
def test_an_exception_is_one_traceback_and_a_plain_500(error, capsys):
    def app(environ, start_response):
        raise error

    result = run(app, rest())
    assert (result["statusCode"], headers_of(result)["content-type"]) == (500, ["text/plain; charset=utf-8"])
    assert "lambda-request" in result["body"] and "broken" not in result["body"]
    log = capsys.readouterr().err
    assert log.count("Traceback") == 1 and "lambda-request" in log


class Interrupting(Body):
    def close(self):
        raise KeyboardInterrupt


@pytest.mark.parametrize("body", [Body(error=KeyboardInterrupt()), Interrupting()])
def test_an_interrupt_is_nobody_s_to_catch(body):
    with pytest.raises(KeyboardInterrupt):
        run(returning(body), rest(), validate=False)


def test_what_was_found_right_is_not_kept_for_ever():
    for number in range(300):
        head = (f"200 {number}", [*TYPE, ("X-Number", str(number))])
        assert headers_of(run(returning([b"x"], lambda start: start(*head)), rest()))["x-number"] == [str(number)]
    assert len(application._known_headers) <= 200 and len(application._known_statuses) <= 200


def test_a_list_for_a_header_is_taken_too():
    result = run(returning([b"x"], lambda start: start("200 OK", [["X-A", "1"]])), rest(), validate=False)
    assert headers_of(result)["x-a"] == ["1"]


def test_write_comes_before_the_iterable():
    def app(environ, start_response):
        write = start_response("200 OK", TYPE)
        write(b"one ")
        write(b"two ")
        return [b"three"]

    assert run(app, rest())["body"] == "one two three"


def test_start_response_may_come_late():
    def app(environ, start_response):
        start_response("202 Accepted", TYPE)
        yield b""
        yield b"late"

    result = run(app, rest())
    assert (result["statusCode"], result["body"]) == (202, "late")


def failing(chunks):
    def app(environ, start_response):
        start_response("200 OK", [*TYPE, ("X-First", "1")])
        yield from chunks
        try:
            raise ValueError("late")
        except ValueError:
            start_response("503 Unavailable", [*TYPE, ("X-Second", "2")], sys.exc_info())
        yield b"sorry"

    return app


def test_exc_info_before_output_replaces_the_head():
    result = run(failing([b""]), rest())
    assert (result["statusCode"], result["body"]) == (503, "sorry")
    assert "x-second" in headers_of(result) and "x-first" not in headers_of(result)


def test_exc_info_after_output_is_raised_again(capsys):
    assert run(failing([b"half a page"]), rest())["statusCode"] == 500
    assert "ValueError: late" in capsys.readouterr().err


@pytest.mark.parametrize(
    "app",
    [
        lambda environ, start_response: [b"x"],
        lambda environ, start_response: [],
        returning([b"x"], lambda start: (start("200 OK", TYPE), start("200 OK", TYPE))),
        returning(["text"]),
        returning(None),
        returning([b"x"], lambda start: start("200 OK", [("X", 1)])),
        returning([b"x"], lambda start: start("fine", TYPE)),
        returning([b"x"], lambda start: start("302 Found", [("Location", "/\r\nSet-Cookie: admin=1")])),
        returning([b"x"], lambda start: start("200 OK", [("X\nY", "1")])),
        returning([b"x"], lambda start: start("200 OK\r\nX-Y: 1", TYPE)),
        returning([b"x"], lambda start: start("200 OK", [("X", "a\0b")])),
    ],
    ids=["no start", "no start, no output", "twice", "text", "None", "number in header", "no status",
         "split value", "split name", "split status", "null"],
)  # fmt: skip
def test_a_broken_application_is_a_500(app, capsys):
    assert run(app, rest(), validate=False)["statusCode"] == 500
    assert capsys.readouterr().err.count("Traceback") == 1
