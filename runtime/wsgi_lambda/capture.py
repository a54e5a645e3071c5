"""What a command reads and prints: its standard input, and its output for the reply and, line by line, for the log.

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
    from _typeshed import ReadableBuffer
    from types import TracebackType
    from typing import Any

# Of a longer output, this many bytes at the beginning and as many at the end are kept.
HALF_BYTES = 2_500_000
# A child that the command left behind may print for ever; it is listened to this long after the command's end, which has to
# be less than what the deadline leaves.
_GRACE_SECONDS = 0.25
# The log takes 256 KB in one event (CloudWatch Logs quotas).
_LONGEST_LINE_BYTES = 200_000
_CONTINUING = bytes(range(0x80, 0xC0))


class Output:
    """What was printed: all of it in `head`, or both ends and how much is missing between them."""

    __slots__ = ("head", "omitted_bytes", "tail")

    def __init__(self, head: bytes, tail: bytes = b"", omitted_bytes: int = 0) -> None:
        self.head = head
        self.tail = tail
        self.omitted_bytes = omitted_bytes

    def cut(self, keep: float) -> Output:
        """With this share of what both ends may be, and no character of UTF-8 in two pieces."""
        each = int(HALF_BYTES * keep)
        rest = self.head[each:] + self.tail
        if len(rest) <= each and not self.omitted_bytes:
            return Output(self.head + self.tail)
        head, tail = self.head[:each], rest[max(len(rest) - each, 0) :]
        head = head[: len(head) - _begun(head)]
        tail = tail[_continued(tail) :]
        return Output(head, tail, self.omitted_bytes + len(self.head) + len(self.tail) - len(head) - len(tail))


class Capture:
    """Context manager; afterwards `output()` is what was printed while it was open."""

    def __init__(self, stdin: bytes = b"") -> None:
        self._stdin = stdin
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0
        self._line = bytearray()

    def __enter__(self) -> Capture:
        source = _open_input(self._stdin)
        self._streams = (sys.stdin, sys.stdout, sys.stderr)
        _flush()
        self._descriptors = [os.dup(number) for number in (0, 1, 2)]
        self._output, self._into = os.pipe()
        self._ended, self._end = os.pipe()
        os.dup2(source, 0)
        os.close(source)
        os.dup2(self._into, 1)
        os.dup2(self._into, 2)
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
        sys.stdout = _stream(1, "surrogateescape")
        sys.stderr = _stream(2, "backslashreplace")
        self._sinks = [(handler, handler.log_sink) for handler in _client_handlers()]
        for handler, _ in self._sinks:
            handler.log_sink = self
        self._pump = threading.Thread(target=self._empty_pipe, name="wsgi-lambda output", daemon=True)
        self._pump.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _flush()
        for handler, sink in self._sinks:
            handler.log_sink = sink
        sys.stdin, sys.stdout, sys.stderr = self._streams
        for number, descriptor in enumerate(self._descriptors):
            os.dup2(descriptor, number)
        os.close(self._end)
        self._pump.join()
        for descriptor in (*self._descriptors, self._output, self._into, self._ended):
            os.close(descriptor)

    def say(self, text: str) -> None:
        """One more line of the command's output, whatever the command did to its own streams."""
        _write_all(self._into, text.encode("utf-8", "backslashreplace"))

    def log(self, message: str, frame_type: object = None) -> None:
        """As the runtime interface client's handler of `logging` calls it: its own way to the log goes past descriptor 1."""
        self.say(message)

    def output(self) -> Output:
        return Output(bytes(self._head), bytes(self._tail), self._left_out)

    def _empty_pipe(self) -> None:
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        poll.register(self._ended, select.POLLIN)
        give_up = float("inf")
        while time.monotonic() < give_up:
            ready = [descriptor for descriptor, _ in poll.poll(0 if give_up < float("inf") else None)]
            if self._output in ready:
                chunk = os.read(self._output, 65536)
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
        lines = bytes(self._line) + whole + newline if newline else b""
        if newline:
            self._line.clear()
        self._line += rest
        if len(self._line) > _LONGEST_LINE_BYTES:
            lines += self._line + b"\n"
            self._line.clear()
        try:
            _write_all(self._descriptors[1], lines)
        except OSError:  # without a log the command still has to go on, and its pipe to be emptied
            pass


class _Unbuffered(io.FileIO):
    """A descriptor that takes all it is given: a write that a signal interrupts has written only a part."""

    def write(self, data: ReadableBuffer, /) -> int:
        return _write_all(self.fileno(), data)


def _write_all(descriptor: int, data: ReadableBuffer) -> int:
    left = memoryview(data).cast("B")
    size = len(left)
    while left:
        left = left[os.write(descriptor, left) :]
    return size


def _stream(descriptor: int, errors: str) -> io.TextIOWrapper:
    """An unbuffered text stream, as `python -u` has them: nothing overtakes what another process prints."""
    raw = _Unbuffered(descriptor, "w", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)


def _open_input(data: bytes) -> int:
    """A descriptor to read `data` from. A file holds as much of it as there is; a pipe would need somebody to fill it."""
    if not data:
        return os.open(os.devnull, os.O_RDONLY)
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return os.dup(file.fileno())


def _client_handlers() -> list[Any]:
    """The runtime interface client's handler of `logging`."""
    logging = sys.modules.get("logging")
    handlers = logging.getLogger().handlers if logging else []
    return [handler for handler in handlers if hasattr(handler, "log_sink")]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except Exception:  # closed, or replaced with anything, by the command
            pass
    ctypes = sys.modules.get("ctypes")  # loaded where C code that prints is likely
    if ctypes:
        ctypes.CDLL(None).fflush(None)


def _begun(head: bytes) -> int:
    """How many bytes at the end are the beginning of a character of UTF-8 whose end is missing."""
    for count, byte in enumerate(reversed(head[-3:]), 1):
        if byte >= 0xC0:
            size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return count if count < size else 0
        if byte < 0x80:
            break
    return 0


def _continued(tail: bytes) -> int:
    """How many bytes at the beginning are the end of a character of UTF-8 whose beginning is missing."""
    count = len(tail) - len(tail.lstrip(_CONTINUING))
    return count if count < 4 else 0
