"""Reading events, which gateways, consoles and emulators write differently: null, or nothing, for what is empty."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event


def mapping(value: object) -> Event:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return "" if value is None else str(value)


def texts(value: object) -> list[str]:
    return [text(item) for item in value] if isinstance(value, list) else [text(value)]


def body_of(event: Event, flag: str = "isBase64Encoded") -> bytes:
    """The request's body as bytes. Raises ValueError for what is no base64."""
    body = event.get("body")
    if not body:
        return b""
    body = str(body)
    if event.get(flag):
        from binascii import a2b_base64

        return a2b_base64(body)
    return body.encode("utf-8", "replace")


def header(headers: Event, wanted: str) -> str:
    """The last value of a header, "" without one."""
    value = headers.get(wanted)
    if value is None:
        value = next((value for name, value in headers.items() if name.lower() == wanted), None)
    return texts(value)[-1] if value else ""


def is_aws_domain(*domains: str) -> bool:
    """Whether the request came to API Gateway's own name for the API, where the URL has the stage in front."""
    known = [domain for domain in domains if domain]
    return bool(known) and all(".execute-api." in domain.lower() for domain in known)


def expand_route(route: str, parameters: Event) -> str | None:
    """`/orders/{id}/{proxy+}` with its parameters put in, as they are encoded; None when one is missing."""
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
    return "/".join(segments)
