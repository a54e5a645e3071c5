"""Lines of our own in the function's log."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import ErrorStream


def error(message: str, request_id: str, cause: BaseException | None = None, stream: ErrorStream | None = None) -> None:
    """One message, with the traceback of its cause."""
    lines = [f"[ERROR] {message}\n"]
    if cause is not None:
        import traceback

        lines += traceback.format_exception(type(cause), cause, cause.__traceback__)
    stream = stream or sys.stderr
    stream.write("".join(lines))
    stream.flush()


def info(message: str, request_id: str) -> None:
    print(f"wsgi-lambda: {message}", flush=True)
