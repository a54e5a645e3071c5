"""Streaming changes AWS's client in the process; where that cannot be done safely, the function must not start."""

import pytest
from runtime_interface import Client, artifact, needs_client

from wsgi_lambda import interface_client

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


def test_without_aws_client_there_is_no_streaming():
    with pytest.raises(interface_client.StreamingUnavailable, match="not awslambdaric .* Turn the setting streaming off"):
        interface_client.install()


@needs_client
@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("del Client.post_invocation_result", "has no attribute 'post_invocation_result'"),
        ("Client.post_invocation_result = lambda self, id, result: None", "post_invocation_result takes something else"),
        ("Client.post_invocation_result = len", "has no attribute '__code__'"),
        ("Client.marshaller.marshal_response = lambda result: (bytes(result), '')", "bytes are not handed on as they are"),
        ("del Client.marshaller", "has no attribute 'marshaller'"),
        ("bootstrap.handle_event_request = lambda *_: None", "it does not call post_invocation_result"),
        ("bootstrap.run.__code__ = (lambda *_: None).__code__", "it does not call wait_next_invocation"),
    ],
)
def test_an_unknown_client_fails_the_initialisation(tmp_path, before, reason):
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


@needs_client
def test_the_client_is_changed_once(tmp_path):
    twice = "interface_client.install()\nfirst = dict(vars(Client))\ninterface_client.install()\n"
    with function(tmp_path, twice + "assert dict(vars(Client)) == first") as client:
        assert client.invoke({}).body == b"not mine"
