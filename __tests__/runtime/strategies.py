"""What clients, gateways and applications may send, for `test_properties.py` to draw from."""

import copy
import os

from encoding import SHAPES, Request
from hypothesis import configuration
from hypothesis import strategies as st

# What hypothesis keeps for its next run would go to where pytest was started.
configuration.set_hypothesis_home_dir(os.path.join(os.path.dirname(__file__), "..", "..", ".cache", "hypothesis"))

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# RFC 3986, 3.3: what a client may write as it is; what it had better, and what careful ones do not write even then.
_PLAIN = {"all": _UNRESERVED | frozenset(b"!$&'()*+,;=:@"), "unreserved": _UNRESERVED, "none": frozenset()}
# Set by the gateway, or described by a field of their own.
_GATEWAYS = {"host", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id", "content-length", "content-type", "cookie"}
_LATIN1 = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")


def _encoded(data, plain, digits):
    return "".join(chr(byte) if byte in _PLAIN[plain] else "%" + format(byte, digits) for byte in data)


def _path(segments, end):
    return "/" + "/".join(segments) + (end if segments else "")


def _request(method, path, query, headers, kind, body):
    return Request(method, path, query, (*headers, *([("Content-Type", kind)] if kind else [])), body)


_segments = st.builds(
    _encoded,
    st.binary(min_size=1, max_size=5) | st.text(min_size=1, max_size=4).map(str.encode),
    st.sampled_from(sorted(_PLAIN)),
    st.sampled_from(["02X", "02x"]),
)
# The words of the mounts may come below them as well.
_words = st.sampled_from(["live", "api", "v1"])
_paths = st.builds(_path, st.lists(_words | _segments, max_size=3), st.sampled_from(["", "/"]))
_QUERY_PARTS = ["a", "b", "a", "=", "=", "&", "&", "+", "%20", "%2B", "%26", "%3D", "%C3%A9", "%c3%a9", "%FF", "%25", "%00"]
_queries = st.lists(st.sampled_from([*_QUERY_PARTS, *"~[]:/?@,;!$'()*"]), max_size=12).map("".join)
_values = st.text(_LATIN1, max_size=8).map(str.strip)
_names = st.text("AbxYZ09-_", min_size=1, max_size=6).filter(lambda name: name.lower() not in _GATEWAYS)
_cookies = st.lists(st.builds("{}={}".format, st.sampled_from("abc"), st.text("aZ0=,%", max_size=4)), min_size=1, max_size=3)
_headers = st.lists(
    st.tuples(_names | st.sampled_from(["X-Tag", "x-tag", "X_Tag", "X-Forwarded-For"]), _values)
    | st.tuples(st.sampled_from(["Cookie", "cookie"]), _cookies.map("; ".join)),
    max_size=5,
)
_types = st.sampled_from([None, "text/plain", 'multipart/form-data; boundary="a,b"', "caf\xe9/x"])
_bodies = st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))

requests = st.builds(
    _request,
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    _paths,
    _queries,
    _headers,
    _types,
    _bodies,
)

# What JSON can hold, half a surrogate pair and numbers beyond 64 bits included.
_texts = st.text(st.characters(exclude_categories=()), max_size=4)
_junk = st.recursive(
    st.none() | st.booleans() | st.sampled_from([0, -1, 2**70, 1.5, float("inf"), "", "/", "%", "世", "a\r\nb"]) | _texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_texts, inner, max_size=2),
    max_leaves=4,
)
_TELLING = ["version", "rawPath", "raw_path", "path", "method", "httpMethod", "headers", "multiValueHeaders", "cookies",
            "requestContext", "requestPath", "isBase64Encoded", "Records", "elb", "stage", "http", "identity"]  # fmt: skip

FULL = Request(
    "POST",
    "/orders/caf%C3%A9",
    "a=1&a=2&b=%20",
    (("Cookie", "a=1; b=2"), ("X-Tag", "one"), ("X-Tag", "two"), ("Content-Type", "text/plain")),
    b"\xffbody",
)


def places(value, path=()):
    """Every place in an event, as the keys that lead there."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def changed(event, place, value):
    """The event with another value at a place, or without that place where the value is `...`; as it was where the place
    is not there any more."""
    event = copy.deepcopy(event)
    *parents, key = place
    owner = event
    for parent in parents:
        try:
            owner = owner[parent]
        except (KeyError, IndexError, TypeError):
            return event
    if isinstance(owner, dict) or (isinstance(owner, list) and isinstance(key, int) and key < len(owner)):
        if value is not ...:
            owner[key] = value
        elif isinstance(owner, list) or key in owner:
            del owner[key]
    return event


_EVENTS = [shape.event(FULL) for shape in SHAPES.values()]


@st.composite
def damaged_events(draw):
    """The event of any shape with up to three places that are different, missing, or new."""
    event = draw(st.sampled_from(_EVENTS))
    within = [(), *places(event)]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(within))
        if not place or draw(st.booleans()):
            place = (*place, draw(st.sampled_from(_TELLING) | _texts))
        event = changed(event, place, draw(_junk | st.just(...)))
    return event


_tokens = st.text("!#$%&'*+.^_`|~09AZaz-", min_size=1, max_size=6)
_answered = st.tuples(
    _tokens | st.sampled_from(["Set-Cookie", "set-cookie", "SET-COOKIE", "Vary", "vary", "Link"]),
    st.text(_LATIN1 | st.just("\t"), max_size=8),
)
_described = st.sampled_from(
    [
        [],
        [("Content-Type", "text/html")],
        [("content-type", "image/png")],
        [("Content-Type", "text/css"), ("Content-Encoding", "br")],
    ]
)

statuses = st.builds(
    "{} {}".format,
    st.sampled_from([100, 103, 200, 201, 204, 206, 299, 301, 304, 400, 404, 418, 500, 599]) | st.integers(200, 599),
    st.text(_LATIN1, max_size=6),
)
answered_headers = st.tuples(_described, st.lists(_answered, max_size=6)).map(lambda both: [*both[0], *both[1]])
chunks = st.lists(st.binary(max_size=12) | st.text(max_size=6).map(lambda text: text.encode("utf-8", "replace")), max_size=4)
