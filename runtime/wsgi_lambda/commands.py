"""Remote commands: who may run what, one after the other, and what the log says of it. `envelope` has the protocol.

Exit codes are the command's own, as a process would have them (128 + n for a signal); besides: 1 an exception, 2 a wrong
envelope, 124 the invocation's time was nearly over, 125 (our own client's) or 1 an unknown command, 126 the command is not
allowed, 127 no such program.
"""

from __future__ import annotations

import json
import os
import time

from . import log, programs
from .capture import Capture, Output
from .deadline import Deadline, DeadlineReached
from .envelope import Envelope, EnvelopeError
from .events import COMMAND_KEY, UnsupportedEvent
from .isolation import Isolation
from .own_client import is_own_client
from .policy import Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .envelope import Command
    from .integration import Event
    from .options import Options

_AUDIT_CHARACTERS = 1000


def answer(app: WSGIApplication, event: Event, context: object, options: Options) -> object:
    """Run the command of an event, if `options` allow it, and return the reply.

    Raises UnsupportedEvent where the event may be a request that somebody sent to a gateway.
    """
    _check_sender(event, context, options)
    envelope = Envelope(event[COMMAND_KEY], context)
    try:
        command = envelope.command()
    except EnvelopeError as error:
        _audit(envelope, f"refused a command: {_shown(str(error))}")
        return envelope.reply(error.exit_code, Output(envelope.complaint(error).encode("utf-8", "replace")), 0)
    words = command.arguments if command.code is None else [command.code, *command.arguments]
    refusal = Policy(options.commands).refusal(command.kind, words, command.environment)
    _audit(envelope, f"{'refused' if refusal else 'runs'} command {_what(command, words)}")
    if refusal:
        return envelope.reply(126, Output(refusal.encode("utf-8", "replace")), 0)
    started = time.monotonic()
    code, output, threads = _run(app, command, context)
    seconds = time.monotonic() - started
    left = f", and left {threads} threads running" if threads else ""
    _audit(envelope, f"command {command.kind} ended with exit code {code} after {seconds:.3f} s{left}")
    return envelope.reply(code, output, seconds)


def _check_sender(event: Event, context: object, options: Options) -> None:
    if len(event) > 1:
        from .triggers import source_of

        raise UnsupportedEvent(f"This event came from {source_of(event)}.")
    if options.non_proxy_integration and not is_own_client(context):
        raise UnsupportedEvent(
            "With non-proxy-integration the body of a request may become the whole event, so this function takes commands "
            "from wsgi-lambda's own client only: an Invoke with the client context "
            '{"custom": {"wsgi-lambda": "1"}}.'
        )


def _run(app: WSGIApplication, command: Command, context: object) -> tuple[int, Output, int]:
    """Exit code, output, and the number of threads that go on."""
    threads = 0
    capture = Capture(command.stdin)
    deadline = Deadline(context, capture.say, command.timeout)
    with capture, Isolation() as isolation:
        os.environ.update(command.environment)
        try:
            with deadline:
                code = programs.run(app, command, capture.say)
                threads = isolation.wait_for_threads()
        except DeadlineReached:
            deadline.disarm()
            code = 124
            capture.say(f"\nwsgi-lambda: {_why(deadline)}\n")
        if isolation.is_copy():
            os._exit(code)
    return code, capture.output(), threads


def _why(deadline: Deadline) -> str:
    if deadline.is_own:
        return f"gave up after {deadline.seconds:.1f} s, because that is the timeout of this command."
    return (
        f"gave up after {deadline.seconds:.1f} s, because the invocation's time is nearly over. "
        "Raise the function's timeout, or split the command."
    )


def _what(command: Command, words: list[str]) -> str:
    """Of variables the names only, because values are often secret; of the input nothing."""
    what = f"{command.kind} {_shown(words)}"
    if command.file:
        what += f" of file {_shown(command.file)}"
    return f"{what} with variables {_shown(sorted(command.environment))}" if command.environment else what


def _shown(value: object) -> str:
    """The log cuts a line that is too long, and with it what stands behind: no part of it may be that long."""
    text = json.dumps(value)
    return text if len(text) <= _AUDIT_CHARACTERS else f"{text[:_AUDIT_CHARACTERS]} [... {len(text)} characters]"


def _audit(envelope: Envelope, what: str) -> None:
    name = f", id {json.dumps(envelope.id)}" if envelope.id else ""
    log.audit(f"{what}{name}", envelope.request_id, envelope.tenant_id)
