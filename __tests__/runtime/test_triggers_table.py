"""The table `events` itself: what is wrong with it is said when the handler is made."""

import json
import subprocess
import sys

import pytest
from running import answering
from runtime_interface import artifact

from wsgi_lambda import handle_request, make_handler
from wsgi_lambda.options import Options
from wsgi_lambda.routes import SOURCES, RouteError

LIKE = 'must look like "module:function", "manage NAME" or "flask NAME"'


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_a_key(source):
    assert Options(events={source: "no.such.module:function"}).events
    if source != "warmer":
        assert Options(events={f"{source}:a name/of:any kind": "no.such.module:function"}).events


@pytest.mark.parametrize(
    ("key", "target", "mistake"),
    [
        ("", "a:b", "the key must begin with one of cognito, dynamodb, eventbridge,"),
        ("queue:orders", "a:b", "the key must begin with one of"),
        ("SQS:orders", "a:b", "the key must begin with one of"),
        (":orders", "a:b", "the key must begin with one of"),
        ("sqs:", "a:b", '"sqs:" must be followed by a name'),
        ("sqs: orders", "a:b", '"sqs:" must be followed by a name'),
        ("sqs:arn:aws:sqs:eu-west-1:1:orders", "a:b", "the key takes a name, not an ARN"),
        ("warmer:one", "a:b", '"warmer" takes no name'),
        ("json:_serverless-wsgi", "a:b", "this key is the one of remote commands"),
        ("sqs", 5, "the target must be a string"),
        ("sqs", "", LIKE),
        ("sqs", "module", LIKE),
        ("sqs", "module:", LIKE),
        ("sqs", ":function", LIKE),
        ("sqs", "module.function", LIKE),
        ("sqs", "folder/module:function", LIKE),
        ("sqs", "module:function()", LIKE),
        ("sqs", "module:function one", LIKE),
        ("sqs", "python manage.py migrate", LIKE),
        ("sqs", "manage", "the command has no name"),
        ("sqs", "flask  ", "the command has no name"),
        ("sqs", "manage 'greet", "the command cannot be split into words: No closing quotation"),
        ("cognito", "manage greet", "this source waits for what"),
        ("websocket:$connect", "flask greet", "this source waits for what"),
    ],
)
def test_mistakes(key, target, mistake):
    for make in (lambda: make_handler(answering(), events={key: target}), lambda: Options(events={key: target})):
        with pytest.raises(RouteError) as raised:
            make()
        assert f'"{key}" = "{target}": ' in str(raised.value) and mistake in str(raised.value)
        assert isinstance(raised.value, ValueError)


def test_all_mistakes_are_said_at_once():
    events = {"queue": "a:b", "sqs": "a", "sns": "a:b", "warmer:one": "manage"}
    with pytest.raises(RouteError) as raised:
        handle_request(answering(), {}, None, events=events)
    message = str(raised.value)
    assert message.count('" = "') == 4 and '"warmer" takes no name' in message and "has no name" in message
    assert '"sns"' not in message


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ("no_such_module:function", RouteError, "but there is no module 'no_such_module'"),
        ("email.missing:function", RouteError, "but there is no module 'email.missing'"),
        ("trigger_jobs:missing", RouteError, "trigger_jobs has no 'missing'"),
        ("trigger_jobs:shop.missing", RouteError, "trigger_jobs has no 'shop.missing'"),
        ("trigger_jobs:number", RouteError, "is of type int and cannot be called"),
        ("trigger_jobs:waiting", RouteError, "is an async function"),
    ],
)
def test_a_function_that_is_not_there_fails_the_initialisation(target, error, message):
    with pytest.raises(error, match=message):
        make_handler(answering(), events={"sns": "manage greet", "sqs": target})


def test_what_a_module_of_a_function_lacks_is_not_blamed_on_the_table(tmp_path, monkeypatch):
    (tmp_path / "lacking_jobs.py").write_text("import no_such_distribution")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_distribution"):
        make_handler(answering(), events={"sqs": "lacking_jobs:take"})


def test_nothing_is_imported_beside_a_stand_in():
    from wsgi_lambda.stand_in import StandIn

    assert make_handler(StandIn(ImportError("why")), events={"sqs": "no_such_module:function"})


APP = """
def application(environ, start_response):
    raise AssertionError
def take(record, context):
    print("took", record["body"])
"""


def python(folder, code):
    return subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, capture_output=True, text=True)


def test_the_table_of_an_artifact(tmp_path):
    artifact(tmp_path, APP, events={"sqs:orders": "the_app:take"})
    record = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:orders", "messageId": "1", "body": "5"}
    code = f"import wsgi_handler; print(wsgi_handler.handler({json.dumps({'Records': [record]})}, None))"
    done = python(tmp_path, code)
    assert (done.returncode, done.stdout) == (0, "took 5\n{}\n"), done.stderr


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ({"sqs:orders": "the_app:tkae"}, "RouteError: \"events\" has \"the_app:tkae\", but the_app has no 'tkae'."),
        ({"sqs:orders": "the_ap:take"}, "RouteError: \"events\" has \"the_ap:take\", but there is no module 'the_ap'."),
        ({"queue": "the_app:take"}, 'the key must begin with one of'),
    ],
)
def test_a_typing_error_fails_the_initialisation_of_an_artifact(tmp_path, events, said):
    artifact(tmp_path, APP, events=events)
    done = python(tmp_path, "import wsgi_handler")
    assert done.returncode == 1 and said in done.stderr and "Traceback (most recent call last)" in done.stderr
