"""Asks for a remote command, as serverless-wsgi does and as our own client does."""

import base64
import json
import types

from running import Context, answering

from wsgi_lambda import handle_request

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
