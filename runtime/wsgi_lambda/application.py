"""The server's side of PEP 3333: call the application, collect its answer, close it, whatever happens."""

from __future__ import annotations

from .response import Response, internal_server_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from collections.abc import Callable, Iterable

    from .response import Headers

# In the environ; the second only where the function isolates tenants.
REQUEST_ID = "wsgi_lambda.request_id"
TENANT_ID = "wsgi_lambda.tenant_id"

# Status lines and headers that were found right: applications send the same ones again and again.
_known_statuses: dict[str, tuple[int, str]] = {}
_known_headers: dict[tuple[str, str], tuple[str, str, str, int]] = {}
_MOST_KNOWN = 200
_LONGEST_KNOWN = 200


def call(app: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """The application's answer; a plain 500 when it raises, with one traceback in the log.

    SystemExit is caught too: it would end the process, and with it the execution environment.
    """
    answer = Answer()
    iterable: Iterable[bytes] | None = None
    try:
        iterable = app(environ, answer.start_response)
        for chunk in iterable:
            if chunk and type(chunk) is bytes and answer.status_line is not None:
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
        if type(iterable) is not list:
            close(iterable, environ)


class Answer(Response):
    """What an application said so far: its last head, and its output. `response()` completes it."""

    __slots__ = ("chunks", "header_list", "status_line")

    def __init__(self) -> None:
        self.status_line: str | None = None
        self.header_list: list[tuple[str, str]] = []
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
        elif self.status_line is not None:
            raise AssertionError("start_response() was called a second time without exc_info")
        self.status_line = status
        self.header_list = headers
        return self.write

    def write(self, chunk: bytes) -> None:
        if not isinstance(chunk, bytes):
            raise TypeError(f"the application's output must be bytes, not {type(chunk).__name__}")
        if chunk:
            if self.status_line is None:
                raise AssertionError("the application sent output before it called start_response()")
            self.chunks.append(chunk)

    def response(self) -> Response:
        """What can be sent of it. Raises what tells the application's author what is wrong with the head."""
        status = self.status_line
        if status is None:
            raise AssertionError("the application did not call start_response()")
        self.status, self.reason = _known_statuses.get(status) or _checked_status(status)
        checked: Headers = {}
        size = len(status)
        for pair in self.header_list:
            try:
                known = _known_headers.get(pair)
            except TypeError:  # a list, which PEP 3333 does not have
                known = None
            key, name, value, length = known or _checked_header(*pair)
            size += length
            if key in checked:
                checked[key][1].append(value)
            else:
                checked[key] = (name, [value])
        self.headers = checked
        self.head_size = size
        chunks = self.chunks
        self.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return self


def _checked_status(status: str) -> tuple[int, str]:
    """`204 No Content` as code and reason."""
    code, _, reason = status.partition(" ")
    checked = int(code), _checked(reason, f"the status {status!r}").strip()
    if len(_known_statuses) < _MOST_KNOWN and len(status) <= _LONGEST_KNOWN:
        _known_statuses[status] = checked
    return checked


def _checked_header(name: str, value: str) -> tuple[str, str, str, int]:
    """The name in lower case, the name, and the value, as they can be sent, and the number of their characters."""
    if not (isinstance(name, str) and isinstance(value, str)):
        raise TypeError(f"the header {name!r}: {value!r} is not made of two strings")
    # RFC 9110, 5.5: space around a value is not part of it. Django's cookies begin with one.
    sent = _checked(value, f"the header {name!r}").strip(" \t")
    sent_name = _checked(name, f"the header {name!r}")
    checked = sent_name.lower(), sent_name, sent, len(sent_name) + len(sent)
    if len(name) + len(value) <= _LONGEST_KNOWN and checked[0] != "set-cookie":
        if len(_known_headers) >= _MOST_KNOWN:
            _known_headers.clear()
        _known_headers[name, value] = checked
    return checked


def _checked(text: str, what: str) -> str:
    """PEP 3333: no control characters, carriage return and line feed among them. RFC 9110, 5.5 allows tabs.

    Half a surrogate pair would end the runtime client, which writes UTF-8.
    """
    if text.isascii() and text.isprintable():
        return text
    if any((letter < " " and letter != "\t") or letter == "\x7f" for letter in text):
        raise ValueError(f"{what} has a control character, which would end it and start another")
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
    log.error(f"request {request_id} failed", request_id, error, environ["wsgi.errors"], environ.get(TENANT_ID, ""))
