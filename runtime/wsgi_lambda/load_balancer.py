"""Application Load Balancers, with single or multi-value headers.

Source of the format: Elastic Load Balancing, "Use Lambda functions as targets of an Application Load Balancer". Path and
query are still percent-encoded; a health check has one header and no host.
"""

from __future__ import annotations

from . import percent, response
from .integration import Integration, Request, body_of, header_items, mapping, query_items, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event, Headers
    from .response import Response

_CLASSES = {1: "Informational", 2: "Success", 3: "Redirection", 4: "Client Error", 5: "Server Error"}


class LoadBalancer(Integration):
    name = "Application Load Balancer"
    limit_bytes = 1024 * 1024

    def recognises(self, event: Event) -> bool:
        is_balanced = mapping(event.get("requestContext")).get("elb") is not None
        return is_balanced and isinstance(event.get("httpMethod"), str)

    def request(self, event: Event) -> Request:
        headers = header_items(event)
        path = text(event.get("path"))
        return Request(
            method=text(event["httpMethod"]),
            path=percent.decode(path),
            raw_path=percent.encode_illegal(path),
            query=percent.encode_illegal("&".join(f"{name}={value}" for name, value in query_items(event))),
            headers=headers,
            body=body_of(event),
            remote_address=_peer(headers),
            default_scheme="http",
        )

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        reason = answer.reason or _CLASSES.get(answer.status // 100, "Unknown")
        return {
            "statusCode": answer.status,
            "statusDescription": f"{answer.status} {reason}",
            **response.multi_or_single(answer.headers, event),
        }


def _peer(headers: Headers) -> str:
    """The balancer appends its peer to X-Forwarded-For; whatever stands before that, a client can have written."""
    forwarded = ",".join(value for name, value in headers if name.lower() == "x-forwarded-for")
    peer = forwarded.rpartition(",")[2].strip()
    if peer.startswith("["):  # [2001:db8::1]:4711, with client port preservation
        return peer[1:].partition("]")[0]
    return peer.partition(":")[0] if peer.count(":") == 1 else peer
