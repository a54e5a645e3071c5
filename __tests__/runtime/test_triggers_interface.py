"""What Lambda hears of routed events: through AWS's own runtime interface client."""

import pytest
import trigger_events as sent
from runtime_interface import Client, artifact, needs_client

pytestmark = needs_client

APP = """
import os, sys

def application(environ, start_response):
    raise AssertionError

def answer(event, context):
    return {"process": os.getpid(), "id": context.aws_request_id}

def fail(event, context):
    raise LookupError("no such order")

def leave(event, context):
    sys.exit(3)

def work(record, context):
    print("works on", record["body"])
    if record["body"] == "bad":
        sys.exit("a bad message")
"""

EVENTS = {
    "json:who": "the_app:answer", "sns": "the_app:fail", "s3": "the_app:leave", "sqs": "the_app:work",
    "schedule:nightly": "the_app:answer",
}  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["whole batches", "reported items"])
def client(request, tmp_path_factory):
    options = {"report-batch-item-failures": True} if request.param else {}
    with Client(artifact(tmp_path_factory.mktemp("artifact"), APP, events=EVENTS, **options)) as client:
        client.reports = request.param
        yield client


def test_what_the_function_returns_is_the_result(client):
    for event in ({"who": None}, sent.schedule()):
        request_id = client.api.submit(event)
        post = client.wait(request_id)
        assert post.json() == {"process": client.process_id, "id": request_id}
    assert client.invoke(sent.schedule("hourly")).json() == {}


@pytest.mark.parametrize(
    ("event", "kind", "message", "where"),
    [
        (sent.sns(), "LookupError", "no such order", "raise LookupError"),
        (sent.s3(), "RuntimeError", "the_app:leave ended with SystemExit(3)", "sys.exit(3)"),
        (sent.kinesis(), "UnsupportedEvent", "This function serves HTTP events, and this event came from aws:kinesis.", ""),
    ],
)
def test_a_failure_is_an_error_of_the_invocation_and_not_of_the_process(client, event, kind, message, where):
    post = client.invoke(event)
    assert post.path.endswith("/error")
    error = post.json()
    assert (error["errorType"], error["errorMessage"][: len(message)]) == (kind, message)
    assert where in error["stackTrace"][-1]
    assert client.invoke({"who": None}).json()["process"] == client.process_id


def test_a_batch(client):
    post = client.invoke(sent.sqs("a", "bad", "c"))
    if client.reports:
        assert post.json() == {"batchItemFailures": [{"itemIdentifier": "message-2"}]}
    else:
        assert post.path.endswith("/error") and post.json()["errorType"] == "BatchFailed"
    log = client.log()
    assert [f"works on {body}" in log for body in ("a", "bad", "c")] == [True] * 3
    assert "failed with message-2" in log and "SystemExit('a bad message')" in log
    assert client.invoke({"who": None}).json()["process"] == client.process_id


def test_a_typing_error_in_the_table_fails_the_initialisation(tmp_path):
    with Client(artifact(tmp_path, APP, events={"sqs": "the_app:wrok"})) as client:
        error = client.init_error().json()
        assert (error["errorType"], "has no 'wrok'" in error["errorMessage"]) == ("RouteError", True)
