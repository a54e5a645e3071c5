"""Percent-encoding (RFC 3986, 2.1). What it stands for are bytes, one character each (latin-1), as WSGI has them.

`urllib.parse` does the same for 2 ms of a cold start that not every application pays anyway.
"""

from __future__ import annotations

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_SAFE = _UNRESERVED + "/!$&'()*+,;=:@"
_VISIBLE_ASCII = frozenset(range(0x21, 0x7F))


def decode(text: str) -> str:
    """The bytes that `text` stands for. A percent sign without two hexadecimal digits stays as it is."""
    if "%" not in text and text.isascii():
        return text
    first, *rest = text.encode("utf-8", "replace").split(b"%")
    return (first + b"".join(_byte(part) for part in rest)).decode("latin-1")


def _byte(part: bytes) -> bytes:
    digits = part[:2]
    if len(digits) == 2 and digits.isalnum():
        try:
            return bytes((int(digits, 16),)) + part[2:]
        except ValueError:  # letters after f
            pass
    return b"%" + part


def encode_path(path: str) -> str:
    # What strip() leaves nothing of has safe characters only.
    return path if not path.strip(_PATH_SAFE) else _encode(path.encode("latin-1"), frozenset(_PATH_SAFE.encode()))


def encode_query(text: str) -> str:
    """A key or a value of a query string, as text; a space becomes `+`, as HTML forms send it."""
    if not text.strip(_UNRESERVED):
        return text
    return _encode(text.encode("utf-8", "replace"), frozenset(_UNRESERVED.encode() + b" ")).replace(" ", "+")


def encode_illegal(text: str) -> str:
    """What is percent-encoded already stays as it is; only what no URL may hold (spaces, non-ASCII) is encoded."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return _encode(text.encode("utf-8", "replace"), _VISIBLE_ASCII)


def _encode(data: bytes, safe: frozenset[int]) -> str:
    return "".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in data)
