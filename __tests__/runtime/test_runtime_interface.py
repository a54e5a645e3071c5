"""The runtime as Lambda runs it: started, fed and listened to by AWS's own runtime interface client."""

import base64
import json
import os

import pytest
from lambda_events import ALL, function_url, http_api, rest
from runtime_interface import Client, artifact, needs_client

pytestmark = needs_client

each = pytest.mark.parametrize("make", ALL.values(), ids=ALL)

APP = """
import json, logging, os, sys

def about(environ):
    context = environ["wsgi_lambda.context"]
    return {
        "process": os.getpid(),
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "header": environ.get("HTTP_X_HEADER"),
        "body": environ["wsgi.input"].read().decode(),
        "multiprocess": environ["wsgi.multiprocess"],
        "request_id": environ["wsgi_lambda.request_id"],
        "function": context.invoked_function_arn,
        "tenant": context.tenant_id,
        "custom": context.client_context and context.client_context.custom,
        "has_time": 0 < context.get_remaining_time_in_millis() <= 60_000,
        "trace": os.environ["_X_AMZN_TRACE_ID"],
    }

def failing():
    yield b"half a page"
    raise ValueError("broken view")

def application(environ, start_response):
    action = environ["PATH_INFO"].rpartition("/")[2]
    if action == "raise":
        raise ValueError("broken view")
    if action == "exit":
        sys.exit(3)
    if action == "log":
        logging.getLogger("shop").warning("sold out")
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    if action == "echo":
        return [environ["wsgi.input"].read()]
    return failing() if action == "late" else [json.dumps(about(environ)).encode()]
"""


@pytest.fixture(scope="module")
def function(tmp_path_factory):
    folder = artifact(tmp_path_factory.mktemp("artifact"), APP, commands=["manage", "exec"])
    with Client(folder) as client:
        yield client


@pytest.fixture
def client(function):
    """The function, and afterwards the proof that its process was never replaced."""
    before = function.log()
    function.printed = lambda: function.log()[len(before) :]
    yield function
    assert about(function, http_api())["process"] == function.process_id


def result(client, event, **headers):
    post = client.invoke(event, **headers)
    assert post.path.endswith("/response"), post.body
    return post.json()


def about(client, event, **headers):
    answer = result(client, event, **headers)
    assert answer["statusCode"] == 200, answer
    return json.loads(answer["body"])


@each
def test_a_request_reaches_the_application(client, make):
    request_id = client.api.submit(make(path="/some/path", headers={"x-header": "value"}))
    post = client.wait(request_id)
    seen = json.loads(post.json()["body"])
    assert (seen["method"], seen["path"], seen["header"]) == ("GET", "/some/path", "value")
    assert (seen["process"], seen["request_id"]) == (client.process_id, request_id)
    assert seen["function"].endswith(":function:tested") and seen["has_time"]
    assert seen["trace"].startswith("Root=1-5bef4de7-")
    assert (seen["tenant"], seen["custom"], seen["multiprocess"]) == (None, None, False)


@each
def test_a_body_comes_back_as_it_went(client, make):
    body = bytes(range(256)) * 1000
    event = make(method="POST", path="/echo", body=base64.b64encode(body).decode(), isBase64Encoded=True)
    answer = result(client, event)
    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]) == body


@each
def test_text_comes_back_as_it_went(client, make):
    answer = result(client, make(method="POST", path="/echo", body="caf\xe9 \u4e16 \U0001f600"))
    assert (answer["body"], answer["isBase64Encoded"]) == ("caf\xe9 \u4e16 \U0001f600", False)


def test_headers_of_the_invocation_reach_the_context(client):
    context = json.dumps({"custom": {"deploy": "42"}})
    seen = about(client, rest(), Aws_Tenant_Id="blue", Client_Context=context)
    assert (seen["tenant"], seen["custom"]) == ("blue", {"deploy": "42"})
    assert about(client, rest())["tenant"] is None


@pytest.mark.parametrize(
    ("path", "error"),
    [("/raise", "ValueError: broken view"), ("/late", "ValueError: broken view"), ("/exit", "SystemExit: 3")],
)
@each
def test_a_failing_application_is_a_500_with_one_traceback(client, make, path, error):
    answer = result(client, make(path=path))
    assert answer["statusCode"] == 500 and "broken" not in answer["body"]
    assert (client.printed().count("Traceback"), client.printed().count(error)) == (1, 1)


def test_an_event_that_is_no_request_is_an_error_that_names_its_source(client):
    post = client.invoke({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]})
    assert post.path.endswith("/error")
    assert "aws:sqs" in post.json()["errorMessage"]


@pytest.mark.parametrize("event", [{"source": "aws.events"}, {"warmer": True}])
def test_a_warm_up_is_answered(client, event):
    assert result(client, event) == {}


def test_a_remote_command_answers_with_its_code_and_output(client):
    code = "import os, sys; os.environ['LEFT'] = '1'; print('caf\xe9'); os.system('echo child'); sys.exit(5)"
    event = {"_serverless-wsgi": {"command": "exec", "data": code}}
    assert result(client, event) == [5, "caf\xe9\nchild\n"]
    event["_serverless-wsgi"]["data"] = "import os; print(os.environ.get('LEFT'))"
    assert result(client, event) == [0, "None\n"]
    event["_serverless-wsgi"]["command"] = "shell"
    assert result(client, event)[0] == 126
    assert "child\n" in client.printed()


def test_the_log_of_the_application_is_as_lambda_is_told_to_write_it(tmp_path):
    with Client(artifact(tmp_path, APP), AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="INFO") as client:
        request_id = client.api.submit(function_url(path="/log"), Aws_Tenant_Id="blue")
        client.wait(request_id)
        (line,) = [json.loads(line) for line in client.log().splitlines() if "sold out" in line]
    assert (line["level"], line["logger"], line["requestId"], line["tenantId"]) == ("WARNING", "shop", request_id, "blue")


def test_each_process_of_a_managed_instance_serves(tmp_path):
    with Client(artifact(tmp_path, APP), AWS_LAMBDA_MAX_CONCURRENCY="2") as client:
        seen = about(client, function_url(), Invocation_Id="nonce")
        assert seen["multiprocess"] is True and seen["process"] != client.process_id
        assert client.api.posts[-1].headers["lambda-runtime-invocation-id"] == "nonce"
        assert result(client, function_url(path="/exit"))["statusCode"] == 500


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("import missing_module", "Runtime.ImportModuleError", "No module named 'missing_module'"),
        ("def broken(:", "Runtime.UserCodeSyntaxError", "(the_app.py, line 1)"),
        ("raise ValueError('no settings')", "ValueError", "no settings"),
        ("raise SystemExit(3)", "RuntimeError", "sys.exit(3)"),
        ("number = 5", "LoadingError", "has no 'application'"),
    ],
)
def test_a_failing_import_is_an_init_error_with_the_traceback_of_the_application(tmp_path, source, kind, message):
    with Client(artifact(tmp_path, source)) as client:
        post = client.init_error()
        error = post.json()
        assert error["errorType"] == post.headers["lambda-runtime-function-error-type"] == kind
        assert message in error["errorMessage"]
        assert "Traceback (most recent call last)" in client.log() and message in client.log()
        if kind != "LoadingError":
            assert f'{os.path.join(tmp_path, "the_app.py")}", line 1' in client.log()
