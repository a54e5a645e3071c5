"""The runtime as Lambda runs it: started, fed and listened to by AWS's own runtime interface client."""

import json

import pytest
from lambda_events import ALL
from runtime_interface import Client, artifact, needs_client

pytestmark = needs_client

APP = """
import json, os, sys

def application(environ, start_response):
    action = environ["PATH_INFO"].rpartition("/")[2]
    if action == "raise":
        raise ValueError("broken view")
    if action == "exit":
        sys.exit(3)
    body = environ["wsgi.input"].read()
    if action == "echo":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [body]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({
        "pid": os.getpid(),
        "method": environ["REQUEST_METHOD"],
        "body": body.decode(),
        "request_id": environ["wsgi_lambda.request_id"],
    }).encode()]
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with Client(artifact(tmp_path_factory.mktemp("artifact"), APP)) as client:
        yield client


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_get(client, make):
    post = client.invoke(make())
    assert post.path.endswith("/response"), post.body
    result = post.json()
    assert result["statusCode"] == 200
    answer = json.loads(result["body"])
    assert answer["method"] == "GET" and f"/{answer['request_id']}/" in post.path
