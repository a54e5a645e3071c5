"""Whether wsgi-lambda's own client sent an invocation."""

from __future__ import annotations

_MARKER = "wsgi-lambda"


def is_own_client(context: object) -> bool:
    """Whether the client context of the invocation is marked: {"custom": {"wsgi-lambda": "1"}}.

    Only who calls Lambda's Invoke writes it (Lambda API reference, "Invoke", X-Amz-Client-Context): gateways and event sources
    put what they are sent into the event, and never here. None where nobody wrote one; some emulators hand over a dict.
    """
    custom = _field(_field(context, "client_context"), "custom")
    return _field(custom, _MARKER) == "1"


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
