"""CloudFront's Lambda@Edge: its events and results are shaped like nobody else's."""

import base64

import pytest
from running import answering, run

from wsgi_lambda import handle_request
from wsgi_lambda.events import UnsupportedEvent

PLAIN = ("Content-Type", "text/plain; charset=utf-8")


def edge(*, kind="origin-request", headers=None, **request):
    return {
        "Records": [
            {
                "cf": {
                    "config": {"distributionDomainName": "d111111abcdef8.cloudfront.net", "eventType": kind},
                    "request": {
                        "clientIp": "203.0.113.7",
                        "headers": {
                            name.lower(): [{"key": name, "value": value} for value in values]
                            for name, values in {"Host": ["d111111abcdef8.cloudfront.net"], **(headers or {})}.items()
                        },
                        "method": "GET",
                        "querystring": "",
                        "uri": "/",
                        **request,
                    },
                }
            }
        ]
    }


def test_the_request():
    event = edge(uri="/caf%C3%A9/%2F", querystring="a=1&b=%20", headers={"X-A": ["1", "2"], "Cookie": ["a=1", "b=2"]})
    environ = environ_of_edge(event)
    assert environ["PATH_INFO"].encode("latin-1") == "/café//".encode()
    assert (environ["REQUEST_URI"], environ["QUERY_STRING"]) == ("/caf%C3%A9/%2F?a=1&b=%20", "a=1&b=%20")
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")
    assert (environ["REMOTE_ADDR"], environ["SERVER_NAME"]) == ("203.0.113.7", "d111111abcdef8.cloudfront.net")
    assert (environ["wsgi.url_scheme"], environ["SERVER_PORT"]) == ("https", "443")


def environ_of_edge(event):
    seen = {}

    def app(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read(-1))
        start_response("200 OK", [PLAIN])
        return [b"ok"]

    assert run(app, event)["status"] == "200"
    return seen


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"encoding": "base64", "data": base64.b64encode(b"\xff").decode(), "inputTruncated": False}, b"\xff"),
        ({"encoding": "text", "data": "é"}, "é".encode()),
        ({"encoding": "base64", "data": ""}, b""),
        (None, b""),
    ],
)
def test_the_body(body, expected):
    assert environ_of_edge(edge(method="POST", body=body))["body"] == expected


@pytest.mark.parametrize(("kind", "limit"), [("origin-request", "1048576"), ("viewer-request", "40960")])
def test_a_body_that_cloudfront_has_cut_off_is_not_taken_for_the_whole(capsys, kind, limit):
    def app(environ, start_response):
        raise AssertionError

    body = {"encoding": "base64", "data": "YQ==", "inputTruncated": True}
    result = run(app, edge(kind=kind, method="PUT", body=body))
    assert (result["status"], result["statusDescription"]) == ("413", "Content Too Large")
    assert (result["body"], result["bodyEncoding"]) == ("Content Too Large\nRequest id: lambda-request\n", "text")
    assert f"off after {limit} bytes" in capsys.readouterr().err


def test_the_answer():
    headers = [PLAIN, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2"), ("Via", "1.1 me"), ("X-Amz-Cf-Id", "1")]
    assert run(answering("201 Created", headers), edge()) == {
        "status": "201",
        "statusDescription": "Created",
        "headers": {
            "content-type": [{"key": "Content-Type", "value": PLAIN[1]}],
            "set-cookie": [{"key": "Set-Cookie", "value": "a=1"}, {"key": "Set-Cookie", "value": "b=2"}],
        },
        "body": "ok",
        "bodyEncoding": "text",
    }
    binary = run(answering(body=b"\xff"), edge())
    assert (binary["body"], binary["bodyEncoding"]) == ("/w==", "base64")


@pytest.mark.parametrize(("kind", "limit"), [("origin-request", "1 MB"), ("viewer-request", "40 KB")])
def test_too_large(kind, limit):
    size = {"1 MB": 1024 * 1024, "40 KB": 40 * 1024}[limit]
    assert run(answering(body=b"x" * (size - 1000)), edge(kind=kind))["status"] == "200"
    result = run(answering(body=b"x" * size), edge(kind=kind))
    assert (result["status"], result["bodyEncoding"]) == ("500", "text") and limit in result["body"]


def test_what_no_cloudfront_sends():
    event = edge(uri=5)
    assert run(answering(), event)["status"] == "400"
    event = edge()
    event["Records"][0]["cf"]["response"] = {"status": "200"}
    with pytest.raises(UnsupportedEvent, match="CloudFront"):
        handle_request(answering(), event, None)


def test_a_distribution_without_a_name():
    event = edge(headers={})
    del event["Records"][0]["cf"]["config"], event["Records"][0]["cf"]["request"]["headers"]
    assert environ_of_edge(event)["SERVER_NAME"] == "lambda"
