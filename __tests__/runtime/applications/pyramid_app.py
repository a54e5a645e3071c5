"""The pages with Pyramid."""

import json
import os
import warnings

from . import BINARY, CHALLENGES, CHUNKS, ELSEWHERE, GZIPPED, LARGE, LATIN1, LINKS, described, seen

with warnings.catch_warnings():
    # Pyramid 2.1 still imports it.
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")
    from pyramid.config import Configurator

from pyramid.httpexceptions import HTTPBadRequest, HTTPFound, HTTPNotFound
from pyramid.response import FileResponse, Response


def build(folder):
    def files(request):
        path = os.path.join(folder, request.matchdict["name"])
        if not os.path.isfile(path):
            return HTTPNotFound()
        return FileResponse(path, request=request)

    with Configurator() as config:
        config.add_notfound_view(lambda request: HTTPNotFound(), append_slash=True)
        # A request that is not what it says it is: of these, Pyramid makes no answer of its own.
        for mistake in (UnicodeDecodeError, json.JSONDecodeError):
            config.add_exception_view(lambda request: HTTPBadRequest(), context=mistake)
        config.add_route("echo", "/echo/{rest:.*}")
        config.add_view(_echo, route_name="echo", renderer="json")
        for path, view, predicates in (
            ("/form", _form, {"request_method": "POST", "renderer": "json"}),
            ("/json", lambda request: request.json_body, {"request_method": "POST", "renderer": "json"}),
            ("/body", lambda request: Response(request.body, content_type="application/octet-stream"), {}),
            ("/upload", _upload, {"request_method": "POST"}),
            ("/redirect/{kind}", _redirect, {}),
            ("/slash/", _page("slash"), {}),
            ("/cookies", _cookies, {}),
            ("/repeated", _repeated, {}),
            ("/etag", lambda request: Response("tagged", etag="v1", conditional_response=True), {}),
            ("/files/{name}", files, {"request_method": "GET"}),
            ("/stream", lambda request: Response(app_iter=iter(CHUNKS), content_type="text/plain", charset="utf-8"), {}),
            ("/gzip", _page(GZIPPED, content_type="text/plain", content_encoding="gzip"), {}),
            ("/latin1", _page(LATIN1, content_type="text/plain", charset="iso-8859-1"), {}),
            ("/large", _page(LARGE), {}),
            ("/binary", _page(BINARY, content_type="image/png"), {}),
            ("/nothing", lambda request: Response(status=204), {}),
            ("/odd", _page("odd", status="299 Nearly There"), {}),
            ("/fail", _fail, {}),
        ):
            config.add_route(path, path)
            config.add_view(view, route_name=path, **predicates)
        return config.make_wsgi_app()


def _page(content, **more):
    return lambda request: Response(content, **more)


def _echo(request):
    return seen(
        request.environ,
        body=request.body,
        rest=request.matchdict["rest"],
        url=request.url,
        root=request.application_url,
        arguments=list(request.GET.items()),
        cookies=list(request.cookies.items()),
        own=request.route_url("echo", rest=request.matchdict["rest"]),
    )


def _form(request):
    fields, files = [], []
    for name, value in request.POST.items():
        if hasattr(value, "file"):
            files.append(described(name, value.filename, value.type, value.file.read()))
        else:
            fields.append((name, value))
    return {"fields": fields, "files": files}


def _upload(request):
    file = request.POST["file"]
    return Response(file.file.read(), content_type=file.type)


def _redirect(request):
    kind = request.matchdict["kind"]
    if kind == "elsewhere":
        return HTTPFound(ELSEWHERE)
    make = request.route_url if kind == "absolute" else request.route_path
    return HTTPFound(make("echo", rest="\xe9 x/2", _query={"q": "a b"}))


def _cookies(request):
    response = Response("cookies")
    response.set_cookie("one", "1")
    response.set_cookie("two", "b=c", httponly=True, samesite="Lax", path=request.script_name or "/")
    response.delete_cookie("three")
    return response


def _repeated(request):
    response = Response("who?", status=401)
    response.headerlist.extend(("WWW-Authenticate", challenge) for challenge in CHALLENGES)
    response.headerlist.extend(("Link", link) for link in LINKS)
    response.headerlist.extend([("Vary", "Accept"), ("Vary", "Cookie")])
    return response


def _fail(request):
    raise ValueError("broken page")
