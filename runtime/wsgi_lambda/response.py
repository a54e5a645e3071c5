"""The application's answer, and the parts that the results of all integrations are made of."""

from __future__ import annotations

import binascii
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event, Headers

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
    def __init__(self, status: int, reason: str, headers: Headers, body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body


def internal_server_error(request_id: str) -> Response:
    return _plain(500, "Internal Server Error", f"Internal Server Error\nRequest id: {request_id}\n")


def too_large(limit_bytes: int, integration: str, request_id: str) -> Response:
    limit = limit_bytes // (1024 * 1024)
    return _plain(
        500,
        "Response Too Large",
        f"The response is too large: {integration} takes {limit} MB at most, encoded.\nRequest id: {request_id}\n",
    )


def log_too_large(method: str, path: str, size: int, limit_bytes: int, integration: str, request_id: str) -> None:
    sys.stderr.write(
        f"[ERROR] request {request_id}: the response to {method} {path} is {size} bytes as JSON, and {integration} "
        f"takes {limit_bytes}. Answer with a redirect to a file in S3, or in pages.\n"
    )


def _plain(status: int, reason: str, body: str) -> Response:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, reason, headers, body.encode())


def without_forbidden_body(response: Response, method: str) -> Response:
    """RFC 9110, 6.4.1: no content in the answer to HEAD, and with 1xx, 204 and 304."""
    if response.body and (method == "HEAD" or not _may_have_content(response.status)):
        return Response(response.status, response.reason, response.headers, b"")
    return response


def with_content_type(response: Response, *, is_text: bool) -> Response:
    """Without a content type, API Gateway and function URLs say application/json."""
    if not _may_have_content(response.status) or any(name.lower() == "content-type" for name, _ in response.headers):
        return response
    kind = "text/plain; charset=utf-8" if is_text else "application/octet-stream"
    return Response(response.status, response.reason, [*response.headers, ("Content-Type", kind)], response.body)


def _may_have_content(status: int) -> bool:
    return status >= 200 and status not in (204, 304)


def as_text(response: Response) -> str | None:
    """The body as text where that loses nothing, else None."""
    codings = _tokens(response.headers, "content-encoding") - {"identity", ""}
    if codings and not _tokens(response.headers, "content-type") & {kind.lower() for kind in TEXT_MIME_TYPES}:
        return None
    try:
        return response.body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _tokens(headers: Headers, wanted: str) -> set[str]:
    return {
        token.partition(";")[0].strip().lower()
        for name, value in headers
        if name.lower() == wanted
        for token in value.split(",")
    }


def base64(body: bytes) -> str:
    return binascii.b2a_base64(body, newline=False).decode("ascii")


def joined(headers: Headers) -> dict[str, str]:
    """One value for each name, repeated ones joined by a comma (RFC 9110, 5.3). Names keep their first spelling."""
    spelling: dict[str, str] = {}
    result: dict[str, str] = {}
    for name, value in headers:
        key = spelling.setdefault(name.lower(), name)
        result[key] = f"{result[key]}, {value}" if key in result else value
    return result


def multi_or_single(headers: Headers, event: Event) -> dict[str, object]:
    """`multiValueHeaders` where the event has them, as ALB demands and REST APIs understand."""
    if not isinstance(event.get("multiValueHeaders"), dict):
        return {"headers": _single(headers)}
    spelling: dict[str, str] = {}
    multi: dict[str, list[str]] = {}
    for name, value in headers:
        multi.setdefault(spelling.setdefault(name.lower(), name), []).append(value)
    return {"multiValueHeaders": multi}


def _single(headers: Headers) -> dict[str, str]:
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
    encoded = json.dumps(value, ensure_ascii=not _WRITES_UTF8)
    return len(encoded) if encoded.isascii() else len(encoded.encode("utf-8", "surrogatepass"))


def size_over(result: object, response: Response, limit_bytes: int) -> int:
    """The size of a result that is over the limit, else 0. Escapes take 6 bytes for one at most: most need no look."""
    longest = 1000 + 6 * (len(response.body) + sum(len(name) + len(value) + 6 for name, value in response.headers))
    if longest <= limit_bytes:
        return 0
    size = encoded_size(result)
    return size if size > limit_bytes else 0
