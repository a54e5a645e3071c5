"""Batches of SQS, Kinesis and DynamoDB: which records are called, and which come again."""

import pytest
import trigger_events as sent
import trigger_jobs
from running import Context, answering

from wsgi_lambda import handle_request
from wsgi_lambda.batches import BatchFailed

TABLE = {"sqs": "trigger_jobs:work", "dynamodb": "trigger_jobs:work", "kinesis": "trigger_jobs:first"}


@pytest.fixture(autouse=True)
def calls():
    trigger_jobs.calls.clear()
    return trigger_jobs.calls


def handle(event, *, report=False, milliseconds=60_000, context=None):
    context = context or Context(milliseconds)
    return handle_request(answering(), event, context, events=TABLE, report_batch_item_failures=report)


@pytest.mark.parametrize("event", [sent.sqs("a", "b", "c"), sent.sqs("a", "b", queue="o.fifo"), sent.dynamodb("a", "b")])
@pytest.mark.parametrize(("report", "result"), [(False, {}), (True, {"batchItemFailures": []})])
def test_each_record_is_a_call(calls, event, report, result):
    assert handle(event, report=report) == result
    assert calls == ["a", "b", "c"][: len(event["Records"])]


def test_a_function_gets_the_record_itself(calls):
    event, context = sent.kinesis("a", "b"), Context()
    assert handle(event, context=context) == {}
    assert calls == [("first", record, context) for record in event["Records"]]


@pytest.mark.parametrize(
    ("event", "called", "reported"),
    [
        (sent.sqs("a", "bad", "c"), ["a", "bad", "c"], ["message-2"]),
        (sent.sqs("bad", "exit", "c"), ["bad", "exit", "c"], ["message-1", "message-2"]),
        (sent.sqs("a", "bad", "c", "d", queue="o.fifo"), ["a", "bad"], ["message-2", "message-3", "message-4"]),
        (sent.sqs("a", "bad", queue="o.fifo"), ["a", "bad"], ["message-2"]),
        (sent.dynamodb("a", "bad", "c", "d"), ["a", "bad"], ["sequence-2"]),
        (sent.sqs("a", "slow", "c", "d"), ["a", "slow"], ["message-3", "message-4"]),
        (sent.sqs("bad", "slow", "c"), ["bad", "slow"], ["message-1", "message-3"]),
        (sent.sqs("a", "slow", "c", queue="o.fifo"), ["a", "slow"], ["message-3"]),
        (sent.dynamodb("a", "slow", "c", "d"), ["a", "slow"], ["sequence-3"]),
    ],
)
def test_what_comes_again(calls, capsys, event, called, reported):
    result = handle(event, report=True, milliseconds=3500)
    assert result == {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in reported]}
    assert calls == called
    log = capsys.readouterr().err
    for number, said in enumerate(called, 1):
        if said == "bad":
            assert f"failed with {event['Records'][0].get('messageId', 'sequence-1')[:-1]}{number}\n" in log
            assert "Traceback (most recent call last):" in log and "ValueError: a bad record" in log
    assert ("were not started" in log) == (len(called) < len(event["Records"]))

    calls.clear()
    with pytest.raises(BatchFailed, match=r"The whole batch comes again\.$") as raised:
        handle(event, milliseconds=3500)
    assert calls == called
    assert all(identifier in str(raised.value) for identifier in reported)
    assert isinstance(raised.value.__cause__, ValueError if "bad" in called else type(None))


def test_what_the_message_says():
    with pytest.raises(BatchFailed) as raised:
        handle(sent.sqs("bad", "b", "bad"))
    assert str(raised.value) == (
        "2 of 3 records of sqs failed (message-1, message-3). The whole batch comes again."
    )
    with pytest.raises(BatchFailed) as raised:
        handle(sent.dynamodb("a", "bad", "c"))
    assert str(raised.value) == (
        "1 of 3 records of dynamodb failed (sequence-2); 1 were not started (sequence-3), because their order matters. "
        "The whole batch comes again."
    )
    with pytest.raises(BatchFailed) as raised:
        handle(sent.sqs("slow", *"abcdefghijkl"), milliseconds=3500)
    assert "0 of 13 records of sqs failed; 12 were not started (message-2, " in str(raised.value)
    assert "message-11, …), because the invocation's time is nearly over" in str(raised.value)


@pytest.mark.parametrize("milliseconds", [20, 400, 1000])
def test_a_short_invocation_starts_at_least_one_record(calls, milliseconds):
    assert handle(sent.sqs("a", "b"), milliseconds=milliseconds) == {}
    assert calls == ["a", "b"]


def test_without_a_context_there_is_no_deadline(calls):
    event = sent.sqs("a", "b")
    assert handle_request(answering(), event, None, events=TABLE) == {}
    assert calls == ["a", "b"]


def test_a_record_without_an_identifier_takes_the_whole_batch_with_it():
    """ "" is a failure of all records for Lambda."""
    event = sent.dynamodb("bad")
    del event["Records"][0]["dynamodb"]["SequenceNumber"]
    assert handle(event, report=True) == {"batchItemFailures": [{"itemIdentifier": ""}]}


def test_sources_without_single_records_get_the_event(calls):
    event = sent.s3()
    event["Records"] *= 2
    assert handle_request(answering(), event, Context(), events={"s3": "trigger_jobs:first"}) == {"from": "first"}
    assert [got for _, got, _ in calls] == [event]
