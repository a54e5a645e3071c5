"""Who can make the function run a command: whoever may invoke it, and nobody who sends it a request."""

import base64
import copy
import json
import types

import pytest
from lambda_events import alb, alb_multi, function_url, http_api, rest
from running import Context, body_of

from wsgi_lambda import handle_request
from wsgi_lambda.events import UnsupportedEvent

EVERYTHING = ("manage", "flask", "exec", "shell")


class OwnContext(Context):
    client_context = types.SimpleNamespace(custom={"wsgi-lambda": "1"}, env=None, client=None)


@pytest.fixture
def proof(tmp_path):
    return tmp_path / "it-ran"


@pytest.fixture
def envelope(proof):
    """With everything in it that a sender may hope to pass for our client with."""
    return {
        "command": "shell",
        "data": f"touch {proof}",
        "arguments": ["touch", str(proof)],
        "environment": {"A": "1"},
        "stdin": "",
        "id": "id",
        "custom": {"wsgi-lambda": "1"},
        "clientContext": {"custom": {"wsgi-lambda": "1"}},
    }


def one_value(event):
    """A REST API's event without the maps of lists, as HTTP APIs with payload format 1.0 of other makers have it."""
    return {**event, "version": "1.0", "multiValueHeaders": None, "multiValueQueryStringParameters": None}


def lattice(body):
    return {
        "version": "2.0", "path": "/", "method": "POST", "headers": {"host": ["app.example"]}, "body": body,
        "queryStringParameters": {}, "isBase64Encoded": False,
        "requestContext": {"serviceNetworkArn": "arn:aws:vpc-lattice:eu-west-1:1:servicenetwork/sn-1",
                           "serviceArn": "arn:aws:vpc-lattice:eu-west-1:1:service/svc-1", "identity": {}},
    }  # fmt: skip


def lattice_one(body):
    return {"raw_path": "/", "method": "POST", "headers": {"host": "app.example"}, "query_string_parameters": {},
            "body": body, "is_base64_encoded": False}  # fmt: skip


def non_proxy(body):
    return {"requestPath": "/", "method": "POST", "stage": "live", "path": {}, "query": {}, "headers": {},
            "identity": {}, "body": body}  # fmt: skip


def received_by_the_application(event, **options):
    """The bodies of the requests that an event is: one, or it is no request."""
    received = []

    def echo(environ, start_response):
        received.append(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [b"answered"]

    result = handle_request(echo, event, Context(), commands=EVERYTHING, **options)
    assert body_of(result) == b"answered"
    return received


REQUESTS = {
    "REST API": lambda body: rest(method="POST", body=body),
    "payload format 1.0": lambda body: one_value(rest(method="POST", body=body)),
    "HTTP API": lambda body: http_api(method="POST", body=body),
    "function URL": lambda body: function_url(method="POST", body=body),
    "load balancer": lambda body: alb(method="POST", body=body),
    "load balancer, lists": lambda body: alb_multi(method="POST", body=body),
    "Lattice": lattice,
    "Lattice 1.0": lattice_one,
}


@pytest.mark.parametrize("make", REQUESTS.values(), ids=REQUESTS)
def test_a_request_is_a_request_whatever_it_contains(make, envelope, proof):
    command = {"_serverless-wsgi": envelope}
    body = json.dumps(command)
    encoded = make(base64.b64encode(body.encode()).decode())
    encoded.update({name: True for name in ("isBase64Encoded", "is_base64_encoded") if name in encoded})
    event = make(body)
    # What a gateway could be made to pass on: headers, the query, the path's parameters, variables of the stage.
    everywhere = copy.deepcopy(event)
    for name in ("headers", "queryStringParameters", "pathParameters", "stageVariables", "query_string_parameters"):
        if isinstance(everywhere.get(name), dict):
            everywhere[name] |= {"_serverless-wsgi": body, "x-amz-client-context": body, "lambda-runtime-client-context": body}
    for sent in (event, encoded, {**event, **command}, everywhere):
        for options in ({}, {"non_proxy_integration": True}):
            assert received_by_the_application(sent, **options) == [body.encode()]
    assert not proof.exists()


def test_a_body_of_the_lambda_integration(envelope, proof):
    command = {"_serverless-wsgi": envelope}
    for event in (non_proxy(command), non_proxy(json.dumps(command)), {**non_proxy({}), **command}):
        assert len(received_by_the_application(event, non_proxy_integration=True)) == 1
    assert not proof.exists()


def test_a_body_that_is_the_whole_event_of_the_lambda_integration(envelope, proof):
    """A template, or none, may hand over the body alone: then no key of it can say where it came from."""
    event = {"_serverless-wsgi": envelope}
    with pytest.raises(UnsupportedEvent, match="takes commands from wsgi-lambda's own client only"):
        handle_request(None, event, Context(), commands=EVERYTHING, non_proxy_integration=True)
    assert not proof.exists()
    reply = handle_request(None, event, OwnContext(), commands=EVERYTHING, non_proxy_integration=True)
    assert reply["exitCode"] == 0 and proof.exists()


def sqs(command):
    return {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q", "messageId": "1",
                         "body": json.dumps(command), "messageAttributes": {}, **command}]}  # fmt: skip


OTHER_EVENTS = {
    "SQS": sqs,
    "SNS": lambda command: {
        "Records": [{"EventSource": "aws:sns", "Sns": {"TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": json.dumps(command)}}]
    },
    "EventBridge": lambda command: {"source": "shop", "detail-type": "_serverless-wsgi", "detail": command},
    "a schedule": lambda command: {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": command, **command},
    "S3": lambda command: {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": json.dumps(command)}}}]},
    "JSON": lambda command: {"payload": command},
    "JSON with more keys": lambda command: {**command, "clientContext": {"custom": {"wsgi-lambda": "1"}}},
    "a list": lambda command: [command],
    "text": json.dumps,
}


@pytest.mark.parametrize("make", OTHER_EVENTS.values(), ids=OTHER_EVENTS)
@pytest.mark.parametrize("options", [{}, {"non_proxy_integration": True}])
@pytest.mark.parametrize("context", [Context(), OwnContext()])
def test_what_other_sources_carry_is_no_command(make, options, context, envelope, proof):
    try:
        handle_request(None, make({"_serverless-wsgi": envelope}), context, commands=EVERYTHING, **options)
    except UnsupportedEvent:
        pass
    assert not proof.exists()


def test_an_invocation_with_this_key_alone_is_a_command(envelope, proof):
    """As serverless-wsgi has it: whoever may invoke the function may run what it allows."""
    assert handle_request(None, {"_serverless-wsgi": envelope}, Context(), commands=EVERYTHING) == [0, ""]
    assert proof.exists()


def test_a_marked_request_is_a_request(envelope, proof):
    """Our client sends one too, after a release."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]

    event = function_url(method="POST", body=json.dumps({"_serverless-wsgi": envelope}))
    assert handle_request(app, event, OwnContext(), commands=EVERYTHING)["body"] == "hello"
    assert not proof.exists()
