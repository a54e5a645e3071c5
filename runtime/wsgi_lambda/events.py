"""Which event is this?"""

from __future__ import annotations

from .http_api import FunctionUrl, HttpApi
from .integration import mapping, text
from .load_balancer import LoadBalancer
from .rest_api import RestApi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeGuard

    from .integration import Event, Integration

# The envelope of remote commands is the one of serverless-wsgi, so that either side can move first.
COMMAND_KEY = "_serverless-wsgi"

# The first that recognises an event wins: an ALB event looks like a REST event otherwise, a function URL like an HTTP API.
INTEGRATIONS: tuple[Integration, ...] = (LoadBalancer(), FunctionUrl(), HttpApi(), RestApi())

_WARMERS = ("aws.events", "serverless-plugin-warmup")


class UnsupportedEvent(Exception):
    """The function was invoked with an event that is no HTTP request, command or warm-up."""


def is_command(event: object) -> TypeGuard[Event]:
    """A command's envelope is alone in its event, so that no gateway, queue or bus can carry one."""
    return isinstance(event, dict) and len(event) == 1 and COMMAND_KEY in event


def warm_up_source(event: object) -> str:
    """Who keeps the function warm with this event; "" when it is no warm-up."""
    fields = mapping(event)
    if fields.get("source") in _WARMERS:
        return text(fields["source"])
    return "warmer" if fields.get("warmer") is True else ""


def recognise(event: object) -> tuple[Integration, Event]:
    """The integration that sent an HTTP event. Raises UnsupportedEvent, which names the source of any other."""
    fields = mapping(event)
    for integration in INTEGRATIONS:
        if integration.recognises(fields):
            return integration, fields
    raise UnsupportedEvent(
        f"This function serves HTTP events, and this event came from {_source(event)}. Remove that trigger, "
        "or point it at a function of its own."
    )


def _source(event: object) -> str:
    if not isinstance(event, dict):
        return f"a direct invocation with {'null' if event is None else type(event).__name__} instead of an object"
    if COMMAND_KEY in event:
        return f"a direct invocation with other keys beside {COMMAND_KEY!r}: a command must be the only key"
    context = mapping(event.get("requestContext"))
    if context.get("serviceArn") or ("raw_path" in event and "method" in event):
        return "VPC Lattice, which is not supported"
    if context.get("connectionId"):
        return "an API Gateway WebSocket API, which is not supported"
    if "requestPath" in event:
        return "API Gateway without proxy integration (use the Lambda proxy integration)"
    records = event.get("Records")
    record = mapping(records[0]) if isinstance(records, list) and records else {}
    named = record.get("eventSource") or record.get("EventSource") or event.get("source") or event.get("eventSource")
    if named:
        return text(named)
    if "cf" in record:
        return "CloudFront (Lambda@Edge)"
    if event.get("triggerSource"):
        return f"Amazon Cognito ({event['triggerSource']})"
    keys = ", ".join(sorted(map(str, event))[:10])
    return f"an unknown source (its keys: {keys})" if keys else "a direct invocation with an empty object"
