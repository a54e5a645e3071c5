"""What holds for every request, every event and every answer, and not for examples only.

Hypothesis draws the same examples on every run: a failure is the fault of a change, not of luck.
"""

import functools
from urllib.parse import unquote_to_bytes
from wsgiref.validate import validator

import decoding
import pytest
from encoding import CLIENT, SHAPES
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Context, environ_of, run
from strategies import FULL, answered_headers, changed, chunks, damaged_events, places, requests, statuses

from wsgi_lambda import handle_request
from wsgi_lambda.events import UnsupportedEvent

SHAPE = pytest.mark.parametrize("name", SHAPES)
WRONG = [True, 0, 1.5, "", "世", "\ud800", [], [None], ["x", 7], {}, {"a": None}, {"a": ["b"]}]
# PEP 3333 wants none of them in a status or a header; RFC 9110, 5.5 makes an exception for the tab.
CONTROLS = [chr(code) for code in (*range(0x20), 0x7F) if chr(code) != "\t"]
# A method that nobody knows is no mistake of the runtime's.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
EXAMPLES = functools.partial(settings, derandomize=True, database=None, deadline=None)


def expected_environ(shape, request):
    """PEP 3333 and the CGI specification, on what the gateway lets through."""
    received = shape.received(request)
    uri = shape.mount + received.path
    expected = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": unquote_to_bytes(shape.mount).decode("latin-1"),
        "PATH_INFO": unquote_to_bytes(received.path).decode("latin-1"),
        "QUERY_STRING": received.query,
        "REQUEST_URI": f"{uri}?{received.query}" if received.query else uri,
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": CLIENT,
        "SERVER_NAME": shape.host,
        "SERVER_PORT": shape.port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": shape.scheme,
        "body": request.body,
    }
    for name, value in received.headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        if "_" in name:  # it would be taken for the header with a hyphen
            continue
        if key == "HTTP_CONTENT_TYPE":
            key = "CONTENT_TYPE"
        elif key in expected:
            value = expected[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        expected[key] = value
    return expected


@EXAMPLES(max_examples=200)
@given(request=requests, as_base64=st.booleans())
def test_the_application_sees_the_request(request, as_base64):
    for name, shape in SHAPES.items():
        if shape.refuses(request):
            continue
        environ = environ_of(shape.event(request, as_base64=as_base64))
        expected = expected_environ(shape, request)
        # All headers, and none but these.
        keys = {key for key in environ if key.startswith("HTTP_")} | set(expected)
        differing = {key: (environ.get(key), expected.get(key)) for key in keys if environ.get(key) != expected.get(key)}
        assert (name, differing) == (name, {})


@SHAPE
def test_a_header_in_two_letter_cases_is_one_header(name):
    event = SHAPES[name].event(FULL._replace(headers=()))
    for headers in (event.get("headers"), event.get("multiValueHeaders")):
        if headers:
            are_lists = isinstance(next(iter(headers.values())), list)
            twice = {"X-Tag": "a", "x-tag": "b", "Cookie": "c=1", "cookie": "d=2"}
            headers.update({header: [value] if are_lists else value for header, value in twice.items()})
    environ = environ_of(event)
    assert (environ["HTTP_X_TAG"], environ["HTTP_COOKIE"]) == ("a,b", "c=1; d=2")


def recording(seen):
    def app(environ, start_response):
        for key, value in environ.items():
            if "." not in key:
                value.encode("latin-1")  # PEP 3333, "A Note on String Types"
        seen.append(environ["wsgi.input"].read(-1))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    return validator(app)


def answer_to(event):
    """The status of the answer, or None where the event is refused in words."""
    seen = []
    try:
        result = handle_request(recording(seen), event, Context())
    except UnsupportedEvent as refusal:
        assert "came from " in str(refusal)
        return None
    answer = decoding.by_its_keys(result)
    # A 500 would be the validator's word: an environ that no server may hand on.
    assert (answer.status, len(seen)) in ((200, 1), (400, 0)), result
    return answer.status


@SHAPE
def test_a_wrong_value_has_an_answer(name):
    event = SHAPES[name].event(FULL)
    mistakes = []
    for place in places(event):
        for value in WRONG:
            try:
                answer_to(changed(event, place, value))
            except Exception as error:
                mistakes.append((place, value, type(error).__name__))
    assert mistakes == []


@EXAMPLES(max_examples=400)
@given(event=damaged_events())
def test_a_damaged_event_has_an_answer_or_is_refused(event):
    answer_to(event)


@SHAPE
@pytest.mark.parametrize("value", [None, ...], ids=["null", "absent"])
def test_what_is_null_or_absent_is_no_mistake(name, value):
    """Consoles and emulators leave out, or write null for, what a gateway fills in."""
    event = SHAPES[name].event(FULL)
    fields = [place for place in places(event) if isinstance(place[-1], str)]
    answers = {place: answer_to(changed(event, place, value)) for place in fields}
    assert [place for place, status in answers.items() if status == 400] == []


@SHAPE
def test_a_gateway_carries_no_command(name):
    event = SHAPES[name].event(FULL) | {"_serverless-wsgi": {"command": "exec", "data": "raise SystemExit(9)"}}
    assert SHAPES[name].answer(run(recording([]), event, commands=["exec"])).status == 200


def answering(status, headers, body, *, how):
    """An application that sends its body in one of the ways of PEP 3333, and counts how often it is closed."""

    class Chunks(list):
        closed = 0

        def close(self):
            self.closed += 1

    iterable = Chunks(body)

    def app(environ, start_response):
        write = start_response(status, headers)
        if how == "write":
            for chunk in iterable:
                write(chunk)
            iterable.clear()
        return (chunk for chunk in iterable) if how == "generator" else iterable

    return app, iterable


def folded(headers):
    result = {}
    for name, value in headers:
        result.setdefault(name.lower(), []).append(value.strip(" \t"))
    return result


def as_one_value(headers):
    return {name: values if name == "set-cookie" else [", ".join(values)] for name, values in headers.items()}


@EXAMPLES(max_examples=200)
@given(
    status=statuses,
    headers=answered_headers,
    body=chunks,
    how=st.sampled_from(["list", "generator", "write"]),
    method=st.sampled_from(["GET", "GET", "GET", "HEAD"]),
)
def test_the_client_gets_the_answer(status, headers, body, how, method):
    code, _, reason = status.partition(" ")
    has_content = int(code) >= 200 and code not in ("204", "304")
    content = b"".join(body) if has_content and method != "HEAD" else b""
    expected = folded(headers)
    for name, shape in SHAPES.items():
        app, iterable = answering(status, headers, body, how=how)
        result = run(app, shape.event(FULL._replace(method=method)), validate=False)
        answer = shape.answer(result)
        if has_content and "content-type" not in expected:  # else a gateway says application/json
            assert answer.headers.pop("content-type")[0].partition(";")[0] in ("text/plain", "application/octet-stream")
        assert (name, answer.status, answer.body) == (name, int(code), content)
        assert (name, as_one_value(answer.headers)) == (name, as_one_value(expected))
        if "multiValueHeaders" in result:
            assert (name, answer.headers) == (name, expected)
        if answer.reason and reason.strip():
            assert (name, answer.reason) == (name, reason.strip())
        assert (name, iterable.closed) == (name, how != "generator")


@SHAPE
@pytest.mark.parametrize("offset", range(4))
def test_a_large_body_arrives_however_its_characters_fall(name, offset):
    """A runtime need not read a large body to its end, but it must not take a character that is cut in two for binary."""
    shape, text = SHAPES[name], ("x" * offset + "\U0001f600" * 40_000).encode()
    for body, is_binary in ((text, False), (text + b"\xff", True), (b"\xff" + text, True), (text[:-1], True)):
        app, _ = answering("200 OK", [("Content-Type", "text/plain; charset=utf-8")], [body], how="list")
        result = run(app, shape.event(FULL), validate=False)
        assert (shape.answer(result).body, result["isBase64Encoded"]) == (body, is_binary)


@SHAPE
@pytest.mark.parametrize("place", ["status", "name", "value"])
def test_no_control_character_gets_into_a_head(name, place):
    shape = SHAPES[name]
    for control in CONTROLS:
        status, header, value = (f"ab{control}X-Evil: 1" if place == here else "200" for here in ("status", "name", "value"))
        app, _ = answering(f"200 {status}", [(header, value)], [b"secret"], how="list")
        answer = shape.answer(run(app, shape.event(FULL), validate=False))
        assert (answer.status, sorted(answer.headers)) == (500, ["cache-control", "content-type"])
        assert b"secret" not in answer.body
