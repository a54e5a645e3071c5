"""The pages with Falcon."""

import falcon

from . import BINARY, CHALLENGES, CHUNKS, ELSEWHERE, GZIPPED, LARGE, LATIN1, LINKS, described, seen

TEXT = "text/plain; charset=utf-8"


def build(folder):
    app = falcon.App(middleware=_CloseUnsent())
    app.req_options.strip_url_path_trailing_slash = False
    app.add_route("/echo/{rest:path}", _Echo())
    app.add_static_route("/files", str(folder))
    for path, respond, methods in (
        ("/body", _body, ["post", "put"]),
        ("/form", _form, ["post"]),
        ("/json", _json, ["post"]),
        ("/upload", _upload, ["post"]),
        ("/redirect/{kind}", _redirect, ["get"]),
        ("/slash/", _page(text="slash"), ["get"]),
        ("/cookies", _cookies, ["get"]),
        ("/repeated", _repeated, ["get"]),
        ("/etag", _etag, ["get"]),
        ("/stream", _stream, ["get"]),
        ("/gzip", _page(data=GZIPPED, content_type=TEXT, content_encoding="gzip"), ["get"]),
        ("/latin1", _page(data=LATIN1, content_type="text/plain; charset=iso-8859-1"), ["get"]),
        ("/large", _page(text=LARGE), ["get", "head"]),
        ("/binary", _page(data=BINARY, content_type="image/png"), ["get"]),
        ("/nothing", _nothing, ["get", "delete"]),
        ("/odd", _page(text="odd", status="299 Nearly There"), ["get"]),
        ("/fail", _fail, ["get"]),
    ):
        app.add_route(path, _resource(respond, methods))
    return app


def _resource(respond, methods):
    """An object with `on_get` and so on."""
    functions = {f"on_{method}": lambda self, req, resp, **fields: respond(req, resp, **fields) for method in methods}
    return type("Resource", (), functions)()


def _page(content_encoding=None, **fields):
    def respond(req, resp):
        resp.content_type = TEXT
        for name, value in fields.items():
            setattr(resp, name, value)
        if content_encoding:
            resp.set_header("Content-Encoding", content_encoding)

    return respond


class _CloseUnsent:
    def process_response(self, req, resp, resource, req_succeeded):
        # Falcon 4 leaves a file open that it found for a HEAD request.
        if req.method == "HEAD" and resp.stream:
            resp.stream.close()


class _Echo:
    def on_get(self, req, resp, rest):
        arguments = [(n, v) for n, vs in req.params.items() for v in (vs if isinstance(vs, list) else [vs])]
        resp.media = seen(
            req.env,
            body=req.bounded_stream.read(),
            rest=rest,
            url=req.uri,
            prefix=req.prefix,
            arguments=arguments,
            cookies=list(req.cookies.items()),
        )

    on_post = on_put = on_patch = on_delete = on_head = on_get


def _body(req, resp):
    resp.content_type = "application/octet-stream"
    resp.data = req.bounded_stream.read()


def _form(req, resp):
    fields, files = [], []
    if req.content_type.startswith("multipart/"):
        for part in req.get_media():
            if part.filename:
                files.append(described(part.name, part.filename, part.content_type, part.get_data()))
            else:
                fields.append((part.name, part.get_text()))
    else:
        fields = list(req.get_media().items())
    resp.media = {"fields": fields, "files": files}


def _json(req, resp):
    resp.media = req.get_media()


def _upload(req, resp):
    for part in req.get_media():
        if part.name == "file":
            resp.content_type = part.content_type
            resp.data = part.get_data()


def _redirect(req, resp, kind):
    own = {"relative": req.root_path, "absolute": req.prefix}.get(kind)
    raise falcon.HTTPFound(ELSEWHERE if own is None else own + "/echo/%C3%A9%20x/2?q=a+b")


def _cookies(req, resp):
    resp.content_type = TEXT
    resp.text = "cookies"
    resp.set_cookie("one", "1")
    resp.set_cookie("two", "b=c", http_only=True, same_site="Lax", path=req.root_path or "/")
    resp.unset_cookie("three")


def _repeated(req, resp):
    resp.content_type = TEXT
    resp.status = 401
    resp.text = "who?"
    for name, values in (("WWW-Authenticate", CHALLENGES), ("Link", LINKS), ("Vary", ["Accept", "Cookie"])):
        for value in values:
            resp.append_header(name, value)


def _etag(req, resp):
    resp.etag = "v1"
    if req.if_none_match and any(tag == "v1" for tag in req.if_none_match):
        resp.status = 304
        return
    resp.content_type = TEXT
    resp.text = "tagged"


def _nothing(req, resp):
    resp.status = 204


def _stream(req, resp):
    resp.content_type = TEXT
    resp.stream = iter(CHUNKS)


def _fail(req, resp):
    raise ValueError("broken page")
