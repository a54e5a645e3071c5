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


def body_of(body: str, is_base64_encoded: object) -> bytes:
    """The request's body as bytes. Raises ValueError for what is no base64."""
    if is_base64_encoded:
        from binascii import a2b_base64

        return a2b_base64(body)
    return body.encode("utf-8", "replace")


def host_of(headers: Event) -> str:
    """The Host header, in any letter case; "" without one."""
    value = headers.get("Host") or headers.get("host")
    return text(value or next((value for name, value in headers.items() if name.lower() == "host"), ""))


def is_aws_domain(domain: str, host: str) -> bool:
    """Whether the request came to API Gateway's own name for the API, where the URL has the stage in front."""
    if not domain:
        domain = host
    return ".execute-api." in domain.lower() and (not host or ".execute-api." in host.lower())


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
