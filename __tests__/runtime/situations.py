"""Requests that web applications get, for pages that `applications` describes. The name says what is special about one."""

from urllib.parse import urlencode

from encoding import Request

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----frontier,1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\r\n--" + BOUNDARY[:-2].encode() + b"\xff"


def _post(path, content_type, body, *, method="POST", **more):
    return Request(method, path, headers=(("Content-Type", content_type),), body=body, **more)


def _multipart(path, *parts):
    """Each part: its name, its content, and for a file its name and type."""
    body = b""
    for name, content, *file in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file[0]}"' if file else "")
        kind = f"\r\nContent-Type: {file[1]}" if file else ""
        body += f"--{BOUNDARY}\r\nContent-Disposition: {disposition}{kind}\r\n\r\n".encode() + content + b"\r\n"
    body += f"--{BOUNDARY}--\r\n".encode()
    return _post(path, f'multipart/form-data; boundary="{BOUNDARY}"', body)


def _get(path, *headers, method="GET", query=""):
    return Request(method, path, query, headers)


SITUATIONS = {
    # Paths
    "root of the echo": _get("/echo/"),
    "space": _get("/echo/a%20b"),
    "UTF-8": _get("/echo/caf%C3%A9/%E4%B8%96%E7%95%8C"),
    "lower-case digits": _get("/echo/caf%c3%a9"),
    "encoded slash": _get("/echo/a%2Fb"),
    "encoded percent": _get("/echo/100%25"),
    "encoded twice": _get("/echo/a%252Fb%253Fc%2520d"),
    "encoded three times": _get("/echo/100%252525%25252F"),
    "plus": _get("/echo/a+b%2Bc"),
    "delimiters": _get("/echo/a;v=1,2:@&=$!*'()~-._"),
    "not UTF-8": _get("/echo/%FF%C3/x"),
    "encoded question mark": _get("/echo/a%3Fb/c"),
    "encoded hash": _get("/echo/a%23b"),
    "slash at the end": _get("/echo/a/"),
    "slash twice": _get("/echo/a//b"),
    "long path": _get("/echo/" + "x" * 2000),
    "nothing there": _get("/missing/caf%C3%A9"),
    "no slash at the end": _get("/slash", query="a=1"),
    # Queries
    "repeats": _get("/echo/q", query="a=1&a=2&b=3"),
    "repeats that are apart": _get("/echo/q", query="a=1&b=2&a=3"),
    "plus and space": _get("/echo/q", query="a+b=c+d&e%20f=g%20h&i%2Bj=k%2Bl"),
    "empty and bare names": _get("/echo/q", query="a=&b&c=1"),
    "UTF-8 in the query": _get("/echo/q", query="%E4%B8%96=caf%C3%A9&x=%c3%a9"),
    "URL in the query": _get("/echo/q", query="next=https%3A%2F%2Fe.com%2F%3Fa%3D1%26b%3D2%23c&tag[]=1&c=a:b,@/?;"),
    "query that is not UTF-8": _get("/echo/q", query="a=%FF"),
    # Headers and cookies
    "cookies": _get("/echo/c", ("Cookie", 'one=1; two="b c"; three=a=b; four=%E4%B8%96')),
    "cookies in two headers": _get("/echo/c", ("Cookie", "one=1"), ("Cookie", "two=2; three=3")),
    "header twice": _get("/echo/h", ("X-Tag", "a"), ("Accept", "text/html"), ("x-tag", "b, c"), ("Accept", "*/*;q=0.1")),
    "forged addresses": _get("/echo/h", ("X-Forwarded-For", "6.6.6.6"), ("X-Real-IP", "6.6.6.6")),
    "forged scheme": _get("/echo/h", ("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Port", "70")),
    "credentials": _get("/echo/h", ("Authorization", "Basic d2lsZTplX2NveW90ZQ==")),
    "latin-1 in a header": _get("/echo/h", ("X-Name", "caf\xe9"), ("X-Empty", "")),
    # Other methods
    "HEAD": _get("/echo/h", method="HEAD"),
    "HEAD of a large page": _get("/large", method="HEAD"),
    "HEAD of a file": _get("/files/report.bin", method="HEAD"),
    "OPTIONS": _get("/form", method="OPTIONS"),
    "DELETE": _get("/nothing", method="DELETE"),
    "PATCH": _post("/echo/p", "application/merge-patch+json", b'{"a": null}', method="PATCH"),
    "method not allowed": _get("/form"),
    # Bodies
    "form": _post("/form", FORM, urlencode({"name": "世界", "a b": "c+d&e", "empty": ""}).encode()),
    "repeated fields": _post("/form", f"{FORM}; charset=utf-8", b"a=1&b=2&a=3"),
    "form with a query": _post("/form", FORM, b"a=1", query="a=2"),
    "empty form": _post("/form", FORM, b""),
    "multipart text": _multipart("/form", ("title", "テスト 테스트 测试".encode()), ("second", b"line\r\nline")),
    "multipart files": _multipart(
        "/form", ("title", "世界".encode()), ("file", PNG, "p.png", "image/png"), ("file", b"", "e.txt", "text/plain")
    ),
    "name of a file beyond ASCII": _multipart("/form", ("file", b"x", "世界.txt", "text/plain")),
    "upload sent back": _multipart("/upload", ("file", PNG, "p.png", "image/png")),
    "JSON": _post("/json", "application/json", '{"λ": [1, "世\\u0000界"], "n": null}'.encode()),
    "broken JSON": _post("/json", "application/json", b'{"a": '),
    "binary body": _post("/body", "application/octet-stream", bytes(range(256)) * 20, method="PUT"),
    "text body": _post("/body", "text/plain; charset=utf-8", "zwölf\r\n\0世界".encode()),
    # Answers
    "cookies set": _get("/cookies"),
    "repeated headers": _get("/repeated"),
    "redirect to a path": _get("/redirect/relative"),
    "redirect to a URL": _get("/redirect/absolute"),
    "redirect elsewhere": _get("/redirect/elsewhere"),
    "file": _get("/files/report.bin"),
    "text file": _get("/files/text.txt"),
    "empty file": _get("/files/empty.css"),
    "no such file": _get("/files/nothing.txt"),
    "part of a file": _get("/files/report.bin", ("Range", "bytes=250-260")),
    "part past the end": _get("/files/report.bin", ("Range", "bytes=99999-")),
    "file not modified": _get("/files/text.txt", ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")),
    "tagged": _get("/etag"),
    "tagged and known": _get("/etag", ("If-None-Match", '"v1"')),
    "stream": _get("/stream"),
    "HEAD of a stream": _get("/stream", method="HEAD"),
    "compressed": _get("/gzip"),
    "latin-1 page": _get("/latin1"),
    "large page": _get("/large"),
    "picture": _get("/binary"),
    "no content": _get("/nothing"),
    "odd status": _get("/odd"),
}
