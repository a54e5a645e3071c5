"""What is called in the place of an application that could not be imported (`"on-import-error": "serve"`)."""

from __future__ import annotations

from traceback import format_exception_only

from . import log
from .application import REQUEST_ID, TENANT_ID
from .response import internal_server_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ApplicationUnavailable(Exception):
    """The application could not be imported; the cause says why."""


class StandIn:
    """Answers every request with a plain 500, so that the execution environment stays and remote commands can look into it.

    Whatever wants more of the application than an answer, as Flask's commands do, is told why there is none.
    """

    def __init__(self, cause: BaseException) -> None:
        self._cause = cause
        what = format_exception_only(type(cause), cause)[-1].strip()
        self._reason = f"the application could not be imported ({what}); the log of the start has the whole traceback"
        log.error("the application could not be imported, so every request is answered with 500", "", cause)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        request_id = environ[REQUEST_ID]
        message = f"request {request_id} failed: {self._reason}"
        log.error(message, request_id, None, environ["wsgi.errors"], environ.get(TENANT_ID, ""))
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        start_response("500 Internal Server Error", headers)
        return [internal_server_error(request_id).body]

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # Python's protocols, which ask whether something is there
            raise AttributeError(name)
        raise ApplicationUnavailable(self._reason) from self._cause
