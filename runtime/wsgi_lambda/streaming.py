"""Response streaming from a WSGI application, on Lambda's own Python runtime.

That runtime has no call for it. So the answer goes to the Runtime API over a connection of our own while the handler runs,
and the runtime interface client (RIC, awslambdaric) is kept from posting a second one. Proven with AWS's client against a
Runtime API on loopback, not on AWS; and a handler cannot see how it was invoked, so only the deployment can know that the
caller wants a stream: a buffered Invoke gets these bytes as they are.

Source of the format: Lambda developer guide, "Building a custom runtime", "Implementing response streaming".
"""

from __future__ import annotations

import binascii
import json
import os
import socket

from . import log
from .application import TENANT_ID, Answer, close, log_failure
from .interface_client import Streamed, invocation_id
from .response import internal_server_error
from .version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from collections.abc import Callable, Iterable, Mapping

    from .response import Response

    Prelude = Callable[[Response], Mapping[str, object]]

_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
_DELIMITER = bytes(8)
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
_ERROR_BODY = "Lambda-Runtime-Function-Error-Body"
_LARGE_BYTES = 65536  # not copied for the sake of one packet less


class StreamClosed(ConnectionError):
    """Lambda takes no more of the answer. Raised by write(), and by nothing that an application which yields can see."""


def serve(app: WSGIApplication, environ: WSGIEnvironment, prelude: Prelude, request_id: str) -> Streamed:
    """Call the application and send its answer as it comes; what is returned must be the handler's result.

    `prelude` makes the integration's result without a body out of an answer without one; `request_id` is the invocation's,
    as in the context. Every answer goes this way, a 500 too: a streaming caller takes no other. Raises OSError when the
    Runtime API cannot be reached.
    """
    stream = _Stream(environ, prelude, request_id)
    iterable: Iterable[bytes] | None = None
    try:
        try:
            iterable = app(environ, stream.start_response)
            for chunk in iterable:
                stream.write(chunk)
                if stream.is_answered:
                    break
            stream.end()
        except (KeyboardInterrupt, StreamClosed):
            raise
        except BaseException as error:
            log_failure(error, environ)
            stream.fail(error)
    except StreamClosed as error:
        log.error(f"request {request_id}: {error}", request_id, tenant_id=environ.get(TENANT_ID, ""))
    finally:
        # After the answer's end, so that nobody waits for what is done only now.
        close(iterable, environ)
        stream.disconnect()
    result = Streamed(b'{"errorMessage": "This answer was streamed to another invocation."}')
    result.request_id = request_id
    return result


class _Stream(Answer):
    __slots__ = ("has_body", "is_answered", "prelude", "request_id", "sent_bytes", "socket")

    def __init__(self, environ: WSGIEnvironment, prelude: Prelude, request_id: str) -> None:
        super().__init__()
        self.prelude = prelude
        self.request_id = request_id
        self.has_body = environ["REQUEST_METHOD"] != "HEAD"
        self.is_answered = False  # more output would go nowhere
        self.sent_bytes = 0
        self.socket: socket.socket | None = None

    def write(self, chunk: bytes) -> None:
        super().write(chunk)
        if chunk:
            self.chunks.clear()
            self.begin()
            self.chunks.append(b"")  # there was output: start_response() asks for no more
            if self.has_body:
                self.send(chunk)
            else:
                self.is_answered = True

    def begin(self, answer: Response | None = None) -> None:
        """Send the head, which is final with the first output (PEP 3333, "The start_response() Callable")."""
        if self.socket is not None:
            return
        answer = answer or self.response()
        may_have_content = answer.status >= 200 and answer.status not in (204, 304)  # RFC 9110, 6.4.1
        self.has_body = self.has_body and may_have_content
        if may_have_content and "content-type" not in answer.headers:
            answer.headers["content-type"] = ("Content-Type", ["application/octet-stream"])
        prelude = json.dumps(self.prelude(answer)).encode() + _DELIMITER
        address = os.environ["AWS_LAMBDA_RUNTIME_API"]
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._send_all(_request(self.request_id, address).encode("latin-1"), _frame(prelude))

    def send(self, chunk: bytes) -> None:
        if len(chunk) < _LARGE_BYTES:
            self._send_all(_frame(chunk))
        else:
            self._send_all(b"%x\r\n" % len(chunk), chunk, b"\r\n")
        self.sent_bytes += len(chunk)

    def end(self, trailers: str = "") -> None:
        self.begin()
        self._send_all(b"0\r\n" + trailers.encode() + b"\r\n")
        status = self._status()
        if not status.startswith("202"):
            raise StreamClosed(f"Lambda did not accept the streamed answer: {status or 'it closed the connection'}")

    def fail(self, error: BaseException) -> None:
        """The application failed: an ordinary 500 while nothing was sent, else the stream breaks off by its trailers."""
        if self.socket is not None:
            kind = type(error).__name__.encode("ascii", "replace").decode()
            message = f"The application failed while it answered. Request id: {self.request_id}"
            body = json.dumps({"errorType": kind, "errorMessage": message}).encode()
            encoded = binascii.b2a_base64(body, newline=False).decode()
            self.end(f"{_ERROR_TYPE}: Function.{kind}\r\n{_ERROR_BODY}: {encoded}\r\n")
        else:
            answer = internal_server_error(self.request_id)
            self.begin(answer)
            if self.has_body:
                self.send(answer.body)
            self.end()

    def disconnect(self) -> None:
        if self.socket is not None:
            self.socket.close()

    def _send_all(self, *parts: bytes) -> None:
        assert self.socket is not None
        try:
            for part in parts:
                self.socket.sendall(part)
        except OSError as error:
            reason = self._status() or error.strerror
            raise StreamClosed(f"Lambda takes no more of the answer after {self.sent_bytes} bytes: {reason}") from error

    def _status(self) -> str:
        """The Runtime API's answer, "202 Accepted" or why not; "" without one."""
        assert self.socket is not None
        line = b""
        try:
            while b"\r\n" not in line and (received := self.socket.recv(4096)):
                line += received
        except OSError:
            return ""
        return line.partition(b"\r\n")[0].partition(b" ")[2].decode("latin-1")


def _frame(chunk: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(chunk), chunk)


def _request(request_id: str, address: str) -> str:
    lines = [
        f"POST /2018-06-01/runtime/invocation/{request_id}/response HTTP/1.1",
        f"Host: {address}",
        f"User-Agent: wsgi-lambda/{VERSION}",
        "Connection: close",
        f"Content-Type: {_CONTENT_TYPE}",
        "Lambda-Runtime-Function-Response-Mode: streaming",
        "Transfer-Encoding: chunked",
        f"Trailer: {_ERROR_TYPE}, {_ERROR_BODY}",
    ]
    if invocation_id():
        lines.append(f"Lambda-Runtime-Invocation-Id: {invocation_id()}")
    return "\r\n".join([*lines, "", ""])
