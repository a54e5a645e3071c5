"""SnapStart, with the hooks that AWS's client calls before it lets a snapshot be taken and after it is back."""

import json
import random
import subprocess
import sys
import types

import pytest
import snapshot_restore_py
from conftest import RUNTIME
from lambda_events import ALL, function_url
from runtime_interface import Client, artifact, needs_client

from wsgi_lambda import make_handler, snapshot


@pytest.fixture
def hooks(monkeypatch):
    """Registered once, as in a process of its own. Returns what runs before the snapshot, and after it."""
    monkeypatch.setattr(snapshot, "_is_registered", False)
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    before, after = [], []
    monkeypatch.setattr(snapshot_restore_py, "_before_snapshot_registry", before)
    monkeypatch.setattr(snapshot_restore_py, "_after_restore_registry", after)
    return lambda: [[function() for function, _, _ in registry] for registry in (before, after)]


def application(environ, start_response):
    raise NotImplementedError


def test_the_hooks_are_registered_once(hooks):
    snapshot.register()
    make_handler(application)
    make_handler(application)
    assert [len(results) for results in hooks()] == [1, 1]


def test_no_process_draws_the_numbers_of_another(hooks):
    snapshot.register()
    random.seed(5)
    state = random.getstate()
    hooks()
    first = random.random()
    random.setstate(state)
    hooks()
    assert random.random() != first


def test_the_numbers_of_numpy_too(hooks, monkeypatch):
    seeds = []
    monkeypatch.setitem(sys.modules, "numpy.random", types.SimpleNamespace(seed=lambda: seeds.append("new")))
    snapshot.register()
    hooks()
    assert seeds == ["new"]


def test_connections_are_closed_before_and_after(hooks, monkeypatch):
    calls = []
    connections = types.SimpleNamespace(close_all=lambda: calls.append("closed"))
    monkeypatch.setitem(sys.modules, "django.db", types.SimpleNamespace(connections=connections))
    snapshot.register()
    hooks()
    assert calls == ["closed", "closed"]


@pytest.mark.parametrize("is_configured", [True, False])
def test_a_django_without_settings_is_left_alone(hooks, monkeypatch, is_configured):
    loaded = []
    for name, module in {
        "django.conf": types.SimpleNamespace(settings=types.SimpleNamespace(configured=is_configured)),
        "django.template": types.SimpleNamespace(engines=types.SimpleNamespace(all=lambda: loaded.append("engines"))),
        "django.urls": types.SimpleNamespace(get_resolver=lambda: types.SimpleNamespace(url_patterns=loaded.append("views"))),
        "django.utils.translation": types.SimpleNamespace(gettext=lambda text: loaded.append("translation")),
        "django.db": None,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    snapshot.register()
    hooks()
    assert loaded == (["engines", "views", "translation"] if is_configured else [])


def test_a_step_that_fails_is_in_the_log_and_does_not_keep_from_the_others(hooks, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "django.db", types.SimpleNamespace())
    collected = []
    monkeypatch.setattr("gc.collect", lambda: collected.append(True))
    snapshot.register()
    hooks()
    log = capsys.readouterr().err
    assert log.count("SnapStart: _close_connections failed") == 2 and "AttributeError" in log
    assert collected


def test_a_python_without_the_hooks_serves_all_the_same(hooks, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)
    snapshot.register()
    assert capsys.readouterr().out.count("SnapStart is on, but snapshot_restore_py is missing") == 1
    assert hooks() == [[], []]


# Runs in a process of its own, because it is about what is not imported yet.
FIRST_REQUEST = """
import json, os, sys
sys.path[:0] = {path!r}
import wsgi_handler
from snapshot_restore_py import get_after_restore, get_before_snapshot
for function, arguments, named in get_before_snapshot() + get_after_restore():
    function(*arguments, **named)
seen = set(sys.modules)
database = sys.modules.get("django.db")
is_connected = database is not None and database.connection.connection is not None
event = json.load(sys.stdin)
status = wsgi_handler.handler(event, None)["statusCode"]
print(json.dumps([status, is_connected, sorted(set(sys.modules) - seen)]))
"""

DJANGO = {
    "the_app.py": """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "the_settings"
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
from django.db import connection
connection.ensure_connection()
""",
    "the_settings.py": """
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "the_urls"
SECRET_KEY = "test"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "database.sqlite3"}}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
""",
    "the_urls.py": """
from django.urls import path
import the_views
urlpatterns = [path("some/path", the_views.page)]
""",
    "the_views.py": """
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.utils.translation import gettext

def page(request):
    connection.ensure_connection()
    template = engines["django"].from_string("{% load i18n %}{% translate 'Yes' %}{{ word }}")
    return HttpResponse(template.render({"word": gettext("No")}))
""",
}


def first_request(folder, event, **environment):
    # As Python's own path finder would have it: the artifact first.
    code = FIRST_REQUEST.format(path=[str(folder)])
    environment = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start", "PATH": "/usr/bin", **environment}
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, input=json.dumps(event), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("body", ["text", "\\xff"])
def test_the_first_request_imports_nothing_more(tmp_path, name, body):
    source = f'''
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "image/png")])
    return [b"{body}"]
'''
    assert first_request(artifact(tmp_path, source), ALL[name]()) == [200, False, []]


def test_the_first_request_of_django_imports_nothing_more_and_finds_no_connection(tmp_path):
    artifact(tmp_path, "")
    for name, source in DJANGO.items():
        (tmp_path / name).write_text(source)
    assert first_request(tmp_path, function_url()) == [200, False, []]


APP = """
import random, sys
random.seed(5)
from snapshot_restore_py import register_after_restore, register_before_snapshot

steps = []
register_before_snapshot(lambda: steps.append(["before", "wsgi_lambda.streaming" in sys.modules]))
register_after_restore(lambda: steps.append(["after", random.random()]))

def application(environ, start_response):
    import json
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(steps).encode()]
"""


@needs_client
def test_lambdas_own_client_runs_the_hooks_around_those_of_the_application(tmp_path):
    folder = artifact(tmp_path, APP)
    drawn = set()
    for _ in range(2):
        with Client(folder, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start") as client:
            (before, was_loaded), (after, number) = json.loads(client.invoke(function_url()).json()["body"])
            assert client.api.snapshots == 1
            assert client.log() == ""
        # The application's own go first before the snapshot: what they open or load is there when ours close and collect.
        assert (before, was_loaded, after) == ("before", False, "after")
        drawn.add(number)
    assert len(drawn) == 2


def test_no_other_start_pays_for_it():
    code = "import sys, wsgi_lambda; wsgi_lambda.make_handler(print); print('wsgi_lambda.snapshot' in sys.modules)"
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=RUNTIME, capture_output=True, text=True)
    assert done.stdout == "False\n"
