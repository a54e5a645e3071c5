"""Application Load Balancers, with single or multi-value headers.

Source of the format: Elastic Load Balancing, "Use Lambda functions as targets of an Application Load Balancer". Path and
query are still percent-encoded; a health check has one header and no host.
"""

from __future__ import annotations

from . import environ, percent, response
from .event import body_of, texts
from .integration import Integration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from .integration import Event
    from .options import Options
    from .response import Response

_CLASSES = {1: "Informational", 2: "Success", 3: "Redirection", 4: "Client Error", 5: "Server Error"}


class LoadBalancer(Integration):
    name = "Application Load Balancer"
    limit_bytes = 1024 * 1024

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        multi = event.get("multiValueHeaders")
        path = event.get("path") or "/"
        body = event.get("body")
        query = event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}
        pairs = [f"{name}={value}" for name, values in query.items() for value in texts(values)]
        result = environ.build(
            options,
            event,
            context,
            {},
            environ.joined(multi) if multi else event.get("headers") or {},
            event["httpMethod"],
            percent.decode(path),
            percent.encode_illegal(path),
            percent.encode_illegal("&".join(pairs)),
            body_of(body, event.get("isBase64Encoded")) if body else b"",
            scheme="http",
        )
        result["REMOTE_ADDR"] = peer(result.get("HTTP_X_FORWARDED_FOR", ""))
        return result

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        reason = answer.reason or _CLASSES.get(answer.status // 100, "Unknown")
        head: dict[str, object] = {"statusCode": answer.status, "statusDescription": f"{answer.status} {reason}"}
        if isinstance(event.get("multiValueHeaders"), dict):
            head["multiValueHeaders"] = dict(answer.headers.values())
        else:
            head["headers"] = response.lettered(answer.headers)
        return head


def peer(forwarded: str) -> str:
    """The last of X-Forwarded-For, which the balancer appends; what stands before it, a client can have written."""
    address = forwarded.rpartition(",")[2].strip()
    if address.startswith("["):  # [2001:db8::1]:4711, with client port preservation
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
