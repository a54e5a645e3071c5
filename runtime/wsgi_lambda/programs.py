"""What the kinds of remote commands do, and how they end: with the exit code that a process of its own would have."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import sys
import traceback

from .deadline import DeadlineReached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from collections.abc import Callable
    from types import TracebackType

    from .envelope import Command

    Say = Callable[[str], object]

_SHELL = "/bin/sh"
_INTERRUPTED = 130  # 128 + SIGINT, as shells count
# How Python names code that no file has.
_FROM_ARGUMENT = "<exec>"
_FROM_INPUT = "<stdin>"


def run(app: WSGIApplication, command: Command, say: Say) -> int:
    """The exit code of a command. Whatever it raises has been printed then; DeadlineReached goes through."""
    try:
        try:
            return _PROGRAMS[command.kind](app, command, say) or 0
        except SystemExit as error:
            return _status(error.code, say)
    except DeadlineReached:
        raise
    except BaseException as error:
        trace = _without_own_frames(error.__traceback__)
        # Code that is none (SyntaxError) has no frames of its own, and is said the same way.
        head = "" if trace else "Traceback (most recent call last):\n"
        say(head + "".join(traceback.format_exception(type(error), error, trace)))
        return _INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    finally:
        linecache.cache.pop(_name_of(command), None)


def _status(code: object, say: Say) -> int:
    """As the interpreter (`handle_system_exit`) and then the kernel make one of what sys.exit() was given."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -(2**63) <= code < 2**63 else 0xFF
    say(f"{code}\n")
    return 1


def _manage(app: WSGIApplication, command: Command, say: Say) -> None:
    """It closes the connections to databases itself (`BaseCommand.run_from_argv`)."""
    from django.core.management import execute_from_command_line

    sys.argv = ["manage.py", *command.arguments]
    execute_from_command_line(sys.argv)


def _flask(app: WSGIApplication, command: Command, say: Say) -> None:
    sys.argv = ["flask", *command.arguments]
    flask(app, command.arguments)


def flask(app: WSGIApplication, arguments: list[str]) -> None:
    """The command line of Flask for this application. It always ends with SystemExit."""
    from flask.cli import FlaskGroup

    group = FlaskGroup(create_app=lambda: app)  # pyright: ignore[reportArgumentType]  # `flask` wants a Flask
    group.main(args=arguments, prog_name="flask")


def _exec(app: WSGIApplication, command: Command, say: Say) -> None:
    """One namespace, a `__main__` of its own, and its source in tracebacks under the name that the file has at home."""
    name = _name_of(command)
    code = (command.code or "").removeprefix("\ufeff")
    lines = io.StringIO(code, newline=None).readlines()
    linecache.cache[name] = (len(code), None, lines, name)
    main = type(sys)("__main__")
    if name == command.file:
        main.__file__ = name
    sys.modules["__main__"] = main
    sys.argv = [command.file or "-c", *command.arguments]
    exec(compile(code, name, "exec", dont_inherit=True), main.__dict__)


def _name_of(command: Command) -> str:
    """A dash is how a command line names its standard input."""
    return _FROM_INPUT if command.file == "-" else command.file or _FROM_ARGUMENT


def _shell(app: WSGIApplication, command: Command, say: Say) -> int:
    if command.code is None:
        return _process(command.arguments, say)
    if not command.file and not command.code.startswith("#!"):
        return _process([_SHELL, "-c", command.code], say)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        base = command.file.replace("\\", "/").rpartition("/")[2]
        path = os.path.join(folder, "script" if base in ("", "-", ".", "..") else base)
        with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(command.code)
        return _process([*_interpreter(command.code), path, *command.arguments], say)


def _interpreter(script: str) -> list[str]:
    """As the kernel reads a shebang: a program and at most one argument."""
    first = script.partition("\n")[0]
    return (first[2:].strip().split(None, 1) if first.startswith("#!") else []) or [_SHELL]


def _process(arguments: list[str], say: Say) -> int:
    import signal
    import subprocess

    try:
        process = subprocess.Popen(arguments, start_new_session=True)
    except OSError as error:
        say(f"{arguments[0]}: {error.strerror}\n")
        return 127 if isinstance(error, FileNotFoundError) else 126
    try:
        code = process.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):  # all of them have ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return code if code >= 0 else 128 - code


def _without_own_frames(trace: TracebackType | None) -> TracebackType | None:
    here = os.path.dirname(__file__)
    while trace and os.path.dirname(trace.tb_frame.f_code.co_filename) == here:
        trace = trace.tb_next
    return trace


_PROGRAMS: dict[str, Callable[[WSGIApplication, Command, Say], int | None]] = {
    "manage": _manage,
    "flask": _flask,
    "exec": _exec,
    "shell": _shell,
}
