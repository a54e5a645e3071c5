"""What remote commands do and how they end, and what they leave of the process."""

import os
import signal
import sys
import threading
import time
import types
import warnings

import pytest
from asking import command
from running import answering

from wsgi_lambda import handle_request
from wsgi_lambda.isolation import Isolation


@pytest.mark.parametrize(
    ("data", "code", "output"),
    [
        ("print(1 + 4)", 0, "5\n"),
        ("import sys\nprint('a'); print('b', file=sys.stderr); print('c')", 0, "a\nb\nc\n"),
        ("def f(): return g()\ndef g(): return json.dumps(1)\nimport json\nprint(f())", 0, "1\n"),
        ("if __name__ == '__main__': print('main')", 0, "main\n"),
        ("import sys; print(sys.argv)", 0, "['-c']\n"),
        (["import sys; print(sys.argv[1:])", "a", "b c"], 0, "['a', 'b c']\n"),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; print('x'); sys.exit(3)", 3, "x\n"),
        ("import sys; sys.exit(256 + 3)", 3, ""),
        ("import sys; sys.exit('no good')", 1, "no good\n"),
        ("import sys; sys.stdout.buffer.write(b'raw\\xff'); print('!')", 0, "raw\ufffd!\n"),
        ("import os; print('a'); os.system('echo b'); os.write(2, b'c\\n'); print('d')", 0, "a\nb\nc\nd\n"),
        ("import subprocess as s; print('a'); s.run(['sh', '-c', 'echo b; echo c >&2']); print('d')", 0, "a\nb\nc\nd\n"),
        ("print('no newline', end='')", 0, "no newline"),
        ("print('\\udce9 caf\\xe9')", 0, "\ufffd caf\xe9\n"),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n  x: int\nprint(A(1))", 0, "A(x=1)\n"),
        ("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)", 0, "True\n"),
        ("import sys; sys.stderr.close(); sys.stdout.close(); sys.exit('still said')", 1, "still said\n"),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import sys; sys.exit(True)", 1, ""),
        ("import sys; sys.exit((1, 2))", 1, "(1, 2)\n"),
        ("import sys; sys.exit(2 ** 32)", 0, ""),
        ("import sys; sys.exit(2 ** 70)", 255, ""),
        ("raise SystemExit", 0, ""),
        ("import os; child = os.fork(); print(child and os.waitpid(child, 0)[1])", 0, "0\n0\n"),
        ("", 0, ""),
        (None, 0, ""),
    ],
)
def test_exec(data, code, output):
    assert command("exec", data) == (code, output)


def test_what_was_printed_before_a_failure_is_kept():
    code, output = command("exec", "def f():\n    raise ValueError('why')\nprint('step 1')\nf()")
    assert code == 1
    assert output.startswith("step 1\nTraceback (most recent call last):\n  File \"<exec>\", line 4, in <module>\n    f()\n")
    assert "    raise ValueError('why')\n" in output and output.endswith("ValueError: why\n")
    assert "commands.py" not in output


def test_syntax_errors_are_shown():
    code, output = command("exec", "print(")
    assert code == 1 and output.startswith('Traceback (most recent call last):\n  File "<exec>", line 1\n    print(\n') and "SyntaxError" in output


@pytest.mark.parametrize(
    ("data", "code", "end"),
    [
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt\n"),
        ("raise GeneratorExit", 1, "GeneratorExit\n"),
        ("class Broken:\n  def __str__(self): 1 / 0\nimport sys; sys.exit(Broken())", 1, "ZeroDivisionError: division by zero\n"),
        ("class Broken(Exception):\n  def __str__(self): 1 / 0\nraise Broken", 1, "Broken: <exception str() failed>\n"),
        ("def f(): f()\nf()", 1, "RecursionError: maximum recursion depth exceeded\n"),
        ("'\0'", 1, "source code string cannot contain null bytes\n"),
    ],
)  # fmt: skip
def test_whatever_is_raised_ends_the_command_alone(data, code, end):
    got, output = command("exec", data)
    assert (got, output[-len(end) :]) == (code, end)


CHANGES = """
import os, signal, sys, tempfile, warnings
os.environ.update(X="1", PATH="/nowhere"); del os.environ["HOME"]
folder = tempfile.mkdtemp(); os.chdir(folder); os.rmdir(folder)
os.umask(0)
sys.argv.append("x"); sys.argv = ["y"]
sys.path.insert(0, "/nowhere"); sys.path = []
sys.modules["__main__"] = None
signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGINT, lambda *_: None)
signal.signal(signal.SIGALRM, signal.SIG_DFL); signal.alarm(1)
warnings.simplefilter("error")
sys.stdin = sys.stderr = None
sys.stdout.close()
os.close(0); os.close(1); os.close(2)
"""


def test_nothing_of_the_process_changes(monkeypatch):
    monkeypatch.setenv("HOME", "/home")
    before = _state()
    assert command("exec", CHANGES) == (0, "")
    assert _state() == before
    time.sleep(1.1)  # its alarm would end this process


def test_arguments_and_the_import_path_are_put_back_as_they_were(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["kept"])
    path = list(sys.path)
    sys.modules["probe"] = types.ModuleType("probe")
    sys.modules["probe"].argv = sys.argv
    assert command("exec", "import probe, sys; probe.argv.append('x'); sys.path.append('x')") == (0, "")
    del sys.modules["probe"]
    assert (sys.argv, sys.path) == (["kept"], path)


def _state():
    mask = os.umask(0)
    os.umask(mask)
    return (
        (sys.stdin, sys.stdout, sys.stderr, sys.argv, sys.path, sys.modules["__main__"], warnings.filters),
        (list(sys.argv), list(sys.path), dict(os.environ), _descriptors(), mask, os.getcwd()),
        [signal.getsignal(number) for number in signal.valid_signals()],
    )


def _descriptors():
    return sorted(os.listdir("/proc/self/fd")[:-1]) if os.path.isdir("/proc/self/fd") else []


def test_a_command_may_run_in_another_thread():
    """Without a deadline there, which is a signal, and those go to the main thread."""
    answers = []
    data = "import os; os.chdir('/'); print('done')"
    thread = threading.Thread(target=lambda: answers.append(command("exec", data, milliseconds=1)))
    folder = os.getcwd()
    thread.start()
    thread.join()
    assert answers == [(0, "done\n")] and os.getcwd() == folder


def test_input_is_at_its_end():
    code, output = command("exec", "input()")
    assert (code, "EOFError" in output) == (1, True)


@pytest.mark.parametrize("kind", ["shell", "command"])
@pytest.mark.parametrize(
    ("data", "code", "output"),
    [
        ("echo a; echo b >&2; exit 4", 4, "a\nb\n"),
        ("echo to file > /dev/stderr; echo b", 0, "to file\nb\n"),
        ("#!/usr/bin/env -S python3 -u\nimport sys\nprint('python', len(sys.argv))\nsys.exit(5)", 5, "python 1\n"),
        ("#! /bin/sh -e\nfalse\necho never", 1, ""),
        (["printf", "%s|", "a b", "$HOME"], 0, "a b|$HOME|"),
        (["-c"], 127, "-c: No such file or directory\n"),
        ("printf '\\377'", 0, "\ufffd"),
        ("kill -9 $$", 137, ""),
        ("#!/no/such/program\n", 127, "/no/such/program: No such file or directory\n"),
        (["/etc/passwd"], 126, "/etc/passwd: Permission denied\n"),
        ("read x || echo end of input", 0, "end of input\n"),
    ],
)
def test_shell(kind, data, code, output):
    assert command(kind, data) == (code, output)


THREADS = """
import threading, time
def work(seconds, text):
    time.sleep(seconds)
    print(text)
for seconds, text in [(0.1, "soon"), (1.2, "late")]:
    threading.Thread(target=work, args=(seconds, text)).start()
threading.Thread(target=work, args=(0.05, "daemon"), daemon=True).start()
print("end")
"""


def test_threads_that_stay_behind_do_not_hold_the_reply(capfd):
    assert command("exec", THREADS) == (0, "end\ndaemon\nsoon\n")
    assert "ended with exit code 0 after 0.5" in (log := capfd.readouterr().out) and "left 1 threads running" in log
    time.sleep(1)
    assert capfd.readouterr().out == "late\n"


def test_threads_that_wait_for_work_are_not_waited_for():
    data = "from concurrent.futures import ThreadPoolExecutor as P\np = P(1); print(p.submit(int, '5').result())"
    started = time.monotonic()
    assert command("exec", f"{data}\nimport sys; sys.kept = p") == (0, "5\n")
    assert time.monotonic() - started < 0.4
    del sys.kept


def test_a_copy_of_the_process_ends_with_the_command(monkeypatch):
    """Or it would answer a second time. (What really forks is above.)"""
    monkeypatch.setattr(Isolation, "is_copy", lambda self: True)
    monkeypatch.setattr(os, "_exit", lambda code: (_ for _ in ()).throw(SystemExit(code)))
    with pytest.raises(SystemExit) as ended:
        command("exec", "import sys; sys.exit(7)")
    assert ended.value.code == 7


@pytest.mark.parametrize("context", [None, object()])
def test_a_context_may_know_nothing(context):
    event = {"_serverless-wsgi": {"command": "exec", "data": "print(1)"}}
    assert handle_request(answering(), event, context, commands=["exec"]) == [0, "1\n"]
