"""Request → WSGI environ (PEP 3333, "environ Variables").

Every string of an environ stands for bytes, one character a byte (latin-1).
"""

from __future__ import annotations

import sys
import time
from io import BytesIO

from .version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from collections.abc import Mapping
    from typing import Any

    from .integration import Event
    from .options import Options

_SOFTWARE = f"wsgi-lambda/{VERSION}"
_VERSION = (1, 0)
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
    headers: Mapping[str, Any],
    method: str,
    path: str,
    uri: str,
    query: str,
    body: bytes,
    *,
    stage: str = "",
    base: str = "",
    remote_address: str = "",
    remote_user: str = "",
    protocol: str = "HTTP/1.1",
    scheme: str = "https",
) -> WSGIEnvironment:
    """The environ of one request.

    `stage` and `base` are the parts of the URL's path in front of the application ("/dev", "/api/v1", or ""), `path` is
    the rest, all decoded, in latin-1; `uri` is the whole path as it stands in the URL. `scheme` is for requests whose
    headers do not tell.
    """
    if options.base_path or options.hides_stage:
        stage, base, path = _configured_mount(options, base, path)
    if query:
        uri = f"{uri}?{query}"
    # Raises where one is no string, or no string of bytes: a gateway sends none of that.
    strings = method + path + remote_address + protocol
    if not strings.isascii():
        strings.encode("latin-1")
    milliseconds = getattr(context, "_epoch_deadline_time_in_ms", None)  # what AWS's client knows without being asked
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": stage + base,
        "PATH_INFO": path if path.startswith("/") else "/" + path,
        "QUERY_STRING": query,
        "REQUEST_URI": uri,
        "RAW_URI": uri,
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": remote_address,
        "SERVER_PROTOCOL": protocol,
        "SERVER_SOFTWARE": _SOFTWARE,
        "wsgi.version": _VERSION,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": options.has_several_processes,
        "wsgi.run_once": False,
        "wsgi_lambda.event": event,
        "wsgi_lambda.context": context,
        "wsgi_lambda.request_id": getattr(context, "aws_request_id", None) or request_id_of(event, context),
        "wsgi_lambda.deadline": milliseconds / 1000 if type(milliseconds) is int else deadline_of(context),
        "serverless.event": event,
        "serverless.context": context,
        "serverless.authorizer": request_context.get("authorizer"),
    }
    for name, value in headers.items():
        try:
            key = _keys[name]
            if key in environ or not value.isascii():
                _add_header(environ, key, value)
            else:
                environ[key] = value
        except (KeyError, AttributeError):  # a new name, or no string
            _add_header(environ, _key(name), value)
    environ.pop("", None)
    if "CONTENT_TYPE" not in environ:
        environ["CONTENT_TYPE"] = ""

    forwarded = environ.get("HTTP_X_FORWARDED_PROTO")
    if forwarded is not None:
        scheme = forwarded if forwarded in _PORTS else _forwarded_scheme(forwarded) or scheme
    environ["wsgi.url_scheme"] = scheme
    port = environ.get("HTTP_X_FORWARDED_PORT")
    environ["SERVER_PORT"] = port if port == "443" else _forwarded_port(port) or _PORTS[scheme]
    host = environ.get("HTTP_HOST") or latin1(request_context.get("domainName") or "lambda")
    environ["SERVER_NAME"] = _host_name(host) if ":" in host else host

    if remote_user:
        environ["REMOTE_USER"] = latin1(remote_user)
    tenant = getattr(context, "tenant_id", None)
    if tenant:
        environ["wsgi_lambda.tenant_id"] = tenant
    if options.legacy_environ:
        environ.update(event=event, context=context, API_GATEWAY_AUTHORIZER=environ["serverless.authorizer"])
    return environ


def deadline_of(context: object) -> float | None:
    """When Lambda ends the invocation, in seconds of Unix time; None outside of Lambda."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    try:
        return time.time() + remaining() / 1000 if remaining else None
    except TypeError:  # of a test's stand-in
        return None


def request_id_of(event: Event, context: object) -> str:
    """Lambda's own id, which its log has; the gateway's where there is no context (a local run)."""
    own = getattr(context, "aws_request_id", None)
    if own:
        return str(own)
    request_context = event.get("requestContext")
    return str(request_context.get("requestId") or "") if isinstance(request_context, dict) else ""


def tenant_id_of(context: object) -> str:
    """The tenant that the invocation is for; "" where the function does not isolate tenants."""
    return str(getattr(context, "tenant_id", None) or "")


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


def _configured_mount(options: Options, base: str, path: str) -> tuple[str, str, str]:
    if not options.base_path:
        return "", base, path
    mount = "/" + latin1(options.base_path)
    whole = base + path
    return "", mount, without_prefix(whole, mount) or whole


def _key(name: str) -> str:
    """The key of a header; "" for one that is dropped.

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


def joined(headers: Mapping[str, Any]) -> dict[str, str]:
    """Lists of the values of each header's repetitions, as one string for each name."""
    return {
        name: values[0] if type(values) is list and len(values) == 1 else _join(name, values)
        for name, values in headers.items()
    }


def _join(name: str, values: object) -> str:
    """RFC 9110, 5.3 and RFC 6265, 4.2.1: repeated headers are one list, cookies one list of another kind."""
    texts = [str(value) for value in (values if isinstance(values, list) else [values]) if value is not None]
    if name.lower() == "content-type":
        texts = texts[-1:]
    return ("; " if name.lower() == "cookie" else ",").join(texts)


def _add_header(environ: WSGIEnvironment, key: str, value: object) -> None:
    """A header whose name is new or comes again in other letter cases, or whose value is no string of ASCII."""
    if not key or value is None:
        return
    text = as_received(str(value))
    if key in environ and key != "CONTENT_TYPE":
        text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
    environ[key] = text


def _forwarded_scheme(forwarded: str) -> str:
    """What the last proxy said, unless a client wrote something else."""
    last = forwarded.rpartition(",")[2].strip().lower()
    return last if last in _PORTS else ""


def _forwarded_port(forwarded: str | None) -> str:
    last = (forwarded or "").rpartition(",")[2].strip()
    return last if last.isascii() and last.isdigit() else ""


def _host_name(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0] or "lambda"
