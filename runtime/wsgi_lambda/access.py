"""Access protection (the setting `basic-auth`): who is not signed in gets no further than this.

The variable holds no password, and nothing that opens the door: `key` is the hash of what PBKDF2 makes of USER:PASSWORD.

    {"rounds": 10000, "salt": "…", "key": "64 hexadecimal digits", "except": ["/health"]}

Function URLs and REST APIs rename the header WWW-Authenticate, so no browser asks for a password there: it gets a form to sign
in with, and from then on shows a cookie, of what PBKDF2 made.
"""

from __future__ import annotations

import json
from binascii import a2b_base64
from functools import partial
from hashlib import pbkdf2_hmac, sha256
from hmac import compare_digest

from . import response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

# The prefix lets browsers take it over TLS only, and only from this host.
COOKIE = "__Host-wsgi-lambda-access"
USER_FIELD = "wsgi-lambda-user"
PASSWORD_FIELD = "wsgi-lambda-password"
_LONGEST_FORM = 4096

_NOT_INDEXED = ("X-Robots-Tag", "noindex")
_REFUSAL = [
    ("WWW-Authenticate", 'Basic realm="Protected", charset="UTF-8"'),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"),
]

_gates: dict[str, Gate] = {}


def gate(text: str) -> Gate:
    """The gate that the variable asks for. Raises ValueError for what is none: then nothing may be served."""
    if text not in _gates:
        response.own_headers["x-robots-tag"] = (_NOT_INDEXED[0], [_NOT_INDEXED[1]])
        _gates[text] = Gate(text)
    return _gates[text]


class Gate:
    """Stands before an application, and remembers the credentials that were right: hashing is dear on purpose."""

    def __init__(self, text: str) -> None:
        try:
            fields: Mapping[str, Any] = json.loads(text)
            self._rounds = int(fields["rounds"])
            self._salt = str(fields["salt"]).encode()
            self._key = bytes.fromhex(fields["key"])
            # As they stand in an environ: one character a byte.
            self._open = frozenset(path.encode().decode("latin-1") for path in fields.get("except") or ())
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValueError("WSGI_LAMBDA_BASIC_AUTH is not what the setting basic-auth makes of it: deploy again.") from None
        self._known: bytes | None = None

    def before(self, app: WSGIApplication) -> WSGIApplication:
        return partial(self._serve, app)

    def _serve(self, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start = partial(_start, start_response)
        if environ["PATH_INFO"] in self._open or self._has_cookie(environ) or self._has_password(environ):
            return app(environ, start)
        is_post = environ["REQUEST_METHOD"] == "POST"
        credentials = _form(environ) if is_post else None
        key = self._opened(credentials) if credentials else None
        if key is None:
            return _refuse(environ, start, "That was not right." if credentials else "")
        # The same page again: never another host's, which is what two slashes would name.
        location = "/" + environ["RAW_URI"].lstrip("/\\")
        cookie = f"{COOKIE}={key.hex()}; Path=/; Secure; HttpOnly; SameSite=Lax"
        start("303 See Other", [("Location", location), ("Set-Cookie", cookie), ("Cache-Control", "no-store")])
        return []

    def _has_password(self, environ: WSGIEnvironment) -> bool:
        """The header is not the application's then: one that knows users of its own would look for this one."""
        scheme, _, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            credentials = a2b_base64(encoded)
        except ValueError:
            return False
        is_known = self._known is not None and compare_digest(credentials, self._known)
        if not is_known and self._opened(credentials) is None:
            return False
        self._known = credentials
        del environ["HTTP_AUTHORIZATION"]
        return True

    def _has_cookie(self, environ: WSGIEnvironment) -> bool:
        cookies = environ.get("HTTP_COOKIE", "")
        if COOKIE not in cookies:
            return False
        pairs = [pair.strip() for pair in cookies.split(";")]
        ours = [pair for pair in pairs if pair.startswith(f"{COOKIE}=")]
        environ["HTTP_COOKIE"] = "; ".join(pair for pair in pairs if pair not in ours)
        if not environ["HTTP_COOKIE"]:
            del environ["HTTP_COOKIE"]
        return any(self._fits(_bytes(pair.partition("=")[2])) for pair in ours)

    def _opened(self, credentials: bytes) -> bytes | None:
        """What PBKDF2 makes of USER:PASSWORD; None where that is not right."""
        key = pbkdf2_hmac("sha256", credentials, self._salt, self._rounds)
        return key if self._fits(key) else None

    def _fits(self, key: bytes) -> bool:
        return compare_digest(sha256(key).digest(), self._key)


def _bytes(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def _start(
    start_response: StartResponse, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None
) -> Callable[[bytes], object]:
    return start_response(status, [*headers, _NOT_INDEXED], exc_info)


def _form(environ: WSGIEnvironment) -> bytes | None:
    """USER:PASSWORD of the form; None where the body is another."""
    kind = environ["CONTENT_TYPE"].partition(";")[0].strip().lower()
    body = environ["wsgi.input"].read(_LONGEST_FORM + 1)
    if kind != "application/x-www-form-urlencoded" or len(body) > _LONGEST_FORM:
        return None
    from urllib.parse import parse_qs

    fields = parse_qs(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    user, password = fields.get(USER_FIELD), fields.get(PASSWORD_FIELD)
    return f"{user[0]}:{password[0]}".encode("latin-1") if user and password else None


def _refuse(environ: WSGIEnvironment, start: Callable[..., object], complaint: str) -> list[bytes]:
    takes_pages = "text/html" in environ.get("HTTP_ACCEPT", "")
    kind = "text/html" if takes_pages else "text/plain"
    start("401 Unauthorized", [("Content-Type", f"{kind}; charset=utf-8"), *_REFUSAL])
    if not takes_pages:
        return [b"Unauthorized: this deployment is protected (basic-auth).\n"]
    return [_PAGE.format(complaint=complaint, user=USER_FIELD, password=PASSWORD_FIELD).encode()]


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 20rem; margin: 15vh auto; padding: 0 1rem }}
input, button {{ display: block; box-sizing: border-box; width: 100%; margin: 0 0 1rem; padding: .5rem; font: inherit }}
</style>
</head>
<body>
<h1>Sign in</h1>
<p role="status">{complaint}</p>
<form method="post">
<label>User <input name="{user}" autocomplete="username" required autofocus></label>
<label>Password <input name="{password}" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
</body>
</html>
"""
