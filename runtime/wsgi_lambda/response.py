"""The application's answer, and the parts that the results of all integrations are made of."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Headers
    from .options import Options

# Types that are text even under a content coding, as serverless-wsgi had them; the list may be added to. Any other
# answer without a coding is text when it is valid UTF-8, whatever its type, so hardly anything needs to be listed.
TEXT_MIME_TYPES = [
    "application/json",
    "application/javascript",
    "application/xml",
    "application/vnd.api+json",
    "image/svg+xml",
]

# The managed runtimes that write non-ASCII as it is; older ones write \uXXXX (awslambdaric, LambdaMarshaller).
_WRITES_UTF8 = os.environ.get("AWS_EXECUTION_ENV", "").startswith(
    tuple(f"AWS_Lambda_python3.{minor}" for minor in range(12, 20))
)


class Response:
    """Status code and reason, headers as the application gave them, and the whole body."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: Headers, body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body


def internal_server_error(request_id: str) -> Response:
    return plain(500, "Internal Server Error", f"Internal Server Error\nRequest id: {request_id}\n")


def bad_request(request_id: str) -> Response:
    return plain(400, "Bad Request", f"Bad Request\nRequest id: {request_id}\n")


def too_large(limit_bytes: int, integration: str, request_id: str) -> Response:
    limit = limit_bytes // (1024 * 1024)
    return plain(
        500,
        "Response Too Large",
        f"The response is too large: {integration} takes {limit} MB at most, encoded.\nRequest id: {request_id}\n",
    )


def plain(status: int, reason: str, body: str) -> Response:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, reason, headers, body.encode())


def may_have_content(status: int) -> bool:
    """RFC 9110, 6.4.1: no content with 1xx, 204 and 304."""
    return status >= 200 and status != 204 and status != 304


def describe(headers: Headers) -> tuple[str, str, int]:
    """The content type and the content coding, "" without one, and the size of all headers in characters."""
    content_type = coding = ""
    size = 0
    for name, value in headers:
        length = len(name)
        size += length + len(value)
        if length == 12 and name.lower() == "content-type":
            content_type = value
        elif length == 16 and name.lower() == "content-encoding":
            coding = f"{coding},{value}" if coding else value
    return content_type, coding, size


def as_text(body: bytes, content_type: str, coding: str, options: Options) -> str | None:
    """The body as text where that loses nothing and no list of types forbids it, else None."""
    if coding or options.binary_types:
        kind = content_type.partition(";")[0].strip().lower()
        if options.binary_types and _is_listed(kind, options.binary_types):
            return None
        if any(token.strip().lower() not in ("", "identity") for token in coding.split(",")):
            listed = options.text_types.union(text.lower() for text in TEXT_MIME_TYPES)
            if not _is_listed(kind, listed):
                return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_listed(kind: str, listed: frozenset[str]) -> bool:
    """`image/*` stands for every image."""
    return kind in listed or f"{kind.partition('/')[0]}/*" in listed


def base64(body: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(body, newline=False).decode("ascii")


def joined(headers: Headers) -> dict[str, str]:
    """One value for each name, repeated ones joined by a comma (RFC 9110, 5.3). Names keep their first spelling."""
    result = dict(headers)
    if len({name.lower() for name in result}) == len(headers):
        return result
    spelling: dict[str, str] = {}
    result = {}
    for name, value in headers:
        key = spelling.setdefault(name.lower(), name)
        result[key] = f"{result[key]}, {value}" if key in result else value
    return result


def listed(headers: Headers) -> dict[str, list[str]]:
    """Every value of each name. Names keep their first spelling."""
    spelling: dict[str, str] = {}
    result: dict[str, list[str]] = {}
    for name, value in headers:
        key = spelling.setdefault(name.lower(), name)
        if key in result:
            result[key].append(value)
        else:
            result[key] = [value]
    return result


def lettered(headers: Headers) -> dict[str, str]:
    """Cookies must not be joined, and the map has one value for a name: each gets a letter case of its own."""
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    if len(cookies) < 2:
        return joined(headers)
    result = joined([(name, value) for name, value in headers if name.lower() != "set-cookie"])
    result.update((_letter_case("set-cookie", number), value) for number, value in enumerate(cookies))
    return result


def _letter_case(name: str, number: int) -> str:
    """set-cookie, Set-cookie, sEt-cookie, SEt-cookie, …: bit n of the number is the case of letter n."""
    result = ""
    for letter in name:
        if letter.isalpha():
            letter = letter.upper() if number & 1 else letter
            number >>= 1
        result += letter
    return result


def encoded_size(value: object) -> int:
    """Bytes of `value` as the runtime client writes it."""
    import json

    encoded = json.dumps(value, ensure_ascii=not _WRITES_UTF8)
    return len(encoded) if encoded.isascii() else len(encoded.encode("utf-8", "surrogatepass"))
