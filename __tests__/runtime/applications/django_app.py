"""The pages with Django."""

import contextlib
import json
import os
import sys

from . import BINARY, CHALLENGES, CHUNKS, ELSEWHERE, GZIPPED, LARGE, LATIN1, LINKS, described, seen


@contextlib.contextmanager
def project(folder):
    """The application, in a copy of Django that nobody has configured: a process has one configuration, and others have
    other ones. Afterwards the modules are as they were."""
    others = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "django"}
    try:
        yield build(folder)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "django"]:
            del sys.modules[name]
        sys.modules.update(others)


def build(folder):
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    settings.configure(
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=_urls(folder),
        MIDDLEWARE=[
            "django.middleware.common.CommonMiddleware",
            "django.middleware.http.ConditionalGetMiddleware",
        ],
        LOGGING_CONFIG=None,
        USE_I18N=False,
    )
    return get_wsgi_application()


@contextlib.contextmanager
def counted_signals(counts):
    """Count in `counts` how many requests start and finish."""
    from django.core.signals import request_finished, request_started

    def started(**_):
        counts["started"] += 1

    def finished(**_):
        counts["finished"] += 1

    request_started.connect(started)
    request_finished.connect(finished)
    yield
    request_started.disconnect(started)
    request_finished.disconnect(finished)


def _urls(folder):
    from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
    from django.urls import path, re_path, reverse
    from django.views.decorators.http import condition, require_GET, require_POST

    def echo(request, rest):
        return JsonResponse(
            seen(
                request.environ,
                body=request.body,
                rest=rest,
                url=request.build_absolute_uri(),
                full=request.get_full_path(),
                arguments=[(name, value) for name, values in request.GET.lists() for value in values],
                cookies=list(request.COOKIES.items()),
                own=request.build_absolute_uri(reverse("echo", args=[rest])),
            )
        )

    def body(request):
        return HttpResponse(request.body, content_type="application/octet-stream")

    @require_POST
    def form(request):
        files = [
            described(name, file.name, file.content_type, file.read())
            for name, several in request.FILES.lists()
            for file in several
        ]
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        return JsonResponse({"fields": fields, "files": files})

    def document(request):
        return JsonResponse(json.loads(request.body), safe=False)

    def upload(request):
        file = request.FILES["file"]
        return HttpResponse(file.read(), content_type=file.content_type)

    def redirect(request, kind):
        if kind == "elsewhere":
            return HttpResponseRedirect(ELSEWHERE)
        location = reverse("echo", args=["\xe9 x/2"]) + "?q=a+b"
        return HttpResponseRedirect(request.build_absolute_uri(location) if kind == "absolute" else location)

    def cookies(request):
        response = HttpResponse("cookies")
        response.set_cookie("one", "1")
        response.set_cookie("two", "b=c", httponly=True, samesite="Lax", path=request.META["SCRIPT_NAME"] or "/")
        response.delete_cookie("three")
        return response

    def repeated(request):
        # A response of Django has a header once: it joins them itself.
        headers = {"WWW-Authenticate": ", ".join(CHALLENGES), "Link": ", ".join(LINKS), "Vary": "Accept, Cookie"}
        return HttpResponse("who?", status=401, headers=headers)

    @condition(etag_func=lambda request: '"v1"')
    def etag(request):
        return HttpResponse("tagged")

    @require_GET
    def files(request, name):
        try:
            return FileResponse(open(os.path.join(folder, name), "rb"))
        except FileNotFoundError:
            raise Http404 from None

    def nothing(request):
        response = HttpResponse(status=204)
        del response["Content-Type"]
        return response

    def fail(request):
        raise ValueError("broken page")

    def page(content, **more):
        return lambda request: HttpResponse(content, **more)

    text = "text/plain; charset=utf-8"
    return (
        re_path(r"^echo/(?P<rest>.*)$", echo, name="echo"),
        path("body", body),
        path("form", form),
        path("json", document),
        path("upload", upload),
        path("redirect/<kind>", redirect),
        path("slash/", page("slash")),
        path("cookies", cookies),
        path("repeated", repeated),
        path("etag", etag),
        path("files/<path:name>", files),
        path("stream", lambda request: StreamingHttpResponse(iter(CHUNKS), content_type=text)),
        path("gzip", page(GZIPPED, content_type=text, headers={"Content-Encoding": "gzip"})),
        path("latin1", page(LATIN1, content_type="text/plain; charset=iso-8859-1")),
        path("large", page(LARGE)),
        path("binary", page(BINARY, content_type="image/png")),
        path("nothing", nothing),
        path("odd", page("odd", status=299, reason="Nearly There")),
        path("fail", fail),
    )
