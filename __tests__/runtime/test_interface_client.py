"""Streaming changes AWS's client in the process; where that cannot be done safely, the function must not start."""

import http.client
import importlib
import json
import sys

import pytest
from lambda_events import function_url, http_api
from running import Context, answering
from runtime_api import RuntimeApi
from runtime_interface import Client, artifact, client_folder, needs_client

from wsgi_lambda import handle_request, interface_client, make_handler

APP = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
"""

HANDLER = """
import awslambdaric.bootstrap as bootstrap
from awslambdaric.lambda_runtime_client import BaseLambdaRuntimeClient as Client
from wsgi_lambda import interface_client

{before}
interface_client.install()

def handler(event, context):
    result = interface_client.Streamed(b"not mine")
    result.request_id = context.aws_request_id if event.get("mine") else "another"
    return result
"""


def function(folder, before=""):
    path = artifact(folder, APP)
    (folder / "wsgi_handler.py").write_text(HANDLER.format(before=before))
    return Client(path)


class Extension:
    """Instead of the client's extension module, which holds the interpreter's lock while it posts: the Runtime API is of the
    same process here, and could not answer.
    """

    def __init__(self, address):
        self.address = address

    def initialize_client(self, user_agent):
        assert user_agent.startswith("aws-lambda-python/")

    def next(self):
        answer, body = self._call("GET", "next")
        deadline = int(answer.headers["Lambda-Runtime-Deadline-Ms"])
        return body, {**dict(answer.headers), "Lambda-Runtime-Deadline-Ms": deadline}

    def post_invocation_result(self, invoke_id, result, content_type, invocation_id):
        self._call("POST", f"{invoke_id}/response", result)

    def post_error(self, invoke_id, error, xray_fault, invocation_id):
        self._call("POST", f"{invoke_id}/error", error)

    def _call(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.request(method, f"/2018-06-01/runtime/invocation/{path}", body)
        answer = connection.getresponse()
        received = answer.read()
        connection.close()
        return answer, received


class InProcess:
    """AWS's client in this process, and a Runtime API that it asks for invocations."""

    def __init__(self, api):
        self.api = api
        self.bootstrap = importlib.import_module("awslambdaric.bootstrap")
        self.clients = sys.modules["awslambdaric.lambda_runtime_client"]
        self.client = self.clients.LambdaRuntimeClient(api.address)

    def invoke(self, handler, event, **headers):
        """One turn of the client's loop, and what was posted in it."""
        before = len(self.api.posts)
        invoke_id = self.api.submit(event, **headers)
        request = self.client.wait_next_invocation()
        assert request.invoke_id == invoke_id
        self.bootstrap.handle_event_request(
            self.client, handler, request.invoke_id, request.event_body, request.content_type, request.client_context,
            request.cognito_identity, request.invoked_function_arn, request.deadline_time_in_ms, request.tenant_id,
            self.bootstrap.StandardLogSink(), request.invocation_id,
        )  # fmt: skip
        posts = self.api.posts[before:]
        assert all(post.path.startswith(f"invocation/{invoke_id}/") for post in posts)
        return posts

    def methods(self):
        owners = [value for value in vars(self.clients).values() if isinstance(value, type)]
        return [dict(vars(owner)) for owner in owners]


@pytest.fixture
def aws(monkeypatch):
    """The client as it is before a handler is made: it is imported anew."""
    loaded = set(sys.modules)
    monkeypatch.setitem(interface_client._invocation, "id", None)
    monkeypatch.syspath_prepend(client_folder())
    with RuntimeApi() as api:
        monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", api.address)
        monkeypatch.setitem(sys.modules, "runtime_client", Extension(api.address))
        yield InProcess(api)
    for name in set(sys.modules) - loaded:
        if name.partition(".")[0] in ("awslambdaric", "simplejson", "snapshot_restore_py"):
            del sys.modules[name]


def test_without_aws_client_there_is_no_streaming():
    with pytest.raises(interface_client.StreamingUnavailable, match="not awslambdaric .* Turn the setting streaming off"):
        interface_client.install()


def test_a_handler_that_cannot_stream_is_not_made(monkeypatch):
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)
    assert make_handler(answering(), streaming=True)(function_url(), Context())["body"] == "ok"
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
    with pytest.raises(interface_client.StreamingUnavailable):
        make_handler(answering(), streaming=True)


def test_a_handler_of_ones_own_does_not_stream(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
    assert handle_request(answering(), function_url(), Context(), streaming=True)["body"] == "ok"


UNKNOWN = [
    ("del Client.post_invocation_result", "has no attribute 'post_invocation_result'"),
    ("Client.post_invocation_result = lambda self, id, result: None", "post_invocation_result takes something else"),
    ("Client.post_invocation_result = len", "has no attribute '__code__'"),
    ("Client.marshaller.marshal_response = lambda result: (bytes(result), '')", "bytes are not handed on as they are"),
    ("Client.__subclasses__()[-1].post_invocation_result = 5", "has no attribute '__module__'"),
    ("del Client.marshaller", "has no attribute 'marshaller'"),
    ("bootstrap.handle_event_request = lambda *_: None", "it does not call post_invocation_result"),
    ("bootstrap.run.__code__ = (lambda *_: None).__code__", "it does not call wait_next_invocation"),
]


@needs_client
@pytest.mark.parametrize(("before", "reason"), UNKNOWN)
def test_an_unknown_client_is_left_as_it_is(aws, before, reason):
    exec(before, {"Client": aws.clients.BaseLambdaRuntimeClient, "bootstrap": aws.bootstrap})
    methods = aws.methods()
    with pytest.raises(interface_client.StreamingUnavailable) as raised:
        make_handler(answering(), streaming=True)
    assert reason in str(raised.value) and "Turn the setting streaming off" in str(raised.value)
    assert aws.methods() == methods


@needs_client
@pytest.mark.parametrize("missing", ["awslambdaric.bootstrap", "awslambdaric.lambda_runtime_client"])
def test_half_a_client_is_none(aws, missing):
    del sys.modules[missing]
    with pytest.raises(interface_client.StreamingUnavailable, match="it is not awslambdaric that runs it"):
        interface_client.install()


@needs_client
def test_a_streamed_answer_is_the_only_one(aws):
    handler = make_handler(answering("201 Created", body=b"streamed"), streaming=True)
    (post,) = aws.invoke(handler, function_url(), Invocation_Id="nonce-1")
    assert post.headers["lambda-runtime-function-response-mode"] == "streaming"
    assert post.headers["lambda-runtime-invocation-id"] == "nonce-1"
    prelude, _, payload = post.body.partition(bytes(8))
    assert json.loads(prelude) == {"statusCode": 201, "headers": {"Content-Type": "text/plain; charset=utf-8"}}
    assert payload == b"streamed"
    (post,) = aws.invoke(handler, function_url())
    assert post.body.endswith(b"\0streamed") and "lambda-runtime-invocation-id" not in post.headers


@needs_client
@pytest.mark.parametrize(
    ("event", "headers"),
    [(http_api(), {}), (function_url(), {"Client_Context": '{"custom": {"wsgi-lambda": "1"}}'})],
    ids=["HTTP API", "own client"],
)
def test_a_whole_answer_is_posted_by_the_client(aws, event, headers):
    (post,) = aws.invoke(make_handler(answering(body=b"whole"), streaming=True), event, **headers)
    assert "lambda-runtime-function-response-mode" not in post.headers
    assert (post.json()["statusCode"], post.json()["body"]) == (200, "whole")


@needs_client
def test_what_no_gateway_sends_is_a_400_here_too(aws):
    (post,) = aws.invoke(make_handler(answering(), streaming=True), function_url() | {"rawQueryString": 5})
    assert post.json()["statusCode"] == 400


@needs_client
def test_what_was_streamed_for_another_invocation_is_posted(aws):
    def handler(event, context):
        result = interface_client.Streamed(b"not mine")
        result.request_id = context.aws_request_id if event["mine"] else "another"
        return result

    interface_client.install()
    assert aws.invoke(handler, {"mine": True}) == []
    (post,) = aws.invoke(handler, {"mine": False})
    assert post.path.endswith("/response") and post.body == b"not mine"


@needs_client
def test_an_error_is_posted_by_the_client(aws, monkeypatch):
    handler = make_handler(answering(), streaming=True)
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:0")
    (post,) = aws.invoke(handler, function_url())
    assert post.path.endswith("/error") and post.json()["errorType"] in ("ConnectionRefusedError", "OSError")


@needs_client
def test_methods_are_replaced_once(aws):
    before = aws.methods()
    interface_client.install()
    changed = aws.methods()
    interface_client.install()
    assert aws.methods() == changed != before


@needs_client
def test_an_unknown_client_fails_the_initialisation(tmp_path):
    before, reason = UNKNOWN[0]
    with function(tmp_path, before) as client:
        error = client.init_error().json()
    assert error["errorType"] == "StreamingUnavailable"
    assert reason in error["errorMessage"] and "Turn the setting streaming off" in error["errorMessage"]


@needs_client
def test_only_what_was_streamed_for_the_same_invocation_is_not_posted(tmp_path):
    with function(tmp_path) as client:
        client.api.submit({"mine": True})
        other = client.invoke({"mine": False})
        assert other.path.endswith("/response") and other.body == b"not mine"
        assert client.api.posts == [other]
