"""Giving up in time: a function that Lambda stops answers nothing."""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType

# What is left for the reply. A short invocation leaves half of it.
MARGIN_SECONDS = 1.0
# The exception comes again and again, because the command may catch it.
_REPEAT_SECONDS = 0.25


class DeadlineReached(BaseException):
    """The invocation is nearly over. No Exception, so that few commands catch it."""


class Deadline:
    """Raises DeadlineReached in the block shortly before the invocation ends, in the main thread (Python's rule)."""

    def __init__(self, context: object) -> None:
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        self.seconds: float | None = None
        if remaining is not None and threading.current_thread() is threading.main_thread():
            left = max(float(remaining()) / 1000, 0.02)
            self.seconds = left - min(MARGIN_SECONDS, left / 2)
        self._is_armed = False

    def __enter__(self) -> Deadline:
        if self.seconds is not None:
            self._is_armed = True
            self._previous = signal.signal(signal.SIGALRM, self._reached)
            signal.setitimer(signal.ITIMER_REAL, self.seconds, _REPEAT_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disarm()

    def disarm(self) -> None:
        """May be called twice: an alarm can interrupt the first call."""
        was_armed, self._is_armed = self._is_armed, False
        if was_armed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._previous)

    def _reached(self, number: int, frame: FrameType | None) -> None:
        if self._is_armed:
            raise DeadlineReached
