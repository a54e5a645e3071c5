"""A function's result as the gateway reads it: the answer that the client gets, or an error of the gateway.

Strict on purpose: what the documents of the integration do not have is malformed, even where the service may let it pass.
"""

import base64
import binascii
import json
from typing import NamedTuple

_BODY = {"statusCode", "body", "isBase64Encoded"}


class Malformed(AssertionError):
    """The gateway cannot make an answer of this result: its client would get a 502."""


class Answer(NamedTuple):
    """`headers` has lower-case names with all their values; `reason` is known behind a load balancer only."""

    status: int
    headers: dict[str, list[str]]
    body: bytes
    reason: str | None = None


def with_lists(result):
    """REST API: `multiValueHeaders`."""
    _check(result, _BODY | {"multiValueHeaders"})
    return Answer(result["statusCode"], _lists(result["multiValueHeaders"]), _body(result))


def with_strings(result):
    """VPC Lattice: `headers`, where a cookie more is the same name in another letter case."""
    _check(result, _BODY | {"headers"})
    return Answer(result["statusCode"], _strings(result["headers"]), _body(result))


def with_cookies(result):
    """Payload format 2.0: `headers`, and `cookies` for every Set-Cookie."""
    _check(result, _BODY | {"headers"}, {"cookies"})
    headers = _strings(result["headers"])
    if "set-cookie" in headers:
        raise Malformed("Set-Cookie is a header although `cookies` is the place for it")
    if "cookies" in result:
        cookies = result["cookies"]
        if not (isinstance(cookies, list) and cookies and all(_is_value(cookie) for cookie in cookies)):
            raise Malformed(f"cookies are {cookies!r}")
        headers["set-cookie"] = cookies
    return Answer(result["statusCode"], headers, _body(result))


def of_balancer(result, *, multi):
    """Application Load Balancer: lists or strings, as the target group has it, and a description of the status."""
    key = "multiValueHeaders" if multi else "headers"
    _check(result, _BODY | {"statusDescription", key})
    code, _, reason = result["statusDescription"].partition(" ")
    if code != str(result["statusCode"]) or not reason:
        raise Malformed(f"statusDescription is {result['statusDescription']!r}")
    headers = _lists(result[key]) if multi else _strings(result[key])
    return Answer(result["statusCode"], headers, _body(result), reason)


def by_its_keys(result):
    """The answer of a result whose integration is not known."""
    if "statusDescription" in result:
        return of_balancer(result, multi="multiValueHeaders" in result)
    return with_lists(result) if "multiValueHeaders" in result else with_cookies_or_strings(result)


def with_cookies_or_strings(result):
    return with_cookies(result) if "cookies" in result else with_strings(result)


def _check(result, required, optional=frozenset()):
    if not (isinstance(result, dict) and required <= set(result) <= required | optional):
        raise Malformed(f"the result is {result!r}, and must have {sorted(required)}")
    if type(result["statusCode"]) is not int or not 100 <= result["statusCode"] <= 999:
        raise Malformed(f"statusCode is {result['statusCode']!r}")
    try:
        json.dumps(result).encode()
        json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise Malformed("the runtime client cannot write the result") from error


def _body(result):
    body, is_base64 = result["body"], result["isBase64Encoded"]
    if not isinstance(body, str) or not isinstance(is_base64, bool):
        raise Malformed(f"body is {type(body).__name__}, isBase64Encoded is {is_base64!r}")
    if not is_base64:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Malformed("the body is not base64") from error


def _lists(headers):
    folded = {}
    for name, values in headers.items():
        if not (isinstance(values, list) and values and all(_is_value(value) for value in values)):
            raise Malformed(f"header {name!r} is {values!r}")
        if folded.setdefault(name.lower(), values) is not values:
            raise Malformed(f"header {name!r} is there in two letter cases")
    return folded


def _strings(headers):
    folded = {}
    for name, value in headers.items():
        if not _is_value(value):
            raise Malformed(f"header {name!r} is {value!r}")
        folded.setdefault(name.lower(), []).append(value)
        if len(folded[name.lower()]) > 1 and name.lower() != "set-cookie":
            raise Malformed(f"header {name!r} is there in two letter cases: which one counts, nobody says")
    return folded


def _is_value(value):
    """RFC 9110, 5.5: no control characters, except a tab."""
    return isinstance(value, str) and not any((c < " " and c != "\t") or c == "\x7f" for c in value)
