"""What every way into the function has in common: the request that is read out of its event, the result it wants back."""

from __future__ import annotations

import binascii

from . import percent, response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .response import Response

    Event = dict[str, object]
    Headers = list[tuple[str, str]]


class Request:
    """One HTTP request, whatever event it came in.

    `stage` and `base` are the parts of the URL's path in front of the application ("/dev", "/api/v1", or b""), `path`
    is the rest; all three are decoded bytes. `raw_path` is the whole path as it stands in the URL.
    """

    def __init__(
        self,
        *,
        method: str,
        path: bytes,
        raw_path: str,
        query: str,
        headers: Headers,
        body: bytes,
        stage: bytes = b"",
        base: bytes = b"",
        remote_address: str = "",
        remote_user: str = "",
        domain: str = "",
        protocol: str = "HTTP/1.1",
        default_scheme: str = "https",
    ) -> None:
        self.method = method
        self.path = path if path.startswith(b"/") else b"/" + path
        self.raw_path = raw_path or "/"
        self.query = query
        self.headers = headers
        self.body = body
        self.stage = stage
        self.base = base
        self.remote_address = remote_address
        self.remote_user = remote_user
        self.domain = domain
        self.protocol = protocol
        self.default_scheme = default_scheme


class Integration:
    """A way into the function. A subclass reads its event and writes its result; sizes are in bytes."""

    name = "Lambda"
    # "Lambda quotas": 6 MB for a synchronous response.
    limit_bytes = 6 * 1024 * 1024
    # A gateway may hand base64 on undecoded (a REST API without `binaryMediaTypes`): then text must stay text.
    decodes_base64_always = True

    def recognises(self, event: Event) -> bool:
        raise NotImplementedError

    def request(self, event: Event) -> Request:
        raise NotImplementedError

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        """The result without its body."""
        raise NotImplementedError

    def result(self, request: Request, answer: Response, event: Event, request_id: str) -> dict[str, object]:
        """The result of the function: the answer of the application, or a 500 that says why it cannot be sent."""
        answer = response.without_forbidden_body(answer, request.method)
        result = self._with_body(answer, event)
        size = response.size_over(result, answer, self.limit_bytes)
        if size and self.decodes_base64_always and not result["isBase64Encoded"]:
            # Escaped, text can be longer than base64: "\u4e16" against 4 characters.
            result.update(body=response.base64(answer.body), isBase64Encoded=True)
            size = response.size_over(result, answer, self.limit_bytes)
        if size:
            response.log_too_large(request.method, request.raw_path, size, self.limit_bytes, self.name, request_id)
            too_large = response.too_large(self.limit_bytes, self.name, request_id)
            result = self._with_body(response.without_forbidden_body(too_large, request.method), event)
        return result

    def _with_body(self, answer: Response, event: Event) -> dict[str, object]:
        text = response.as_text(answer)
        answer = response.with_content_type(answer, is_text=text is not None)
        body = {"body": text, "isBase64Encoded": False}
        if text is None:
            body = {"body": response.base64(answer.body), "isBase64Encoded": True}
        return {**self.head(answer, event), **body}


def mapping(value: object) -> Event:
    """Gateways, consoles and emulators send null, or nothing, where others send an empty object."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return "" if value is None else str(value)


def texts(value: object) -> list[str]:
    return [text(item) for item in value] if isinstance(value, list) else [text(value)]


def header_items(event: Event) -> Headers:
    """Every header, repeated ones as often as the event has them."""
    headers = mapping(event.get("multiValueHeaders")) or mapping(event.get("headers"))
    return [(name, value) for name, values in headers.items() if values is not None for value in texts(values)]


def header(headers: Headers, wanted: str) -> str:
    """The last value of a header, "" without one."""
    return next((value for name, value in reversed(headers) if name.lower() == wanted), "")


def body_of(event: Event) -> bytes:
    body = text(event.get("body"))
    return binascii.a2b_base64(body) if event.get("isBase64Encoded") else percent.utf8(body)


def query_items(event: Event) -> list[tuple[str, str]]:
    query = mapping(event.get("multiValueQueryStringParameters")) or mapping(event.get("queryStringParameters"))
    return [(name, value) for name, values in query.items() for value in texts(values)]


def is_aws_domain(*domains: str) -> bool:
    """Whether the request came to API Gateway's own name for the API, where the URL has the stage in front."""
    known = [domain for domain in domains if domain]
    return bool(known) and all(".execute-api." in domain.lower() for domain in known)


def without_prefix(path: bytes, prefix: bytes) -> bytes | None:
    """`path` below `prefix`, by whole segments; None when it is not below it."""
    if path == prefix:
        return b"/"
    return path[len(prefix) :] if path.startswith(prefix + b"/") else None


def is_mount_point(prefix: bytes) -> bool:
    """A SCRIPT_NAME: never "/", and never "//host", which a browser takes for another site in a redirect."""
    return prefix.startswith(b"/") and not prefix.endswith(b"/") and b"//" not in prefix


def expand_route(route: str, parameters: Event) -> bytes | None:
    """`/orders/{id}/{proxy+}` with its parameters put in, decoded; None when one is missing."""
    if not route.startswith("/"):
        return None
    segments = []
    for segment in route.split("/"):
        if segment.startswith("{") and segment.endswith("}"):
            value = parameters.get(segment[1:-1].rstrip("+"))
            if value is None:
                return None
            segment = text(value)
        segments.append(segment)
    return percent.decode("/".join(segments))
