"""The event of a remote command and the reply to it, in the words of serverless-wsgi and in more words of our own.

    {"_serverless-wsgi": {"command": KIND, "data": STRING}}  →  [exit code, output]

| kind | `data` |
| --- | --- |
| manage, flask | the arguments as one string, which is split like a shell does |
| exec | Python code |
| shell (or command) | a line for /bin/sh, or a script with a shebang |

A list for `data` is the arguments one by one; of exec the code and then its arguments, of shell a program and its arguments.

These keys are added to `command` and `data` where the client is our own (see `own_client`), and not read otherwise:

| key | value |
| --- | --- |
| arguments | a list: of manage and flask all, of exec those of the code; of shell a program and its own, or those of the file |
| file | the name of the file that `data` is |
| stdin | base64 |
| environment | an object of strings |
| timeout | seconds after which it is given up, where that is before the invocation's end |
| id | a name for this run, which the log and the reply repeat |

The reply is an object then. Its `output` is text, or base64 where the output is not UTF-8:

    {"exitCode", "output", "isBase64Encoded", "omittedBytes", "requestId", "logGroup", "logStream", "seconds", "id"}
"""

from __future__ import annotations

import os

from .environ import request_id_of, tenant_id_of
from .event import mapping, text
from .integration import Integration
from .own_client import is_own_client
from .response import base64, encoded_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .capture import Output

_KINDS = {"manage": "manage", "flask": "flask", "exec": "exec", "shell": "shell", "command": "shell"}
_LONGEST_ID = 100


class EnvelopeError(ValueError):
    """There is no such command, or its envelope is wrong."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Command:
    """One command as it was asked for. `code` is what exec and shell are given to run, None where there is none."""

    __slots__ = ("arguments", "code", "environment", "file", "kind", "stdin", "timeout")

    def __init__(
        self,
        kind: str,
        arguments: list[str],
        code: str | None = None,
        file: str = "",
        stdin: bytes = b"",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.arguments = arguments
        self.code = code
        self.file = file
        self.stdin = stdin
        self.environment = environment or {}
        self.timeout: float | None = None


class Envelope:
    """What an event of the protocol holds. `id` is the client's name for this run, "" without one."""

    def __init__(self, fields: object, context: object) -> None:
        self._fields = mapping(fields)
        self._is_ours = is_own_client(context)
        self.request_id = request_id_of({}, context)
        self.tenant_id = tenant_id_of(context)
        self.id = text(self._fields.get("id"))[:_LONGEST_ID] if self._is_ours else ""
        self._log_group = _name_of_log(context, "log_group_name")
        self._log_stream = _name_of_log(context, "log_stream_name")

    def complaint(self, error: EnvelopeError) -> str:
        """What is said of a wrong envelope. serverless-wsgi had a traceback for everything, and clients look for one."""
        return f"{error}\n" if self._is_ours else f"Traceback (most recent call last):\n{type(error).__name__}: {error}\n"

    def command(self) -> Command:
        """Raises EnvelopeError."""
        name = self._fields.get("command")
        if not isinstance(name, str):
            raise EnvelopeError('The command event needs a "command": manage, flask, exec or shell.')
        kind = _KINDS.get(name)
        if kind is None:
            # 125: our own client knows it as "never ran".
            code = 125 if self._is_ours else 1
            raise EnvelopeError(f"Unknown command: {name}. Known: {', '.join(_KINDS)}.", code)
        data = self._fields.get("data") or ""
        if isinstance(data, list):
            words = _strings("data", data)
            return self._with_extras(Command(kind, words[1:], words[0]) if kind == "exec" else Command(kind, words))
        if not isinstance(data, str):
            raise EnvelopeError('"data" of the command event must be a string or a list of strings.')
        given = self._fields.get("arguments") if self._is_ours else None
        arguments = None if given is None else _strings("arguments", given)
        if kind in ("manage", "flask"):
            return self._with_extras(Command(kind, _split(data) if arguments is None else arguments))
        is_program = kind == "shell" and arguments and not self._fields.get("file")
        return self._with_extras(Command(kind, arguments or [], None if is_program else data))

    def reply(self, code: int, output: Output, seconds: float) -> object:
        """Escapes make JSON longer than the output: its middle is left out until the reply may pass."""
        keep = 1.0
        while True:
            reply = self._reply(code, output.cut(keep), seconds)
            size = encoded_size(reply)
            if size <= Integration.limit_bytes:
                return reply
            keep *= min(Integration.limit_bytes / size, 0.9)

    def _with_extras(self, command: Command) -> Command:
        if self._is_ours:
            fields = self._fields
            command.file = text(fields.get("file"))
            command.stdin = _bytes("stdin", fields.get("stdin"))
            command.environment = _variables(fields.get("environment"))
            command.timeout = _seconds(fields.get("timeout"))
        if any("\0" in word for word in (command.file, *command.arguments)):
            raise EnvelopeError("An argument must not have a zero character.")
        return command

    def _reply(self, code: int, output: Output, seconds: float) -> object:
        printed = output.head
        if output.omitted_bytes:
            log = f"the function's log has them: {self._log_group} {self._log_stream}".rstrip(": ")
            note = f"\n[... {output.omitted_bytes} bytes of output are left out here; {log} ...]\n"
            printed += note.encode() + output.tail
        if not self._is_ours:
            return [code, printed.decode("utf-8", "replace")]
        try:
            shown, is_base64 = printed.decode(), False
        except UnicodeDecodeError:
            shown, is_base64 = base64(printed), True
        return {
            "exitCode": code,
            "output": shown,
            "isBase64Encoded": is_base64,
            "omittedBytes": output.omitted_bytes,
            "requestId": self.request_id,
            "logGroup": self._log_group,
            "logStream": self._log_stream,
            "seconds": round(seconds, 3),
            "id": self.id,
        }


def _name_of_log(context: object, name: str) -> str:
    return text(getattr(context, name, None) or os.environ.get(f"AWS_LAMBDA_{name.upper()}"))


def _strings(name: str, value: object) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise EnvelopeError(f'"{name}" of the command event must be a list of strings.')


def _split(line: str) -> list[str]:
    import shlex

    try:
        return shlex.split(line)
    except ValueError as error:
        raise EnvelopeError(f"The arguments cannot be split: {error}.") from None


def _bytes(name: str, value: object) -> bytes:
    from binascii import a2b_base64

    try:
        decoded = a2b_base64(text(value))
        if base64(decoded) != text(value):  # before Python 3.11, what is no base64 is skipped over
            raise ValueError
        return decoded
    except ValueError:
        raise EnvelopeError(f'"{name}" of the command event must be base64.') from None


def _variables(value: object) -> dict[str, str]:
    variables = {} if value is None else value
    if not isinstance(variables, dict) or not all(map(_is_variable, variables.items())):
        raise EnvelopeError('"environment" of the command event must be an object with names and strings.')
    return variables


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise EnvelopeError('"timeout" of the command event must be a number of seconds.')


def _is_variable(item: tuple[object, object]) -> bool:
    name, value = item
    if not (isinstance(name, str) and isinstance(value, str)) or not name or "=" in name or "\0" in name + value:
        return False
    try:
        os.fsencode(name + value)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
