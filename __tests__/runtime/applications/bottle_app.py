"""The pages with Bottle."""

import warnings

import bottle

from . import BINARY, CHALLENGES, CHUNKS, ELSEWHERE, GZIPPED, LARGE, LATIN1, LINKS, described, seen


def build(folder):
    app = bottle.Bottle()
    request, response = bottle.request, bottle.response

    @app.route("/echo/", method="ANY", name="root")
    @app.route("/echo/<rest:path>", method="ANY", name="echo")
    def echo(rest=""):
        return seen(
            request.environ,
            body=request.body.read(),
            rest=rest,
            url=request.url,
            full=request.fullpath,
            arguments=[(name, value) for name in request.query for value in request.query.getall(name)],
            cookies=list(request.cookies.items()),
            own=request.script_name.rstrip("/") + app.get_url("root"),
        )

    @app.route("/body", ["PUT", "POST"])
    def body():
        response.content_type = "application/octet-stream"
        return request.body.read()

    @app.post("/form")
    def form():
        fields, files = request.forms.decode(), request.files
        return {
            "fields": [(name, value) for name in fields for value in fields.getall(name)],
            "files": [
                described(name, file.raw_filename, file.content_type, file.file.read())
                for name in files
                for file in files.getall(name)
            ],
        }

    @app.post("/json")
    def json():
        return request.json

    @app.post("/upload")
    def upload():
        file = request.files["file"]
        response.content_type = file.content_type
        return file.file.read()

    @app.get("/redirect/<kind>")
    def redirect(kind):
        bottle.redirect(
            {
                "relative": "../echo/%C3%A9%20x/2?q=a+b",
                "absolute": request.urlparts.scheme + "://" + request.urlparts.netloc + request.script_name + "echo/x",
            }.get(kind, ELSEWHERE),
            302,
        )

    @app.get("/slash/")
    def slash():
        return "slash"

    @app.get("/cookies")
    def cookies():
        response.set_cookie("one", "1")
        response.set_cookie("two", "b=c", httponly=True, samesite="lax", path=request.script_name)
        response.delete_cookie("three")
        return "cookies"

    @app.get("/repeated")
    def repeated():
        response.status = 401
        for challenge in CHALLENGES:
            response.add_header("WWW-Authenticate", challenge)
        for link in LINKS:
            response.add_header("Link", link)
        response.add_header("Vary", "Accept")
        response.add_header("Vary", "Cookie")
        return "who?"

    @app.get("/etag")
    def etag():
        response.set_header("ETag", '"v1"')
        if request.get_header("If-None-Match") == '"v1"':
            response.status = 304
            return None
        return "tagged"

    @app.get("/files/<name:path>")
    def files(name):
        with warnings.catch_warnings():
            # Bottle 0.13 leaves the file open when the part that is asked for is past its end.
            warnings.simplefilter("ignore", ResourceWarning)
            return bottle.static_file(name, root=folder)

    @app.get("/stream")
    def stream():
        response.content_type = "text/plain; charset=utf-8"
        yield from CHUNKS

    @app.get("/gzip")
    def gzip():
        response.set_header("Content-Encoding", "gzip")
        return GZIPPED

    @app.get("/latin1")
    def latin1():
        response.content_type = "text/plain; charset=iso-8859-1"
        return LATIN1

    @app.get("/large")
    def large():
        return LARGE

    @app.get("/binary")
    def binary():
        response.content_type = "image/png"
        return BINARY

    @app.route("/nothing", ["GET", "DELETE"])
    def nothing():
        response.status = 204

    @app.get("/odd")
    def odd():
        response.status = "299 Nearly There"
        return "odd"

    @app.get("/fail")
    def fail():
        raise ValueError("broken page")

    return app
