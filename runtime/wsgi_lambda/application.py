"""The server's side of PEP 3333: call the application, collect its answer, close it, whatever happens."""

from __future__ import annotations

from .environ import REQUEST_ID
from .percent import utf8
from .response import Response, internal_server_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from collections.abc import Callable, Iterable


def call(app: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """The application's answer; a plain 500 when it raises, with one traceback in the log.

    SystemExit is caught too: it would end the process, and with it the execution environment.
    """
    answer = _Answer()
    iterable: Iterable[bytes] | None = None
    try:
        try:
            iterable = app(environ, answer.start_response)
            for chunk in iterable:
                answer.write(chunk)
            response = answer.response()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _log(error, environ)
            response = internal_server_error(environ[REQUEST_ID])
    finally:
        _close(iterable, environ)
    return response


class _Answer:
    def __init__(self) -> None:
        self.status: str | None = None
        self.headers: list[tuple[str, str]] = []
        self.chunks: list[bytes] = []

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None
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
        if self.status is None:
            raise AssertionError("the application did not call start_response()")
        code, _, reason = self.status.partition(" ")
        for name, value in self.headers:
            if not (isinstance(name, str) and isinstance(value, str)):
                raise TypeError(f"the header {name!r}: {value!r} is not made of two strings")
            if _has_controls(name) or _has_controls(value):
                raise ValueError(f"the header {name!r} has a control character, which would end it and start another")
        if _has_controls(reason):
            raise ValueError(f"the status {self.status!r} has a control character")
        # RFC 9110, 5.5: space around a value is not part of it. Django's cookies begin with one.
        headers = [(_sendable(name), _sendable(value.strip(" \t"))) for name, value in self.headers]
        return Response(int(code), _sendable(reason.strip()), headers, b"".join(self.chunks))


def _has_controls(text: str) -> bool:
    """PEP 3333: no control characters, carriage return and line feed among them. RFC 9110, 5.5 allows tabs."""
    return not text.isprintable() and any((letter < " " and letter != "\t") or letter == "\x7f" for letter in text)


def _sendable(text: str) -> str:
    """Half a surrogate pair would end the runtime client, which writes UTF-8."""
    return text if text.isascii() else utf8(text).decode()


def _close(iterable: object, environ: WSGIEnvironment) -> None:
    """An answer that is complete is not lost because tidying up after it fails; the log has the failure."""
    close = getattr(iterable, "close", None)
    if close is None:
        return
    try:
        close()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        _log(error, environ)


def _log(error: BaseException, environ: WSGIEnvironment) -> None:
    import traceback

    lines = traceback.format_exception(type(error), error, error.__traceback__)
    stream = environ["wsgi.errors"]
    stream.write(f"[ERROR] request {environ[REQUEST_ID]} failed\n" + "".join(lines))
    stream.flush()
