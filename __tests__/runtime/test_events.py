import subprocess
import sys

import pytest
from conftest import RUNTIME
from lambda_events import alb, http_api
from running import Context, answering, run

from wsgi_lambda import handle_request
from wsgi_lambda.events import UnsupportedEvent, recognise
from wsgi_lambda.options import Options


@pytest.mark.parametrize(
    "event",
    [
        {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
        {"source": "serverless-plugin-warmup"},
        {"warmer": True, "concurrency": 3},
    ],
)
def test_warm_up(event, capsys):
    assert handle_request(answering(), event, Context()) == {}
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("event", "source"),
    [
        ({"Records": [{"eventSource": "aws:sqs"}]}, "aws:sqs"),
        ({"Records": [{"EventSource": "aws:sns"}]}, "aws:sns"),
        ({"Records": [{"cf": {}}]}, "CloudFront"),
        ({"Records": []}, "its keys: Records"),
        ({"source": "my.app", "detail-type": "Order"}, "my.app"),
        ({"triggerSource": "PreSignUp_SignUp"}, "Cognito"),
        ({"requestContext": {"connectionId": "1", "eventType": "CONNECT"}}, "WebSocket"),
        ({"requestPath": "/", "method": "GET"}, "without proxy integration"),
        ({"_serverless-wsgi": {"command": "exec"}, "httpMethod": "x"}, "only key"),
        ({"key": "value"}, "its keys: key"),
        ({}, "empty object"),
        (None, "null"),
        ("text", "str"),
        ([1], "list"),
    ],
)
def test_anything_else_names_its_source(event, source):
    with pytest.raises(UnsupportedEvent, match=source):
        run(answering(), event)


def test_the_first_integration_that_fits():
    assert recognise(alb(), Options()).name == "Application Load Balancer"
    assert recognise(http_api(), Options()).name == "API Gateway (HTTP API)"
    assert recognise({"httpMethod": "GET"}, Options()) is None


FORBIDDEN = ["http", "urllib", "email", "ssl", "typing", "dataclasses", "inspect", "logging", "subprocess", "tempfile",
             "shlex", "traceback", "asyncio"]  # fmt: skip


def test_nothing_costly_is_imported():
    code = (
        "import sys, json; before = set(sys.modules); import wsgi_lambda, serverless_wsgi, wsgi_lambda.configuration, "
        f"wsgi_lambda.loading; print(sorted((set(sys.modules) - before) & set({FORBIDDEN!r})))"
    )
    # -S: site may import anything that is installed here.
    command = [sys.executable, "-S", "-c", code]
    assert subprocess.run(command, cwd=RUNTIME, capture_output=True, text=True, check=True).stdout.strip() == "[]"
