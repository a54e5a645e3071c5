"""Lines of our own in the function's log, in the shape of those of Lambda's Python logger: text, or JSON where
AWS_LAMBDA_LOG_FORMAT says so. The application's own log is not touched.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import ErrorStream

# Lambda developer guide, "Log-level filtering": TRACE, DEBUG and INFO let a line of the level INFO pass, these do not.
_ABOVE_INFO = ("WARN", "ERROR", "FATAL")


def error(
    message: str,
    request_id: str,
    cause: BaseException | None = None,
    stream: ErrorStream | None = None,
    tenant_id: str = "",
) -> None:
    """One event of the log: the message, and the traceback of its cause."""
    _write(stream or sys.stderr, "ERROR", message, request_id, tenant_id, cause)


def warning(message: str) -> None:
    _write(sys.stderr, "WARN", message, "", "")


def info(message: str, request_id: str, tenant_id: str = "") -> None:
    """One line, unless the function's log has only what is graver (AWS_LAMBDA_LOG_LEVEL)."""
    if _function_level() not in _ABOVE_INFO:
        _write(sys.stdout, "INFO", message, request_id, tenant_id)


def audit(message: str, request_id: str, tenant_id: str = "") -> None:
    """One line that the log has in any case: at the function's own level, because Lambda drops what is below."""
    level = _function_level()
    _write(sys.stdout, level if level in _ABOVE_INFO else "INFO", message, request_id, tenant_id)


def _function_level() -> str:
    return os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()


def _write(
    stream: ErrorStream, level: str, message: str, request_id: str, tenant_id: str, cause: BaseException | None = None
) -> None:
    as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    # What a client wrote may be in the message: no line of it may look like one of the log.
    message = " ".join(message.splitlines())
    line = (_json if as_json else _text)(level, message, request_id, tenant_id, cause)
    # Half a surrogate pair is nothing that can be printed.
    stream.write(line.encode("utf-8", "backslashreplace").decode() + "\n")
    stream.flush()


def _text(level: str, message: str, request_id: str, tenant_id: str, cause: BaseException | None) -> str:
    """Lambda makes an event of each line, and takes a carriage return for a new line within one: so does its own client.

    A terminal shows the carriage return as one line over the other. AWS's emulator, which a terminal is listening to, does
    not set the variable that Lambda sets.
    """
    separator = "\r" if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ else "\n"
    head = f"[{level}]\t{_timestamp()}\t{request_id}\twsgi-lambda: {message}"
    return separator.join([head, *_traceback(cause)])


def _json(level: str, message: str, request_id: str, tenant_id: str, cause: BaseException | None) -> str:
    import json

    fields: dict[str, object] = {"timestamp": _timestamp(), "level": level, "message": message, "logger": "wsgi_lambda"}
    if cause is not None:
        fields["stackTrace"] = _traceback(cause)
        fields["errorType"] = type(cause).__name__
        fields["errorMessage"] = _message(cause)
    if request_id:
        fields["requestId"] = request_id
    if tenant_id:
        fields["tenantId"] = tenant_id
    return json.dumps(fields)


def _timestamp() -> str:
    seconds, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{milliseconds:03}Z"


def _traceback(cause: BaseException | None) -> list[str]:
    """The lines that Python would print, with the causes of the cause."""
    if cause is None:
        return []
    import traceback

    return "".join(traceback.format_exception(type(cause), cause, cause.__traceback__)).splitlines()


def _message(cause: BaseException) -> str:
    try:
        return str(cause)
    except Exception:  # as `traceback` does: a broken __str__ must not hide the error that it belongs to
        return "<exception str() failed>"
