"""The pages with Flask."""

import flask

from . import BINARY, CHALLENGES, CHUNKS, ELSEWHERE, GZIPPED, LARGE, LATIN1, LINKS, described, seen


def build(folder):
    app = flask.Flask(__name__, static_folder=None)
    request = flask.request

    @app.route("/echo/", defaults={"rest": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @app.route("/echo/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def echo(rest):
        return seen(
            request.environ,
            body=request.get_data(),
            rest=rest,
            url=request.url,
            root=request.url_root,
            arguments=list(request.args.items(multi=True)),
            cookies=list(request.cookies.items(multi=True)),
            own=flask.url_for("echo", rest=rest, _external=True),
        )

    @app.put("/body")
    @app.post("/body")
    def body():
        return flask.Response(request.get_data(), mimetype="application/octet-stream")

    @app.post("/form")
    def form():
        files = [
            described(name, file.filename, file.mimetype, file.read()) for name, file in request.files.items(multi=True)
        ]
        return {"fields": list(request.form.items(multi=True)), "files": files}

    @app.post("/json")
    def json():
        return flask.jsonify(request.get_json())

    @app.post("/upload")
    def upload():
        file = request.files["file"]
        return flask.Response(file.read(), content_type=file.mimetype)

    @app.get("/redirect/<kind>")
    def redirect(kind):
        if kind == "elsewhere":
            return flask.redirect(ELSEWHERE)
        return flask.redirect(flask.url_for("echo", rest="\xe9 x/2", q="a b", _external=kind == "absolute"))

    @app.get("/slash/")
    def slash():
        return "slash"

    @app.get("/cookies")
    def cookies():
        response = flask.make_response("cookies")
        response.set_cookie("one", "1")
        response.set_cookie("two", "b=c", httponly=True, samesite="Lax", path=request.script_root or "/")
        response.delete_cookie("three")
        return response

    @app.get("/repeated")
    def repeated():
        response = flask.Response("who?", 401)
        for challenge in CHALLENGES:
            response.headers.add("WWW-Authenticate", challenge)
        for link in LINKS:
            response.headers.add("Link", link)
        response.headers.add("Vary", "Accept")
        response.headers.add("Vary", "Cookie")
        return response

    @app.get("/etag")
    def etag():
        response = flask.Response("tagged")
        response.set_etag("v1")
        return response.make_conditional(request)

    @app.get("/files/<path:name>")
    def files(name):
        return flask.send_from_directory(folder, name)

    @app.get("/stream")
    def stream():
        return flask.Response(flask.stream_with_context(chunk for chunk in CHUNKS), mimetype="text/plain")

    @app.get("/gzip")
    def gzip():
        return flask.Response(GZIPPED, mimetype="text/plain", headers={"Content-Encoding": "gzip"})

    @app.get("/latin1")
    def latin1():
        return flask.Response(LATIN1, content_type="text/plain; charset=iso-8859-1")

    @app.get("/large")
    def large():
        return LARGE

    @app.get("/binary")
    def binary():
        return flask.Response(BINARY, mimetype="image/png")

    @app.route("/nothing", methods=["GET", "DELETE"])
    def nothing():
        response = flask.Response(status=204)
        del response.headers["Content-Type"]
        return response

    @app.get("/odd")
    def odd():
        return flask.Response("odd", status="299 Nearly There")

    @app.get("/fail")
    def fail():
        raise ValueError("broken page")

    return app
