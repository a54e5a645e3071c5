"""Payload format 2.0: API Gateway HTTP APIs and Lambda function URLs.

Source of the format: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs". The two say the
same version and differ where it hurts: the `rawPath` of an HTTP API is decoded already, that of a function URL is not.
"""

from __future__ import annotations

from . import identity, percent, response
from .integration import (
    Integration,
    Request,
    body_of,
    expand_route,
    header,
    header_items,
    is_aws_domain,
    mapping,
    text,
    texts,
    without_prefix,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event, Headers
    from .response import Response


class _PayloadTwo(Integration):
    def recognises(self, event: Event) -> bool:
        # VPC Lattice says version 2.0 as well, but has no rawPath.
        return event.get("version") == "2.0" and isinstance(event.get("rawPath"), str)

    def request(self, event: Event) -> Request:
        context = mapping(event.get("requestContext"))
        http = mapping(context.get("http"))
        headers = _headers(event)
        stage, path, raw_path = self.mount(event, context, header(headers, "host"))
        return Request(
            method=text(http.get("method")) or "GET",
            stage=stage,
            path=path,
            raw_path=raw_path,
            query=percent.encode_illegal(text(event.get("rawQueryString"))),
            headers=headers,
            body=body_of(event),
            remote_address=text(http.get("sourceIp")),
            remote_user=identity.of_payload_two(context),
            domain=text(context.get("domainName")),
            protocol=text(http.get("protocol")) or "HTTP/1.1",
        )

    def mount(self, event: Event, context: Event, host: str) -> tuple[bytes, bytes, str]:
        """Stage, the path below it, and the whole path as it stands in the URL."""
        raise NotImplementedError

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        cookies = [value for name, value in answer.headers if name.lower() == "set-cookie"]
        others = [(name, value) for name, value in answer.headers if name.lower() != "set-cookie"]
        result: dict[str, object] = {"statusCode": answer.status, "headers": response.joined(others)}
        if cookies:
            result["cookies"] = cookies
        return result


class FunctionUrl(_PayloadTwo):
    name = "Lambda function URL"

    def recognises(self, event: Event) -> bool:
        if not super().recognises(event):
            return False
        domain = text(mapping(event.get("requestContext")).get("domainName"))
        return ".lambda-url." in (domain or header(header_items(event), "host"))

    def mount(self, event: Event, context: Event, host: str) -> tuple[bytes, bytes, str]:
        raw_path = text(event["rawPath"])
        return b"", percent.decode(raw_path), percent.encode_illegal(raw_path)


class HttpApi(_PayloadTwo):
    name = "API Gateway (HTTP API)"

    def mount(self, event: Event, context: Event, host: str) -> tuple[bytes, bytes, str]:
        path = percent.utf8(text(event["rawPath"]))
        name = text(context.get("stage"))
        stage = b"/" + percent.utf8(name)
        below = without_prefix(path, stage) if name and name != "$default" else None
        if below is None or _is_whole_route(event, path):
            return b"", path, percent.encode_path(path)
        if is_aws_domain(text(context.get("domainName")), host):
            return stage, below, percent.encode_path(path)
        # A custom domain: the event names the stage, the URL does not.
        return b"", below, percent.encode_path(below)


def _is_whole_route(event: Event, path: bytes) -> bool:
    """Whether the route (`GET /orders/{id}`) covers the path from its start, so that no stage stands in front."""
    route = text(event.get("routeKey")).partition(" ")[2]
    decoded = mapping(event.get("pathParameters"))
    parameters: Event = {name: percent.encode_path(percent.utf8(text(value))) for name, value in decoded.items()}
    whole = expand_route(route, parameters)
    return whole is not None and whole in (path, path.rstrip(b"/"))


def _headers(event: Event) -> Headers:
    """`cookies` is the truth where there is one: an HTTP API removes the header, a function URL keeps it as well."""
    headers = header_items(event)
    cookies = event.get("cookies")
    if not cookies:
        return headers
    return [*((name, value) for name, value in headers if name.lower() != "cookie"), ("cookie", "; ".join(texts(cookies)))]
