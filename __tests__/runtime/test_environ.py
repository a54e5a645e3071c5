import base64
import time
from unittest.mock import Mock

import pytest
from lambda_events import ALL, EXECUTE_API, alb, alb_multi, function_url, http_api, rest, rest_on
from running import Context, environ_of

from wsgi_lambda import environ, percent

each = pytest.mark.parametrize("make", ALL.values(), ids=ALL)


@pytest.mark.parametrize(
    ("event", "script_name", "path_info"),
    [
        (rest(path="/capture/space%20value"), "/live", b"/capture/space value"),
        (rest(path="/a%2Fb%FF"), "/live", b"/a/b\xff"),
        (rest(path="/caf%C3%A9"), "/live", "/café".encode()),
        (rest(path="/"), "/live", b"/"),
        (rest(context={"path": None}), "/live", b"/some/path"),
        (rest(path="/x", stage="$default"), "", b"/x"),
        (rest(headers={"Host": "a1.execute-api.cn-north-1.amazonaws.com.cn"}), "/live", b"/some/path"),
        (rest(headers={"Host": "www.example.com"}), "", b"/some/path"),
        (rest(version="1.0", path="/dev/x", context={"path": "/dev/x", "stage": "dev"}), "/dev", b"/x"),
        (rest(version="1.0", path="/x", context={"path": "/x", "stage": "$default"}), "", b"/x"),
        (http_api(path="/capture/space value"), "", b"/capture/space value"),
        (http_api(path="/café/100%25/%2F"), "", "/café/100%25/%2F".encode()),
        (http_api(path="/dev/x", stage="dev"), "/dev", b"/x"),
        (http_api(path="/dev", stage="dev"), "/dev", b"/"),
        (http_api(path="/devices", stage="dev"), "", b"/devices"),
        (http_api(path="/dev/dev/x", stage="dev"), "/dev", b"/dev/x"),
        (http_api(path="/dev/x", stage="dev", domain="api.example.com"), "", b"/x"),
        (http_api(path="/x", stage="dev", domain="api.example.com"), "", b"/x"),
        (
            http_api(path="/dev/7", stage="dev", domain="api.example.com", routeKey="GET /dev/{id}",
                     pathParameters={"id": "7"}),
            "", b"/dev/7",
        ),
        (function_url(path="/capture/space%20value"), "", b"/capture/space value"),
        (function_url(path="/a%252Fb%FF"), "", b"/a%2Fb\xff"),
        (function_url(path="/100%"), "", b"/100%"),
        (function_url(path="/%zz%4%+7% 7%C2%B2"), "", "/%zz%4%+7% 7²".encode()),
        (alb(path="/capture/space%20value"), "", b"/capture/space value"),
        (alb(path="/%E4%B8%96%ff"), "", "/世".encode() + b"\xff"),
        (alb_multi(path="/x"), "", b"/x"),
    ],
)  # fmt: skip
def test_path(event, script_name, path_info):
    environ = environ_of(event)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"].encode("latin-1")) == (script_name, path_info)


@pytest.mark.parametrize(
    ("path", "resource", "parameters", "script_name", "path_info"),
    [
        ("/api/foo/bar", "/{proxy+}", {"proxy": "foo/bar"}, "/api", "/foo/bar"),
        ("/api/v1/foo%20bar/", "/{proxy+}", {"proxy": "foo%20bar"}, "/api/v1", "/foo bar/"),
        ("/api/orders/7", "/orders/{id}", {"id": "7"}, "/api", "/orders/7"),
        ("/api", "/", None, "/api", "/"),
        ("/api/", "/", None, "/api", "/"),
        ("/foo", "/{proxy+}", {"proxy": "foo"}, "", "/foo"),
        ("/", "/", None, "", "/"),
        ("//evil.example/foo", "/{proxy+}", {"proxy": "foo"}, "", "//evil.example/foo"),
        ("/%5Cevil.example/foo", "/{proxy+}", {"proxy": "foo"}, "", "/\\evil.example/foo"),
        ("/foo", "/{proxy+}", None, "", "/foo"),
    ],
)
def test_base_path_of_a_custom_domain(path, resource, parameters, script_name, path_info):
    environ = environ_of(rest_on("www.example.com", path=path, resource=resource, parameters=parameters))
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (script_name, path_info)


@pytest.mark.parametrize(
    ("setting", "event", "script_name", "path_info"),
    [
        ("api", rest(path="/api/x", headers={"Host": "www.example.com"}), "/api", "/x"),
        ("/api/", alb(path="/api/x"), "/api", "/x"),
        ("api", alb(path="/api"), "/api", "/"),
        ("api", alb(path="/apiary/x"), "/api", "/apiary/x"),
        ("a/b", function_url(path="/a/b/x"), "/a/b", "/x"),
        ("api", http_api(path="/dev/api/x", stage="dev"), "/api", "/x"),
        ("api", rest_on("e.com", path="/api/x", resource="/{proxy+}", parameters={"proxy": "x"}), "/api", "/x"),
    ],
)
def test_configured_base_path(monkeypatch, setting, event, script_name, path_info):
    monkeypatch.setenv("API_GATEWAY_BASE_PATH", setting)
    environ = environ_of(event)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (script_name, path_info)


@pytest.mark.parametrize("event", [rest(path="/x"), http_api(path="/dev/x", stage="dev")])
def test_stage_can_be_hidden(monkeypatch, event):
    monkeypatch.setenv("STRIP_STAGE_PATH", "True")
    environ = environ_of(event)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/x")


DECODED = {"repeat": ["one", "two"], "plus": ["a+b"], "space": ["a b"], "url": ["https://e.com/a?b"], "empty": [""]}
RAW = {"repeat": ["one", "two"], "plus": ["a%2Bb"], "space": ["a+b"], "empty": [""], "é": ["世"]}


@pytest.mark.parametrize(
    ("event", "query"),
    [
        (
            rest(multiValueQueryStringParameters=DECODED),
            "repeat=one&repeat=two&plus=a%2Bb&space=a+b&url=https%3A%2F%2Fe.com%2Fa%3Fb&empty=",
        ),
        (rest(queryStringParameters={"a": "é"}), "a=%C3%A9"),
        (rest(), ""),
        (http_api(rawQueryString="a=1&a=2&b=%2F+c&flag"), "a=1&a=2&b=%2F+c&flag"),
        (function_url(rawQueryString="a=é b"), "a=%C3%A9%20b"),
        (function_url(rawQueryString=None), ""),
        (alb_multi(query=RAW), "repeat=one&repeat=two&plus=a%2Bb&space=a+b&empty=&%C3%A9=%E4%B8%96"),
        (alb(query={"a": "x%20y", "b%5B%5D": "1"}), "a=x%20y&b%5B%5D=1"),
    ],
)
def test_query_string(event, query):
    assert environ_of(event)["QUERY_STRING"] == query


@each
def test_body_and_its_computed_length(make):
    binary = bytes(range(256))
    environ = environ_of(make(method="POST", body=base64.b64encode(binary).decode(), isBase64Encoded=True))
    assert (environ["body"], environ["CONTENT_LENGTH"]) == (binary, "256")
    environ = environ_of(make(method="POST", body="λ", headers={"content-length": "999"}))
    assert (environ["body"], environ["CONTENT_LENGTH"]) == ("λ".encode(), "2")
    assert "HTTP_CONTENT_LENGTH" not in environ


@each
def test_nulls_are_tolerated(make):
    event = make(headers={})
    for key in ("headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "body",
                "pathParameters", "cookies", "isBase64Encoded"):  # fmt: skip
        event[key] = None
    event["requestContext"]["authorizer"] = None
    environ = environ_of(event)
    assert (environ["QUERY_STRING"], environ["CONTENT_LENGTH"], environ["REMOTE_ADDR"]) in (
        ("", "0", "203.0.113.7"),
        ("", "0", ""),
    )
    assert "REMOTE_USER" not in environ
    assert environ["serverless.authorizer"] is None


def test_no_request_context():
    assert environ_of(rest(requestContext=None))["SCRIPT_NAME"] == ""


@pytest.mark.parametrize(
    ("event", "cookies"),
    [
        (http_api(cookies=["a=1", "b=2"]), "a=1; b=2"),
        (function_url(cookies=["a=1", "b=2"], headers={"cookie": "a=1; b=2"}), "a=1; b=2"),
        (http_api(headers={"cookie": "a=1"}), "a=1"),
        (rest(headers={"cookie": ["a=1", "b=2"]}), "a=1; b=2"),
        (alb(headers={"cookie": "a=1"}), "a=1"),
        (http_api(), None),
    ],
)
def test_cookies(event, cookies):
    assert environ_of(event).get("HTTP_COOKIE") == cookies


@each
def test_headers(make):
    environ = environ_of(make(headers={"X-Real-User": "good", "X_Real_User": "evil", "Content-Type": "text/css", "é": "x"}))
    assert environ["HTTP_X_REAL_USER"] == "good"
    assert environ["CONTENT_TYPE"] == "text/css"
    assert "HTTP_CONTENT_TYPE" not in environ


def test_of_two_content_types_the_last_counts():
    assert environ_of(rest(headers={"content-type": ["text/css", "text/html"]}))["CONTENT_TYPE"] == "text/html"
    event = http_api(headers={"content-type": "text/css", "Content-Type": "text/html"})
    assert environ_of(event)["CONTENT_TYPE"] == "text/html"


def test_paths_that_clients_make_up_are_not_kept_for_ever():
    for path in [*map(str, range(300)), "x" * 201, "299"]:
        assert environ_of(http_api(path=f"/{path} "))["REQUEST_URI"] == f"/{path}%20"
    assert len(percent._known_paths) <= 200 and max(map(len, percent._known_paths)) <= 200


def test_names_that_clients_make_up_are_not_kept_for_ever():
    for number in range(600):
        assert environ_of(http_api(headers={f"x-{number}": "1"}))[f"HTTP_X_{number}"] == "1"
    assert environ_of(http_api(headers={"x" * 200: "1"}))["HTTP_" + "X" * 200] == "1"
    assert len(environ._keys) == 500 and max(map(len, environ._keys)) <= 100


@pytest.mark.parametrize("event", [rest(headers={"x-a": ["1", "2"]}), alb_multi(headers={"x-a": ["1", "2"]})])
def test_repeated_headers_are_joined(event):
    assert environ_of(event)["HTTP_X_A"] == "1,2"


@pytest.mark.parametrize(("value", "expected"), [("caf\xe9", b"caf\xe9"), ("世", "世".encode())])
def test_header_values_are_bytes(value, expected):
    assert environ_of(alb(headers={"x-a": value}))["HTTP_X_A"].encode("latin-1") == expected


@pytest.mark.parametrize(
    ("event", "address"),
    [
        *((make(), "203.0.113.7") for make in ALL.values()),
        (alb(headers={"x-forwarded-for": "198.51.100.1:4711"}), "198.51.100.1"),
        (alb(headers={"x-forwarded-for": "2001:db8::1"}), "2001:db8::1"),
        (alb(headers={"x-forwarded-for": "[2001:db8::1]:4711"}), "2001:db8::1"),
        (alb_multi(headers={"x-forwarded-for": ["6.6.6.6", "203.0.113.9"]}), "203.0.113.9"),
    ],
)
def test_remote_address_is_not_the_client_s_word(event, address):
    assert environ_of(event)["REMOTE_ADDR"] == address


@pytest.mark.parametrize(
    ("event", "user"),
    [
        (rest(context={"authorizer": {"principalId": "wile"}}), "wile"),
        (rest(context={"authorizer": {"principalId": "", "claims": '{"sub": "of an authorizer"}'}}), None),
        (rest(context={"authorizer": {"claims": {"cognito:username": "ann", "sub": "1-2"}}}), "ann"),
        (rest(context={"authorizer": {"claims": {"sub": "1-2"}}}), "1-2"),
        (rest(context={"identity": {"userArn": "arn:aws:iam::1:user/x"}}), "arn:aws:iam::1:user/x"),
        (http_api(context={"authorizer": {"jwt": {"claims": {"sub": "jörg"}, "scopes": None}}}), "jörg"),
        (http_api(context={"authorizer": {"lambda": {"principalId": "p"}}}), "p"),
        (function_url(context={"authorizer": {"iam": {"userArn": "arn:x"}}}), "arn:x"),
        (http_api(context={"authorizer": {"jwt": {"claims": None}, "iam": {"userArn": ""}}}), None),
        (http_api(context={"authorizer": {"jwt": {"claims": None}, "iam": {"userArn": "arn:x"}}}), "arn:x"),
        (http_api(context={"authorizer": {"jwt": None, "principalId": "p"}}), "p"),
        (alb(headers={"x-amzn-oidc-identity": "anyone", "remote-user": "anyone"}), None),
    ],
)
def test_remote_user(event, user):
    found = environ_of(event).get("REMOTE_USER")
    assert (found and found.encode("latin-1").decode()) == user


@pytest.mark.parametrize(
    ("event", "scheme", "name", "port"),
    [
        (rest(), "https", EXECUTE_API, "443"),
        (alb(), "http", "web-1.eu-west-1.elb.amazonaws.com", "80"),
        (alb(headers={"x-forwarded-proto": "https", "x-forwarded-port": "8443", "host": "e.com:8443"}), "https", "e.com", "8443"),
        (rest(headers={"X-Forwarded-Proto": "gopher", "X-Forwarded-Port": "x"}), "https", EXECUTE_API, "443"),
        (function_url(headers={"host": "[::1]:3000"}), "https", "[::1]", "443"),
    ],
)  # fmt: skip
def test_server(event, scheme, name, port):
    environ = environ_of(event)
    assert (environ["wsgi.url_scheme"], environ["SERVER_NAME"], environ["SERVER_PORT"]) == (scheme, name, port)


def test_health_check_of_a_load_balancer():
    event = alb(path="/", headers={}) | {"headers": {"user-agent": "ELB-HealthChecker/2.0"}}
    environ = environ_of(event)
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"], environ["wsgi.url_scheme"]) == ("lambda", "80", "http")


@each
def test_every_key_that_servers_set(make):
    event = make(method="PATCH")
    environ = environ_of(event)
    assert environ["REQUEST_METHOD"] == "PATCH"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["wsgi.version"] == (1, 0)
    assert (environ["wsgi.multithread"], environ["wsgi.multiprocess"], environ["wsgi.run_once"]) == (False,) * 3
    assert environ["wsgi_lambda.event"] is environ["serverless.event"] is event
    assert environ["wsgi_lambda.context"] is environ["serverless.context"]
    assert environ["wsgi_lambda.request_id"] == "lambda-request"


@pytest.mark.parametrize(
    ("event", "uri"),
    [
        (rest(path="/a%2Fb", queryStringParameters={"q": "1"}), "/live/a%2Fb?q=1"),
        (http_api(path="/dev/a b%", stage="dev"), "/dev/a%20b%25"),
        (function_url(path="/a%2Fb", rawQueryString="q"), "/a%2Fb?q"),
        (alb(path="/a%20b"), "/a%20b"),
    ],
)
def test_request_uri_is_the_url_s(event, uri):
    environ = environ_of(event)
    assert environ["REQUEST_URI"] == environ["RAW_URI"] == uri


def test_keys_of_serverless_wsgi_one():
    event = rest(context={"authorizer": {"principalId": "wile"}})
    # Keys without a dot are for strings (PEP 3333), which is why later versions have others.
    found = environ_of(event, legacy_environ=True, validate=False)
    assert (found["event"], found["API_GATEWAY_AUTHORIZER"]) == (event, {"principalId": "wile"})
    assert found["context"] is found["wsgi_lambda.context"]
    assert "event" not in environ_of(event) and "API_GATEWAY_AUTHORIZER" not in environ_of(event)


def test_deadline_and_tenant(monkeypatch):
    assert 59 < environ_of(rest())["wsgi_lambda.deadline"] - time.time() <= 60
    monkeypatch.setattr(Context, "tenant_id", "blue", raising=False)
    # What AWS's client knows without being asked.
    monkeypatch.setattr(Context, "_epoch_deadline_time_in_ms", 1_790_000_000_500, raising=False)
    found = environ_of(rest())
    assert (found["wsgi_lambda.deadline"], found["wsgi_lambda.tenant_id"]) == (1_790_000_000.5, "blue")
    assert "wsgi_lambda.tenant_id" not in environ_of(rest(), context=None)
    assert environ_of(rest(), context=None)["wsgi_lambda.deadline"] is None
    assert environ_of(rest(), context=Mock())["wsgi_lambda.deadline"] is None


def test_managed_instances_run_several_processes(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_MAX_CONCURRENCY", "16")
    assert environ_of(rest())["wsgi.multiprocess"] is True
