import gzip

import pytest
from lambda_events import ALL, alb, alb_multi, function_url, http_api, rest
from running import answering, body_of, headers_of, run

from wsgi_lambda import make_handler, response

each = pytest.mark.parametrize("make", ALL.values(), ids=ALL)
PLAIN = ("Content-Type", "text/plain; charset=utf-8")
COOKIES = [("Set-Cookie", "a=1; Path=/"), ("set-cookie", "b=2"), ("Set-Cookie", "c=3")]


@each
def test_status_is_a_number(make):
    assert run(answering("201 Created"), make())["statusCode"] == 201


def test_the_runtime_client_can_write_every_header():
    headers = [PLAIN, ("X-Latin", "caf\xe9"), ("X-Half", "a\udcff"), ("X-Space", " a ")]
    result = run(answering("200 O\udcffK", headers), alb())
    assert result["statusDescription"] == "200 O?K"
    assert {"X-Latin": "caf\xe9", "X-Half": "a?", "X-Space": "a"}.items() <= result["headers"].items()


@each
def test_cookies_are_never_joined_or_doubled(make):
    result = run(answering(headers=[PLAIN, *COOKIES]), make())
    assert headers_of(result)["set-cookie"] == ["a=1; Path=/", "b=2", "c=3"]


@pytest.mark.parametrize("make", [http_api, function_url])
def test_payload_two_has_cookies_of_their_own(make):
    result = run(answering(headers=[PLAIN, *COOKIES]), make())
    assert result["cookies"] == ["a=1; Path=/", "b=2", "c=3"]
    assert [name.lower() for name in result["headers"]] == ["content-type"]
    assert "cookies" not in run(answering(), make())


@pytest.mark.parametrize("event", [rest(multi=False), alb()])
def test_letter_case_where_there_are_no_lists(event):
    result = run(answering(headers=[PLAIN, *COOKIES, ("Vary", "A"), ("vary", "B")]), event)
    assert result["headers"] == {
        "Content-Type": PLAIN[1], "Vary": "A, B", "set-cookie": "a=1; Path=/", "Set-cookie": "b=2", "sEt-cookie": "c=3",
    }  # fmt: skip
    assert "multiValueHeaders" not in result
    assert run(answering(headers=[PLAIN, COOKIES[0]]), event)["headers"]["Set-Cookie"] == "a=1; Path=/"


@pytest.mark.parametrize("event", [rest(), alb_multi()])
def test_lists_where_the_event_has_them(event):
    result = run(answering(headers=[PLAIN, ("Vary", "A"), ("vary", "B")]), event)
    assert result["multiValueHeaders"] == {"Content-Type": [PLAIN[1]], "Vary": ["A", "B"]}
    assert "headers" not in result


@each
@pytest.mark.parametrize(
    ("content_type", "coding", "body", "is_text"),
    [
        ("text/html; charset=utf-8", None, "é<br>".encode(), True),
        ("application/problem+json", None, b"{}", True),
        ("TEXT/HTML", "identity", b"x", True),
        ("image/png", None, b"\x89PNG\r\n\x1a\n\xff", False),
        ("text/plain; charset=iso-8859-1", None, b"caf\xe9", False),
        ("text/html", "gzip", gzip.compress(b"x"), False),
        ("text/html", "br", b"valid", False),
        ("application/json", "br", b"valid", True),
        ("application/octet-stream", None, b"", True),
    ],
)
def test_bodies_arrive_as_they_left(make, content_type, coding, body, is_text):
    headers = [("Content-Type", content_type)] + ([("Content-Encoding", coding)] if coding else [])
    result = run(answering(headers=headers, body=body), make())
    assert body_of(result) == body
    assert result["isBase64Encoded"] is not is_text


def test_text_types_can_be_added(monkeypatch):
    import serverless_wsgi

    monkeypatch.setattr(response, "TEXT_MIME_TYPES", serverless_wsgi.TEXT_MIME_TYPES)
    serverless_wsgi.TEXT_MIME_TYPES.append("Custom/Type")
    headers = [("Content-Type", "custom/type"), ("Content-Encoding", "br")]
    try:
        assert run(answering(headers=headers, body=b"valid"), rest())["isBase64Encoded"] is False
        assert run(answering(headers=headers, body=b"\xff"), rest())["isBase64Encoded"] is True
    finally:
        serverless_wsgi.TEXT_MIME_TYPES.remove("Custom/Type")


@each
@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_no_body_and_no_type_without_content(make, status):
    result = run(answering(status, [], b"leftover"), make(), validate=False)
    assert (result["body"], result["isBase64Encoded"]) == ("", False)
    assert "content-type" not in headers_of(result)


@each
def test_no_body_in_the_answer_to_head(make):
    result = run(answering(headers=[PLAIN, ("Content-Length", "2")]), make(method="HEAD"), validate=False)
    assert (result["body"], headers_of(result)["content-length"]) == ("", ["2"])


@each
@pytest.mark.parametrize(("body", "kind"), [(b"x", PLAIN[1]), (b"\xff", "application/octet-stream")])
def test_a_type_is_said_where_a_gateway_would_invent_one(make, body, kind):
    assert headers_of(run(answering(headers=[], body=body), make(), validate=False))["content-type"] == [kind]


@pytest.mark.parametrize(
    ("status", "description"),
    [("200 OK", "200 OK"), ("299 Nearly There", "299 Nearly There"), ("599 ", "599 Server Error")],
)
def test_status_description_of_a_load_balancer(status, description):
    assert run(answering(status), alb(), validate=False)["statusDescription"] == description
    assert "statusDescription" not in run(answering(status), rest(), validate=False)


@pytest.mark.parametrize(
    ("event", "megabytes"),
    [(rest(), 6), (http_api(), 6), (function_url(), 6), (alb(), 1), (alb_multi(), 1)],
)
def test_too_large_is_said_in_words(event, megabytes, capsys):
    size = megabytes * 1024 * 1024
    fits = run(answering(body=b"x" * (size - 1000)), event)
    assert (fits["statusCode"], len(fits["body"])) == (200, size - 1000)
    result = run(answering(body=b"x" * size), event)
    assert result["statusCode"] == 500
    assert f"{megabytes} MB" in result["body"] and "lambda-request" in result["body"]
    log = capsys.readouterr().err
    assert str(size)[:4] in log and "lambda-request" in log and "/some/path" in log


def test_binary_counts_as_base64():
    assert run(answering(body=b"\xff" * 4_800_000), function_url())["statusCode"] == 500
    assert run(answering(body=b"\xff" * 4_700_000), function_url())["statusCode"] == 200


def test_the_shorter_encoding_wins_near_the_limit(monkeypatch):
    body = ("世" * 1_200_000).encode()  # 3.6 MB, 7.2 MB escaped, 4.8 MB in base64
    monkeypatch.setattr(response, "_WRITES_UTF8", False)
    result = run(answering(body=body), function_url())
    assert (result["statusCode"], result["isBase64Encoded"], body_of(result) == body) == (200, True, True)
    # A REST API without binary media types would deliver the base64 as it is.
    assert run(answering(body=body), rest())["statusCode"] == 500
    monkeypatch.setattr(response, "_WRITES_UTF8", True)
    assert run(answering(body=body), rest())["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("kind", "coding", "options", "is_text"),
    [
        ("image/svg+xml", None, {"binary_mime_types": ["image/*"]}, True),
        ("image/svg+xml", None, {"binary_mime_types": ["Image/SVG+xml"]}, False),
        ("image/png", None, {"binary_mime_types": ["image/*"]}, False),
        ("text/plain; charset=utf-8", None, {"binary_mime_types": ["image/*"]}, True),
        ("text/csv", "br", {"text_mime_types": ["text/*"]}, True),
        ("text/csv", "br", {"text_mime_types": ["text/csv"], "binary_mime_types": ["text/*"]}, True),
        ("text/csv", "br", {"text_mime_types": ["image/*"]}, False),
    ],
)
def test_a_named_type_goes_before_a_pattern(kind, coding, options, is_text):
    headers = [("Content-Type", kind)] + ([("Content-Encoding", coding)] if coding else [])
    result = run(answering(headers=headers, body=b"valid"), http_api(), **options)
    assert (result["isBase64Encoded"], body_of(result)) == (not is_text, b"valid")


@pytest.mark.parametrize(
    ("app", "options", "error", "message"),
    [
        ("app:application", {}, TypeError, "takes the application itself"),
        (None, {}, TypeError, "takes the application itself"),
        (answering(), {"text_mime_types": ["text/css", "image"]}, ValueError, "text_mime_types has 'image'"),
        (answering(), {"binary_mime_types": "pdf"}, ValueError, "binary_mime_types has 'pdf'"),
    ],
)
def test_a_handler_that_cannot_be(app, options, error, message):
    with pytest.raises(error, match=message):
        make_handler(app, **options)


def test_one_type_needs_no_list():
    handler = make_handler(answering(headers=[("Content-Type", "image/png")]), binary_mime_types="image/*")
    assert handler(http_api(), None)["isBase64Encoded"] is True
