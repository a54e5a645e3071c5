"""Payload format 2.0: API Gateway HTTP APIs and Lambda function URLs.

Source of the format: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs". The two say the
same version and differ where it hurts: the `rawPath` of an HTTP API is decoded already, that of a function URL is not.
"""

from __future__ import annotations

from . import environ, percent, response
from .application import REQUEST_ID
from .event import body_of, expand_route, host_of, is_aws_domain, mapping, text
from .integration import Integration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from .integration import Event
    from .options import Options
    from .response import Response


class _PayloadTwo(Integration):
    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        request_context = event.get("requestContext") or {}
        http = request_context.get("http") or {}
        headers = event.get("headers") or {}
        stage, path, uri = self.mount(event, request_context, headers)
        body = event.get("body")
        authorizer = request_context.get("authorizer")
        result = environ.build(
            options,
            event,
            context,
            request_context,
            headers,
            http.get("method") or "GET",
            path,
            uri or "/",
            percent.encode_illegal(event.get("rawQueryString") or ""),
            body_of(body, event.get("isBase64Encoded")) if body else b"",
            stage=stage,
            remote_address=http.get("sourceIp") or "",
            remote_user=_user(authorizer) if authorizer else "",
            protocol=http.get("protocol") or "HTTP/1.1",
        )
        cookies = event.get("cookies")
        if cookies:  # an HTTP API removes the header, a function URL keeps it as well
            cookie = "; ".join(cookies)
            result["HTTP_COOKIE"] = cookie if cookie.isascii() else environ.as_received(cookie)
        return result

    def mount(self, event: Event, context: Event, headers: Event) -> tuple[str, str, str]:
        """Stage, the path below it, and the whole path as it stands in the URL."""
        raise NotImplementedError

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        headers = answer.headers
        if "set-cookie" not in headers:
            return {"statusCode": answer.status, "headers": response.single(headers)}
        name, cookies = headers["set-cookie"]
        others = response.single(headers)
        del others[name]
        return {"statusCode": answer.status, "headers": others, "cookies": cookies}


def _user(authorizer: Event) -> str:
    """The subject of a JWT, a Lambda authorizer's principal, or the ARN of an IAM identity."""
    jwt, iam = authorizer.get("jwt"), authorizer.get("iam")
    claims = jwt.get("claims") if jwt else None
    if claims:
        return text(claims.get("sub"))
    if iam:
        return text(iam.get("userArn"))
    return text((authorizer.get("lambda") or authorizer).get("principalId"))


class FunctionUrl(_PayloadTwo):
    name = "Lambda function URL"

    def answer(self, app: WSGIApplication, event: Event, context: object, options: Options) -> object:
        """Streamed where the setting says so, but never to wsgi-lambda's own client, which calls Invoke."""
        if options.streaming:
            from .own_client import is_own_client

            if not is_own_client(context):
                from . import streaming

                try:
                    request = self.environ(event, context, options)
                except Exception as error:
                    return self.bad_request(error, event, context)
                return streaming.serve(app, request, lambda answer: self.head(answer, event), request[REQUEST_ID])
        return super().answer(app, event, context, options)

    def mount(self, event: Event, context: Event, headers: Event) -> tuple[str, str, str]:
        raw_path = event["rawPath"]
        return "", percent.decode(raw_path), percent.encode_illegal(raw_path)


class HttpApi(_PayloadTwo):
    name = "API Gateway (HTTP API)"

    def mount(self, event: Event, context: Event, headers: Event) -> tuple[str, str, str]:
        path = event["rawPath"]
        if not path.isascii():
            path = environ.latin1(path)
        name = context.get("stage")
        if not name or name == "$default":
            return "", path, percent.encode_path(path)
        stage = "/" + environ.latin1(name)
        below = environ.without_prefix(path, stage)
        if below is None or _is_whole_route(event, path):
            return "", path, percent.encode_path(path)
        if is_aws_domain(context.get("domainName") or "", host_of(headers)):
            return stage, below, percent.encode_path(path)
        # A custom domain: the event names the stage, the URL does not.
        return "", below, percent.encode_path(below)


def _is_whole_route(event: Event, path: str) -> bool:
    """Whether the route (`GET /orders/{id}`) covers the path from its start, so that no stage stands in front."""
    route = text(event.get("routeKey")).partition(" ")[2]
    whole = expand_route(route, mapping(event.get("pathParameters")))
    return whole is not None and environ.latin1(whole) in (path, path.rstrip("/"))
