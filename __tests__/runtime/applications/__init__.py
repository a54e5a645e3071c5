"""The same pages, made with five frameworks, each in the way that its own documentation shows.

Every `build(folder)` returns a WSGI application that serves the files of `folder` below /files, and:

| path | answers |
| --- | --- |
| `/echo/…` | what the framework makes of the request, as JSON |
| `/body` | the request's body, as it came |
| `/form`, `/json` | fields and files of a form, a JSON document |
| `/upload` | the file that was sent as `file`, with its type |
| `/redirect/relative`, `absolute`, `elsewhere` | 302 to `/echo/…` (as a path, as a URL) or to another site |
| `/slash/` | what is there with a slash at the end only |
| `/cookies` | three cookies |
| `/repeated` | headers that are there twice |
| `/etag` | an answer that a client may have already |
| `/stream`, `/gzip`, `/latin1`, `/large`, `/binary` | bodies of all kinds |
| `/nothing`, `/odd` | 204, and a status that no table has |
| `/fail` | an exception |
"""

import base64
import gzip
import hashlib

# mtime: without one, the bytes change with the clock.
GZIPPED = gzip.compress(b"compressed " * 50, mtime=0)
LATIN1 = "caf\xe9 cr\xe8me".encode("latin-1")
LARGE = "\u4e16\u754c, hello \U0001f600\n" * 8_000
BINARY = bytes(range(256)) * 40
CHUNKS = [b"first ", b"", "zw\xf6lf ".encode(), b"last"]
LINKS = ['<https://example.com/1>; rel="prev"', '<https://example.com/3>; rel="next"']
CHALLENGES = ['Basic realm="one, two"', "Bearer"]
ELSEWHERE = "https://example.org/other?x=1&y=%2F"
FILES = {"report.bin": BINARY, "text.txt": "gr\xfc\xdfe\n".encode() * 100, "empty.css": b""}


def seen(environ, *, body=b"", **by_framework):
    """A document of what is in the environ, and what the framework says of it."""
    headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    return {
        "method": environ["REQUEST_METHOD"],
        "script name": environ["SCRIPT_NAME"],
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "type": environ.get("CONTENT_TYPE") or "",
        "length": environ.get("CONTENT_LENGTH") or "0",
        "address": environ["REMOTE_ADDR"],
        "server": [environ["SERVER_NAME"], environ["SERVER_PORT"], environ["wsgi.url_scheme"]],
        "headers": dict(sorted(headers.items())),
        "body": base64.b64encode(body).decode(),
        **by_framework,
    }


def described(name, filename, content_type, content):
    """One file of a form."""
    return [name, filename, content_type, hashlib.sha256(content).hexdigest()]
