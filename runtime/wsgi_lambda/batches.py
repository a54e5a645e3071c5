"""Batches of SQS, Kinesis and DynamoDB: each record is a call of its own, so that one does not take the others with it.

A standard queue has no order, and the records after one that failed are processed. A FIFO queue or a stream stops there.
"""

from __future__ import annotations

from . import log
from .deadline import MARGIN_SECONDS
from .environ import request_id_of, tenant_id_of
from .event import mapping, text
from .triggers import items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .integration import Event
    from .options import Options
    from .routes import Target

_NAMED = 10


class BatchFailed(Exception):
    """Records of a batch failed, or were not started: the source is to send the whole batch again."""


def run(key: str, target: Target, event: object, context: object, options: Options) -> object:
    """Call `target` with each record.

    With the option report_batch_item_failures the result names the records that are to come again. Without it BatchFailed is
    raised, because then Lambda takes every result for a success.
    """
    batch = _Batch(key, event, context)
    batch.process(target)
    if options.report_batch_item_failures:
        if batch.waiting:
            log.error(batch.summary(), batch.request_id, tenant_id=batch.tenant_id)
        return {"batchItemFailures": [{"itemIdentifier": each} for each in batch.again()]}
    if batch.failed or batch.waiting:
        raise BatchFailed(f"{batch.summary()} The whole batch comes again.") from batch.cause
    return {}


class _Batch:
    """`failed` and `waiting` are identifiers of records: those that raised, and those that were not started."""

    def __init__(self, key: str, event: object, context: object) -> None:
        fields = mapping(event)
        self.key = key
        self.records = [mapping(record) for record in items(fields.get("Records"))]
        self.context = context
        self.request_id = request_id_of(fields, context)
        self.tenant_id = tenant_id_of(context)
        first = self.records[0]
        self.is_stream = "messageId" not in first
        self.is_ordered = self.is_stream or text(first.get("eventSourceARN")).endswith(".fifo")
        self.failed: list[str] = []
        self.waiting: list[str] = []
        self.cause: Exception | None = None
        self.why_waiting = ""

    def process(self, target: Target) -> None:
        is_late = _clock(self.context)
        for number, record in enumerate(self.records):
            if is_late():
                self._leave(number, "the invocation's time is nearly over: raise its timeout, or have smaller batches")
                return
            try:
                target(record, self.context)
            except Exception as error:
                self.failed.append(_identifier(record))
                self.cause = self.cause or error
                log.error(f"{self.key} failed with {self.failed[-1]}", self.request_id, error, tenant_id=self.tenant_id)
                if self.is_ordered:
                    self._leave(number + 1, "their order matters")
                    return

    def again(self) -> list[str]:
        """What is reported. Lambda goes on with a stream at the first record that is named."""
        identifiers = self.failed + self.waiting
        return identifiers[:1] if self.is_stream else identifiers

    def summary(self) -> str:
        parts = [f"{len(self.failed)} of {len(self.records)} records of {self.key} failed{_named(self.failed)}"]
        if self.waiting:
            parts.append(f"{len(self.waiting)} were not started{_named(self.waiting)}, because {self.why_waiting}")
        return f"{'; '.join(parts)}."

    def _leave(self, number: int, why: str) -> None:
        self.waiting = [_identifier(record) for record in self.records[number:]]
        self.why_waiting = why


def _identifier(record: Event) -> str:
    """Where there is none, "" is reported: Lambda then takes the whole batch for failed."""
    sequence = mapping(record.get("kinesis")).get("sequenceNumber") or mapping(record.get("dynamodb")).get("SequenceNumber")
    return text(record.get("messageId") or sequence)


def _named(identifiers: list[str]) -> str:
    more = ", …" if len(identifiers) > _NAMED else ""
    return f" ({', '.join(identifiers[:_NAMED])}{more})" if identifiers else ""


def _clock(context: object) -> Callable[[], bool]:
    """Whether too little time is left for another record. A short invocation keeps half of it for them."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None:
        return lambda: False
    margin = min(MARGIN_SECONDS * 1000, remaining() / 2)
    return lambda: bool(remaining() < margin)
