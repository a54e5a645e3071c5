"""The module that applications written for serverless-wsgi import, on top of wsgi_lambda.

Its `handle_request` keeps what such applications may rely on where that harms nobody: what is an image by its type is base64
whatever its bytes are, a load balancer's query has `+` for a space, `REMOTE_USER` is there without a user too, and the stage
is in front of the application wherever the host is one of AWS. `wsgi_lambda.handle_request` does without.
"""

from __future__ import annotations

from wsgi_lambda import handle_request as _handle_request
from wsgi_lambda.event import mapping, text
from wsgi_lambda.events import COMMAND_KEY
from wsgi_lambda.options import is_on
from wsgi_lambda.response import TEXT_MIME_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from collections.abc import Iterable

    from typing_extensions import Unpack

    from wsgi_lambda.options import OptionFields

__all__ = ["TEXT_MIME_TYPES", "handle_request"]

_BINARY_TYPES = ("image/*", "audio/*", "video/*", "font/*", "application/octet-stream", "application/pdf", "application/zip")


def handle_request(app: WSGIApplication, event: object, context: object, **options: Unpack[OptionFields]) -> object:
    """Answer one Lambda event, as `wsgi_lambda.handle_request` does, for an application that expects serverless-wsgi."""
    options.setdefault("binary_mime_types", _BINARY_TYPES)
    is_command = isinstance(event, dict) and COMMAND_KEY in event  # flask commands want the application itself
    return _handle_request(app if is_command else _as_it_expects(app), event, context, **options)


def _as_it_expects(app: WSGIApplication) -> WSGIApplication:
    def adapted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.setdefault("REMOTE_USER", "")
        request_context = mapping(environ["wsgi_lambda.event"].get("requestContext"))
        if "elb" in request_context:
            environ["QUERY_STRING"] = environ["QUERY_STRING"].replace("%20", "+")
        elif not (environ["SCRIPT_NAME"] or is_on("STRIP_STAGE_PATH")):
            stage = text(request_context.get("stage"))
            if stage not in ("", "$default") and "amazonaws.com" in environ.get("HTTP_HOST", ""):
                environ["SCRIPT_NAME"] = f"/{stage}"
        return app(environ, start_response)

    return adapted
