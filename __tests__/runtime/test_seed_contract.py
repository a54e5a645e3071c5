"""What the tests of serverless-wsgi 3.1.0 hold its handler to, held against this runtime: the same 32 names.

Where the seed compared whole environs, every key that it set must have its value; more keys are allowed. Two things differ,
on purpose:

- Payload format 2.0 has a place for cookies, `cookies`; the seed wrote them into headers in different letter cases.
- An application that cannot be imported fails the start. Only where the setting asks for it, requests are answered with
  500, and then as plain text with the request's id; the seed's page was Werkzeug's HTML.

Events are as AWS sends them: the path of an HTTP API is decoded, where some of the seed's tests had an encoded one.
"""

import base64
import importlib.util
import json
import os
import shutil
import sys
import types
from urllib.parse import parse_qs

import pytest
import seed_events
from conftest import RUNTIME
from serverless_wsgi import handle_request
from werkzeug.formparser import parse_form_data

CONTEXT = {"memory_limit_in_mb": "256"}
TEXT = "Ein Märchen ☃"
COOKIES = ["READER=bob; Path=/", "SHELF=8; Path=/", "MARK=9; Path=/"]
LETTERED = {"set-cookie": COOKIES[0], "Set-cookie": COOKIES[1], "sEt-cookie": COOKIES[2]}
LENGTH = {"Content-Length": str(len(TEXT.encode()))}
PLAIN = {"Content-Type": "text/plain; charset=utf-8", **LENGTH}
EVERYTHING = ["manage", "flask", "exec", "shell"]


class Application:
    """Answers with a text and some cookies, writes a line to the log, and remembers what it was called with."""

    def __init__(self):
        self.cookies, self.kind, self.body, self.status = 3, PLAIN["Content-Type"], TEXT.encode(), "200 OK"
        self.environ = None

    def __call__(self, environ, start_response):
        self.environ = environ
        print("a line of the application", file=environ["wsgi.errors"])
        cookies = [("Set-Cookie", cookie) for cookie in COOKIES[: self.cookies]]
        length = str(len(self.body))
        start_response(self.status, [("Content-Type", self.kind), ("Content-Length", length), *cookies])
        return [self.body]


@pytest.fixture
def app():
    return Application()


@pytest.fixture
def handler_of(tmp_path, monkeypatch):
    """Imports the handler module of an artifact with this wsgi_lambda.json, and an application at each of `places`."""

    def load(configuration, *places, source="from test_seed_contract import Application\napp = Application()\n"):
        shutil.copy(os.path.join(RUNTIME, "wsgi_handler.py"), tmp_path)
        (tmp_path / "wsgi_lambda.json").write_text(json.dumps(configuration))
        for place in places:
            (tmp_path / place).parent.mkdir(exist_ok=True)
            (tmp_path / place).write_text(source)
        spec = importlib.util.spec_from_file_location("wsgi_handler", tmp_path / "wsgi_handler.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield load
    sys.modules.pop("books_app", None)


@pytest.fixture
def wsgi_handler(handler_of):
    return handler_of({"app": "books_app.app", "commands": EVERYTHING}, "books_app.py")


def result(headers=None, body=TEXT, **more):
    return {"statusCode": 200, "headers": headers or {**PLAIN, **LETTERED}, "body": body, "isBase64Encoded": False, **more}


def assert_environ(app, expected):
    assert {key: app.environ.get(key) for key in expected} == expected


def test_handler(wsgi_handler, capsys):
    event = seed_events.rest()
    assert wsgi_handler.handler(event, CONTEXT) == result()
    assert_environ(wsgi_handler.wsgi_app, seed_events.environ(event, CONTEXT))
    assert wsgi_handler.wsgi_app.environ["wsgi.input"].read() == b""
    assert capsys.readouterr() == ("", "a line of the application\n")


def test_handler_offline(app):
    event = seed_events.rest()
    del event["body"]
    assert handle_request(app, event, CONTEXT) == result()


def test_handler_multivalue(app):
    event = seed_events.rest()
    event["multiValueQueryStringParameters"] = {"by": ["title"], "from": ["a", "b c"]}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    lists = {"Set-Cookie": COOKIES, **{name: [value] for name, value in PLAIN.items()}}
    expected = result()
    del expected["headers"]
    assert handle_request(app, event, CONTEXT) == {**expected, "multiValueHeaders": lists}
    assert app.environ["QUERY_STRING"] == "by=title&from=a&from=b+c"


@pytest.mark.parametrize("host", ["k1l2m3n4o5.execute-api.cn-north-1.amazonaws.com.cn", "k1l2m3n4o5.amazonaws.com.cn"])
def test_handler_china(app, host):
    event = seed_events.rest()
    event["headers"]["Host"] = host
    handle_request(app, event, CONTEXT)
    assert app.environ["SCRIPT_NAME"] == "/dev"


def test_handler_single_cookie(app):
    app.cookies = 1
    assert handle_request(app, seed_events.rest(), CONTEXT) == result({**PLAIN, "Set-Cookie": COOKIES[0]})


def test_handler_no_cookie(app):
    app.cookies = 0
    assert handle_request(app, seed_events.rest(), CONTEXT) == result(PLAIN)


def test_handler_schedule(app):
    assert handle_request(app, {"source": "aws.events"}, CONTEXT) == {}
    assert app.environ is None


def test_handler_warmup_plugin(app, capsys):
    assert handle_request(app, {"source": "serverless-plugin-warmup"}, CONTEXT) == {}
    out, err = capsys.readouterr()
    assert (app.environ, out.count("\n"), err) == (None, 1, "")


def test_handler_custom_domain(app):
    event = seed_events.rest()
    event["headers"]["Host"] = "books.example.com"
    handle_request(app, event, CONTEXT)
    assert_environ(app, seed_events.environ(event, CONTEXT, SCRIPT_NAME="", SERVER_NAME="books.example.com"))
    event["requestContext"]["authorizer"] = None
    handle_request(app, event, CONTEXT)
    assert app.environ["REMOTE_USER"] == ""


def test_handler_api_gateway_base_path(app, monkeypatch):
    monkeypatch.setenv("API_GATEWAY_BASE_PATH", "library")
    event = seed_events.rest() | {"path": "/library/shelf/books"}
    event["headers"]["Host"] = "books.example.com"
    handle_request(app, event, CONTEXT)
    assert_environ(app, seed_events.environ(event, CONTEXT, SCRIPT_NAME="/library", SERVER_NAME="books.example.com"))


@pytest.mark.parametrize("value", ["True", "yes", "1", "t", "Y"])
def test_handler_strip_stage_path(app, monkeypatch, value):
    monkeypatch.setenv("STRIP_STAGE_PATH", value)
    handle_request(app, seed_events.rest(), CONTEXT)
    assert app.environ["SCRIPT_NAME"] == ""


@pytest.mark.parametrize("body", [b"\xff\xd8\xff\xe0 not quite a JPEG", TEXT.encode()], ids=["bytes", "text"])
def test_handler_base64(app, body):
    app.cookies, app.kind, app.body = 1, "image/jpeg", body
    headers = {"Content-Type": "image/jpeg", "Content-Length": str(len(body)), "Set-Cookie": COOKIES[0]}
    expected = result(headers, base64.b64encode(body).decode(), isBase64Encoded=True)
    assert handle_request(app, seed_events.rest(), CONTEXT) == expected


@pytest.mark.parametrize(
    "kind", ["application/vnd.api+json", "application/javascript; charset=utf-8", "image/svg+xml; charset=utf-8"]
)
def test_handler_plain(app, kind):
    app.cookies, app.kind = 0, kind
    assert handle_request(app, seed_events.rest(), CONTEXT) == result({"Content-Type": kind, **LENGTH})


def test_handler_base64_request(app):
    event = seed_events.rest() | {"httpMethod": "PUT", "isBase64Encoded": True}
    event["headers"]["Content-Type"] = "text/plain"
    event["body"] = base64.b64encode(b"a new title").decode()
    handle_request(app, event, CONTEXT)
    assert_environ(app, {"CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": "11", "REQUEST_METHOD": "PUT"})
    assert app.environ["wsgi.input"].getvalue() == b"a new title"


def test_non_package_subdir_app(handler_of):
    module = handler_of({"app": "backend/books_app.app"}, "backend/books_app.py")
    assert sys.modules["books_app"].app is module.wsgi_app


def form_event(body):
    event = seed_events.rest() | {"httpMethod": "POST", "body": body}
    event["headers"]["Content-Type"] = "multipart/form-data; boundary=----BookBoundary"
    return event


def test_handler_binary_request_body(app):
    cover = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    body = (
        b'------BookBoundary\r\nContent-Disposition: form-data; name="cover"; filename="c.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + cover + b"\r\n------BookBoundary\r\n"
        b'Content-Disposition: form-data; name="submit"\r\n\r\nSend\r\n------BookBoundary--\r\n'
    )
    event = form_event(base64.b64encode(body).decode()) | {"isBase64Encoded": True}
    handle_request(app, event, CONTEXT)
    assert app.environ["CONTENT_LENGTH"] == str(len(body))
    _, fields, files = parse_form_data(app.environ)
    assert (fields["submit"], files["cover"].read()) == ("Send", cover)


def test_handler_request_body_undecodable_with_latin1(app):
    title = "本 책 書"
    body = f'------BookBoundary\r\nContent-Disposition: form-data; name="title"\r\n\r\n{title}\r\n------BookBoundary--'
    handle_request(app, form_event(body), CONTEXT)
    assert parse_form_data(app.environ)[1]["title"] == title


@pytest.mark.parametrize("types", [["application/books+json"], None])
def test_handler_custom_text_mime_types(handler_of, types):
    handler = handler_of({"app": "books_app.app", "text-mime-types": types}, "books_app.py")
    handler.wsgi_app.cookies, handler.wsgi_app.kind = 0, "application/books+json"
    expected = result({"Content-Type": "application/books+json", **LENGTH})
    assert handler.handler(seed_events.rest(), CONTEXT) == expected


def test_handler_alb(app):
    assert handle_request(app, seed_events.balancer(), CONTEXT) == result(statusDescription="200 OK")


def test_alb_query_params(app):
    event = seed_events.balancer() | {"queryStringParameters": {"title": "a%20book"}}
    assert handle_request(app, event, CONTEXT) == result(statusDescription="200 OK")
    assert app.environ["QUERY_STRING"] == "title=a+book"


def test_alb_multi_query_params(app):
    event = seed_events.balancer()
    del event["queryStringParameters"]
    event["multiValueQueryStringParameters"] = {"%E6%9C%AC": ["%EC%B1%85", "book"], "one": "a%20b"}
    assert handle_request(app, event, CONTEXT) == result(statusDescription="200 OK")
    assert parse_qs(app.environ["QUERY_STRING"]) == {"本": ["책", "book"], "one": ["a b"]}


def command(handler, kind, data):
    return handler.handler({"_serverless-wsgi": {"command": kind, "data": data}}, CONTEXT)


def test_command_exec(wsgi_handler):
    assert command(wsgi_handler, "exec", "print(1+4)") == [0, "5\n"]
    code, output = command(wsgi_handler, "exec", "not a statement")
    assert (code, "SyntaxError: invalid syntax" in output) == (1, True)
    assert output.startswith("Traceback (most recent call last):\n")
    code, output = command(wsgi_handler, "exec", "1 / 0")
    assert (code, output.startswith("Traceback (most recent call last):\n")) == (1, True)


def test_command_command(wsgi_handler):
    assert command(wsgi_handler, "command", 'echo "a book"') == [0, "a book\n"]
    code, output = command(wsgi_handler, "command", "ls no-such-book")
    assert code > 0
    assert "no-such-book" in output and "No such file or directory" in output


def test_command_manage(wsgi_handler, monkeypatch):
    management = types.ModuleType("django.core.management")
    management.execute_from_command_line = lambda argv: print("management got", argv[1:])
    for name in ("django", "django.core"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "django.core.management", management)
    assert command(wsgi_handler, "manage", "check --deploy 'a b'") == [0, "management got ['check', '--deploy', 'a b']\n"]


def test_command_flask(wsgi_handler, monkeypatch):
    class FlaskGroup:
        def __init__(self, create_app):
            assert create_app() is wsgi_handler.wsgi_app

        def main(self, args, **_):
            print("the group got", args)

    cli = types.ModuleType("flask.cli")
    cli.FlaskGroup = FlaskGroup
    monkeypatch.setitem(sys.modules, "flask", types.ModuleType("flask"))
    monkeypatch.setitem(sys.modules, "flask.cli", cli)
    assert command(wsgi_handler, "flask", "books list") == [0, "the group got ['books', 'list']\n"]


def test_command_unknown(wsgi_handler):
    code, output = command(wsgi_handler, "read", "a book")
    assert (code, "Unknown command: read" in output) == (1, True)
    assert output.startswith("Traceback (most recent call last):\n")


def test_app_import_error(handler_of, capsys):
    broken = {"source": "raise ImportError('no such shelf')"}
    with pytest.raises(ImportError, match="no such shelf"):
        handler_of({"app": "books_app.app"}, "books_app.py", **broken)
    handler = handler_of({"app": "books_app.app", "on-import-error": "serve"}, "books_app.py", **broken)
    assert "ImportError: no such shelf" in capsys.readouterr().err
    answer = handler.handler(seed_events.rest(), CONTEXT)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (500, PLAIN["Content-Type"])
    assert "no such shelf" not in answer["body"]  # the log knows it; the client is a stranger


def test_handler_with_encoded_characters_in_path(app):
    handle_request(app, seed_events.rest() | {"path": "/shelf/old%20books"}, CONTEXT)
    assert app.environ["PATH_INFO"] == "/shelf/old books"


def test_handler_v2(app, capsys):
    event = seed_events.http_api()
    assert handle_request(app, event, CONTEXT) == result(PLAIN, cookies=COOKIES)
    expected = {"HTTP_COOKIE": "READER=ann; SHELF=7", "QUERY_STRING": event["rawQueryString"]}
    assert_environ(app, seed_events.environ(event, CONTEXT, **expected))
    assert capsys.readouterr() == ("", "a line of the application\n")
    # Without the stage in the path, as no gateway sends it.
    handle_request(app, event | {"rawPath": "/shelf/books"}, CONTEXT)
    assert (app.environ["SCRIPT_NAME"], app.environ["PATH_INFO"]) == ("/dev", "/shelf/books")


def test_handler_with_encoded_characters_in_path_v2(app):
    # An HTTP API has decoded it already; a function URL, with the same version, has not.
    handle_request(app, seed_events.http_api() | {"rawPath": "/dev/shelf/old books"}, CONTEXT)
    assert app.environ["PATH_INFO"] == "/shelf/old books"
    event = seed_events.http_api() | {"rawPath": "/shelf/old%20books"}
    event["requestContext"].update(domainName="abcdefghijklmnop.lambda-url.eu-north-1.on.aws", stage="$default")
    handle_request(app, event, CONTEXT)
    assert app.environ["PATH_INFO"] == "/shelf/old books"


def test_handler_lambda(app, capsys):
    event = seed_events.non_proxy()
    assert handle_request(app, event, CONTEXT, non_proxy_integration=True) == result()
    authorizer = {"serverless.authorizer": event["enhancedAuthContext"]}
    assert_environ(app, seed_events.environ(event, CONTEXT, **authorizer))
    assert capsys.readouterr() == ("", "a line of the application\n")


def test_handler_lambda_error(app):
    app.status = "400 Bad Request"
    with pytest.raises(Exception, match='"statusCode": 400'):
        handle_request(app, seed_events.non_proxy(), CONTEXT, non_proxy_integration=True)
