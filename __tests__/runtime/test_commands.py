import os
import sys
import time

import pytest
from running import Context, answering

from wsgi_lambda import capture, handle_request

EVERYTHING = ("manage", "flask", "exec", "shell")


def command(kind, data, *, commands=EVERYTHING, milliseconds=60_000):
    event = {"_serverless-wsgi": {"command": kind, "data": data}}
    code, output = handle_request(answering(), event, Context(milliseconds), commands=commands)
    return code, output


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
    assert (code, "SyntaxError" in output) == (1, True)


def test_nothing_of_the_process_changes():
    before = (sys.stdin, sys.stdout, sys.stderr, sys.argv, sys.modules["__main__"], dict(os.environ), _descriptors())
    command("exec", "import os, sys; os.environ['X'] = '1'; sys.argv.append('x'); sys.stdout.close()")
    assert before == (sys.stdin, sys.stdout, sys.stderr, sys.argv, sys.modules["__main__"], dict(os.environ), _descriptors())


def _descriptors():
    return sorted(os.listdir("/proc/self/fd")[:-1]) if os.path.isdir("/proc/self/fd") else []


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
    assert time.monotonic() - started < 5


def test_lines_are_in_the_log_at_once(capfd):
    seen = []

    def app(environ, start_response):
        raise AssertionError

    sys.modules["probe"] = type(sys)("probe")
    sys.modules["probe"].look = lambda: seen.append(capfd.readouterr().out)
    data = "import probe, time\nprint('first')\nprint('half', end='')\ntime.sleep(0.3)\nprobe.look()\nprint(' line')"
    assert command("exec", data) == (0, "first\nhalf line\n")
    del sys.modules["probe"]
    assert len(seen) == 1
    assert seen[0].splitlines()[1:] == ["first"]
    assert capfd.readouterr().out == "half line\n"


def test_one_audit_line(capfd):
    command("exec", "pass\n# two lines")
    log = capfd.readouterr().out
    assert log.count("\n") == 1 and "lambda-request" in log and "runs command exec" in log and "two lines" in log
    command("exec", "pass", commands=["none"])
    assert "refused command exec" in capfd.readouterr().out


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
        ("shell", "echo started; sleep 30"),
    ],
)  # fmt: skip
def test_giving_up_before_the_deadline(kind, data):
    started = time.monotonic()
    code, output = command(kind, data, milliseconds=1400)
    assert time.monotonic() - started < 5
    assert code == 124 and output.startswith("started\n") and "gave up" in output


@pytest.mark.parametrize(
    "envelope",
    [None, "exec", {}, {"command": 1}, {"command": "exec", "data": 5}, {"command": "exec", "data": [1]},
     {"command": "manage", "data": "'unclosed"}],
)  # fmt: skip
def test_a_wrong_envelope_is_said(envelope):
    code, output = handle_request(answering(), {"_serverless-wsgi": envelope}, Context())
    assert code == 2 and output.endswith("\n") and len(output) > 10


def test_unknown_commands_are_named():
    code, output = command("unknown", "x")
    assert code == 1 and output.startswith("Unknown command: unknown")
