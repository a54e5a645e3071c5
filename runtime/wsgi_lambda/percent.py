"""Percent-encoding (RFC 3986, 2.1). What it stands for are bytes, one character each (latin-1), as WSGI has them.

`urllib.parse` does the same for 2 ms of a cold start that not every application pays anyway.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_SAFE = _UNRESERVED + "/!$&'()*+,;=:@"
_PERCENT_AND_PATH_SAFE = "%" + _PATH_SAFE
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))

# Clients write paths, so the memory has a limit.
_known_paths: dict[str, str] = {}
_MOST_KNOWN = 200
_LONGEST_KNOWN = 200

# What str.translate() takes, for each set of safe characters.
_tables: dict[str, dict[int, str]] = {}


def decode(text: str) -> str:
    """The bytes that `text` stands for. A percent sign without two hexadecimal digits stays as it is."""
    if not text.isascii():
        text = _bytes(text)
    if "%" not in text:
        return text
    first, *rest = text.split("%")
    for number, part in enumerate(rest):
        digits = part[:2]
        try:
            # int() would also take " 7" and "+7".
            rest[number] = chr(int(digits, 16)) + part[2:] if len(digits) == 2 and digits.isalnum() else "%" + part
        except ValueError:
            rest[number] = "%" + part
    return first + "".join(rest)


def encode_path(path: str) -> str:
    """Of a path, which is asked for again and again: some are known."""
    encoded = _known_paths.get(path)
    if encoded is None:
        encoded = _encode_path(path)
        if len(path) <= _LONGEST_KNOWN:
            if len(_known_paths) >= _MOST_KNOWN:
                _known_paths.clear()
            _known_paths[path] = encoded
    return encoded


def _encode_path(path: str) -> str:
    encoded = (path.replace("%", "%25") if "%" in path else path).replace(" ", "%20")
    # What strip() leaves nothing of has safe characters only.
    return path.translate(_table(_PATH_SAFE)) if encoded.strip(_PERCENT_AND_PATH_SAFE) else encoded


def query(parameters: Mapping[str, Any]) -> str:
    """A query string of decoded names and values; a value may be a list of several."""
    pairs = []
    for name, values in parameters.items():
        if name.strip(_UNRESERVED):
            name = _encode_query(name)
        for value in values if isinstance(values, list) else (values,):
            if value is None:
                value = ""
            pairs.append(f"{name}={_encode_query(value) if value.strip(_UNRESERVED) else value}")
    return "&".join(pairs)


def encode_illegal(text: str) -> str:
    """What is percent-encoded already stays as it is; only what no URL may hold (spaces, non-ASCII) is encoded."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return _bytes(text).translate(_table(_VISIBLE))


def _encode_query(text: str) -> str:
    """A space becomes `+`, as HTML forms send it."""
    return _bytes(text).translate(_table(_UNRESERVED + " ")).replace(" ", "+")


def _bytes(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _table(safe: str) -> dict[int, str]:
    if safe not in _tables:
        _tables[safe] = {code: f"%{code:02X}" for code in range(256) if chr(code) not in safe}
    return _tables[safe]
