"""Events that are no HTTP requests: where they come from, and what the table `events` has for them."""

from __future__ import annotations

from .environ import request_id_of, tenant_id_of
from .event import mapping, text
from .events import COMMAND_KEY, UnsupportedEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from collections.abc import Callable, Mapping, Sequence

    from .integration import Event
    from .options import Options

# Both say who they are: a rule of EventBridge with a schedule, and EventBridge Scheduler where its payload is the default.
_SCHEDULES = ("aws.events", "aws.scheduler")
_WARM_UPS = ("schedule", "warmer")
# CloudWatch Logs sends much less. Compressed, a few kilobytes of an event could be all of the memory.
_LONGEST_LOGS = 32 * 1024 * 1024


def answer(app: WSGIApplication, event: object, context: object, options: Options) -> object:
    """The result of what `options.events` routes an event to; {} for a warm-up.

    Raises UnsupportedEvent for any other event: it names the source, and the keys that would route it.
    """
    kind, names = origin(event)
    key = _route(kind, names, options.events)
    if key:
        from . import routes

        return routes.run(key, app, event, context, options)
    if kind in _WARM_UPS:
        from . import log

        who = f"{kind}:{names[-1]}" if names else kind
        log.info(f"kept warm by {who}, which has no route", request_id_of(mapping(event), context), tenant_id_of(context))
        return {}
    raise UnsupportedEvent(f"This function serves HTTP events, and this event came from {source_of(event)}. {_hint(event)}")


def origin(event: object) -> tuple[str, list[str]]:
    """The source of an event, as keys of the table name it, and the names that may follow, the most specific first."""
    fields = mapping(event)
    record = _record(fields)
    request = mapping(fields.get("requestContext"))
    trigger, source = text(fields.get("triggerSource")), text(fields.get("source"))
    names: Sequence[object]
    if _service(record) in _RECORDS:
        kind, name_of = _RECORDS[_service(record)]
        names = [name_of(record)]
    elif _service(fields) in _EVENTS:
        kind, name_of = _EVENTS[_service(fields)]
        names = [name_of(fields)]
    elif request.get("connectionId"):
        kind, names = "websocket", [request.get("routeKey")]
    elif "awslogs" in fields:
        kind, names = "logs", [_log_group(mapping(fields["awslogs"]))]
    elif trigger:
        kind, names = "cognito", [trigger, trigger.partition("_")[0]]
    elif source in _SCHEDULES:
        # rule/NAME, rule/BUS/NAME, schedule/GROUP/NAME
        path = text(first(fields.get("resources"))).partition("/")[2]
        kind, names = "schedule", [path, path.rpartition("/")[2]]
    elif source == "serverless-plugin-warmup" or fields.get("warmer") is True:
        kind, names = "warmer", []
    elif source and "detail-type" in fields:
        kind, names = "eventbridge", [f"{source}/{text(fields['detail-type'])}", source]
    else:
        kind, names = "json", [*fields]
    return kind, [text(name) for name in names if name]


def source_of(event: object) -> str:
    """Where an event came from, for a message."""
    fields = mapping(event)
    if not isinstance(event, dict):
        return f"a direct invocation with {'null' if event is None else type(event).__name__} instead of an object"
    if COMMAND_KEY in fields:
        return f"a direct invocation with other keys beside {COMMAND_KEY!r}: a command must be the only key"
    kind, names = origin(fields)
    if kind == "websocket":
        return "an API Gateway WebSocket API, of which a WSGI application knows nothing"
    if kind == "logs":
        return "CloudWatch Logs"
    if kind == "cognito":
        return f"Amazon Cognito ({names[0]})"
    if "requestPath" in fields:
        return "API Gateway without proxy integration"
    record = _record(fields)
    service = _service(record) or _service(fields) or text(fields.get("source"))
    if service:
        return service
    if "cf" in record:
        return "CloudFront (Lambda@Edge)"
    keys = ", ".join(sorted(names)[:10])
    return f"an unknown source (its keys: {keys})" if keys else "a direct invocation with an empty object"


def _route(kind: str, names: list[str], table: Mapping[str, str]) -> str:
    """The most specific key that the table has; of several keys of one object, the table's first. "" without one."""
    keys = [f"{kind}:{name}" for name in names]
    if kind == "json":
        keys = [key for key in table if key in keys]
    return next((key for key in [*keys, kind] if key in table), "")


def _hint(event: object) -> str:
    if "requestPath" in mapping(event):
        return "Use the Lambda proxy integration, or set non-proxy-integration."
    kind, names = origin(event)
    if kind == "json":
        names = names[:1]
    keys = " or ".join(f'"{key}"' for key in [*(f"{kind}:{name}" for name in names), kind])
    return (
        f'To route it, add {keys} = "module:function" to [tool.wsgi-lambda.events] (the events of wsgi_lambda.json or make_handler); otherwise remove that trigger, or point '
        "it at a function of its own."
    )


def items(value: object) -> list[object]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]


def first(value: object) -> object:
    return next(iter(items(value)), None)


def _record(event: Event) -> Event:
    """The first record: one event never has records of two sources."""
    return mapping(first(event.get("Records")))


def _service(fields: Event) -> str:
    return text(fields.get("eventSource") or fields.get("EventSource"))


def _last_of_arn(arn: object) -> str:
    return text(arn).rpartition(":")[2]


def _first_of_path(arn: object) -> str:
    """…:table/NAME/stream/TIME, …:stream/NAME, …:stream/NAME/consumer/CONSUMER:TIME"""
    return text(arn).partition("/")[2].partition("/")[0]


def _topic(event: Event) -> object:
    """Records by topic and partition: {"TOPIC-0": [{"topic": "TOPIC", …}]}."""
    return mapping(first(next(iter(mapping(event.get("records")).values()), None))).get("topic")


def _activemq_queue(event: Event) -> object:
    return mapping(mapping(first(event.get("messages"))).get("destination")).get("physicalName")


def _rabbitmq_queue(event: Event) -> object:
    """Messages by queue and virtual host: {"QUEUE::/": […]}."""
    return next((text(queue).partition("::")[0] for queue in mapping(event.get("rmqMessagesByQueue"))), "")


def _log_group(fields: Event) -> object:
    """The data is JSON, compressed with gzip, in base64."""
    import json
    import zlib
    from binascii import a2b_base64

    try:
        data = zlib.decompressobj(31).decompress(a2b_base64(text(fields.get("data"))), _LONGEST_LOGS)
        return mapping(json.loads(data)).get("logGroup")
    except (ValueError, RecursionError, zlib.error):
        return ""


# How a service names itself → the source in the table, and where the name is.
_RECORDS: dict[str, tuple[str, Callable[[Event], object]]] = {
    "aws:sqs": ("sqs", lambda record: _last_of_arn(record.get("eventSourceARN"))),
    "aws:sns": ("sns", lambda record: _last_of_arn(mapping(record.get("Sns")).get("TopicArn"))),
    "aws:s3": ("s3", lambda record: mapping(mapping(record.get("s3")).get("bucket")).get("name")),
    "aws:dynamodb": ("dynamodb", lambda record: _first_of_path(record.get("eventSourceARN"))),
    "aws:kinesis": ("kinesis", lambda record: _first_of_path(record.get("eventSourceARN"))),
}
_EVENTS: dict[str, tuple[str, Callable[[Event], object]]] = {
    "aws:kafka": ("kafka", _topic),
    "SelfManagedKafka": ("kafka", _topic),
    "aws:mq": ("mq", _activemq_queue),
    "aws:rmq": ("mq", _rabbitmq_queue),
}
