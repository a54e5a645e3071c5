import base64
import json
import logging
import os
import re
import signal
import sys
import threading
import time
import types
import warnings

import pytest
from running import Context, answering

from wsgi_lambda import capture, deadline, handle_request
from wsgi_lambda.capture import Output
from wsgi_lambda.deadline import Deadline
from wsgi_lambda.isolation import Isolation
from wsgi_lambda.own_client import is_own_client

EVERYTHING = ("manage", "flask", "exec", "shell")
REPLY = {"exitCode", "output", "isBase64Encoded", "omittedBytes", "requestId", "logGroup", "logStream", "seconds", "id"}


def command(kind, data, *, commands=EVERYTHING, milliseconds=60_000):
    """As serverless-wsgi asks."""
    event = {"_serverless-wsgi": {"command": kind, "data": data}}
    code, output = handle_request(answering(), event, Context(milliseconds), commands=commands)
    return code, output


class OwnContext(Context):
    """Of an Invoke by our own client."""

    client_context = types.SimpleNamespace(custom={"wsgi-lambda": "1"}, env=None, client=None)


def own(kind, data="", *, commands=EVERYTHING, milliseconds=60_000, **fields):
    """As our own client asks."""
    event = {"_serverless-wsgi": {"command": kind, "data": data, **fields}}
    reply = handle_request(answering(), event, OwnContext(milliseconds), commands=commands)
    assert set(json.loads(json.dumps(reply))) == REPLY
    return reply


def result(*arguments, **fields):
    reply = own(*arguments, **fields)
    assert not reply["isBase64Encoded"]
    return reply["exitCode"], reply["output"]


def encoded(data):
    return base64.b64encode(data).decode()


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
        ("import os; print(os.fork() and os.wait()[1])", 0, "0\n0\n"),
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


def test_streams_that_exist_already_are_captured():
    assert command("exec", "import sys; print('a'); sys.__stderr__.write('old\\n'); print('b')") == (0, "a\nold\nb\n")


def test_c_code_is_captured():
    pytest.importorskip("ctypes")
    data = "import ctypes; ctypes.CDLL(None).printf(b'from C\\n'); print('from Python')"
    code, output = command("exec", data)
    assert (code, sorted(output.splitlines())) == (0, ["from C", "from Python"])


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


def test_a_child_that_stays_behind_does_not_hold_the_reply():
    started = time.monotonic()
    assert command("shell", "sleep 30 & echo done") == (0, "done\n")
    code, output = command("shell", "(while :; do echo again; done) & sleep 0.1")
    assert code == 0 and output.startswith("again\n")
    assert time.monotonic() - started < 5


def test_a_child_that_prints_for_ever_is_not_listened_to_for_ever(monkeypatch):
    monkeypatch.setattr(capture, "_GRACE_SECONDS", 0)
    code, _ = command("shell", "yes & sleep 0.1")
    assert code == 0


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


def test_lines_are_in_the_log_at_once(capfd):
    seen = []
    sys.modules["probe"] = type(sys)("probe")
    sys.modules["probe"].look = lambda: seen.append(capfd.readouterr().out)
    data = "import probe, time\nprint('first')\nprint('half', end='')\ntime.sleep(0.3)\nprobe.look()\nprint(' line')"
    assert command("exec", data) == (0, "first\nhalf line\n")
    del sys.modules["probe"]
    assert len(seen) == 1
    assert seen[0].splitlines()[1:] == ["first"]
    assert capfd.readouterr().out.splitlines()[:-1] == ["half line"]


def test_a_line_without_end_is_not_kept_until_it_has_one(capfd):
    code, output = command("exec", "print('x' * 500_000, end='')")
    assert (code, output) == (0, "x" * 500_000)
    lines = capfd.readouterr().out.splitlines()[1:-1]
    assert "".join(lines) == output and max(map(len, lines)) < 300_000


def test_a_log_that_takes_nothing_does_not_stop_the_command(monkeypatch):
    def write_all(descriptor, data):
        if threading.current_thread().name == "wsgi-lambda output":
            raise BrokenPipeError
        return write(descriptor, data)

    write = capture._write_all
    monkeypatch.setattr(capture, "_write_all", write_all)
    assert command("exec", "print('still here')") == (0, "still here\n")


def test_lines_of_logging_are_captured_where_they_have_their_own_way_to_the_log():
    class Sink:
        lines = []

        def log(self, message, frame_type=None):
            self.lines.append(message)

    handler = logging.StreamHandler()
    handler.log_sink = Sink()
    handler.emit = lambda record: handler.log_sink.log(record.getMessage() + "\n", frame_type=b"")
    logging.getLogger().addHandler(handler)
    try:
        data = "import logging; print('a'); logging.warning('b'); print('c')"
        assert command("exec", data) == (0, "a\nb\nc\n")
        logging.warning("d")
    finally:
        logging.getLogger().removeHandler(handler)
    assert Sink.lines == ["d\n"]


def test_long_output_is_cut_in_the_middle(monkeypatch):
    monkeypatch.setattr(capture, "HALF_BYTES", 1000)
    code, output = command("exec", "for i in range(10_000): print(f'{i:09}')")
    assert code == 0 and len(output) < 2200
    assert output.startswith("000000000\n") and output.endswith("000009999\n")
    assert f"[... {100_000 - 2000} bytes of output are left out here" in output
    assert command("exec", "print('x' * 1999)")[1] == "x" * 1999 + "\n"


@pytest.mark.parametrize("character", ["x", "世", "\x01"])
def test_a_reply_fits_into_what_lambda_passes(character):
    from wsgi_lambda.response import encoded_size

    data = f"import sys\nfor _ in range(70): sys.stdout.write({character!r} * 100_000 + '\\n')"
    code, output = command("exec", data)
    assert code == 0 and "left out here" in output
    assert 4_000_000 < encoded_size([code, output]) <= 6 * 1024 * 1024


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
    assert "takes no notice of the invocation's end" in output and "try: time.sleep(1)  # here" in output


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


@pytest.mark.parametrize("context", [None, object()])
def test_a_context_may_know_nothing(context):
    event = {"_serverless-wsgi": {"command": "exec", "data": "print(1)"}}
    assert handle_request(answering(), event, context, commands=["exec"]) == [0, "1\n"]


@pytest.mark.parametrize(
    "envelope",
    [None, "exec", {}, {"command": 1}, {"command": "exec", "data": 5}, {"command": "exec", "data": [1]},
     {"command": "manage", "data": "'unclosed"}, {"command": "shell", "data": ["echo", "a\0b"]}],
)  # fmt: skip
def test_a_wrong_envelope_is_said(envelope, capfd):
    code, output = handle_request(answering(), {"_serverless-wsgi": envelope}, Context())
    assert code == 2 and output.endswith("\n") and len(output) > 10
    assert capfd.readouterr().out.count("refused a command") == 1


def test_unknown_commands_are_named():
    code, output = command("unknown", "x")
    assert code == 1 and output.startswith("Traceback (most recent call last):\n")  # as serverless-wsgi says everything
    assert "Unknown command: unknown. Known: manage" in output
    reply = own("unknown")
    assert reply["exitCode"] == 125  # it never ran: our client knows that number
    assert reply["output"].startswith("Unknown command: unknown. Known: manage")


class TestOwnProtocol:
    """What only our own client may ask for, and the reply that it gets."""

    def test_reply(self, monkeypatch):
        monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/shop")
        monkeypatch.setattr(OwnContext, "log_stream_name", "2026/11/23/[7]abc", raising=False)
        reply = own("exec", "import time; time.sleep(0.05); print(5)", id="id-1")
        assert 0.05 <= reply.pop("seconds") < 1
        assert reply == {
            "exitCode": 0,
            "output": "5\n",
            "isBase64Encoded": False,
            "omittedBytes": 0,
            "requestId": "lambda-request",
            "logGroup": "/aws/lambda/shop",
            "logStream": "2026/11/23/[7]abc",
            "id": "id-1",
        }

    @pytest.mark.parametrize("data", [b"raw\xff", b"\0\x80", bytes(range(256))])
    def test_bytes_arrive_unchanged(self, data):
        reply = own("exec", f"import sys; sys.stdout.buffer.write({data!r})")
        assert reply["isBase64Encoded"] and base64.b64decode(reply["output"]) == data

    def test_a_reply_that_is_cut_says_where_the_rest_is(self, monkeypatch):
        monkeypatch.setattr(capture, "HALF_BYTES", 1000)
        monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/shop")
        monkeypatch.setenv("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        reply = own("exec", "print('世' * 1000, end='')")
        assert not reply["isBase64Encoded"] and reply["omittedBytes"] == 3000 - 2 * 999
        note = f"\n[... {reply['omittedBytes']} bytes of output are left out here; the function's log has them: /aws/lambda/shop stream ...]\n"
        assert reply["output"] == "世" * 333 + note + "世" * 333

    def test_a_cut_reply_of_bytes_fits_too(self):
        from wsgi_lambda.response import encoded_size

        reply = own("exec", "import sys\nfor _ in range(90): sys.stdout.buffer.write(b'\\xfe' * 100_000)")
        printed = base64.b64decode(reply["output"])
        assert reply["isBase64Encoded"] and 4_000_000 < encoded_size(reply) <= 6 * 1024 * 1024
        assert printed.count(b"\xfe") + reply["omittedBytes"] == 9_000_000

    def test_tracebacks_show_the_file_by_its_own_name(self):
        code = "def f(): return g()\r\ndef g():\r\n    x = '\x0c'\r\n    raise ValueError('why')\r\nf()\r\n"
        ended, output = result("exec", "\ufeff" + code, file="scripts/fix.py")
        lines = [line for line in output.splitlines(keepends=True) if line.strip("~^ \n")]  # not in each version of Python
        assert ended == 1 and "".join(lines) == (
            "Traceback (most recent call last):\n"
            '  File "scripts/fix.py", line 5, in <module>\n    f()\n'
            '  File "scripts/fix.py", line 1, in f\n    def f(): return g()\n'
            '  File "scripts/fix.py", line 4, in g\n'
            "    raise ValueError('why')\nValueError: why\n"
        )

    @pytest.mark.parametrize(
        ("file", "expected"),
        [
            ("fix.py", "['fix.py', 'a b'] fix.py\n"),
            ("-", "['-', 'a b'] None\n"),
            (None, "['-c', 'a b'] None\n"),
        ],
    )
    def test_a_script_knows_its_name_and_arguments(self, file, expected):
        code = "import sys; print(sys.argv, globals().get('__file__'))"
        assert result("exec", code, file=file, arguments=["a b"]) == (0, expected)

    def test_code_of_standard_input_has_its_usual_name(self):
        assert 'File "<stdin>", line 1' in result("exec", "1 / 0", file="-")[1]

    @pytest.mark.parametrize(
        ("fields", "code", "output"),
        [
            ({"data": "echo $1", "arguments": ["printf", "%s|", "a b", "$HOME", "*", ""]}, 0, "a b|$HOME|*||"),
            ({"data": "echo $0 $1", "arguments": []}, 0, "/bin/sh\n"),
            ({"data": "echo ${0##*/} $1; no-such", "arguments": ["a  b"], "file": "./up/it.sh"}, 127, "it.sh a b\n"),
            ({"data": "#!/bin/sh -e\necho ${0##*/}; false\necho", "file": "-"}, 1, "script\n"),
            ({"data": "#!\necho here", "file": "x"}, 0, "here\n"),
            ({"data": "#!/usr/bin/env python3\nimport sys; print(sys.argv[1:])", "arguments": ["a b"], "file": "x.py"}, 0,
             "['a b']\n"),
        ],
    )  # fmt: skip
    def test_shell(self, fields, code, output):
        got, printed = result("command", **fields)
        assert (got, printed[: len(output)]) == (code, output)
        if code == 127:
            assert "it.sh: " in printed and "no-such: not found" in printed

    def test_standard_input(self):
        assert result("exec", "print(input(), input())", stdin=encoded("a\nü".encode())) == (0, "a ü\n")
        assert result("shell", "cat; echo done", stdin=encoded(b"b\n")) == (0, "b\ndone\n")
        assert result("exec", "import os; os.system('cat')", stdin=encoded(b"c")) == (0, "c")
        data = os.urandom(300_000)
        code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
        reply = own("exec", code, stdin=encoded(data))
        assert base64.b64decode(reply["output"]) == data
        assert result("exec", "print(ascii(input()))", stdin=encoded(b"\xff")) == (0, "'\\udcff'\n")

    def test_environment(self, monkeypatch):
        monkeypatch.setenv("KEPT", "before")
        code = "import os; print(os.environ['KEPT'], os.environ['ADDED']); os.system('echo $KEPT $ADDED')"
        environment = {"KEPT": "now", "ADDED": "ü ="}
        assert result("exec", code, environment=environment) == (0, "now ü =\nnow ü =\n")
        assert (os.environ["KEPT"], "ADDED" in os.environ) == ("before", False)

    @pytest.mark.parametrize(
        "fields",
        [
            {"arguments": "a"}, {"arguments": [1]}, {"arguments": ["a\0"]}, {"file": "a\0"}, {"stdin": "a"},
            {"stdin": "ü"}, {"environment": "A=1"}, {"environment": {"A": 1}}, {"environment": {"": "1"}},
            {"environment": {"A=": "1"}}, {"environment": {"A": "\0"}},
        ],
    )  # fmt: skip
    def test_a_wrong_envelope_is_said(self, fields):
        code, output = result("exec", "print(1)", **fields)
        assert code == 2 and "must" in output

    def test_the_log_alone_settles_what_was_asked_and_how_it_ended(self, capfd):
        fields = {"environment": {"TOKEN": "se-cret", "B": "x"}, "stdin": encoded(b"hidden"), "file": "f.py", "id": 'a"b'}
        own("exec", "import sys\nsys.exit(3)", arguments=["a b"], **fields)
        own("exec", "pass", commands=["manage"], id="c")
        own("manage", "'", id="d")
        first, last, refused, wrong = capfd.readouterr().out.splitlines()
        words = r'"import sys\nsys.exit(3)", "a b"'
        assert first.endswith(f'runs command exec [{words}] of file "f.py" with variables ["B", "TOKEN"], id "a\\"b"')
        assert re.search(r'command exec ended with exit code 3 after 0\.\d{3} s, id "a\\"b"$', last)
        assert refused.endswith('refused command exec ["pass"], id "c"')
        assert wrong.endswith('refused a command: "The arguments cannot be split: No closing quotation.", id "d"')
        assert not any(secret in line for line in (first, last) for secret in ("se-cret", "hidden"))
        assert all("lambda-request" in line for line in (first, last, refused, wrong))

    @pytest.mark.parametrize(
        "fields",
        [
            {"environment": {"X": "1"}}, {"stdin": encoded(b"x")}, {"file": "f.py"}, {"arguments": ["a"]}, {"id": "x"},
            {"environment": 5, "stdin": 5, "file": 5, "arguments": 5, "id": 5},
        ],
    )  # fmt: skip
    def test_anybody_else_gets_what_serverless_wsgi_had(self, fields, capfd):
        code = "import os, sys; print(sys.argv, os.environ.get('X'), sys.stdin.read(), __name__)"
        event = {"_serverless-wsgi": {"command": "exec", "data": code, **fields}}
        assert handle_request(answering(), event, Context(), commands=["exec"]) == [0, "['-c'] None  __main__\n"]
        assert " id " not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("client_context", "expected"),
    [
        (types.SimpleNamespace(custom={"wsgi-lambda": "1"}), True),
        ({"custom": {"wsgi-lambda": "1"}}, True),
        (types.SimpleNamespace(custom={"wsgi-lambda": "2"}), False),
        (types.SimpleNamespace(custom={"wsgi-lambda": True}), False),
        (types.SimpleNamespace(custom=None), False),
        (types.SimpleNamespace(custom="wsgi-lambda"), False),
        (types.SimpleNamespace(), False),
        ({"wsgi-lambda": "1"}, False),
        ([], False),
        (None, False),
    ],
)
def test_the_marker_of_our_own_client(client_context, expected):
    assert is_own_client(types.SimpleNamespace(client_context=client_context)) is expected
    assert is_own_client(None) is is_own_client(object()) is False


@pytest.mark.parametrize(
    ("printed", "each", "expected"),
    [
        (b"0123456789", 5, (b"0123456789", b"", 0)),
        (b"0123456789", 3, (b"012", b"789", 4)),
        (b"0123456789", 0, (b"", b"", 10)),
        ("äöüß".encode(), 3, ("ä".encode(), "ß".encode(), 4)),
        ("a世b世c".encode(), 3, (b"a", b"c", 7)),
        ("a世b世c".encode(), 4, ("a世".encode(), "世c".encode(), 1)),
        ("😀😀😀".encode(), 5, ("😀".encode(), "😀".encode(), 4)),
        ("😀😀".encode(), 3, (b"", b"", 8)),
        (b"\x80" * 12, 5, (b"\x80" * 5, b"\x80" * 5, 2)),
        (b"\xff" * 12, 5, (b"\xff" * 4, b"\xff" * 5, 3)),
    ],
)
def test_the_ends_of_an_output_are_whole_characters(monkeypatch, printed, each, expected):
    monkeypatch.setattr(capture, "HALF_BYTES", each)
    output = Output(printed).cut(1.0)
    assert (output.head, output.tail, output.omitted_bytes) == expected


def test_the_middle_that_is_gone_already_counts(monkeypatch):
    monkeypatch.setattr(capture, "HALF_BYTES", 4)
    output = Output(b"0123", b"6789", 2).cut(0.5)
    assert (output.head, output.tail, output.omitted_bytes) == (b"01", b"89", 6)
