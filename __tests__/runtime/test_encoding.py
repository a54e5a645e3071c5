"""The model that other tests rely on: its events look like captured ones, and it loses what `LOSSES` says and no more."""

import json

import pytest
from encoding import LOSSES, SHAPES, Request
from situations import SITUATIONS

SHAPE = pytest.mark.parametrize("name", SHAPES)

# The request that was captured behind four integrations; behind the others, the documents say what to expect.
CAPTURED = Request(
    "POST",
    "/capture/space%20value",
    "repeat=one&repeat=two&literalPlus=a+b&encodedPlus=a%2Bb&redirect=https%3A%2F%2Fe.com%2F&empty=",
    (("Cookie", "a=1; b=2"), ("X-Tag", "one"), ("X-Tag", "two"), ("Content-Type", "text/plain")),
    b"body",
)
DECODED = {"repeat": ["one", "two"], "literalPlus": ["a b"], "encodedPlus": ["a+b"], "redirect": ["https://e.com/"],
           "empty": [""]}  # fmt: skip
RAW = {"repeat": ["one", "two"], "literalPlus": ["a+b"], "encodedPlus": ["a%2Bb"], "redirect": ["https%3A%2F%2Fe.com%2F"],
       "empty": [""]}  # fmt: skip
JOINED = {"repeat": "one,two", "literalPlus": "a b", "encodedPlus": "a+b", "redirect": "https://e.com/", "empty": ""}


def last(lists):
    return {name: values[-1] for name, values in lists.items()}


FIELDS = {
    "rest": {
        "path": "/capture/space%20value",
        "requestContext.path": "/live/capture/space%20value",
        "pathParameters.proxy": "capture/space%20value",
        "multiValueQueryStringParameters": DECODED,
        "queryStringParameters": last(DECODED),
        "headers.X-Tag": "two",
        "multiValueHeaders.X-Tag": ["one", "two"],
        "headers.Cookie": "a=1; b=2",
        "headers.Content-Length": None,
        "requestContext.stage": "live",
    },
    "rest_base_path": {"path": "/api/v1/capture/space%20value", "requestContext.path": "/api/v1/capture/space%20value"},
    "rest_domain": {"path": "/capture/space%20value", "requestContext.path": "/capture/space%20value"},
    "http_api": {
        "rawPath": "/capture/space value",
        "rawQueryString": CAPTURED.query,
        "queryStringParameters": JOINED,
        "requestContext.http.path": "/capture/space value",
        "headers.x-tag": "one,two",
        "headers.cookie": None,
        "headers.content-length": "4",
        "cookies": ["a=1", "b=2"],
        "requestContext.stage": "$default",
    },
    "http_api_stage": {"rawPath": "/live/capture/space value", "requestContext.stage": "live"},
    "http_api_domain": {"rawPath": "/live/capture/space value", "headers.host": "www.example.com"},
    "http_api_one": {"version": "1.0", "path": "/capture/space value", "multiValueQueryStringParameters": DECODED},
    "function_url": {
        "rawPath": "/capture/space%20value",
        "requestContext.http.path": "/capture/space value",
        "rawQueryString": CAPTURED.query,
        "headers.cookie": "a=1; b=2",
        "cookies": ["a=1", "b=2"],
        "headers.x-tag": "one,two",
    },
    "alb": {"path": "/capture/space%20value", "queryStringParameters": last(RAW), "headers.x-tag": "two"},
    "alb_multi": {
        "path": "/capture/space%20value",
        "multiValueQueryStringParameters": RAW,
        "multiValueHeaders.x-tag": ["one", "two"],
        "headers": None,
    },
    "lattice_one": {
        "raw_path": f"/capture/space%20value?{CAPTURED.query}",
        "headers.x-tag": "one, two",
        "query_string_parameters": last(DECODED),
        "is_base64_encoded": False,
    },
    "lattice": {
        "path": f"/capture/space%20value?{CAPTURED.query}",
        "headers.x-tag": ["one", "two"],
        "queryStringParameters": DECODED,
        "isBase64Encoded": None,
    },
}


def field(event, path):
    """A value of the event; None where there is none."""
    for key in path.split("."):
        event = event.get(key) if event is not None else None
    return event


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, fields in FIELDS.items() for path in fields])
def test_an_event_is_like_the_captured_one(name, path):
    assert field(SHAPES[name].event(CAPTURED), path) == FIELDS[name][path]


@SHAPE
def test_every_event_is_json(name):
    events = [SHAPES[name].event(request) for request in SITUATIONS.values()]
    assert json.loads(json.dumps(events)) == events


# The paths that were captured behind an HTTP API; None where it answered 400 by itself.
@pytest.mark.parametrize(
    ("sent", "raw_path"),
    [
        ("/capture/question%3Fvalue", "/capture/question"),
        ("/capture/percent%25done", None),
        ("/capture/hash%23value", "/capture/hash#value"),
        ("/capture/slash%2Fvalue", "/capture/slash/value"),
        ("/capture/unicode-%CE%BB-%E4%B8%96", "/capture/unicode-λ-世"),
        ("/capture/literal%252Fvalue", "/capture/literal/value"),
        ("/capture/literal%253Fvalue", "/capture/literal?value"),
        ("/capture/literal%2525value", "/capture/literal%value"),
    ],
)
def test_an_http_api_decodes_twice(sent, raw_path):
    shape, request = SHAPES["http_api"], Request(path=sent)
    assert (None if shape.refuses(request) else shape.event(request)["rawPath"]) == raw_path


def test_what_is_refused():
    refused = {(name, what) for name, shape in SHAPES.items() for what in SITUATIONS if shape.refuses(SITUATIONS[what])}
    assert refused == {(name, "encoded percent") for name in LOSSES["decoded path"]}


def losses_of(shape):
    def query(text):
        return shape.received(Request(query=text)).query

    twice = shape.received(Request(headers=(("X-Tag", "a"), ("X-Tag", "b"))))
    tags = [value for name, value in twice.headers if name.lower() == "x-tag"]
    return {
        "decoded path": shape.received(Request(path="/a%2Fb")).path == "/a/b",
        "decoded query": query("a%20b") == "a+b=",
        "grouped query": query("a%20b") == "a%20b=",
        "last value of a name": query("a=1&a=2") == "a=2",
        "last value of a header": tags == ["b"],
        "joined headers": tags in (["a,b"], ["a, b"]),
    }


@SHAPE
def test_the_losses_are_those_of_the_table(name):
    assert losses_of(SHAPES[name]) == {loss: name in names for loss, names in LOSSES.items()}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_else_is_lost(situation):
    request = SITUATIONS[situation]
    sent = sorted((name.lower(), value) for name, value in request.headers if not name.startswith("X-Forwarded-"))
    names = [name for name, _ in sent]
    is_repeated = len(set(names)) < len(names)
    for shape in SHAPES.values():
        received = shape.received(request)
        lost = {loss for loss, shapes in LOSSES.items() if shape.name in shapes}
        assert (received.method, received.body) == (request.method, request.body)
        assert "decoded path" in lost or received.path == request.path
        assert lost & {"decoded query", "grouped query"} or received.query == request.query
        arrived = sorted((name.lower(), value) for name, value in received.headers if name.lower() in names)
        assert is_repeated and lost & {"last value of a header", "joined headers"} or arrived == sent
