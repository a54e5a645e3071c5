"""API Gateway's `lambda` integration (not "proxy"), with the mapping template of the Serverless Framework.

Behind a setting, because the event is what a template makes of a request. It works as serverless-wsgi had it: an answer
of 300 and above is raised as an error with the answer's JSON, which API Gateway's patterns turn into a status.
"""

from __future__ import annotations

from . import environ, percent, response
from .event import host_of, is_aws_domain, mapping, text
from .integration import Integration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from .integration import Event
    from .options import Options
    from .response import Response


class NonProxy(Integration):
    name = "API Gateway (lambda integration)"
    decodes_base64_always = False

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        headers = mapping(event.get("headers"))
        stage = text(event.get("stage"))
        path = text(event["requestPath"])
        for name, value in mapping(event.get("path")).items():
            path = path.replace("{" + name + "}", text(value)).replace("{" + name + "+}", text(value))
        return environ.build(
            options,
            event,
            context,
            {"authorizer": event.get("enhancedAuthContext")},
            headers,
            method=text(event.get("method")) or "GET",
            stage="/" + environ.latin1(stage) if stage and is_aws_domain("", host_of(headers)) else "",
            path=percent.decode(path),
            uri=percent.encode_illegal(path) or "/",
            query=percent.query(mapping(event.get("query"))),
            body=_body(event.get("body")),
            remote_address=text(mapping(event.get("identity")).get("sourceIp")),
            remote_user=text(event.get("principalId")),
        )

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        return {"statusCode": answer.status, "headers": response.lettered(answer.headers)}

    def result(
        self, answer: Response, environ: WSGIEnvironment, event: Event, options: Options
    ) -> dict[str, object]:
        result = super().result(answer, environ, event, options)
        status = result["statusCode"]
        if isinstance(status, int) and status >= 300:
            import json

            raise NonProxyError(json.dumps(result))
        return result


class NonProxyError(RuntimeError):
    """The answer of 300 and above, as JSON, for the error patterns of API Gateway."""


def _body(body: object) -> bytes:
    """The template puts a JSON body into the event as what it means."""
    if not body:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    import json

    return json.dumps(body).encode()
