"""API Gateway REST APIs, and HTTP APIs with payload format 1.0.

Source of the format: API Gateway developer guide, "Lambda proxy integrations in API Gateway". `path` is still
percent-encoded and lacks the stage; the query maps are decoded; there is no content-length. An HTTP API says that the version
is 1.0, which a REST API does not; its `path` is decoded, and has the stage.
"""

from __future__ import annotations

from . import environ, percent, response
from .event import body_of, expand_route, host_of, is_aws_domain, mapping, text
from .integration import Integration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from .integration import Event
    from .options import Options
    from .response import Response


class RestApi(Integration):
    name = "API Gateway (REST API)"
    decodes_base64_always = False
    path_has_stage = False

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        request_context = event.get("requestContext") or {}
        multi = event.get("multiValueHeaders")
        headers = environ.joined(multi) if multi else event.get("headers") or {}
        path = event["path"]
        stage, base, below = self.mount(event, request_context, path, headers)
        body = event.get("body")
        identity = request_context.get("identity") or {}
        return environ.build(
            options,
            event,
            context,
            request_context,
            headers,
            event["httpMethod"],
            below,
            self.uri(stage, path) or "/",
            percent.query(event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}),
            body_of(body, event.get("isBase64Encoded")) if body else b"",
            stage=stage,
            base=base,
            remote_address=identity.get("sourceIp") or "",
            remote_user=_user(request_context.get("authorizer") or {}, identity),
            protocol=request_context.get("protocol") or "HTTP/1.1",
        )

    def decoded(self, path: str) -> str:
        """The bytes of a path of the event."""
        return percent.decode(path)

    def uri(self, stage: str, path: str) -> str:
        """The whole path as it stands in the URL, of the event's."""
        return percent.encode_illegal(percent.encode_path(stage) + path)

    def mount(self, event: Event, context: Event, given_path: str, headers: Event) -> tuple[str, str, str]:
        """Stage, base path and the path below them.

        On API Gateway's own domain the URL begins with the stage, which `requestContext.path` has and `path` lacks. On a
        custom domain it may begin with a base path, which `path` has and the expanded `resource` lacks.
        """
        path = self.decoded(given_path) or "/"
        domain = context.get("domainName") or ""
        host = host_of(headers)
        is_own_domain = is_aws_domain(domain, host)
        stage = context.get("stage")
        if is_own_domain and stage and stage != "$default" and stage.isascii():
            if context.get("path") == f"/{stage}{given_path}":
                return "/" + stage, "", path  # what AWS sends; the rest is for custom domains and emulators
        if is_own_domain or not (domain or host):
            return self._below_stage(context, path, is_own_domain)
        expanded = expand_route(text(event.get("resource")), mapping(event.get("pathParameters")))
        if expanded is None:
            return "", "", path
        route = self.decoded(expanded)
        for below in (route, route + "/"):
            if path.endswith(below) and _is_mount_point(path[: -len(below)]):
                return "", path[: -len(below)], below
        if route == "/" and path != "/" and _is_mount_point(path):
            return "", path, "/"
        return "", "", path

    def _below_stage(self, context: Event, path: str, is_own_domain: bool) -> tuple[str, str, str]:
        name = text(context.get("stage"))
        if name == "$default":  # never in the URL, though some emulators put it into the path
            return "", "", path
        stage = "/" + environ.latin1(name) if name else ""
        whole = self.decoded(text(context.get("path")))
        if not whole:  # some emulators
            return (stage if is_own_domain else ""), "", path
        if whole == path:
            below = environ.without_prefix(path, stage) if stage and self.path_has_stage else None
            return ("", "", path) if below is None else (stage, "", below)
        prefix = whole[: -len(path)] if whole.endswith(path) else whole if path == "/" else ""
        return (prefix if _is_mount_point(prefix) else ""), "", path

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        if isinstance(event.get("multiValueHeaders"), dict):
            return {"statusCode": answer.status, "multiValueHeaders": dict(answer.headers.values())}
        return {"statusCode": answer.status, "headers": response.lettered(answer.headers)}


class HttpApiOne(RestApi):
    name = "API Gateway (HTTP API)"
    decodes_base64_always = True
    path_has_stage = True

    def decoded(self, path: str) -> str:
        return environ.latin1(path)

    def uri(self, stage: str, path: str) -> str:
        return percent.encode_path(environ.latin1(path))


def _user(authorizer: Event, identity: Event) -> str:
    """A Lambda authorizer's principal, a Cognito user, or the ARN of an IAM identity."""
    # A Lambda authorizer may have a text of that name.
    claims = mapping(authorizer.get("claims")) if authorizer else {}
    return text(
        authorizer.get("principalId")
        or claims.get("cognito:username")
        or claims.get("username")
        or claims.get("sub")
        or identity.get("userArn")
    )


def _is_mount_point(prefix: str) -> bool:
    """A SCRIPT_NAME: never "/", and never "//host" or "/\\host", which a browser takes for another site in a redirect."""
    return prefix.startswith("/") and not prefix.endswith("/") and "//" not in prefix and "\\" not in prefix
