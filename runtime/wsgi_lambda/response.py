"""The application's answer, and the parts that the results of all integrations are made of."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .options import Options

    # Lower-cased name → the name's first spelling, and all values.
    Headers = dict[str, tuple[str, list[str]]]

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

# What every answer has that is not the application's.
own_headers: Headers = {}

LARGE = 65536
_GLANCE = 4096


class Response:
    """Status code and reason, headers, the whole body, and the number of characters of the head."""

    __slots__ = ("body", "head_size", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: Headers, body: bytes, head_size: int = 0) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
        self.head_size = head_size


def internal_server_error(request_id: str) -> Response:
    return plain(500, "Internal Server Error", f"Internal Server Error\nRequest id: {request_id}\n")


def bad_request(request_id: str) -> Response:
    return plain(400, "Bad Request", f"Bad Request\nRequest id: {request_id}\n")


def too_large(limit_bytes: int, integration: str, request_id: str) -> Response:
    limit = f"{limit_bytes >> 20} MB" if limit_bytes >> 20 else f"{limit_bytes >> 10} KB"
    return plain(
        500,
        "Response Too Large",
        f"The response is too large: {integration} takes {limit} at most, encoded.\nRequest id: {request_id}\n",
    )


def plain(status: int, reason: str, body: str) -> Response:
    headers = {
        "content-type": ("Content-Type", ["text/plain; charset=utf-8"]),
        "cache-control": ("Cache-Control", ["no-store"]),
        **own_headers,
    }
    return Response(status, reason, headers, body.encode())


def value_of(headers: Headers, name: str) -> str:
    """The last value of a header, "" without one."""
    return headers[name][1][-1] if name in headers else ""


def as_text(response: Response, options: Options) -> str | None:
    """The body as text; None where a list of types forbids it. Raises UnicodeDecodeError where it is none."""
    if _is_binary(response.headers, options):
        return None
    body = response.body
    if len(body) > LARGE:
        _glance(body)
    return body.decode()


def _glance(body: bytes) -> None:
    """Find most images out by their first bytes: the exception would hold a copy of a large body."""
    try:
        body[:_GLANCE].decode()
    except UnicodeDecodeError as error:
        if error.start < _GLANCE - 3:  # else the glance may have cut a character in two
            raise


def _is_binary(headers: Headers, options: Options) -> bool:
    """By the lists; a type that is named goes before one that a pattern (`image/*`) stands for."""
    kind = value_of(headers, "content-type").partition(";")[0].strip().lower()
    if kind in options.binary_types:
        return True
    text_types = options.text_types.union(map(str.lower, TEXT_MIME_TYPES))
    if kind in text_types:
        return False
    pattern = f"{kind.partition('/')[0]}/*"
    if pattern in options.binary_types:
        return True
    return _is_coded(headers) and pattern not in text_types


def _is_coded(headers: Headers) -> bool:
    codings = ",".join(headers["content-encoding"][1]) if "content-encoding" in headers else ""
    return any(coding.strip().lower() not in ("", "identity") for coding in codings.split(","))


def base64(body: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(body, newline=False).decode("ascii")


def single(headers: Headers) -> dict[str, str]:
    """One value for each name, repeated ones joined by a comma (RFC 9110, 5.3)."""
    return {name: values[0] if len(values) == 1 else ", ".join(values) for name, values in headers.values()}


def lettered(headers: Headers) -> dict[str, str]:
    """Cookies must not be joined, and the map has one value for a name: each gets a letter case of its own."""
    result = single(headers)
    if "set-cookie" in headers:
        name, cookies = headers["set-cookie"]
        if len(cookies) > 1:
            del result[name]
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
