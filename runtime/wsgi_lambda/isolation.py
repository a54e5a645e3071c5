"""What a command changes in the process that runs it, and that is put back, because the process goes on to serve requests."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

# The output of threads that are left behind belongs to the command as well, but nobody waits long for it.
_GRACE_SECONDS = 0.5


class Isolation:
    """Context manager. Afterwards the environment, the working folder, the umask, sys.argv, sys.path, `__main__`, the signal
    handlers, the alarm and the filters of warnings are what they were before.

    Nothing brings a process back that `os._exit` ends or that a signal kills: Lambda reports it, and starts another.
    """

    def __enter__(self) -> Isolation:
        self._process = os.getpid()
        self._threads = set(threading.enumerate())
        self._environment = dict(os.environ)
        self._folder = os.open(".", os.O_RDONLY)  # found again even where it is removed
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        self._main = sys.modules["__main__"]
        self._argv, self._arguments = sys.argv, list(sys.argv)
        self._path, self._folders = sys.path, list(sys.path)
        self._is_in_main_thread = threading.current_thread() is threading.main_thread()
        self._handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
        self._alarm = signal.getitimer(signal.ITIMER_REAL)
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        # The other threads are ours, and none of them holds a lock that a forked process waits for.
        warnings.filterwarnings("ignore", r".* multi-threaded, use of \w+\(\) may lead to deadlocks", DeprecationWarning)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._warnings.__exit__(kind, error, trace)
        signal.setitimer(signal.ITIMER_REAL, *self._alarm)
        if self._is_in_main_thread:
            for number, handler in self._handlers.items():
                # None: one that is not Python's, which Python can neither replace nor put back.
                if handler is not None and signal.getsignal(number) is not handler:
                    signal.signal(number, handler)
        sys.modules["__main__"] = self._main
        sys.argv, self._argv[:] = self._argv, self._arguments
        sys.path, self._path[:] = self._path, self._folders
        os.umask(self._umask)
        os.fchdir(self._folder)
        os.close(self._folder)
        _restore(self._environment)

    def is_copy(self) -> bool:
        """Whether this is a process that the command has forked and that came back from it."""
        return os.getpid() != self._process

    def wait_for_threads(self) -> int:
        """Give the threads that the command has started, as they would keep a process of its own alive, some time to end.

        Returns how many go on. Those of a `concurrent.futures` pool wait for work, and not for their end.
        """
        idle = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", ())
        left = [t for t in threading.enumerate() if t not in self._threads and t not in idle and not t.daemon]
        give_up = time.monotonic() + _GRACE_SECONDS
        for thread in left:
            thread.join(max(give_up - time.monotonic(), 0))
        return sum(thread.is_alive() for thread in left)


def _restore(environment: dict[str, str]) -> None:
    """Only what differs: another thread may be reading."""
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    for name, value in environment.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
