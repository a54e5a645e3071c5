"""Request → WSGI environ (PEP 3333, "environ Variables").

Every string of an environ stands for bytes, one character a byte (latin-1).
"""

from __future__ import annotations

import io
import sys
import time

from .version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from collections.abc import Mapping

    from .integration import Event
    from .options import Options

_SOFTWARE = f"wsgi-lambda/{VERSION}"
_PORTS = {"http": "80", "https": "443"}

# The key of a header's name; "" for a name that is dropped. Clients write names, so the memory has a limit.
_keys: dict[str, str] = {}
_KEPT_NAMES = 500
_LONGEST_KEPT_NAME = 100


def build(
    options: Options,
    event: Event,
    context: object,
    request_context: Event,
    *,
    method: str,
    path: str,
    uri: str,
    query: str,
    headers: Mapping[str, object],
    body: bytes,
    stage: str = "",
    base: str = "",
    remote_address: str = "",
    remote_user: str = "",
    protocol: str = "HTTP/1.1",
    default_scheme: str = "https",
    authorizer: object = None,
) -> WSGIEnvironment:
    """The environ of one request.

    `stage` and `base` are the parts of the URL's path in front of the application ("/dev", "/api/v1", or ""), `path` is
    the rest, all decoded, in latin-1; `uri` is the whole path as it stands in the URL. A header's value is a string, or
    a list of the values of its repetitions.
    """
    mount = stage + base
    if options.base_path or options.hides_stage:
        mount, path = _configured_mount(options, base, path)
    if not path.startswith("/"):
        path = "/" + path
    if query:
        uri = f"{uri}?{query}"
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": mount,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_URI": uri,
        "RAW_URI": uri,
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": remote_address,
        "SERVER_PROTOCOL": protocol,
        "SERVER_SOFTWARE": _SOFTWARE,
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": options.has_several_processes,
        "wsgi.run_once": False,
        "wsgi_lambda.event": event,
        "wsgi_lambda.context": context,
        "wsgi_lambda.request_id": getattr(context, "aws_request_id", None) or request_id_of(event, context),
        "wsgi_lambda.deadline": time.time() + remaining() / 1000 if remaining else None,
        "serverless.event": event,
        "serverless.context": context,
        "serverless.authorizer": authorizer,
    }
    if remote_user:
        environ["REMOTE_USER"] = latin1(remote_user)
    tenant = getattr(context, "tenant_id", None)
    if tenant:
        environ["wsgi_lambda.tenant_id"] = tenant
    if options.legacy_environ:
        environ.update({"event": event, "context": context, "API_GATEWAY_AUTHORIZER": authorizer})
    for name, value in headers.items():
        key = _keys.get(name)
        if key is None:
            key = _key(name)
        if not key or value is None:
            continue
        if type(value) is not str:
            value = _joined(key, value)
        if not value.isascii():
            value = as_received(value)
        if environ.get(key):  # the same name in another letter case, or Content-Type
            value = _merged(key, environ[key], value)
        environ[key] = value
    _add_server(environ, request_context, default_scheme)
    return environ


def request_id_of(event: Event, context: object) -> str:
    """Lambda's own id, which its log has; the gateway's where there is no context (a local run)."""
    own = getattr(context, "aws_request_id", None)
    if own:
        return str(own)
    request_context = event.get("requestContext")
    return str(request_context.get("requestId") or "") if isinstance(request_context, dict) else ""


def latin1(text: str) -> str:
    """Text that AWS decoded, as the bytes that it stands for in UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def as_received(value: str) -> str:
    """A header's value, of which JSON made text: latin-1 where that is possible, else UTF-8."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return latin1(value)
    return value


def without_prefix(path: str, prefix: str) -> str | None:
    """`path` below `prefix`, by whole segments; None when it is not below it."""
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(prefix + "/") else None


def _configured_mount(options: Options, base: str, path: str) -> tuple[str, str]:
    if not options.base_path:
        return base, path
    mount = "/" + latin1(options.base_path)
    whole = base + path
    return mount, without_prefix(whole, mount) or whole


def _key(name: str) -> str:
    """
    `X_Real_IP` would become the same key as `X-Real-IP`: nginx and the other servers drop such names as well. The length
    of the body is counted, not believed.
    """
    if "_" in name or not name.isascii():
        key = ""
    else:
        key = "HTTP_" + name.upper().replace("-", "_")
        if key == "HTTP_CONTENT_TYPE":
            key = "CONTENT_TYPE"
        elif key == "HTTP_CONTENT_LENGTH":
            key = ""
    if len(_keys) < _KEPT_NAMES and len(name) <= _LONGEST_KEPT_NAME:
        _keys[name] = key
    return key


def _joined(key: str, values: object) -> str:
    """RFC 9110, 5.3 and RFC 6265, 4.2.1: repeated headers are one list, cookies one list of another kind."""
    if not isinstance(values, list):
        return str(values)
    texts = [str(value) for value in values if value is not None]
    if key == "CONTENT_TYPE":
        return texts[-1] if texts else ""
    return ("; " if key == "HTTP_COOKIE" else ",").join(texts)


def _merged(key: str, first: str, second: str) -> str:
    if key == "CONTENT_TYPE":
        return second
    return first + ("; " if key == "HTTP_COOKIE" else ",") + second


def _add_server(environ: WSGIEnvironment, request_context: Event, default_scheme: str) -> None:
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", default_scheme)
    if scheme not in _PORTS:
        scheme = scheme.rpartition(",")[2].strip().lower()
        if scheme not in _PORTS:  # a client may have written it
            scheme = default_scheme
    port = environ.get("HTTP_X_FORWARDED_PORT", "").rpartition(",")[2].strip()
    host = environ.get("HTTP_HOST") or latin1(str(request_context.get("domainName") or ""))
    if host.startswith("["):  # an IPv6 address keeps its brackets
        host = host.partition("]")[0] + "]"
    elif ":" in host:
        host = host.partition(":")[0]
    environ["SERVER_NAME"] = host or "lambda"
    environ["SERVER_PORT"] = port if port.isascii() and port.isdigit() else _PORTS[scheme]
    environ["wsgi.url_scheme"] = scheme
