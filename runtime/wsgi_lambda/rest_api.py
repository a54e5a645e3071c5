"""API Gateway REST APIs, and HTTP APIs with payload format 1.0.

Source of the format: API Gateway developer guide, "Lambda proxy integrations in API Gateway". `path` is still
percent-encoded and lacks the stage; the query maps are decoded; there is no content-length.
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
    is_mount_point,
    mapping,
    query_items,
    text,
    without_prefix,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event
    from .response import Response


class RestApi(Integration):
    name = "API Gateway (REST API)"
    decodes_base64_always = False

    def recognises(self, event: Event) -> bool:
        return isinstance(event.get("httpMethod"), str) and isinstance(event.get("path"), str)

    def request(self, event: Event) -> Request:
        context = mapping(event.get("requestContext"))
        headers = header_items(event)
        stage, base, path = _mount(event, context, header(headers, "host"))
        return Request(
            method=text(event["httpMethod"]),
            stage=stage,
            base=base,
            path=path,
            raw_path=percent.encode_illegal(percent.encode_path(stage) + text(event["path"])),
            query="&".join(f"{percent.encode_query(k)}={percent.encode_query(v)}" for k, v in query_items(event)),
            headers=headers,
            body=body_of(event),
            remote_address=text(mapping(context.get("identity")).get("sourceIp")),
            remote_user=identity.of_rest_api(context),
            domain=text(context.get("domainName")),
            protocol=text(context.get("protocol")) or "HTTP/1.1",
        )

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        return {"statusCode": answer.status, **response.multi_or_single(answer.headers, event)}


def _mount(event: Event, context: Event, host: str) -> tuple[bytes, bytes, bytes]:
    """Stage, base path and the path below them.

    On API Gateway's own domain the URL begins with the stage, which `requestContext.path` has and `path` lacks. On a
    custom domain it may begin with a base path, which `path` has and the expanded `resource` lacks.
    """
    path = percent.decode(text(event["path"])) or b"/"
    domain = text(context.get("domainName"))
    if not (domain or host) or is_aws_domain(domain, host):
        return _below_stage(event, context, path, is_aws_domain(domain, host))
    route = expand_route(text(event.get("resource")), mapping(event.get("pathParameters")))
    if route is None:
        return b"", b"", path
    for below in (route, route + b"/"):
        if path.endswith(below) and is_mount_point(path[: -len(below)]):
            return b"", path[: -len(below)], below
    if route == b"/" and path != b"/" and is_mount_point(path):
        return b"", path, b"/"
    return b"", b"", path


def _below_stage(event: Event, context: Event, path: bytes, is_own_domain: bool) -> tuple[bytes, bytes, bytes]:
    name = text(context.get("stage"))
    if name == "$default":  # never in the URL, though some emulators put it into the path
        return b"", b"", path
    stage = b"/" + percent.utf8(name) if name else b""
    whole = percent.decode(text(context.get("path")))
    if not whole:  # some emulators
        return (stage if is_own_domain else b""), b"", path
    if whole == path:  # an HTTP API leaves the stage in both
        below = without_prefix(path, stage) if stage and event.get("version") == "1.0" else None
        return (b"", b"", path) if below is None else (stage, b"", below)
    prefix = whole[: -len(path)] if whole.endswith(path) else whole if path == b"/" else b""
    return (prefix if is_mount_point(prefix) else b""), b"", path
