"""Serve a WSGI application (PEP 3333) from AWS Lambda.

    from wsgi_lambda import make_handler
    from project.wsgi import application

    handler = make_handler(application)

`handler` answers the HTTP events of API Gateway, function URLs, load balancers and VPC Lattice, remote commands, warm-up
events, and the events of other sources that a table routes to functions or commands.
"""

from __future__ import annotations

import os
from functools import partial

from .events import COMMAND_KEY, recognise
from .options import DEFAULT_COMMANDS, Options
from .version import VERSION as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from collections.abc import Callable

    from typing_extensions import Unpack

    from .options import OptionFields

__all__ = ["DEFAULT_COMMANDS", "__version__", "handle_request", "make_handler"]


def make_handler(app: WSGIApplication, **options: Unpack[OptionFields]) -> Callable[[object, object], object]:
    """Return the function's handler for `app`.

    `options` are those of `wsgi_lambda.options.Options`: `commands` says which remote commands the function obeys, `events`
    what is done with events that are no HTTP requests, and so on.
    """
    if not callable(app):
        raise TypeError(f"make_handler() takes the application itself, which can be called, not {app!r}.")
    chosen = Options(**options)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        from . import snapshot

        snapshot.register()
    if chosen.events:
        from . import routes

        routes.prepare(app, chosen.events)
    if chosen.streaming:
        from . import interface_client

        interface_client.install()
    return partial(_answer, app, chosen)


def handle_request(app: WSGIApplication, event: object, context: object, **options: Unpack[OptionFields]) -> object:
    """Answer one Lambda event, for a handler function of your own. It does not stream: that is prepared at the start."""
    options["streaming"] = False
    return _answer(app, Options(**options), event, context)


def _answer(app: WSGIApplication, options: Options, event: object, context: object) -> object:
    if isinstance(event, dict):
        integration = recognise(event, options)
        if integration:
            return integration.answer(options.gate.before(app) if options.gate else app, event, context, options)
        if COMMAND_KEY in event:
            from . import commands

            return commands.answer(app, event, context, options)
    from . import triggers

    return triggers.answer(app, event, context, options)
