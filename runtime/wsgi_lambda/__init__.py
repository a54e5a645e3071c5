"""Serve a WSGI application (PEP 3333) from AWS Lambda.

    from wsgi_lambda import make_handler
    from project.wsgi import application

    handler = make_handler(application)

`handler` answers the HTTP events of API Gateway, function URLs and load balancers, warm-up events, and remote commands.
"""

from __future__ import annotations

from . import application, environ, events
from .policy import DEFAULT_COMMANDS, Policy
from .version import VERSION as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from collections.abc import Callable, Iterable

__all__ = ["DEFAULT_COMMANDS", "__version__", "handle_request", "make_handler"]


def make_handler(
    app: WSGIApplication, *, commands: Iterable[str] = DEFAULT_COMMANDS
) -> Callable[[object, object], object]:
    """Return the function's handler for `app`.

    `commands` says which remote commands the function obeys: kinds ("manage", "flask", "exec", "shell"), prefixes
    ("manage migrate"), or ["none"]. Raises `wsgi_lambda.policy.PolicyError` where it cannot be understood.
    """
    policy = Policy(commands)

    def handler(event: object, context: object) -> object:
        return _handle(app, event, context, policy)

    return handler


def handle_request(
    app: WSGIApplication, event: object, context: object, *, commands: Iterable[str] = DEFAULT_COMMANDS
) -> object:
    """Answer one Lambda event: what `make_handler` returns, for a handler function of your own."""
    return _handle(app, event, context, Policy(commands))


def _handle(app: WSGIApplication, event: object, context: object, policy: Policy) -> object:
    if events.is_command(event):
        from . import commands  # a function that only serves never loads it

        return commands.answer(app, event[events.COMMAND_KEY], context, policy)
    warmer = events.warm_up_source(event)
    if warmer:
        print(f"wsgi-lambda: kept warm by {warmer}", flush=True)
        return {}
    integration, http_event = events.recognise(event)
    request = integration.request(http_event)
    response = application.call(app, environ.build(request, http_event, context))
    return integration.result(request, response, http_event, environ.request_id(http_event, context))
