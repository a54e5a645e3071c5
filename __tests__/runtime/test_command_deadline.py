"""A remote command gives up before the invocation's time is over."""

import os
import signal
import time

import pytest
from asking import command, own
from running import Context

from wsgi_lambda import deadline
from wsgi_lambda.deadline import Deadline


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("exec", "import time\nprint('started', flush=True)\ntime.sleep(30)"),
        ("exec", "import time\nprint('started')\nwhile True:\n  try: time.sleep(30)\n  except: pass\n  else: break\n"
                 "  if time.monotonic() > 0: break\ntime.sleep(30)"),
        ("exec", "import signal, time\nprint('started')\nsignal.alarm(0); signal.signal(14, signal.SIG_IGN)\ntime.sleep(30)"),
        ("exec", "import os\nprint('started')\nos.system('NAP')"),
        ("exec", "import os\nprint('started')\nos.close(1); os.close(2)\nos.system('NAP & NAP')"),
        ("exec", "import subprocess\nprint('started')\nsubprocess.run('NAP; true', shell=True)"),
        ("exec", "import os\nprint('started')\nos.fork() or os.execlp('sh', 'sh', '-c', 'NAP')\nos.wait(); os.wait()"),
        ("exec", "import threading\nprint('started')\nt = threading.Thread(target=threading.Event().wait, daemon=True)\n"
                 "t.start(); t.join()"),
        ("shell", "echo started; NAP"),
    ],
)  # fmt: skip
def test_giving_up_before_the_deadline(kind, data):
    started = time.monotonic()
    seconds = f"31.{time.monotonic_ns()}"
    code, output = command(kind, data.replace("NAP", f"sleep {seconds}"), milliseconds=1400)
    assert time.monotonic() - started < 5
    assert code == 124 and output.startswith("started\n") and "gave up" in output
    while any(seconds in line for line in _command_lines()):  # the kernel takes a moment
        assert time.monotonic() - started < 5
        time.sleep(0.05)


def _command_lines():
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cmdline") as file:
                yield file.read()
        except OSError:
            pass


def test_where_a_command_hangs_that_takes_no_notice():
    data = "import time\nend = time.monotonic() + 1.5\nwhile time.monotonic() < end:\n  try: time.sleep(1)  # here\n  except BaseException: pass"
    code, output = command("exec", data, milliseconds=800)
    assert code == 0
    assert "takes no notice that its time is over" in output and "try: time.sleep(1)  # here" in output


@pytest.mark.parametrize(
    ("milliseconds", "timeout", "why"),
    [
        (60_000, 0.3, "gave up after 0.3 s, because that is the timeout of this command.\n"),
        (800, 60, "gave up after 0.4 s, because the invocation's time is nearly over."),
    ],
)
def test_a_command_may_have_less_time_than_its_invocation(milliseconds, timeout, why):
    started = time.monotonic()
    reply = own("exec", "import time\nprint('started')\ntime.sleep(30)", milliseconds=milliseconds, timeout=timeout)
    assert time.monotonic() - started < 4
    assert reply["exitCode"] == 124
    assert reply["output"].startswith("started\n") and why in reply["output"]


@pytest.mark.parametrize("timeout", [0, -1, "5", True, []])
def test_a_timeout_is_a_number_of_seconds(timeout):
    reply = own("exec", "print(1)", timeout=timeout)
    assert (reply["exitCode"], reply["output"]) == (2, '"timeout" of the command event must be a number of seconds.\n')


def test_outside_of_lambda_there_is_only_the_command_s_own_time():
    deadline = Deadline(None, print, 5)
    assert (deadline.seconds, deadline.is_own) == (5, True)
    assert Deadline(None, print).seconds is None


def test_a_timeout_that_is_not_reached_changes_nothing():
    assert own("exec", "print(1)", timeout=60)["output"] == "1\n"


def test_a_signal_that_comes_late_changes_nothing():
    Deadline(Context(), print)._reached(signal.SIGALRM, None)


def test_a_process_that_has_ended_already_is_no_trouble(monkeypatch):
    monkeypatch.setattr(deadline, "_descendants", iter([set(), *[{2**22 + 1}] * 100]).__next__)  # which cannot be
    assert command("exec", "import time; time.sleep(5)", milliseconds=400)[0] == 124


def test_processes_from_before_are_not_the_command_s(monkeypatch):
    monkeypatch.setattr(deadline, "_processes", lambda: [os.getpid(), 2**22 + 1])  # which cannot be
    assert deadline._descendants() == set()
    monkeypatch.undo()
    monkeypatch.setattr(os, "listdir", lambda folder: (_ for _ in ()).throw(FileNotFoundError))
    assert deadline._processes() == []
