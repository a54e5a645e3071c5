"""The table `events`: its keys and targets, and what runs when an event has one.

| target | what runs |
| --- | --- |
| module:function | the function, with (event, context) |
| manage NAME …, flask NAME … | the command, with the event as JSON on its standard input |

They are the words of whoever deploys, so the list of remote commands that are allowed does not hold for them.
"""

from __future__ import annotations

import io
import json
import sys

from .events import COMMAND_KEY
from .loading import imported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from collections.abc import Callable, Mapping

    from .options import Options

    Target = Callable[[object, object], object]

SOURCES = (
    "cognito", "dynamodb", "eventbridge", "json", "kafka", "kinesis", "logs", "mq", "s3", "schedule", "sns", "sqs", "warmer",
    "websocket",
)  # fmt: skip

# Their events come in batches, and each record is a call of its own.
_BATCHES = ("dynamodb", "kinesis", "sqs")
# These wait for what the function returns, and a command returns nothing.
_WAITING = ("cognito", "websocket")
_COROUTINE = 0x80  # inspect.CO_COROUTINE


class RouteError(ValueError):
    """The table `events` says something that cannot be."""


class CommandFailed(Exception):
    """A command of the table ended with another exit code than 0."""

    def __init__(self, command: str, code: int, why: object = "") -> None:
        super().__init__(f"{command!r} ended with exit code {code}{': ' if why else ''}{why or ''}")


def check(table: Mapping[str, str]) -> None:
    """Raises RouteError with all that is wrong in the table, as far as can be seen without importing anything."""
    mistakes = [
        f'"{key}" = "{target}": {mistake}'
        for key, target in table.items()
        for mistake in (_mistake_in_key(key), _mistake_in_target(key, target))
        if mistake
    ]
    if mistakes:
        raise RouteError(f'"events" cannot be understood. {" ".join(mistakes)}')


def prepare(app: WSGIApplication, table: Mapping[str, str]) -> None:
    """Import every function of the table, so that one that is missing fails the initialisation and not the first event.

    Where a stand-in is served for an application that cannot be imported, they would fail as well, and nothing is to end.
    """
    stand_in = sys.modules.get("wsgi_lambda.stand_in")
    if stand_in is not None and isinstance(app, stand_in.StandIn):
        return
    for target in table.values():
        if not _is_command(target):
            _function(target)


def run(key: str, app: WSGIApplication, event: object, context: object, options: Options) -> object:
    """The result of what stands under `key`. Whatever it raises is for Lambda, which tells the source or tries again."""
    name = options.events[key]
    target = _guarded(name, _command(name, app) if _is_command(name) else _function(name))
    if key.partition(":")[0] in _BATCHES:
        from . import batches

        return batches.run(key, target, event, context, options)
    return target(event, context)


def _mistake_in_key(key: str) -> str:
    source, colon, name = key.partition(":")
    if source not in SOURCES:
        return f"the key must begin with one of {', '.join(SOURCES)}."
    if colon and (not name or name != name.strip()):
        return f'"{source}:" must be followed by a name.'
    if colon and source == "warmer":
        return '"warmer" takes no name.'
    if name.startswith("arn:"):
        return "the key takes a name, not an ARN."
    if key == f"json:{COMMAND_KEY}":
        return "this key is the one of remote commands."
    return ""


def _mistake_in_target(key: str, target: object) -> str:
    if not isinstance(target, str):
        return "the target must be a string."
    if _is_command(target):
        return _mistake_in_command(key, target)
    module, _, path = target.partition(":")
    if not all(part.isidentifier() for part in [*module.split("."), *path.split(".")]):
        return 'the target must look like "module:function", "manage NAME" or "flask NAME".'
    return ""


def _mistake_in_command(key: str, target: str) -> str:
    if key.partition(":")[0] in _WAITING:
        return 'this source waits for what a "module:function" returns, and a command returns nothing.'
    try:
        words = _words(target)
    except ValueError as error:
        return f"the command cannot be split into words: {error}."
    return "" if len(words) > 1 else "the command has no name."


def _is_command(target: str) -> bool:
    return target.split(None, 1)[:1] in (["manage"], ["flask"])


def _words(command: str) -> list[str]:
    import shlex

    return shlex.split(command)


def _function(reference: str) -> Target:
    module, _, path = reference.partition(":")
    try:
        found: object = imported(module)
    except ModuleNotFoundError as error:
        if not error.name or not f"{module}.".startswith(f"{error.name}."):
            raise  # something that the module imports
        raise RouteError(f'"events" has "{reference}", but there is no module {error.name!r}.') from None
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise RouteError(f'"events" has "{reference}", but {module} has no {path!r}.') from None
    if not callable(found):
        raise RouteError(f'"events" has "{reference}", which is of type {type(found).__name__} and cannot be called.')
    if getattr(getattr(found, "__code__", None), "co_flags", 0) & _COROUTINE:
        raise RouteError(f'"events" has "{reference}", which is an async function: give it one that calls asyncio.run.')
    return found


def _command(line: str, app: WSGIApplication) -> Target:
    kind, *arguments = _words(line)
    command = _manage if kind == "manage" else _flask

    def target(event: object, context: object) -> object:
        before = sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(event).encode()), encoding="utf-8")
        try:
            command(line, app, arguments)
        except SystemExit as error:
            if not isinstance(error.code, (int, type(None))):
                raise CommandFailed(line, 1, error.code) from error
            if error.code:
                raise CommandFailed(line, int(error.code)) from error
        finally:
            sys.stdin = before
        return {}

    return target


def _manage(line: str, app: WSGIApplication, arguments: list[str]) -> None:
    from django.core import management

    try:
        management.call_command(*arguments)
    except management.CommandError as error:
        raise CommandFailed(line, error.returncode, error) from error


def _flask(line: str, app: WSGIApplication, arguments: list[str]) -> None:
    from .programs import flask

    flask(app, arguments)


def _guarded(name: str, target: Target) -> Target:
    def guarded(event: object, context: object) -> object:
        _close_old_connections()
        try:
            return target(event, context)
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:
            # Lambda's client survives every Exception. SystemExit would end it, and with it the execution environment.
            raise RuntimeError(f"{name} ended with {error!r}").with_traceback(error.__traceback__) from None
        finally:
            _close_old_connections()

    return guarded


def _close_old_connections() -> None:
    """As Django does around a request: a database closes what is idle while the function is frozen, and has few to give."""
    conf, database = sys.modules.get("django.conf"), sys.modules.get("django.db")
    if conf is not None and database is not None and conf.settings.configured:
        database.close_old_connections()
