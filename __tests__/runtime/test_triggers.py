import subprocess
import sys
from types import SimpleNamespace

import pytest
import trigger_events as sent
import trigger_jobs
from conftest import RUNTIME
from running import Context, answering

from wsgi_lambda import handle_request, make_handler
from wsgi_lambda.events import UnsupportedEvent
from wsgi_lambda.triggers import origin


@pytest.fixture(autouse=True)
def calls():
    trigger_jobs.calls.clear()
    return trigger_jobs.calls


def handle(event, events, **options):
    context = Context()
    return handle_request(answering(), event, context, events=events, **options)


@pytest.mark.parametrize(
    ("event", "source", "names"),
    [
        (sent.scheduled_rule(), "schedule", ["nightly", "nightly"]),
        (sent.scheduled_rule(bus="bus/"), "schedule", ["bus/nightly", "nightly"]),
        ({"source": "aws.events"}, "schedule", []),
        ({"source": "aws.events", "resources": []}, "schedule", []),
        (sent.schedule(), "schedule", ["default/nightly", "nightly"]),
        (sent.sqs(), "sqs", ["orders"]),
        (sent.sqs(queue="orders.fifo"), "sqs", ["orders.fifo"]),
        (sent.sns(), "sns", ["news"]),
        (sent.s3(), "s3", ["uploads"]),
        (sent.dynamodb(), "dynamodb", ["Orders"]),
        (sent.kinesis(), "kinesis", ["clicks"]),
        (sent.kinesis(consumer="/consumer/one:1790000000"), "kinesis", ["clicks"]),
        (sent.eventbridge(), "eventbridge", ["my.app/Order placed", "my.app"]),
        (sent.eventbridge("aws.s3", "Object Created"), "eventbridge", ["aws.s3/Object Created", "aws.s3"]),
        (sent.cognito(), "cognito", ["PreSignUp_SignUp", "PreSignUp"]),
        (sent.logs(), "logs", ["/aws/lambda/shop"]),
        ({"awslogs": {"data": "e30="}}, "logs", []),
        ({"awslogs": {"data": "x"}}, "logs", []),
        ({"awslogs": {"data": sent.compressed(b"[" * 100_000)}}, "logs", []),
        ({"awslogs": {"data": sent.compressed(b'{"logGroup": "x"' + bytes([32]) * 2**25 + b"}")}}, "logs", []),
        (sent.kafka(), "kafka", ["clicks"]),
        (sent.kafka(source="SelfManagedKafka"), "kafka", ["clicks"]),
        ({"eventSource": "aws:kafka", "records": {}}, "kafka", []),
        (sent.activemq(), "mq", ["orders"]),
        ({"eventSource": "aws:mq", "messages": []}, "mq", []),
        (sent.rabbitmq(), "mq", ["orders"]),
        ({"eventSource": "aws:rmq"}, "mq", []),
        (sent.websocket(), "websocket", ["$connect"]),
        (sent.websocket("message", "MESSAGE"), "websocket", ["message"]),
        ({"source": "serverless-plugin-warmup"}, "warmer", []),
        ({"warmer": True, "concurrency": 3}, "warmer", []),
        ({"warmer": "yes"}, "json", ["warmer"]),
        ({"report": 5, "day": "Monday"}, "json", ["report", "day"]),
        ({"source": "my.app"}, "json", ["source"]),
        ({"Records": []}, "json", ["Records"]),
        ({"Records": {}}, "json", ["Records"]),
        ({"eventSource": "aws:sqs"}, "json", ["eventSource"]),
        ({"Records": [{"eventSource": "aws:ses"}]}, "json", ["Records"]),
        ({}, "json", []),
        (None, "json", []),
        ([1], "json", []),
    ],
)
def test_the_origin_of_an_event(event, source, names):
    assert origin(event) == (source, names)


@pytest.mark.parametrize(
    ("event", "keys", "taken"),
    [
        (sent.sns(), ["sns", "sns:news", "sns:other"], "second"),
        (sent.sns("weather"), ["sns:news", "sns"], "second"),
        (sent.schedule(), ["schedule", "schedule:nightly", "schedule:default/nightly"], "third"),
        (sent.schedule(), ["schedule", "schedule:nightly"], "second"),
        (sent.scheduled_rule(), ["schedule:hourly", "schedule:nightly"], "second"),
        (sent.eventbridge(), ["eventbridge", "eventbridge:my.app", "eventbridge:my.app/Order placed"], "third"),
        (sent.eventbridge(detail_type="Other"), ["eventbridge:my.app/Order placed", "eventbridge:my.app"], "second"),
        (sent.cognito(), ["cognito:PreSignUp", "cognito:PreSignUp_SignUp"], "second"),
        (sent.cognito("PreSignUp_AdminCreateUser"), ["cognito:PreSignUp", "cognito:PreSignUp_SignUp"], "first"),
        (sent.websocket("$default"), ["websocket:$connect", "websocket"], "second"),
        ({"warmer": True}, ["schedule", "warmer"], "second"),
        ({"day": 1, "report": 5}, ["json", "json:report", "json:day"], "second"),
        ({"other": 1}, ["json:report", "json"], "second"),
        ({}, ["json"], "first"),
        (None, ["json"], "first"),
        ("text", ["json"], "first"),
    ],
)
def test_the_most_specific_key_wins(calls, event, keys, taken):
    targets = ["trigger_jobs:first", "trigger_jobs:second", "trigger_jobs:third"]
    assert handle(event, dict(zip(keys, targets, strict=False))) == {"from": taken}
    assert [(name, got) for name, got, _ in calls] == [(taken, event)]


def test_a_function_is_called_as_lambda_would_call_it(calls):
    event, context = sent.s3(), Context()
    handle_request(answering(), event, context, events={"s3": "trigger_jobs:first"})
    assert calls == [("first", event, context)] and calls[0][1] is event and calls[0][2] is context


def test_an_error_of_a_function_is_the_error_of_the_invocation():
    with pytest.raises(LookupError, match="no such order"):
        handle(sent.sns(), {"sns": "trigger_jobs:raising"})
    with pytest.raises(KeyboardInterrupt):
        handle(sent.sns(), {"sns": "trigger_jobs:interrupted"})


def test_what_would_end_the_process_becomes_an_error_that_shows_where():
    with pytest.raises(RuntimeError, match=r"^trigger_jobs:leaving ended with SystemExit\(3\)$") as raised:
        handle(sent.sns(), {"sns": "trigger_jobs:leaving"})
    assert raised.traceback[-1].name == "leaving"


@pytest.mark.parametrize(
    ("loaded", "configured", "closed_after_calls"),
    [
        (["django.conf", "django.db"], True, [0, 1]),
        (["django.conf", "django.db"], False, []),
        (["django.conf"], True, []),
        (["django.db"], True, []),
        ([], True, []),
    ],
)
def test_old_connections_of_django_are_closed_around_a_call(monkeypatch, calls, loaded, configured, closed_after_calls):
    closed = []
    modules = {
        "django.conf": SimpleNamespace(settings=SimpleNamespace(configured=configured)),
        "django.db": SimpleNamespace(close_old_connections=lambda: closed.append(len(calls))),
    }
    for name, module in modules.items():
        monkeypatch.delitem(sys.modules, name, raising=False)
        if name in loaded:
            monkeypatch.setitem(sys.modules, name, module)
    assert handle(sent.sns(), {"sns": "trigger_jobs:first"}) == {"from": "first"}
    assert closed == closed_after_calls


@pytest.mark.parametrize(
    ("event", "who"),
    [
        (sent.scheduled_rule("every-5-minutes"), "schedule:every-5-minutes"),
        (sent.schedule("every-5-minutes"), "schedule:every-5-minutes"),
        ({"source": "aws.events"}, "schedule"),
        ({"source": "serverless-plugin-warmup"}, "warmer"),
        ({"warmer": True}, "warmer"),
    ],
)
def test_without_a_route_the_function_is_kept_warm(event, who, capsys):
    assert handle(event, {}) == {}
    log = capsys.readouterr().out
    assert log.count("\n") == 1 and f"wsgi-lambda: kept warm by {who}, which has no route" in log
    assert handle(event, {"schedule:nightly": "trigger_jobs:first", "sqs": "trigger_jobs:first"}) == {}


@pytest.mark.parametrize(
    ("event", "came_from", "keys"),
    [
        (sent.sqs(), "aws:sqs", '"sqs:orders" or "sqs"'),
        (sent.sns(), "aws:sns", '"sns:news" or "sns"'),
        (sent.s3(), "aws:s3", '"s3:uploads" or "s3"'),
        (sent.dynamodb(), "aws:dynamodb", '"dynamodb:Orders" or "dynamodb"'),
        (sent.kinesis(), "aws:kinesis", '"kinesis:clicks" or "kinesis"'),
        (sent.eventbridge(), "my.app", '"eventbridge:my.app/Order placed" or "eventbridge:my.app" or "eventbridge"'),
        (sent.cognito(), "Amazon Cognito (PreSignUp_SignUp)", '"cognito:PreSignUp_SignUp" or'),
        (sent.logs(), "CloudWatch Logs", '"logs:/aws/lambda/shop" or "logs"'),
        (sent.kafka(), "aws:kafka", '"kafka:clicks" or "kafka"'),
        (sent.activemq(), "aws:mq", '"mq:orders" or "mq"'),
        (sent.rabbitmq(), "aws:rmq", '"mq:orders" or "mq"'),
        (sent.websocket(), "an API Gateway WebSocket API", '"websocket:$connect" or "websocket"'),
        ({"Records": [{"cf": {}}]}, "CloudFront (Lambda@Edge)", '"json:Records" or "json"'),
        ({"b": 1, "a": 2}, "an unknown source (its keys: a, b)", '"json:b" or "json"'),
        ({}, "a direct invocation with an empty object", 'add "json"'),
        (None, "a direct invocation with null", 'add "json"'),
        ([1], "a direct invocation with list", 'add "json"'),
        ({"requestPath": "/", "method": "GET"}, "API Gateway without proxy integration", "set non-proxy-integration"),
    ],
)
def test_any_other_event_without_a_route_is_an_error_that_says_how(event, came_from, keys):
    table = {"sqs:other": "trigger_jobs:first", "json:other": "trigger_jobs:first"}
    for events in ({}, table):
        with pytest.raises(UnsupportedEvent) as raised:
            handle(event, events)
        message = str(raised.value)
        assert message.startswith("This function serves HTTP events, and this event came from ")
        assert came_from in message and keys in message and "\n" not in message


MAKERS = [sent.scheduled_rule, sent.eventbridge, sent.sqs, sent.sns, sent.s3, sent.dynamodb, sent.kinesis, sent.cognito,
          sent.logs, sent.kafka, sent.activemq, sent.rabbitmq, sent.websocket]  # fmt: skip


def broken(value):
    """`value` with each part of it replaced by something else, one at a time."""
    yield from (None, "", 5, [], {}, [None], {"a": [1]})
    if isinstance(value, dict):
        for key in value:
            yield {other: value[other] for other in value if other != key}
            yield from ({**value, key: part} for part in broken(value[key]))
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from ([*value[:number], other, *value[number + 1 :]] for other in broken(part))


@pytest.mark.parametrize("make", MAKERS)
def test_no_event_is_too_broken_to_be_answered(make, capsys):
    for event in broken(make()):
        try:
            handle(event, {})
        except UnsupportedEvent as error:
            assert "came from" in str(error)
        source, _ = origin(event)
        assert handle(event, {source: "trigger_jobs:first"}) in ({}, {"from": "first"})


def test_http_events_and_commands_are_never_routed(calls):
    from lambda_events import rest

    every = {"json": "trigger_jobs:first", "json:_": "trigger_jobs:first"}
    assert handle(rest(), every)["statusCode"] == 200
    command = {"_serverless-wsgi": {"command": "exec", "data": "print(1)"}}
    assert handle(command, every)[0] == 126  # refused: exec is not among the commands
    with pytest.raises(UnsupportedEvent, match="only key"):
        handle({**command, "Records": []}, every)
    assert calls == []


def test_a_message_is_never_a_command(calls):
    body = '{"_serverless-wsgi": {"command": "exec", "data": "print(1)"}}'
    assert handle(sent.sqs(body), {"sqs": "trigger_jobs:first"}, commands=["exec"]) == {}
    assert [event["body"] for _, event, _ in calls] == [body]


def test_the_handler_routes(calls):
    handler = make_handler(answering(), events={"s3": "trigger_jobs:shop.first"})
    assert handler(sent.s3(), Context()) == {"from": "first"} and len(calls) == 1


def test_modules_are_loaded_only_where_they_are_needed():
    code = (
        "import sys, wsgi_lambda; handler = wsgi_lambda.make_handler(lambda *_: None);"
        "loaded = [name for name in ('triggers', 'routes', 'batches') if f'wsgi_lambda.{name}' in sys.modules];"
        "handler({'warmer': True}, None); print(loaded, 'wsgi_lambda.routes' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=RUNTIME, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] False"
