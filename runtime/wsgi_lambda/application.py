"""The server's side of PEP 3333: call the application, collect its answer, close it, whatever happens."""

from __future__ import annotations

from .response import Response, internal_server_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from .response import Headers

    class Closable(Protocol):
        def close(self) -> object: ...

REQUEST_ID = "wsgi_lambda.request_id"

# Names of headers that were found right, in lower case. Applications have few, but may make some up.
_names: dict[str, str] = {}
_KEPT_NAMES = 500


def call(app: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """The application's answer; a plain 500 when it raises, with one traceback in the log.

    SystemExit is caught too: it would end the process, and with it the execution environment.
    """
    answer = Answer()
    iterable: Iterable[bytes] | None = None
    try:
        iterable = app(environ, answer.start_response)
        for chunk in iterable:
            if chunk and type(chunk) is bytes and answer.status is not None:
                answer.chunks.append(chunk)  # what write() does, without the call
            else:
                answer.write(chunk)
        return answer.response()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        log_failure(error, environ)
        return internal_server_error(environ[REQUEST_ID])
    finally:
        if hasattr(iterable, "close"):
            close(iterable, environ)


class Answer:
    """What an application said so far: its last head, and its output."""

    __slots__ = ("chunks", "headers", "status")

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
        """What can be sent of it. Raises what tells the application's author what is wrong with the head."""
        status = self.status
        if status is None:
            raise AssertionError("the application did not call start_response()")
        code, _, reason = status.partition(" ")
        if not (reason.isascii() and reason.isprintable()):
            reason = _checked(reason, f"the status {status!r}")
        checked: Headers = {}
        size = len(reason)
        for name, value in self.headers:
            if not (isinstance(name, str) and isinstance(value, str)):
                raise TypeError(f"the header {name!r}: {value!r} is not made of two strings")
            key = _names.get(name)
            if key is None:
                name = _checked(name, f"the header {name!r}")
                key = name.lower()
                if len(_names) < _KEPT_NAMES:
                    _names[name] = key
            if not (value.isascii() and value.isprintable()):
                value = _checked(value, f"the header {name!r}")
            # RFC 9110, 5.5: space around a value is not part of it. Django's cookies begin with one.
            value = value.strip(" \t")
            size += len(name) + len(value)
            if key in checked:
                checked[key][1].append(value)
            else:
                checked[key] = (name, [value])
        chunks = self.chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return Response(int(code), reason.strip(), checked, body, size)


def _checked(text: str, what: str) -> str:
    """PEP 3333: no control characters, carriage return and line feed among them. RFC 9110, 5.5 allows tabs.

    Half a surrogate pair would end the runtime client, which writes UTF-8.
    """
    if any((letter < " " and letter != "\t") or letter == "\x7f" for letter in text):
        raise ValueError(f"{what} has a control character, which would end it and start another")
    return text.encode("utf-8", "replace").decode()


def close(iterable: Closable, environ: WSGIEnvironment) -> None:
    """An answer that is complete is not lost because tidying up after it fails; the log has the failure."""
    try:
        iterable.close()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        log_failure(error, environ)


def log_failure(error: BaseException, environ: WSGIEnvironment) -> None:
    from . import log

    request_id = environ[REQUEST_ID]
    tenant_id = environ.get("wsgi_lambda.tenant_id", "")
    log.error(f"request {request_id} failed", request_id, error, environ["wsgi.errors"], tenant_id)
