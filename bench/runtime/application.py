"""The application that every handler serves: a line of text, or what `ANSWERS` has for the last part of the path."""

# Content type and body. An answer without a body says how many bytes the request had.
ANSWERS: dict[str, tuple[str, bytes | None]] = {}

DEFAULT = ("text/plain; charset=utf-8", b"It works.\n")


def application(environ, start_response):
    content_type, body = ANSWERS.get(environ["PATH_INFO"].rpartition("/")[2], DEFAULT)
    if body is None:
        body = b"%d" % len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]
