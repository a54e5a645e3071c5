"""The event of a remote command and the reply: as serverless-wsgi has them, and as our own client does."""

import base64
import os
import re
import types

import pytest
from asking import OwnContext, command, encoded, own, result
from running import Context, answering

from wsgi_lambda import capture, handle_request
from wsgi_lambda.own_client import is_own_client


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
            {"stdin": "ü"}, {"stdin": "***"}, {"environment": "A=1"}, {"environment": {"A": 1}}, {"environment": {"": "1"}},
            {"environment": {"A=": "1"}}, {"environment": {"A": "\0"}}, {"environment": {"A": "\ud800"}},
            {"environment": {"\ud800": "1"}},
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

    def test_nothing_is_pushed_out_of_a_line_of_the_log(self, capfd):
        long = "x" * 300_000
        own("exec", "pass", file=long, environment={long: "1", "LAST": "1"}, arguments=[long], id="a")
        own(long, id="b")
        first, _, unknown = capfd.readouterr().out.splitlines()
        assert len(first) < 4000 and len(unknown) < 2000
        assert first.endswith('[... 300012 characters], id "a"') and unknown.endswith('characters], id "b"')
        assert "of file" in first and "with variables" in first

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
