"""How a handler behaves: what its maker chose, and what the function's environment says."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypedDict

    from .access import Gate

    class OptionFields(TypedDict, total=False):
        commands: Iterable[str]
        events: Mapping[str, str]
        report_batch_item_failures: bool
        text_mime_types: Iterable[str]
        binary_mime_types: Iterable[str]
        non_proxy_integration: bool
        legacy_environ: bool
        streaming: bool

# `manage` and `flask` without what opens a shell; `policy` has the rules.
DEFAULT_COMMANDS = ("manage", "flask")

_TRUE = ("1", "t", "true", "y", "yes")


def _types(option: str, kinds: Iterable[str]) -> frozenset[str]:
    names = [kinds] if isinstance(kinds, str) else [str(kind) for kind in kinds]
    wrong = [name for name in names if "/" not in name]
    if wrong:
        raise ValueError(f"{option} has {wrong[0]!r}: a type is written type/subtype or type/*.")
    return frozenset(name.strip().lower() for name in names)


def is_on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in _TRUE


class Options:
    """Read once for a handler, because a lookup in `os.environ` costs as much as a header of a request.

    `base_path` is what stands in front of the application ("api/v1", or ""), whatever an event says; `hides_stage` says
    that a proxy in front adds the stage itself. Both are variables that serverless-wsgi had. `gate` stands before the
    application where access to it is protected.
    """

    __slots__ = (
        "base_path", "binary_types", "commands", "events", "gate", "has_several_processes", "hides_stage", "legacy_environ",
        "non_proxy_integration", "report_batch_item_failures", "streaming", "text_types",
    )  # fmt: skip

    def __init__(
        self,
        *,
        commands: Iterable[str] = DEFAULT_COMMANDS,
        events: Mapping[str, str] | None = None,
        report_batch_item_failures: bool = False,
        text_mime_types: Iterable[str] = (),
        binary_mime_types: Iterable[str] = (),
        non_proxy_integration: bool = False,
        legacy_environ: bool = False,
        streaming: bool = False,
    ) -> None:
        self.commands = commands
        if commands is not DEFAULT_COMMANDS:
            from .policy import Policy

            Policy(commands)  # what is wrong with it is said now
        self.events = events or {}
        if events:
            from .routes import check

            check(events)
        self.report_batch_item_failures = report_batch_item_failures
        self.text_types = _types("text_mime_types", text_mime_types)
        self.binary_types = _types("binary_mime_types", binary_mime_types)
        self.non_proxy_integration = non_proxy_integration
        self.legacy_environ = legacy_environ
        # Not where no Lambda takes a stream: a local server, a test of the import.
        self.streaming = streaming and "AWS_LAMBDA_RUNTIME_API" in os.environ
        self.base_path = os.environ.get("API_GATEWAY_BASE_PATH", "").strip("/")
        self.hides_stage = is_on("STRIP_STAGE_PATH")
        # Lambda Managed Instances run one process for each concurrent request.
        self.has_several_processes = bool(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY"))
        self.gate: Gate | None = None
        protection = os.environ.get("WSGI_LAMBDA_BASIC_AUTH")
        if protection:
            from . import access

            self.gate = access.gate(protection)
