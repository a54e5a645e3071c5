import json
import os
import runpy
import sys
import types

import pytest
from conftest import RUNTIME
from lambda_events import function_url
from runtime_interface import Client, artifact, needs_client
from secret_services import SecretServices

from wsgi_lambda.configuration import ConfigurationError, read
from wsgi_lambda.loading import LoadingError, load

MODULE = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [__name__.encode()]
def create(): return application
def broken(): return None
class holder: app = application
number = 5
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A task root, which nothing of stays behind."""
    for path in ("loading_one.py", "loading_pkg/sub.py", "folder/inner/loading_two.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(MODULE)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name in ("loading_one", "loading_pkg", "loading_pkg.sub", "loading_two"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("reference", "module"),
    [
        ("loading_one:application", "loading_one"),
        ("loading_one.application", "loading_one"),
        ("loading_one:create()", "loading_one"),
        ("loading_one:holder.app", "loading_one"),
        ("loading_pkg.sub:application", "loading_pkg.sub"),
        ("loading_pkg.sub.application", "loading_pkg.sub"),
        ("folder/inner/loading_two.application", "loading_two"),
        ("folder/inner/loading_two:create()", "loading_two"),
        ("./folder/inner/loading_two:application", "loading_two"),
    ],
)
def test_references(root, reference, module):
    app = load(reference, root)
    assert app.__module__ == module
    if "folder" in reference:
        assert os.path.normpath(sys.path[0]) == os.path.join(root, "folder", "inner")


@pytest.mark.parametrize(
    ("reference", "error", "message"),
    [
        ("loading_one:app", LoadingError, "has no 'app'; it has application, broken, create"),
        ("loading_one:number", LoadingError, "number of loading_one is of type int, not a WSGI application"),
        ("loading_one:number()", LoadingError, "cannot be called as a factory"),
        ("loading_one:broken()", LoadingError, r"broken\(\) of loading_one is None"),
        ("loading_one", LoadingError, "must look like"),
        ("loading_one:", LoadingError, "must look like"),
        ("loading_missing:app", ModuleNotFoundError, "loading_missing"),
    ],
)
def test_errors(root, reference, error, message):
    with pytest.raises(error, match=message):
        load(reference, root)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "JSON object"),
        ("{}", '"app" must name'),
        ('{"app": "a:b", "commands": "manage"}', '"commands" must be a list'),
        ('{"app": "a:b", "commands": [1]}', '"commands" must be a list'),
        ('{"app": 1, "events": {"sqs": 2}, "streaming": 1}', '"app" must be.*"events" must be.*"streaming" must be'),
        ('{"app": "a:b", "on-import-error": "ignore"}', '"on-import-error" must be "fail" or "serve"'),
    ],
)
def test_configuration_errors(tmp_path, content, message):
    (tmp_path / "wsgi_lambda.json").write_text(content)
    with pytest.raises(ConfigurationError, match=message):
        read(str(tmp_path))


def test_configuration(tmp_path, capsys):
    with pytest.raises(ConfigurationError, match="No wsgi_lambda.json"):
        read(str(tmp_path))
    (tmp_path / "wsgi_lambda.json").write_text('{"app": "a:b", "version": "0.1.0", "later": 1, "comands": ["none"]}')
    found = read("/nowhere", str(tmp_path))
    assert (found.root, found.app, found.options) == (str(tmp_path), "a:b", {})
    assert (found.secrets, found.on_import_error) == ({}, "fail")
    assert "comands, later is not known to this version, and is ignored" in capsys.readouterr().err
    (tmp_path / "wsgi_lambda.json").write_text('{"app": "a:b", "commands": ["exec"], "non-proxy-integration": true}')
    assert read(str(tmp_path)).options == {"commands": ["exec"], "non_proxy_integration": True}
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def start(root, monkeypatch):
    """Imports wsgi_handler, as Lambda does, where the task's root has this application and configuration."""

    def start(source, app="loading_app:application", **configuration):
        with open(os.path.join(root, "loading_app.py"), "w", encoding="utf-8") as file:
            file.write(source)
        with open(os.path.join(root, "wsgi_lambda.json"), "w", encoding="utf-8") as file:
            json.dump({"app": app, **configuration}, file)
        monkeypatch.setenv("LAMBDA_TASK_ROOT", root)
        monkeypatch.delitem(sys.modules, "loading_app", raising=False)
        return types.SimpleNamespace(**runpy.run_path(os.path.join(RUNTIME, "wsgi_handler.py"), run_name="wsgi_handler"))

    return start


def command(kind, *data):
    return {"_serverless-wsgi": {"command": kind, "data": list(data)}}


def test_the_handler_module(start):
    started = start(MODULE, "loading_app:create()", commands=["exec"])
    assert started.handler(function_url(), None)["body"] == "loading_app"
    assert started.handler(command("exec", "print(5)"), None) == [0, "5\n"]
    assert started.handler(command("flask", "routes"), None)[0] == 126
    assert started.wsgi_app.__name__ == "application"


def test_the_configuration_beside_the_handler_comes_first(start, root, monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifact")
    (folder / "wsgi_lambda.json").write_text('{"app": "loading_one:create()"}')
    handler = open(os.path.join(RUNTIME, "wsgi_handler.py"), encoding="utf-8").read()
    (folder / "wsgi_handler.py").write_text(handler)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", root)
    assert runpy.run_path(str(folder / "wsgi_handler.py"))["wsgi_app"].__module__ == "loading_one"


def test_the_secrets_are_there_when_the_application_is_imported(start, monkeypatch):
    with SecretServices() as services:
        monkeypatch.setattr(os, "environ", os.environ.copy())
        os.environ.update(services.environment())
        services.parameters.update({"/file": "of the file", "/own": "of the environment"})
        source = f"import os; at_import = os.environ['LOADING_SECRET']\n{MODULE}"
        assert start(source, secrets={"LOADING_SECRET": "ssm:/file"}).wsgi_app.__globals__["at_import"] == "of the file"
        os.environ["WSGI_LAMBDA_SECRETS"] = '{"LOADING_SECRET": "ssm:/own"}'
        assert start(source).wsgi_app.__globals__["at_import"] == "of the environment"


def test_the_version_for_databases_imports_no_application(start, monkeypatch):
    monkeypatch.setenv("WSGI_LAMBDA_DATABASES", "secretsmanager:shop/admin")
    started = start("raise RuntimeError('imported')")
    assert not hasattr(started, "wsgi_app")
    with pytest.raises(Exception, match="only commands for databases"):
        started.handler(function_url(), None)


def test_the_hooks_of_snapstart_come_before_those_of_the_application(start, monkeypatch):
    registered = []
    hooks = types.SimpleNamespace(
        register_before_snapshot=lambda function: registered.append(function.__module__),
        register_after_restore=lambda function: None,
    )
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", hooks)
    monkeypatch.setattr("wsgi_lambda.snapshot._is_registered", False)
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    start(f"import snapshot_restore_py\n@snapshot_restore_py.register_before_snapshot\ndef own(): pass\n{MODULE}")
    assert registered == ["wsgi_lambda.snapshot", "loading_app"]


FAILURES = [
    ("import missing_module", "ModuleNotFoundError: No module named 'missing_module'"),
    ("def f(:", "SyntaxError: invalid syntax"),
    ("raise ValueError('settings')", "ValueError: settings"),
    ("raise SystemExit(3)", "SystemExit: 3"),
    ("", "LoadingError: \"app\" is 'loading_app:application', but loading_app has no 'application'; it has nothing callable."),
]  # fmt: skip


@pytest.mark.parametrize(("source", "error"), FAILURES)
def test_a_failing_import_fails_the_initialisation_with_its_traceback(start, capsys, source, error):
    with pytest.raises(Exception) as raised:
        start(source)
    log = capsys.readouterr().err
    assert "wsgi-lambda: the function could not be started\nTraceback (most recent call last):" in log
    assert error in log
    assert "importlib" not in log  # where it failed stands between nothing else
    if "SystemExit" in error:  # would end the process without a word
        assert str(raised.value) == "The application called sys.exit(3) while it was imported."
        assert isinstance(raised.value, RuntimeError)
    else:
        assert type(raised.value).__name__ == error.partition(":")[0]


@pytest.mark.parametrize("setting", ["fail", "serve"])
def test_what_interrupts_the_process_does(start, setting):
    with pytest.raises(KeyboardInterrupt):
        start("raise KeyboardInterrupt", **{"on-import-error": setting})


SERVE = {"on-import-error": "serve"}


@pytest.mark.parametrize(("source", "more"), [(MODULE, {}), ("raise ValueError", SERVE)])
def test_a_mistake_in_the_configuration_fails_the_initialisation(start, source, more):
    with pytest.raises(ValueError, match="an entry begins with"):
        start(source, "loading_app:create()", commands=["other"], **more)


@pytest.mark.parametrize(("source", "error"), FAILURES)
def test_a_stand_in_may_be_served_instead(start, capsys, source, error):
    started = start(source, commands=["exec", "flask", "manage"], **SERVE)
    log = capsys.readouterr().err
    assert log.count("Traceback (most recent call last):") == 1 and error in log
    for _ in range(2):
        answer = started.handler(function_url(), None)
        assert (answer["statusCode"], answer["body"]) == (500, "Internal Server Error\nRequest id: two-request\n")
        assert answer["headers"]["Content-Type"] == "text/plain; charset=utf-8"
        (line,) = capsys.readouterr().err.splitlines()
        assert "request two-request failed: the application could not be imported" in line
        assert error in line or "SyntaxError" in line
    assert started.handler(command("exec", "print(5)"), None) == [0, "5\n"]


def test_commands_where_a_stand_in_is_served(start, capfd):
    started = start("\nimport missing_module", commands=["exec", "flask"], **SERVE)
    code, output = started.handler(command("flask", "routes"), None)
    reason = "the application could not be imported (ModuleNotFoundError: No module named 'missing_module')"
    assert code == 1
    assert f"ApplicationUnavailable: {reason}; the log of the start has the whole traceback\n" in output
    assert 'loading_app.py", line 2' in output  # where it failed
    code, output = started.handler(command("exec", "import loading_app"), None)
    assert code == 1 and output.endswith("ModuleNotFoundError: No module named 'missing_module'\n")


def test_python_may_ask_a_stand_in_for_its_protocols(start, capsys):
    assert getattr(start("raise ValueError", **SERVE).wsgi_app, "__wrapped__", None) is None


BROKEN = "raise ValueError('settings')"


@needs_client
@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_lambdas_own_client_reports_a_failing_import(tmp_path, log_format):
    with Client(artifact(tmp_path, BROKEN), AWS_LAMBDA_LOG_FORMAT=log_format) as client:
        error = client.init_error().json()
        log = client.log()
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "settings")
    ours = next(line for line in log.splitlines() if "the function could not be started" in line)
    if log_format == "JSON":
        assert json.loads(ours)["stackTrace"][-1] == "ValueError: settings"
    assert 'the_app.py' in log


@needs_client
def test_lambdas_own_client_keeps_a_function_with_a_stand_in(tmp_path):
    (tmp_path / "the_settings.py").write_text("")
    source = f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'the_settings'\n{BROKEN}"
    with Client(artifact(tmp_path, source, commands=["exec", "manage"], **SERVE)) as client:
        for _ in range(2):
            request_id = client.api.submit(function_url())
            assert client.wait(request_id).json()["body"] == f"Internal Server Error\nRequest id: {request_id}\n"
        assert client.invoke(command("exec", "print(5)")).json() == [0, "5\n"]
        code, output = client.invoke(command("manage", "diffsettings")).json()
        assert code == 0 and "SETTINGS_MODULE = 'the_settings'" in output
