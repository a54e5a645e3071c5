"""What a remote command prints: caught, logged line by line, and cut to what Lambda passes."""

import logging
import sys
import threading
import time

import pytest
from asking import command

from wsgi_lambda import capture
from wsgi_lambda.capture import Output


def test_streams_that_exist_already_are_captured():
    assert command("exec", "import sys; print('a'); sys.__stderr__.write('old\\n'); print('b')") == (0, "a\nold\nb\n")


def test_c_code_is_captured():
    pytest.importorskip("ctypes")
    data = "import ctypes; ctypes.CDLL(None).printf(b'from C\\n'); print('from Python')"
    code, output = command("exec", data)
    assert (code, sorted(output.splitlines())) == (0, ["from C", "from Python"])


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
