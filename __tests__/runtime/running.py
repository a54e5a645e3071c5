"""Calls an application through the runtime, as Lambda would, under the standard library's WSGI validator."""

import base64
import json
from wsgiref.validate import validator

from wsgi_lambda import handle_request


class Context:
    aws_request_id = "lambda-request"

    def __init__(self, milliseconds=60_000):
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self):
        return self.milliseconds


def run(app, event, *, validate=True, context=..., **options):
    context = Context() if context is ... else context
    result = handle_request(validator(app) if validate else app, event, context, **options)
    json.dumps(result)
    return result


def environ_of(event, **options):
    seen = {}

    def app(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read(-1))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    assert run(app, event, **options)["statusCode"] == 200
    return seen


def answering(status="200 OK", headers=(("Content-Type", "text/plain; charset=utf-8"),), body=b"ok"):
    def app(environ, start_response):
        start_response(status, list(headers))
        return [body]

    return app


def body_of(result):
    return base64.b64decode(result["body"]) if result["isBase64Encoded"] else result["body"].encode()


def headers_of(result):
    """Lower-cased names with all their values, from whichever keys the integration has."""
    found = {}
    for name, value in (result.get("headers") or {}).items():
        found.setdefault(name.lower(), []).append(value)
    for name, values in (result.get("multiValueHeaders") or {}).items():
        found.setdefault(name.lower(), []).extend(values)
    if "cookies" in result:
        found["set-cookie"] = result["cookies"]
    return found
