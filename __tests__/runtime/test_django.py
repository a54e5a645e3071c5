import sys

import pytest
import trigger_events
import trigger_jobs
from lambda_events import ALL, http_api, rest
from multipart import PNG, upload
from running import Context, body_of, headers_of, run

from wsgi_lambda import handle_request
from wsgi_lambda.routes import CommandFailed

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
    (commands / "take_order.py").write_text(
        "import json, sys\n"
        "from django.contrib.contenttypes.models import ContentType\n"
        "from django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n"
        "    def handle(self, **options):\n"
        "        body = json.load(sys.stdin)['body']\n"
        "        self.stdout.write(f'took {body}, {ContentType.objects.count()} types')\n"
        "        if body == 'bad': raise ValueError('no such order')\n"
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
        SECRET_KEY="only for tests", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=["djapp", "django.contrib.contenttypes"],
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


def trigger(app, event, target, **options):
    kind = "sqs" if "Records" in event else "schedule"
    return handle_request(app, event, Context(), events={kind: target}, **options)


@pytest.mark.parametrize(
    ("target", "output"),
    [
        ("manage greet 'a b' --no-color", "hello a b\n"),
        ("manage greet x --exit 0", "hello x\n"),
        ("  manage\tgreet  x ", "hello x\n"),
    ],
)
def test_a_trigger_runs_a_management_command(app, capsys, target, output):
    stdin = sys.stdin
    assert trigger(app, trigger_events.schedule(), target, commands=["none"]) == {}
    assert (capsys.readouterr().out, sys.stdin) == (output, stdin)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("manage greet x --exit 4", "'manage greet x --exit 4' ended with exit code 4"),
        ("manage greet x --fail", "'manage greet x --fail' ended with exit code 7: half way"),
        ("manage greet", "'manage greet' ended with exit code 1: Error: the following arguments are required: name"),
        ("manage no_such", "'manage no_such' ended with exit code 1: Unknown command: 'no_such'"),
    ],
)
def test_a_trigger_fails_with_its_management_command(app, target, message):
    with pytest.raises(CommandFailed) as raised:
        trigger(app, trigger_events.schedule(), target)
    assert str(raised.value).startswith(message)


def test_a_trigger_hands_each_message_to_the_management_command(app, capsys):
    from django.db import connection

    manage(app, ["migrate", "--noinput", "--verbosity", "0"])
    capsys.readouterr()
    event = trigger_events.sqs("世界", "bad", "c")
    result = trigger(app, event, "manage take_order", report_batch_item_failures=True)
    assert result == {"batchItemFailures": [{"itemIdentifier": "message-2"}]}
    out, err = capsys.readouterr()
    assert [line.rpartition(",")[0] for line in out.splitlines()] == ["took 世界", "took bad", "took c"]
    assert "ValueError: no such order" in err
    assert connection.connection is None  # as after a request


def test_a_trigger_meets_no_connection_that_is_too_old(app):
    from django.db import connection

    connection.ensure_connection()
    before = connection.connection
    trigger_jobs.calls.clear()
    trigger(app, trigger_events.schedule(), "trigger_jobs:first")
    assert before is not None and connection.connection is None and len(trigger_jobs.calls) == 1
