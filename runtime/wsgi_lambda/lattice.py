"""VPC Lattice, with event structures 1.0 and 2.0.

Source of the format: VPC Lattice user guide, "Lambda functions as targets". It does not say what is percent-encoded:
paths and queries are taken as they came over the wire, as the `raw_path` of structure 1.0 is.
"""

from __future__ import annotations

from . import environ, percent, response
from .event import body_of, mapping, text, texts
from .integration import Integration
from .load_balancer import peer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from .integration import Event
    from .options import Options
    from .response import Response


class Lattice(Integration):
    """Event structure 2.0."""

    name = "VPC Lattice"

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        request_context = event.get("requestContext") or {}
        # AWS_IAM is the one kind of identity that Lattice has verified.
        identity = mapping(request_context.get("identity"))
        path, mark, query = text(event.get("path")).partition("?")
        return _environ(
            options,
            event,
            context,
            path=path,
            query=query if mark else _query(event.get("queryStringParameters") or {}),
            is_base64_encoded=event.get("isBase64Encoded"),
            remote_user=text(identity.get("principal")),
            authorizer=identity,
        )

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        return {"statusCode": answer.status, "headers": response.lettered(answer.headers)}


class LatticeOne(Lattice):
    """Event structure 1.0."""

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        path, _, query = text(event["raw_path"]).partition("?")
        return _environ(
            options, event, context, path=path, query=query, is_base64_encoded=event.get("is_base64_encoded")
        )


def _environ(
    options: Options,
    event: Event,
    context: object,
    *,
    path: str,
    query: str,
    is_base64_encoded: object,
    remote_user: str = "",
    authorizer: object = None,
) -> WSGIEnvironment:
    body = event.get("body")
    result = environ.build(
        options,
        event,
        context,
        {"authorizer": authorizer or None},
        environ.joined(event.get("headers") or {}),
        method=text(event.get("method")) or "GET",
        path=percent.decode(path),
        uri=percent.encode_illegal(path) or "/",
        query=percent.encode_illegal(query),
        body=body_of(body, is_base64_encoded) if body else b"",
        remote_user=remote_user,
    )
    result["REMOTE_ADDR"] = peer(result.get("HTTP_X_FORWARDED_FOR", ""))
    return result


def _query(parameters: Event) -> str:
    """What would end a name or a value cannot have come over the wire in it: so it was decoded, and is encoded again."""
    pairs = [(_legal(name).replace("=", "%3D"), _legal(value)) for name, values in parameters.items() for value in texts(values)]
    return "&".join([f"{name}={value}" for name, value in pairs])


def _legal(text: str) -> str:
    return text.replace("&", "%26").replace("#", "%23")
