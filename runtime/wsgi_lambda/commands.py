"""Remote commands: {"_serverless-wsgi": {"command": KIND, "data": …}} → [exit code, output].

| kind | `data` |
| --- | --- |
| manage, flask | the arguments, as a list or as one string that is split like a shell does |
| exec | Python code; in a list, arguments for `sys.argv` follow it |
| shell (or command) | a line for /bin/sh, or a script with a shebang; a list is run without a shell |

Exit codes are the command's own, as a process would have them; besides: 1 an exception, 2 a wrong envelope, 124 the
invocation's time was nearly over, 126 the command is not allowed, 127 no such program.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import traceback

from .capture import Capture
from .deadline import Deadline, DeadlineReached
from .environ import request_id_of
from .event import mapping
from .events import COMMAND_KEY, UnsupportedEvent
from .integration import Integration
from .policy import Policy
from .response import encoded_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from collections.abc import Callable
    from types import TracebackType

    from .integration import Event
    from .options import Options

_KINDS = {"manage": "manage", "flask": "flask", "exec": "exec", "shell": "shell", "command": "shell"}
_CODE_NAME = "<exec>"
_AUDIT_CHARACTERS = 1000
_SHELL = ["/bin/sh", "-c"]


def answer(app: WSGIApplication, event: Event, context: object, options: Options) -> list[object]:
    """Run one command, if `options` allow it, and return its exit code and what it printed."""
    if len(event) > 1:
        from .triggers import source_of

        raise UnsupportedEvent(f"This event came from {source_of(event)}.")
    policy = Policy(options.commands)
    try:
        kind, arguments = _read(event[COMMAND_KEY])
    except ValueError as error:
        return [2, f"{error}\n"]
    if kind not in _KINDS:
        return [1, f"Unknown command: {kind}. Known: {', '.join(_KINDS)}.\n"]
    kind = _KINDS[kind]
    refusal = policy.refusal(kind, arguments)
    verdict = "refused" if refusal else "runs"
    what = json.dumps(arguments)[:_AUDIT_CHARACTERS]
    print(f"wsgi-lambda: request {request_id_of({}, context)} {verdict} command {kind} {what}", flush=True)
    if refusal:
        return [126, refusal]
    return _run(_COMMANDS[kind], app, arguments, context)


def _read(envelope: object) -> tuple[str, list[str]]:
    fields = mapping(envelope)
    kind, data = fields.get("command"), fields.get("data")
    if not isinstance(kind, str):
        raise ValueError('The command event needs a "command": manage, flask, exec or shell.')
    if data and isinstance(data, list) and all(isinstance(argument, str) for argument in data):
        return kind, data
    if data and not isinstance(data, str):
        raise ValueError('"data" of the command event must be a string or a list of strings.')
    text = data if isinstance(data, str) else ""
    if kind in ("manage", "flask"):
        import shlex

        return kind, shlex.split(text)
    return kind, [*([] if kind == "exec" else _SHELL), text]


def _run(
    command: Callable[[WSGIApplication, list[str]], int], app: WSGIApplication, arguments: list[str], context: object
) -> list[object]:
    environment, argv, main = dict(os.environ), sys.argv, sys.modules["__main__"]
    deadline = Deadline(context)
    capture = Capture()
    with capture:
        try:
            with deadline:
                code = _exit_code(command, app, arguments)
        except DeadlineReached:
            deadline.disarm()
            code = 124
            _say(
                f"\nwsgi-lambda: gave up after {deadline.seconds:.1f} s, because the invocation's time is nearly over. "
                "Raise the function's timeout, or split the command.\n"
            )
        finally:
            deadline.disarm()
            sys.argv, sys.modules["__main__"] = argv, main
            if os.environ != environment:
                os.environ.clear()
                os.environ.update(environment)
    return _reply(code, capture)


def _exit_code(command: Callable[[WSGIApplication, list[str]], int], app: WSGIApplication, arguments: list[str]) -> int:
    try:
        return command(app, arguments)
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return (error.code or 0) & 0xFF  # as the kernel cuts it
        _say(f"{error.code}\n")
        return 1
    except DeadlineReached:
        raise
    except BaseException as error:
        trace = _without_own_frames(error.__traceback__)
        _say("".join(traceback.format_exception(type(error), error, trace)))
        return 1


def _say(text: str) -> None:
    """To the descriptor itself: the command may have closed or replaced sys.stderr."""
    os.write(2, text.encode("utf-8", "backslashreplace"))


def _reply(code: int, capture: Capture) -> list[object]:
    """Escapes make JSON longer than the output: it is cut until the reply may pass."""
    keep = 1.0
    while True:
        reply: list[object] = [code, capture.output(keep=keep)]
        size = encoded_size(reply)
        if size <= Integration.limit_bytes:
            return reply
        keep *= min(Integration.limit_bytes / size, 0.9)


def _manage(app: WSGIApplication, arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    sys.argv = ["manage.py", *arguments]
    execute_from_command_line(sys.argv)
    return 0


def _flask(app: WSGIApplication, arguments: list[str]) -> int:
    from flask.cli import FlaskGroup

    sys.argv = ["flask", *arguments]
    FlaskGroup(create_app=lambda: app).main(args=arguments, prog_name="flask")
    return 0


def _exec(app: WSGIApplication, arguments: list[str]) -> int:
    """One namespace, a `__main__` of its own, and source lines in the traceback."""
    code, *rest = arguments or [""]
    lines = code.splitlines(keepends=True)
    linecache.cache[_CODE_NAME] = (len(code), None, lines, _CODE_NAME)
    main = type(sys)("__main__")
    sys.modules["__main__"] = main
    sys.argv = ["-c", *rest]
    exec(compile(code, _CODE_NAME, "exec", dont_inherit=True), main.__dict__)
    return 0


def _shell(app: WSGIApplication, arguments: list[str]) -> int:
    if arguments[:-1] != _SHELL or not arguments[-1].startswith("#!"):
        return _process(arguments)
    import tempfile

    script = arguments[-1]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix="-script") as file:
        file.write(script)
        file.flush()
        # As the kernel reads a shebang: a program and at most one argument.
        interpreter = script.partition("\n")[0][2:].strip().split(None, 1)
        return _process([*interpreter, file.name])


def _process(arguments: list[str]) -> int:
    import signal
    import subprocess

    try:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        _say(f"{arguments[0]}: {error.strerror}\n")
        return 126 if isinstance(error, PermissionError) else 127
    try:
        code = process.wait()
    except DeadlineReached:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return code if code >= 0 else 128 - code


def _without_own_frames(trace: TracebackType | None) -> TracebackType | None:
    here = os.path.dirname(__file__)
    while trace and trace.tb_next and os.path.dirname(trace.tb_frame.f_code.co_filename) == here:
        trace = trace.tb_next
    return trace


_COMMANDS = {"manage": _manage, "flask": _flask, "exec": _exec, "shell": _shell}
