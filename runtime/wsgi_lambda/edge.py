"""CloudFront's Lambda@Edge: viewer and origin requests that the function answers itself.

Source of the format: CloudFront developer guide, "Lambda@Edge event structure" and "Restrictions on edge functions". URI and
query are as the client encoded them; a header is a list of pairs.
"""

from __future__ import annotations

from . import environ, percent, response
from .event import body_of, mapping
from .integration import Integration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from .integration import Event
    from .options import Options
    from .response import Response

# CloudFront sets these itself, and answers 502 to a function that does.
_NOT_THE_FUNCTION_S = frozenset(
    "connection content-length expect keep-alive trailer transfer-encoding upgrade via x-cache x-forwarded-proto x-real-ip".split()
)
_NOR_WHAT_BEGINS_SO = ("proxy-", "x-accel-", "x-amz-cf-", "x-amzn-", "x-edge-")


class Edge(Integration):
    """Origin events; viewer events have a smaller limit."""

    name = "CloudFront (Lambda@Edge)"
    limit_bytes = 1024 * 1024

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        cf = event["Records"][0]["cf"]
        request = cf["request"]
        uri = request.get("uri") or "/"
        body = request.get("body") or {}
        data = body.get("data")
        headers = (request.get("headers") or {}).items()
        return environ.build(
            options,
            event,
            context,
            {"domainName": (cf.get("config") or {}).get("distributionDomainName")},
            environ.joined({name: [pair["value"] for pair in pairs] for name, pairs in headers}),
            method=request["method"],
            path=percent.decode(uri),
            uri=percent.encode_illegal(uri),
            query=percent.encode_illegal(request.get("querystring") or ""),
            body=body_of(data, body.get("encoding") == "base64") if data else b"",
            remote_address=request.get("clientIp") or "",
        )

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        return {
            "status": str(answer.status),
            "statusDescription": answer.reason,
            "headers": {
                key: [{"key": name, "value": value} for value in values]
                for key, (name, values) in answer.headers.items()
                if key not in _NOT_THE_FUNCTION_S and not key.startswith(_NOR_WHAT_BEGINS_SO)
            },
        }

    def answer(self, app: WSGIApplication, event: Event, context: object, options: Options) -> object:
        result = self._cut_off(event, context) if _is_cut_off(event) else super().answer(app, event, context, options)
        assert isinstance(result, dict)
        result["bodyEncoding"] = "base64" if result.pop("isBase64Encoded") else "text"
        return result

    def _cut_off(self, event: Event, context: object) -> dict[str, object]:
        """The application would take a part of the body for the whole, and store it."""
        from . import log

        request_id = environ.request_id_of(event, context)
        message = f"{self.name} cuts a request's body off after {self.limit_bytes} bytes, so the application was not called"
        log.error(f"request {request_id}: {message}", request_id, tenant_id=environ.tenant_id_of(context))
        text = f"Content Too Large\nRequest id: {request_id}\n"
        return self._plain(response.plain(413, "Content Too Large", text), event, "POST")


class ViewerEdge(Edge):
    limit_bytes = 40 * 1024


def _is_cut_off(event: Event) -> bool:
    """Requests and answers have the same limits ("Restrictions on the request body with the include body option")."""
    return bool(mapping(event["Records"][0]["cf"]["request"].get("body")).get("inputTruncated"))
