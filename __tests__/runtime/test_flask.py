import sys

import pytest
import trigger_events
from lambda_events import ALL, http_api, rest
from multipart import PNG, upload
from running import Context, body_of, headers_of, run

from wsgi_lambda import handle_request
from wsgi_lambda.routes import CommandFailed

flask = pytest.importorskip("flask")
click = pytest.importorskip("click")


@pytest.fixture(scope="module")
def app():
    app = flask.Flask("flask_app")
    app.torn_down = 0
    app.closed = 0

    @app.teardown_request
    def torn_down(error):
        app.torn_down += 1

    @app.get("/page/<name>")
    def page(name):
        response = flask.make_response(f"{name} {sorted(flask.request.cookies.items())} {flask.request.url}")
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        response.call_on_close(lambda: setattr(app, "closed", app.closed + 1))
        return response

    @app.get("/stream")
    def stream():
        return app.response_class(flask.stream_with_context(chunk for chunk in ("a", "b")))

    @app.get("/redirect")
    def redirect():
        return flask.redirect(flask.url_for("page", name="é"))

    @app.get("/fail")
    def fail():
        raise SystemExit(1)

    @app.post("/upload")
    def receive():
        file = flask.request.files["file"]
        return f"{flask.request.form['title']} {file.filename} {file.read() == PNG}"

    @app.post("/json")
    def echo():
        return flask.jsonify(flask.request.get_json())

    @app.cli.command("greet")
    @click.argument("name")
    def greet(name):
        print(f"hello {name} from {flask.current_app.name}")
        if name == "exit":
            raise SystemExit(6)
        if name == "fail":
            raise ValueError("half way")
        if name == "text":
            raise SystemExit("no more orders")
        if name == "odd":
            raise SystemExit(["no", "more"])
        if name == "input":
            print(flask.json.load(sys.stdin)["id"])

    return app


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_requests_are_closed(app, make):
    app.torn_down = app.closed = 0
    result = run(app, make(path="/page/a%2Cb" if make is not http_api else "/page/a,b", headers={"cookie": "a=1; b=2"}))
    assert (result["statusCode"], app.torn_down, app.closed) == (200, 1, 1)
    assert result["body"].startswith("a,b [('a', '1'), ('b', '2')] http")
    assert [cookie.partition(";")[0] for cookie in headers_of(result)["set-cookie"]] == ["one=1", "two=2"]


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_streams_and_exits(app, make, capsys):
    app.torn_down = 0
    with app.test_client() as client:
        client.get("/stream").close()
    expected, app.torn_down = app.torn_down, 0
    assert run(app, make(path="/stream"))["body"] == "ab"
    assert app.torn_down == expected > 0
    assert run(app, make(path="/fail"))["statusCode"] == 500


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_bodies(app, make):
    assert body_of(run(app, upload(make, "/upload"))).decode() == "世界 p.png True"
    event = make(method="POST", path="/json", headers={"content-type": "application/json"}, body='{"λ": 1}')
    assert flask.json.loads(run(app, event)["body"]) == {"λ": 1}


@pytest.mark.parametrize(
    ("event", "location"),
    [(rest(path="/redirect"), "/live/page/%C3%A9"), (http_api(path="/dev/redirect", stage="dev"), "/dev/page/%C3%A9"),
     (http_api(path="/redirect"), "/page/%C3%A9")],
)  # fmt: skip
def test_redirects_keep_the_stage(app, event, location):
    assert headers_of(run(app, event))["location"] == [location]


@pytest.mark.parametrize(
    ("data", "code", "start"),
    [
        (["greet", "a b"], 0, "hello a b from flask_app\n"),
        ("greet 'a b'", 0, "hello a b from flask_app\n"),
        (["greet", "exit"], 6, "hello exit from flask_app\n"),
        (["greet", "fail"], 1, "hello fail from flask_app\nTraceback"),
        (["greet"], 2, "Usage: flask greet"),
        (["nothing"], 2, "Usage: flask"),
        (["shell"], 126, "'flask shell' is not allowed"),
        (["--debug", "shell"], 126, "'flask --debug shell' is not allowed"),
    ],
)
def test_flask_commands(app, data, code, start):
    got, output = handle_request(app, {"_serverless-wsgi": {"command": "flask", "data": data}}, Context())
    assert (got, output[: len(start)]) == (code, start)


def test_flask_routes(app):
    code, output = handle_request(app, {"_serverless-wsgi": {"command": "flask", "data": "routes"}}, Context())
    assert (code, "/page/<name>" in output) == (0, True)


def trigger(app, target):
    return handle_request(app, trigger_events.schedule(), Context(), events={"schedule": target}, commands=["none"])


@pytest.mark.parametrize(
    ("target", "output"),
    [
        ("flask greet 'a b'", "hello a b from flask_app\n"),
        ("flask greet input", "hello input from flask_app\n53dc4d37\n"),
        ("flask --debug greet x", "hello x from flask_app\n"),
        ("flask --version", "Flask"),
    ],
)
def test_a_trigger_runs_a_flask_command(app, capsys, target, output):
    assert trigger(app, target) == {}
    assert output in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ("flask greet exit", CommandFailed, "'flask greet exit' ended with exit code 6"),
        ("flask greet text", CommandFailed, "'flask greet text' ended with exit code 1: no more orders"),
        ("flask greet odd", CommandFailed, "'flask greet odd' ended with exit code 1: ['no', 'more']"),
        ("flask greet", CommandFailed, "'flask greet' ended with exit code 2"),
        ("flask greet fail", ValueError, "half way"),
    ],
)
def test_a_trigger_fails_with_its_flask_command(app, target, error, message):
    with pytest.raises(error) as raised:
        trigger(app, target)
    assert str(raised.value) == message
