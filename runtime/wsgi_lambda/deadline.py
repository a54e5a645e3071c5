"""Giving up in time: a function that Lambda stops answers nothing."""

from __future__ import annotations

import os
import signal
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

# What is left for the reply. A short invocation leaves half of it.
MARGIN_SECONDS = 1.0
# The exception comes again and again, because the command may catch it.
_REPEAT_SECONDS = 0.25
# One that commands have no use for; they may have their own alarm. macOS has no real-time signals.
_SIGNAL = getattr(signal, "SIGRTMAX", signal.SIGUSR2)


class DeadlineReached(BaseException):
    """The invocation is nearly over. No Exception, so that few commands catch it."""


class Deadline:
    """Raises DeadlineReached in the block shortly before the invocation ends, in the main thread (Python's rule), or after
    `timeout` seconds where that is earlier: `is_own` says which of the two.

    Processes that were started in the block are killed then: code that waits for one in C (`os.system`) sees no exception,
    and none may go on in a later invocation.
    `say` is told where the block hangs when it takes no notice at all.
    """

    def __init__(self, context: object, say: Callable[[str], object], timeout: float | None = None) -> None:
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        self.seconds: float | None = None
        self.is_own = False
        if threading.current_thread() is threading.main_thread():
            if remaining is not None:
                left = max(float(remaining()) / 1000, 0.02)
                self.seconds = left - min(MARGIN_SECONDS, left / 2)
            if timeout is not None and (self.seconds is None or timeout < self.seconds):
                self.seconds, self.is_own = timeout, True
        self._say = say
        self._is_armed = False
        self._over = threading.Event()

    def __enter__(self) -> Deadline:
        if self.seconds is not None:
            self._spared = _descendants()
            self._previous = signal.signal(_SIGNAL, self._reached)
            self._is_armed = True
            self._watch = threading.Thread(
                target=self._watch_over, args=[self.seconds], name="wsgi-lambda deadline", daemon=True
            )
            self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disarm()

    def disarm(self) -> None:
        """May be called twice: the signal can interrupt the first call."""
        was_armed, self._is_armed = self._is_armed, False
        if was_armed:
            self._over.set()
            self._watch.join()  # no signal comes after this, so none meets the old handler
            signal.signal(_SIGNAL, self._previous or signal.SIG_DFL)

    def _watch_over(self, seconds: float) -> None:
        main = threading.main_thread().ident or 0
        repeated = 0
        while not self._over.wait(_REPEAT_SECONDS if repeated else seconds):
            # Known before the signal: a block that hears of it ends what it waits for, and leaves behind what that had started.
            doomed = _descendants() - self._spared
            if repeated == 2:
                self._say(f"\nwsgi-lambda: the command takes no notice that its time is over. It is here:\n{_stack(main)}")
            signal.pthread_kill(main, _SIGNAL)
            for process in doomed:
                try:
                    os.kill(process, signal.SIGKILL)
                except OSError:  # it has ended
                    pass
            repeated += 1

    def _reached(self, number: int, frame: FrameType | None) -> None:
        if self._is_armed:
            raise DeadlineReached


def _stack(thread: int) -> str:
    import traceback

    return "".join(traceback.format_stack(sys._current_frames()[thread]))  # pyright: ignore[reportPrivateUsage]


def _descendants() -> set[int]:
    """The processes that this one has started, and theirs (proc(5), /proc/PID/stat); none known where there is no /proc."""
    children: dict[int, list[int]] = {}
    for process in _processes():
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        children.setdefault(parent, []).append(process)
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        started = children.get(waiting.pop(), [])
        found.update(started)
        waiting += started
    return found


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


