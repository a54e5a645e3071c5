"""Events that are no HTTP requests: what keeps the function warm, and the sources that it has no answer to."""

from __future__ import annotations

from .environ import request_id_of
from .event import mapping, text
from .events import COMMAND_KEY, UnsupportedEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .options import Options

_WARMERS = ("aws.events", "serverless-plugin-warmup")


def answer(event: object, context: object, options: Options) -> object:
    """Answer a warm-up. Raises UnsupportedEvent, which names the source of any other event."""
    warmer = warm_up_source(event)
    if warmer:
        from . import log

        log.info(f"kept warm by {warmer}", request_id_of(mapping(event), context))
        return {}
    raise UnsupportedEvent(
        f"This function serves HTTP events, and this event came from {source_of(event)}. Remove that trigger, "
        "or point it at a function of its own."
    )


def warm_up_source(event: object) -> str:
    """Who keeps the function warm with this event; "" when it is no warm-up."""
    fields = mapping(event)
    if fields.get("source") in _WARMERS:
        return text(fields["source"])
    return "warmer" if fields.get("warmer") is True else ""


def source_of(event: object) -> str:
    """Where an event came from, for a message."""
    if not isinstance(event, dict):
        return f"a direct invocation with {'null' if event is None else type(event).__name__} instead of an object"
    if COMMAND_KEY in event:
        return f"a direct invocation with other keys beside {COMMAND_KEY!r}: a command must be the only key"
    context = mapping(event.get("requestContext"))
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
