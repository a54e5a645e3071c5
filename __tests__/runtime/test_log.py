"""The log of the function: what of it is ours, in the shape that Lambda's own logger has."""

import io
import json
import re

import pytest
import trigger_events as sent
from lambda_events import rest
from running import Context, answering, run
from runtime_interface import Client, artifact, needs_client

from wsgi_lambda import handle_request, log
from wsgi_lambda.stand_in import StandIn

TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL", "AWS_LAMBDA_INITIALIZATION_TYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def as_json(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_LOG_FORMAT", "JSON")


def failure(error=ValueError("broken")):
    try:
        try:
            raise KeyError("first")
        except KeyError as cause:
            raise error from cause
    except Exception as raised:
        return raised


def test_text(capsys):
    log.error("request 1 failed", "1", failure())
    log.info("kept warm", "2")
    captured = capsys.readouterr()
    head, *lines = captured.err.splitlines()
    assert re.fullmatch(rf"\[ERROR\]\t{TIMESTAMP}\t1\twsgi-lambda: request 1 failed", head)
    assert lines[0] == "Traceback (most recent call last):" and lines[-1] == "ValueError: broken"
    assert "KeyError: 'first'" in lines
    assert re.fullmatch(rf"\[INFO\]\t{TIMESTAMP}\t2\twsgi-lambda: kept warm\n", captured.out)


def test_a_traceback_is_one_event_of_the_log_on_lambda(monkeypatch, capsys):
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    log.error("request 1 failed", "1", failure())
    event, newline, rest = capsys.readouterr().err.partition("\n")
    assert (newline, rest) == ("\n", "")
    assert "failed\rTraceback (most recent call last):\r  File " in event and event.endswith("\rValueError: broken")


def test_json(as_json, capsys):
    stream = io.StringIO()
    log.error("request 1\nfailed", "1", failure(), stream, "tenant")
    log.error("no cause", "")
    log.info("kept warm", "2")
    captured = capsys.readouterr()
    first, second, third = json.loads(stream.getvalue()), json.loads(captured.err), json.loads(captured.out)
    assert stream.getvalue().count("\n") == 1
    trace = first.pop("stackTrace")
    assert trace[0] == "Traceback (most recent call last):" and trace[-1] == "ValueError: broken"
    assert not any("\n" in line for line in trace)
    assert re.fullmatch(TIMESTAMP, first.pop("timestamp"))
    assert first == {
        "level": "ERROR", "message": "request 1 failed", "logger": "wsgi_lambda", "errorType": "ValueError",
        "errorMessage": "broken", "requestId": "1", "tenantId": "tenant",
    }  # fmt: skip
    assert second.keys() == {"timestamp", "level", "message", "logger"}
    assert (third["level"], third["message"], third["requestId"]) == ("INFO", "kept warm", "2")


@pytest.mark.parametrize(
    ("level", "has_info", "audit_level"),
    [
        (None, True, "INFO"),
        ("TRACE", True, "INFO"),
        ("debug", True, "INFO"),
        ("INFO", True, "INFO"),
        ("WARN", False, "WARN"),
        ("ERROR", False, "ERROR"),
        ("FATAL", False, "FATAL"),
    ],
)
def test_levels(as_json, monkeypatch, capsys, level, has_info, audit_level):
    """Lambda drops what is below the function's level, and an audit that can be turned off is none."""
    if level:
        monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", level)
    log.info("news", "1")
    assert bool(capsys.readouterr().out) == has_info
    log.audit("a command runs", "1", "tenant")
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["message"], line["tenantId"]) == (audit_level, "a command runs", "tenant")


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\x85", "\u2028"])
def test_no_request_can_write_a_line_of_its_own(capsys, separator):
    log.error(f"GET /{separator}[INFO]\tforged", "1")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_nothing_that_is_logged_breaks_the_log(as_json, monkeypatch, capsys):
    class Unspeakable(Exception):
        def __str__(self):
            raise RuntimeError

    log.error("odd", "1", failure(Unspeakable()))
    assert json.loads(capsys.readouterr().err)["errorMessage"] == "<exception str() failed>"
    monkeypatch.delenv("AWS_LAMBDA_LOG_FORMAT")
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    monkeypatch.setattr("sys.stdout", stdout)
    log.info("half a pair: \ud83d", "1")
    assert b"half a pair: \\ud83d\n" in stdout.buffer.getvalue()


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_the_traceback_of_a_request_is_among_what_the_application_wrote(monkeypatch, capsys, log_format):
    def app(environ, start_response):
        environ["wsgi.errors"].write("own words\n")
        raise ValueError("broken")

    monkeypatch.setenv("AWS_LAMBDA_LOG_FORMAT", log_format)
    assert run(app, rest())["statusCode"] == 500
    log_of_request = capsys.readouterr().err
    assert log_of_request.startswith("own words\n") and "ValueError: broken" in log_of_request


def raising(environ, start_response):
    raise ValueError("broken")


@pytest.mark.parametrize(
    ("app", "event", "message"),
    [
        (raising, rest(), "request lambda-request failed"),
        (StandIn(ValueError("broken")), rest(), "the application could not be imported"),
        (answering(body=b"\xff" * 6_000_000), rest(), "API Gateway (REST API) takes 6291556"),
        (answering(), rest(path="/", multiValueHeaders={"Host": "x"}, body=5), "does not send events like this one"),
        (answering(), {"warmer": True}, "kept warm by warmer"),
        (answering(), sent.sqs("a"), "failed with message-1"),
        (answering(), {"_serverless-wsgi": {"command": "other"}}, "refused a command"),
    ],
)
def test_each_line_about_an_invocation_says_whose_it_is(as_json, monkeypatch, capfd, app, event, message):
    monkeypatch.setattr(Context, "tenant_id", "blue", raising=False)
    options = {"events": {"sqs": "trigger_jobs:raising"}, "report_batch_item_failures": True}
    handle_request(app, event, Context(), **options)
    captured = capfd.readouterr()
    (line,) = [json.loads(line) for line in (captured.out + captured.err).splitlines()]
    assert message in line["message"]
    assert (line["requestId"], line["tenantId"]) == ("lambda-request", "blue")


APP = """
import logging

def application(environ, start_response):
    try:
        raise ValueError("logged")
    except ValueError as error:
        # The client's own text forgets to end its line after a traceback.
        logging.error("by AWS's logger", exc_info=environ["PATH_INFO"] == "/with-traceback")
    raise ValueError("raised")
"""


@needs_client
def test_text_lines_are_those_of_lambdas_own_logger(tmp_path):
    with Client(artifact(tmp_path, APP)) as client:
        request_id = client.api.submit(rest())
        client.wait(request_id)
        heads = [line for line in client.log().splitlines() if line.startswith("[")]
    theirs, ours = [re.sub(TIMESTAMP, "TIME", head) for head in heads]
    assert theirs == f"[ERROR]\tTIME\t{request_id}\tby AWS's logger"
    assert ours == f"[ERROR]\tTIME\t{request_id}\twsgi-lambda: request {request_id} failed"


@needs_client
def test_json_lines_are_those_of_lambdas_own_logger(tmp_path):
    with Client(artifact(tmp_path, APP), AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="INFO") as client:
        request_id = client.api.submit(rest(path="/with-traceback"), Aws_Tenant_Id="tenant-1")
        client.wait(request_id)
        theirs, ours = [json.loads(line) for line in client.log().splitlines()]
    assert (theirs["message"], ours["message"]) == ("by AWS's logger", f"request {request_id} failed")
    assert ours.keys() == theirs.keys() - {"location"}
    for name in ("level", "requestId", "tenantId", "errorType"):
        assert ours[name] == theirs[name]
    assert {name: type(ours[name]) for name in ours} == {name: type(theirs[name]) for name in ours}
