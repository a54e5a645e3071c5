"""Keeps Lambda's runtime interface client (RIC, awslambdaric) from answering an invocation that has its answer already.

RIC offers nothing for that. Two methods of its clients are replaced, after a look at whether it is built as it is known to
be: tried with the versions 2.0.12 to 4.2.2.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FunctionType

# Of the invocation that runs. Lambda may send one, to tell its answer from a late one to an invocation that has timed out.
_invocation: dict[str, str | None] = {"id": None}


class StreamingUnavailable(Exception):
    """The setting `streaming` is on, and what runs this process is not known well enough to stream."""


class Streamed(bytes):
    """The handler's result when the answer was sent: bytes, because RIC hands those on as they are."""

    request_id = ""


def install() -> None:
    """Replace the methods, once. Raises StreamingUnavailable, which says what to set."""
    client = sys.modules.get("awslambdaric.lambda_runtime_client")
    bootstrap = sys.modules.get("awslambdaric.bootstrap")
    if client is None or bootstrap is None:
        raise StreamingUnavailable(_unavailable("it is not awslambdaric that runs it"))
    replacements = []
    try:
        _check(client.LambdaRuntimeClient, bootstrap.run, bootstrap.handle_event_request)
        # Several clients share a base, and a later one may bring a method of its own.
        for owner in [owner for owner in vars(client).values() if isinstance(owner, type)]:
            for name, replace in _REPLACED.items():
                method = vars(owner).get(name)
                if method is not None and method.__module__ != __name__:
                    replacements.append((owner, name, replace(method)))
    except (AttributeError, TypeError) as error:
        raise StreamingUnavailable(_unavailable(f"this version of awslambdaric is not known: {error}")) from error
    for owner, name, method in replacements:
        setattr(owner, name, method)


def invocation_id() -> str | None:
    return _invocation["id"]


def _check(client: type, run: FunctionType, handle: FunctionType) -> None:
    """Raises AttributeError or TypeError where RIC is built in another way."""
    for name in _REPLACED:
        if name not in run.__code__.co_names + handle.__code__.co_names:
            raise TypeError(f"it does not call {name}")
    post: FunctionType = getattr(client, "post_invocation_result")
    if post.__code__.co_varnames[:3] != ("self", "invoke_id", "result_data"):
        raise TypeError("post_invocation_result takes something else")
    probe = Streamed()
    if getattr(client, "marshaller").marshal_response(probe)[0] is not probe:
        raise TypeError("bytes are not handed on as they are")


def _skipping_streamed(post: FunctionType) -> Callable[..., object]:
    def post_invocation_result(
        self: object, invoke_id: str, result_data: object, *arguments: object, **named: object
    ) -> object:
        if isinstance(result_data, Streamed) and result_data.request_id == invoke_id:
            return None
        return post(self, invoke_id, result_data, *arguments, **named)

    return post_invocation_result


def _remembering_id(wait: FunctionType) -> Callable[[object], object]:
    def wait_next_invocation(self: object) -> object:
        request: object = wait(self)
        _invocation["id"] = getattr(request, "invocation_id", None)
        return request

    return wait_next_invocation


_REPLACED = {"post_invocation_result": _skipping_streamed, "wait_next_invocation": _remembering_id}


def _unavailable(reason: str) -> str:
    return (
        f"This function cannot stream its responses, because {reason}. Turn the setting streaming off: responses are sent "
        "whole then, 6 MB at most, and the invoke mode of the Function URL must be BUFFERED."
    )
