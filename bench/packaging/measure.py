"""Runs a command and prints what it cost, as one line of JSON on standard output.

    measure.py SECONDS LOG COMMAND…

The command's own output goes to the file LOG; after SECONDS its whole process group is ended. Memory is told twice: the
largest process by the kernel's own account (ru_maxrss), and the most that all processes had together at one moment, looked up
every 50 ms in /proc. There, what several share counts once (Pss); a process of a few milliseconds may be missed.
"""

import json
import os
import signal
import sys
import threading
import time

INTERVAL_SECONDS = 0.05


def main() -> None:
    limit, log, *command = sys.argv[1:]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    started = time.monotonic()
    child = os.posix_spawnp(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)],
        setsid=True,
    )
    watch = Watch(child, started + float(limit))
    watch.start()
    try:
        _, status, usage = os.wait4(child, 0)
    except KeyboardInterrupt:
        os.killpg(child, signal.SIGKILL)
        raise
    seconds = time.monotonic() - started
    watch.finished.set()
    watch.join()
    print(
        json.dumps(
            {
                "exitCode": None if watch.timed_out else os.waitstatus_to_exitcode(status),
                "seconds": seconds,
                "cpuSeconds": usage.ru_utime + usage.ru_stime,
                "largestProcessBytes": usage.ru_maxrss * 1024,
                "allProcessesBytes": max(watch.peak, usage.ru_maxrss * 1024),
            }
        )
    )


class Watch(threading.Thread):
    def __init__(self, child: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.child = child
        self.deadline = deadline
        self.finished = threading.Event()
        self.peak = 0
        self.timed_out = False

    def run(self) -> None:
        while not self.finished.wait(INTERVAL_SECONDS):
            self.peak = max(self.peak, resident(self.child))
            if time.monotonic() > self.deadline and not self.timed_out:
                self.timed_out = True
                os.killpg(self.child, signal.SIGKILL)


def resident(process: int) -> int:
    """The bytes in memory of a process and of all that it started."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as file:
            own = next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
        children = [child for task in os.listdir(f"/proc/{process}/task") for child in started_by(process, task)]
    except (OSError, StopIteration):  # it has ended meanwhile
        return 0
    return own + sum(resident(child) for child in children)


def started_by(process: int, task: str) -> list[int]:
    with open(f"/proc/{process}/task/{task}/children") as file:
        return [int(child) for child in file.read().split()]


if __name__ == "__main__":
    main()
