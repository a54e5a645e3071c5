import json
import os
import subprocess
import sys

import pytest
from conftest import RUNTIME

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


def test_configuration(tmp_path):
    with pytest.raises(ConfigurationError, match="No wsgi_lambda.json"):
        read(str(tmp_path))
    (tmp_path / "wsgi_lambda.json").write_text('{"app": "a:b", "version": "0.1.0", "later": 1}')
    found = read("/nowhere", str(tmp_path))
    assert (found.root, found.app, found.options) == (str(tmp_path), "a:b", {})
    assert (found.secrets, found.on_import_error) == ({}, "fail")
    (tmp_path / "wsgi_lambda.json").write_text('{"app": "a:b", "commands": ["exec"], "non-proxy-integration": true}')
    assert read(str(tmp_path)).options == {"commands": ["exec"], "non_proxy_integration": True}


def artifact(folder, app, source, **more):
    """The flat layout of an artifact: runtime, application and configuration side by side."""
    for name in ("wsgi_handler.py", "wsgi_lambda", "serverless_wsgi.py"):
        os.symlink(os.path.join(RUNTIME, name), folder / name)
    # The handler finds its configuration beside itself, so it must not be a link.
    (folder / "wsgi_handler.py").unlink()
    (folder / "wsgi_handler.py").write_text(open(os.path.join(RUNTIME, "wsgi_handler.py")).read())
    (folder / "the_app.py").write_text(source)
    (folder / "wsgi_lambda.json").write_text(json.dumps({"app": app, **more}))


def python(folder, code):
    return subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, capture_output=True, text=True)


def test_the_handler_module(tmp_path):
    artifact(tmp_path, "the_app:create()", MODULE, commands=["exec"])
    done = python(
        tmp_path,
        "import wsgi_handler as w, json; print(json.dumps([w.handler({'httpMethod': 'GET', 'path': '/'}, None)['body'],"
        " w.handler({'_serverless-wsgi': {'command': 'exec', 'data': 'print(5)'}}, None),"
        " w.handler({'_serverless-wsgi': {'command': 'flask', 'data': ''}}, None)[0], w.wsgi_app.__name__]))",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ["the_app", [0, "5\n"], 126, "application"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import missing_module", "ModuleNotFoundError: No module named 'missing_module'"),
        ("def f(:", "SyntaxError"),
        ("raise ValueError('settings')", "ValueError: settings"),
        ("raise SystemExit(3)", "RuntimeError: The application called sys.exit(3) while it was imported."),
    ],
)
def test_a_failing_import_fails_the_initialisation_with_its_traceback(tmp_path, source, error):
    artifact(tmp_path, "the_app:application", source)
    code = "try: import wsgi_handler\nexcept Exception as error: print(f'{type(error).__name__}: {error}')"
    done = python(tmp_path, code)
    assert done.stdout.startswith(error)
    assert "Traceback (most recent call last)" in done.stderr and "the_app.py\", line 1" in done.stderr
