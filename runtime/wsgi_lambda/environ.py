"""Request → WSGI environ (PEP 3333, "environ Variables").

Every string of an environ stands for bytes, one character a byte (latin-1).
"""

from __future__ import annotations

import io
import os
import sys

from . import percent
from .integration import Request, header, mapping, text, without_prefix
from .version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from .integration import Event

EVENT = "wsgi_lambda.event"
CONTEXT = "wsgi_lambda.context"
REQUEST_ID = "wsgi_lambda.request_id"

_TRUE = ("1", "t", "true", "y", "yes")
_PORTS = {"http": "80", "https": "443"}


def build(request: Request, event: Event, context: object) -> WSGIEnvironment:
    script_name, path = _mount(request)
    scheme = _last(request, "x-forwarded-proto").lower()
    if scheme not in _PORTS:  # a client may have written it
        scheme = request.default_scheme
    port = _last(request, "x-forwarded-port")
    uri = request.raw_path + ("?" + request.query if request.query else "")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": script_name.decode("latin-1"),
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": request.query,
        "REQUEST_URI": uri,
        "RAW_URI": uri,
        "CONTENT_TYPE": _latin1(header(request.headers, "content-type")),
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": _latin1(request.remote_address),
        "SERVER_NAME": _latin1(_host_name(header(request.headers, "host") or request.domain)),
        "SERVER_PORT": port if port.isascii() and port.isdigit() else _PORTS[scheme],
        "SERVER_PROTOCOL": _latin1(request.protocol),
        "SERVER_SOFTWARE": f"wsgi-lambda/{VERSION}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        # Lambda Managed Instances run one process for each concurrent request.
        "wsgi.multiprocess": bool(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY")),
        "wsgi.run_once": False,
        EVENT: event,
        CONTEXT: context,
        REQUEST_ID: request_id(event, context),
        "serverless.event": event,
        "serverless.context": context,
        "serverless.authorizer": mapping(event.get("requestContext")).get("authorizer"),
    }
    if request.remote_user:
        environ["REMOTE_USER"] = percent.utf8(request.remote_user).decode("latin-1")
    _add_headers(environ, request)
    return environ


def request_id(event: Event, context: object) -> str:
    """Lambda's own id, which its log has; the gateway's where there is no context (a local run)."""
    own = getattr(context, "aws_request_id", None)
    return text(own or mapping(event.get("requestContext")).get("requestId"))


def _mount(request: Request) -> tuple[bytes, bytes]:
    """SCRIPT_NAME and PATH_INFO, which two variables of the function's environment can overrule."""
    configured = os.environ.get("API_GATEWAY_BASE_PATH", "").strip("/")
    if configured:
        base = b"/" + percent.utf8(configured)
        whole = request.base + request.path
        return base, without_prefix(whole, base) or whole
    if os.environ.get("STRIP_STAGE_PATH", "").lower() in _TRUE:
        return request.base, request.path
    return request.stage + request.base, request.path


def _add_headers(environ: WSGIEnvironment, request: Request) -> None:
    for name, value in request.headers:
        # "X_Real_IP" would become the same key as "X-Real-IP": nginx and the other servers drop such names as well.
        if "_" in name or not name.isascii():
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        if key in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
            continue
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = environ[key] + separator + _latin1(value) if key in environ else _latin1(value)


def _last(request: Request, name: str) -> str:
    return header(request.headers, name).rpartition(",")[2].strip()


def _host_name(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0] or "lambda"


def _latin1(value: str) -> str:
    """What JSON made text of goes back to bytes: latin-1 where that is possible, else UTF-8."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return percent.utf8(value).decode("latin-1")
    return value
