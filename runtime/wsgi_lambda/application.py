"""The server's side of PEP 3333: call the application, collect its answer, close it, whatever happens."""

from __future__ import annotations

from .response import Response, internal_server_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from collections.abc import Callable, Iterable

    from .integration import Headers

REQUEST_ID = "wsgi_lambda.request_id"


def call(app: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """The application's answer; a plain 500 when it raises, with one traceback in the log.

    SystemExit is caught too: it would end the process, and with it the execution environment.
    """
    answer = Answer()
    iterable: Iterable[bytes] | None = None
    try:
        iterable = app(environ, answer.start_response)
        for chunk in iterable:
            answer.write(chunk)
        response = answer.response()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        log_failure(error, environ)
        response = internal_server_error(environ[REQUEST_ID])
    finally:
        close(iterable, environ)
    return response


class Answer:
    """What an application said so far: its last head, and its output."""

    __slots__ = ("chunks", "headers", "status")

    def __init__(self) -> None:
        self.status: str | None = None
        self.headers: Headers = []
        self.chunks: list[bytes] = []

    def start_response(
        self, status: str, headers: Headers, exc_info: OptExcInfo | None = None
    ) -> Callable[[bytes], object]:
        if exc_info:
            try:
                # An application that fails after its first output cannot take that back.
                if self.chunks and exc_info[1] is not None:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # no cycle through the traceback
        elif self.status is not None:
            raise AssertionError("start_response() was called a second time without exc_info")
        self.status = status
        self.headers = list(headers)
        return self.write

    def write(self, chunk: bytes) -> None:
        if not isinstance(chunk, bytes):
            raise TypeError(f"the application's output must be bytes, not {type(chunk).__name__}")
        if chunk:
            if self.status is None:
                raise AssertionError("the application sent output before it called start_response()")
            self.chunks.append(chunk)

    def response(self) -> Response:
        code, reason, headers = checked_head(self.status, self.headers)
        chunks = self.chunks
        return Response(code, reason, headers, chunks[0] if len(chunks) == 1 else b"".join(chunks))


def checked_head(status: str | None, headers: Headers) -> tuple[int, str, Headers]:
    """Status code, reason and headers that can be sent. Raises what tells the application's author what is wrong."""
    if status is None:
        raise AssertionError("the application did not call start_response()")
    code, _, reason = status.partition(" ")
    if _has_controls(reason):
        raise ValueError(f"the status {status!r} has a control character")
    checked = []
    for name, value in headers:
        if not (isinstance(name, str) and isinstance(value, str)):
            raise TypeError(f"the header {name!r}: {value!r} is not made of two strings")
        if _has_controls(name) or _has_controls(value):
            raise ValueError(f"the header {name!r} has a control character, which would end it and start another")
        # RFC 9110, 5.5: space around a value is not part of it. Django's cookies begin with one.
        value = value.strip(" \t")
        checked.append((name, value) if name.isascii() and value.isascii() else (_sendable(name), _sendable(value)))
    return int(code), _sendable(reason.strip()), checked


def _has_controls(text: str) -> bool:
    """PEP 3333: no control characters, carriage return and line feed among them. RFC 9110, 5.5 allows tabs."""
    return not text.isprintable() and any((letter < " " and letter != "\t") or letter == "\x7f" for letter in text)


def _sendable(text: str) -> str:
    """Half a surrogate pair would end the runtime client, which writes UTF-8."""
    return text.encode("utf-8", "replace").decode()


def close(iterable: object, environ: WSGIEnvironment) -> None:
    """An answer that is complete is not lost because tidying up after it fails; the log has the failure."""
    close = getattr(iterable, "close", None)
    if close is None:
        return
    try:
        close()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        log_failure(error, environ)


def log_failure(error: BaseException, environ: WSGIEnvironment) -> None:
    from . import log

    request_id = environ[REQUEST_ID]
    log.error(f"request {request_id} failed", request_id, error, environ["wsgi.errors"])
