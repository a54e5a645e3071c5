import sys

import pytest
from lambda_events import ALL, http_api, rest
from multipart import PNG, upload
from running import Context, body_of, headers_of, run

from wsgi_lambda import handle_request

django = pytest.importorskip("django")

COUNTS = {"started": 0, "finished": 0}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    from django.conf import settings
    from django.core.signals import request_finished, request_started
    from django.core.wsgi import get_wsgi_application
    from django.http import FileResponse, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
    from django.urls import path, reverse

    folder = tmp_path_factory.mktemp("django")
    commands = folder / "djapp" / "management" / "commands"
    commands.mkdir(parents=True)
    for package in (folder / "djapp", folder / "djapp" / "management", commands):
        (package / "__init__.py").touch()
    (commands / "greet.py").write_text(
        "import sys\n"
        "from django.core.management.base import BaseCommand, CommandError\n"
        "class Command(BaseCommand):\n"
        "    def add_arguments(self, parser):\n"
        "        parser.add_argument('name'); parser.add_argument('--fail', action='store_true')\n"
        "        parser.add_argument('--exit', type=int)\n"
        "    def handle(self, name, fail, exit, **options):\n"
        "        self.stdout.write('hello ' + name)\n"
        "        if fail: raise CommandError('half way', returncode=7)\n"
        "        if exit is not None: sys.exit(exit)\n"
    )
    sys.path.insert(0, str(folder))

    def page(request):
        response = HttpResponse(f"{request.build_absolute_uri()} {sorted(request.COOKIES.items())}")
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        return response

    def fail(request):
        raise ValueError("broken view")

    def receive(request):
        file = request.FILES["file"]
        return HttpResponse(f"{request.POST['title']} {file.name} {file.read() == PNG}")

    settings.configure(
        SECRET_KEY="only for tests", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=["djapp"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")}},
        LOGGING_CONFIG=None, USE_TZ=True,
    )  # fmt: skip
    sys.modules[__name__].urlpatterns = [
        path("page/é", page, name="page"),
        path("fail", fail),
        path("upload", receive),
        path("redirect", lambda request: HttpResponseRedirect(reverse("page"))),
        path("stream", lambda request: StreamingHttpResponse(iter([b"a", b"b"]))),
        path("file", lambda request: FileResponse(open(__file__, "rb"))),
    ]
    request_started.connect(lambda **_: COUNTS.update(started=COUNTS["started"] + 1), weak=False)
    request_finished.connect(lambda **_: COUNTS.update(finished=COUNTS["finished"] + 1), weak=False)
    return get_wsgi_application()


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize(("path", "status"), [("/page/%C3%A9", 200), ("/fail", 500), ("/stream", 200), ("/file", 200)])
def test_every_request_is_finished(app, make, path, status):
    COUNTS.update(started=0, finished=0)
    event = make(path=path.replace("%C3%A9", "é") if make is http_api else path)
    result = run(app, event)
    assert (result["statusCode"], COUNTS) == (status, {"started": 1, "finished": 1})


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_cookies_and_urls(app, make):
    event = make(path="/page/é" if make is http_api else "/page/%C3%A9", headers={"cookie": "a=1; b=2"})
    result = run(app, event)
    assert [cookie.partition(";")[0] for cookie in headers_of(result)["set-cookie"]] == ["one=1", "two=2"]
    prefix = "/live" if make is rest else ""
    assert f"{prefix}/page/%C3%A9 [('a', '1'), ('b', '2')]" in result["body"]


@pytest.mark.parametrize(
    ("event", "location"),
    [(rest(path="/redirect"), "/live/page/%C3%A9"), (http_api(path="/dev/redirect", stage="dev"), "/dev/page/%C3%A9"),
     (http_api(path="/redirect"), "/page/%C3%A9")],
)  # fmt: skip
def test_redirects_keep_the_stage(app, event, location):
    assert headers_of(run(app, event))["location"] == [location]


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_upload(app, make):
    assert body_of(run(app, upload(make, "/upload"))).decode() == "世界 p.png True"


def manage(app, data, **options):
    return handle_request(app, {"_serverless-wsgi": {"command": "manage", "data": data}}, Context(), **options)


@pytest.mark.parametrize(
    ("data", "code", "output"),
    [
        (["greet", "a b"], 0, "hello a b\n"),
        ("greet 'a b'", 0, "hello a b\n"),
        (["greet", "x", "--fail"], 7, "hello x\nCommandError: half way\n"),
        (["greet", "x", "--exit", "4"], 4, "hello x\n"),
        (["check"], 0, "System check identified no issues (0 silenced).\n"),
    ],
)
def test_manage(app, data, code, output):
    assert manage(app, data) == [code, output]


def test_manage_reports_mistakes(app):
    code, output = manage(app, ["greet"])
    assert (code, "usage: manage.py greet" in output) == (2, True)
    code, output = manage(app, ["no_such_command"])
    assert (code, "Unknown command: 'no_such_command'" in output) == (1, True)
    assert manage(app, ["shell", "-c", "print(1)"])[0] == 126
    code, output = manage(app, ["shell", "-c", "print(1 + 1)"], commands=["manage shell"])
    assert (code, output.splitlines()[-1]) == (0, "2")
    code, output = manage(app, "")
    assert "greet" in output


def test_migrations_run(app):
    from django.db import connection

    code, output = manage(app, ["migrate", "--noinput"])
    assert (code, "Running migrations" in output) == (0, True)
    connection.close()
