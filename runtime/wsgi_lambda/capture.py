"""What a command prints: kept for the reply, and echoed to the function's log line by line.

File descriptors 1 and 2 lead into one pipe while the command runs, so that what subprocesses and C code print is there
too, in order. A thread empties the pipe.
"""

from __future__ import annotations

import io
import os
import select
import sys
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

# Of a longer output, this many bytes at the beginning and as many at the end are kept.
HALF_BYTES = 2_500_000
# A child that the command left behind may print for ever; it is listened to this long after the command's end.
_GRACE_SECONDS = 1.0


class Capture:
    """Context manager; afterwards `output()` is what was printed while it was open."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0
        self._line = bytearray()

    def __enter__(self) -> Capture:
        self._streams = (sys.stdin, sys.stdout, sys.stderr)
        _flush()
        self._log = os.dup(1)
        self._errors = os.dup(2)
        self._output, into = os.pipe()
        self._ended, self._end = os.pipe()
        os.dup2(into, 1)
        os.dup2(into, 2)
        os.close(into)
        sys.stdin = io.StringIO()
        sys.stdout = _stream(1, "surrogateescape")
        sys.stderr = _stream(2, "backslashreplace")
        self._pump = threading.Thread(target=self._empty_pipe, name="wsgi-lambda output", daemon=True)
        self._pump.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _flush()
        sys.stdin, sys.stdout, sys.stderr = self._streams
        os.dup2(self._log, 1)
        os.dup2(self._errors, 2)
        os.close(self._end)
        self._pump.join()
        for descriptor in (self._log, self._errors, self._output, self._ended):
            os.close(descriptor)

    def output(self, *, keep: float = 1.0) -> str:
        """The text printed, what is not UTF-8 replaced; the middle left out where it is long. `keep` makes it shorter."""
        each = int(HALF_BYTES * keep)
        head, rest = self._head[:each], self._head[each:] + self._tail
        tail = rest[max(len(rest) - each, 0) :]
        left_out = self._left_out + len(rest) - len(tail)
        if not left_out:
            return (head + tail).decode("utf-8", "replace")
        note = f"\n[... {left_out} bytes of output are left out here; the function's log has them ...]\n"
        return head.decode("utf-8", "replace") + note + tail.decode("utf-8", "replace")

    def _empty_pipe(self) -> None:
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        poll.register(self._ended, select.POLLIN)
        give_up = float("inf")
        while time.monotonic() < give_up:
            ready = [descriptor for descriptor, _ in poll.poll(0 if give_up < float("inf") else None)]
            if self._output in ready:
                chunk = os.read(self._output, 65536)
                if not chunk:
                    break
                self._keep(chunk)
                self._echo(chunk)
            elif give_up < float("inf"):
                break
            if self._ended in ready:
                give_up = min(give_up, time.monotonic() + _GRACE_SECONDS)
        if self._line:
            self._echo(b"\n")

    def _keep(self, chunk: bytes) -> None:
        room = HALF_BYTES - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if len(self._tail) > 2 * HALF_BYTES:  # seldom, because it moves what stays
            self._left_out += len(self._tail) - HALF_BYTES
            del self._tail[:-HALF_BYTES]

    def _echo(self, chunk: bytes) -> None:
        """Whole lines only: the log would make two events of a line in two pieces."""
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline:
            lines = memoryview(bytes(self._line) + whole + newline)
            self._line.clear()
            try:
                while lines:
                    lines = lines[os.write(self._log, lines) :]
            except OSError:  # without a log the command still has to go on, and its pipe to be emptied
                pass
        self._line += rest


def _stream(descriptor: int, errors: str) -> io.TextIOWrapper:
    """An unbuffered text stream, as `python -u` has them: nothing overtakes what another process prints."""
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # closed by the command
            pass
    ctypes = sys.modules.get("ctypes")  # loaded where C code that prints is likely
    if ctypes:
        ctypes.CDLL(None).fflush(None)
