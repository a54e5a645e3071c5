import base64
import json
import subprocess
import sys
from hashlib import pbkdf2_hmac, sha256
from urllib.parse import urlencode

import pytest
from conftest import RUNTIME
from lambda_events import ALL, function_url, http_api
from running import answering, environ_of, headers_of, run
from runtime_api import RuntimeApi

from wsgi_lambda import access, handle_request, interface_client, make_handler, response

VARIABLE = "WSGI_LAMBDA_BASIC_AUTH"
CREDENTIALS = "ada:correct hörse"
ROUNDS = 10
KEY = pbkdf2_hmac("sha256", CREDENTIALS.encode(), b"salt", ROUNDS)
PROTECTION = json.dumps(
    {"rounds": ROUNDS, "salt": "salt", "key": sha256(KEY).hexdigest(), "except": ["/health", "/gesundheit/ü"]}
)
COOKIE = f"{access.COOKIE}={KEY.hex()}"
PAGE = {"accept": "text/html,*/*"}
FORM = {**PAGE, "content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(autouse=True)
def protected(monkeypatch):
    monkeypatch.setenv(VARIABLE, PROTECTION)
    monkeypatch.setattr(access, "_gates", {})
    monkeypatch.setattr(response, "own_headers", {})


def basic(credentials, scheme="Basic"):
    return f"{scheme} {base64.b64encode(credentials.encode()).decode()}"


def body_of(user, password):
    return urlencode({access.USER_FIELD: user, access.PASSWORD_FIELD: password})


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_without_credentials_every_way_in_is_closed(make):
    result = run(answering(), make())
    assert result["statusCode"] == 401
    assert headers_of(result)["www-authenticate"] == ['Basic realm="Protected", charset="UTF-8"']
    assert headers_of(result)["x-robots-tag"] == ["noindex"]
    assert headers_of(result)["cache-control"] == ["no-store"]
    assert "basic-auth" in result["body"]


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_with_credentials_the_application_answers(make):
    result = run(answering(), make(headers={"Authorization": basic(CREDENTIALS)}))
    assert (result["statusCode"], result["body"]) == (200, "ok")
    assert headers_of(result)["x-robots-tag"] == ["noindex"]


@pytest.mark.parametrize(
    "authorization",
    [basic("ada:wrong"), basic("eve:correct hörse"), basic(""), "Basic !", "Basic ü", "Basic", "", basic(CREDENTIALS, "Bearer")],
)
def test_other_credentials_are_refused(authorization):
    assert run(answering(), function_url(headers={"authorization": authorization}))["statusCode"] == 401


def test_credentials_are_hashed_once(monkeypatch):
    counted = []
    monkeypatch.setattr(access, "pbkdf2_hmac", lambda *given: counted.append(given) or pbkdf2_hmac(*given))
    handler = make_handler(answering())
    asked = [CREDENTIALS, CREDENTIALS, "ada:wrong", CREDENTIALS]
    answers = [handler(function_url(headers={"authorization": basic(given)}), None)["statusCode"] for given in asked]
    assert (answers, len(counted)) == ([200, 200, 401, 200], 2)


def test_the_application_sees_neither_password_nor_cookie():
    environ = environ_of(function_url(headers={"authorization": basic(CREDENTIALS)}))
    assert "HTTP_AUTHORIZATION" not in environ
    assert "HTTP_COOKIE" not in environ_of(function_url(cookies=[COOKIE]))
    environ = environ_of(function_url(cookies=["a=1", COOKIE, "b=2"], headers={"authorization": "Bearer own"}))
    assert (environ["HTTP_COOKIE"], environ["HTTP_AUTHORIZATION"]) == ("a=1; b=2", "Bearer own")


@pytest.mark.parametrize("value", ["", "zz", sha256(KEY).hexdigest(), "00" * 32])
def test_a_cookie_that_is_not_right_opens_nothing(value):
    assert run(answering(), function_url(cookies=[f"{access.COOKIE}={value}"]))["statusCode"] == 401


def test_an_exempt_path_needs_no_credentials():
    assert run(answering(), function_url(path="/health"))["statusCode"] == 200
    assert run(answering(), function_url(path="/gesundheit/%C3%BC"))["statusCode"] == 200
    for path in ("/health/", "/Health", "/health/../admin", "//health", "/"):
        assert run(answering(), function_url(path=path))["statusCode"] == 401


def test_a_browser_gets_a_form():
    result = run(answering(), function_url(headers=PAGE))
    assert (result["statusCode"], headers_of(result)["content-type"]) == (401, ["text/html; charset=utf-8"])
    assert "not right" not in result["body"]
    assert f'name="{access.PASSWORD_FIELD}"' in result["body"]


def test_the_form_signs_in():
    body = body_of(*CREDENTIALS.split(":"))
    result = run(answering(), function_url(path="/a%20b", rawQueryString="c=1", method="POST", headers=FORM, body=body))
    assert (result["statusCode"], headers_of(result)["location"]) == (303, ["/a%20b?c=1"])
    cookie, *attributes = result["cookies"][0].split("; ")
    assert (cookie, attributes) == (COOKIE, ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
    assert run(answering(), function_url(cookies=[cookie]))["statusCode"] == 200


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example"])
def test_signing_in_never_leads_to_another_host(path):
    body = body_of(*CREDENTIALS.split(":"))
    result = run(answering(), function_url(path=path, method="POST", headers=FORM, body=body))
    location = headers_of(result)["location"][0]
    assert location.startswith("/") and location[1] not in "/\\"


@pytest.mark.parametrize(
    ("body", "headers", "complains"),
    [
        (body_of("ada", "wrong"), FORM, True),
        (body_of("", ""), FORM, True),
        ("other=1", FORM, False),
        (body_of("a" * 5000, "b"), FORM, False),
        (body_of("ada", "wrong"), PAGE, False),
        ("", FORM, False),
    ],
)
def test_a_form_that_is_not_right_is_refused(body, headers, complains):
    result = run(answering(), function_url(method="POST", headers=headers, body=body))
    assert (result["statusCode"], "not right" in result["body"]) == (401, complains)


def test_a_body_of_who_is_signed_in_is_the_application_s():
    event = function_url(method="POST", headers=FORM, cookies=[COOKIE], body=body_of("a", "b"))
    assert environ_of(event)["body"] == body_of("a", "b").encode()


def test_answers_that_are_not_the_application_s_are_not_indexed_either(capsys):
    def failing(environ, start_response):
        raise ValueError("broken")

    for app, event in ((failing, function_url(cookies=[COOKIE])), (answering(), http_api(body=1))):
        result = run(app, event)
        assert result["statusCode"] in (400, 500)
        assert headers_of(result)["x-robots-tag"] == ["noindex"]


def test_the_application_may_fail_after_it_has_begun():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        try:
            raise ValueError("broken")
        except ValueError:
            start_response("500 Oops", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]

    assert run(app, function_url(cookies=[COOKIE]))["statusCode"] == 500


def test_a_stream_is_protected_as_well(monkeypatch):
    monkeypatch.setitem(interface_client._invocation, "id", None)
    monkeypatch.setattr(interface_client, "install", lambda: None)
    with RuntimeApi() as api:
        monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", api.address)
        handler = make_handler(answering(), streaming=True)
        assert isinstance(handler(function_url(), None), interface_client.Streamed)
        assert b'"statusCode": 401' in api.posts[-1].body


def test_commands_and_other_events_are_not_asked():
    assert make_handler(answering())({"source": "aws.events", "resources": []}, None) == {}
    code, output = make_handler(answering(), commands=["exec"])(
        {"_serverless-wsgi": {"command": "exec", "data": "print(6 * 7)"}}, None
    )
    assert (code, output) == (0, "42\n")


@pytest.mark.parametrize("text", ["yes", "[]", "{}", '{"rounds": 1, "salt": "s", "key": "zz"}', '{"rounds": 1, "salt": "s", "key": 1}'])
def test_a_variable_that_cannot_be_understood_opens_nothing(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ValueError, match="WSGI_LAMBDA_BASIC_AUTH"):
        make_handler(answering())
    with pytest.raises(ValueError, match="WSGI_LAMBDA_BASIC_AUTH"):
        handle_request(answering(), function_url(), None)


def test_without_the_setting_nothing_of_it_is_loaded():
    script = "import sys; from wsgi_lambda import make_handler; make_handler(print); print('wsgi_lambda.access' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": RUNTIME}, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
