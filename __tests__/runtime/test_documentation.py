"""What docs/ shows of the runtime: its Python runs, and its tables tell what happens."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import RUNTIME
from lambda_events import alb, function_url, http_api, rest, rest_on
from running import Context, answering, environ_of, run
from runtime_interface import Client, artifact, needs_client
from trigger_events import s3, sqs

from wsgi_lambda import handle_request, routes

DOCS = Path(__file__).parents[2] / "docs"


def page(name):
    return (DOCS / name).read_text()


def fences(name, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)


def rows(name, heading):
    """The cells of the first table below a heading, row by row."""
    section = page(name).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = section[section.index("\n| ") :].strip().split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def table_of_events():
    return dict(re.findall(r'^"(.+)" = "(.+)"$', fences("events.md", "toml")[0], re.MULTILINE))


def lattice(**fields):
    context = {"serviceArn": "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1"}
    headers = {"host": ["shop.example.org"], "x-forwarded-for": ["6.6.6.6, 203.0.113.7"]}
    return {"version": "2.0", "method": "GET", "path": "/orders/7", "headers": headers, "requestContext": context, **fields}


SHOP = "shop.example.org"
ROUTE = {"resource": "/{proxy+}", "parameters": {"proxy": "orders/7"}}
WAYS_IN = {
    "Function URL": function_url(path="/orders/7"),
    "HTTP API, stage `$default`": http_api(path="/orders/7"),
    "HTTP API, stage `live`": http_api(path="/live/orders/7", stage="live"),
    "HTTP API, custom domain": http_api(path="/live/orders/7", stage="live", domain=SHOP),
    "REST API, stage `live`": rest(path="/orders/7"),
    "REST API, custom domain": rest_on(SHOP, path="/orders/7", **ROUTE),
    "REST API, custom domain with base path": rest_on(SHOP, path="/api/orders/7", **ROUTE),
    "Application Load Balancer": alb(path="/orders/7", headers={"host": SHOP}),
    "VPC Lattice": lattice(),
}


@pytest.mark.parametrize("row", rows("runtime.md", "Ways in"), ids=lambda row: row[0])
def test_every_way_in_is_as_the_table_says(row):
    way_in, url, script_name, path_info, remote_address = row
    environ = environ_of(WAYS_IN[way_in])
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (script_name.strip("`"), path_info.strip("`"))
    assert environ["REMOTE_ADDR"] == "203.0.113.7"
    is_forwarded = "6.6.6.6" in str(WAYS_IN[way_in].get("headers")) and "sourceIp" not in str(WAYS_IN[way_in])
    assert is_forwarded == ("X-Forwarded-For" in remote_address)
    domain = re.sub(r"ID\.|REGION\.", r".*", re.escape(url.strip("`").split("/")[2]).replace(r"\.", "."))
    assert re.fullmatch(domain, environ["SERVER_NAME"])
    scheme = url.strip("`").partition(":")[0]
    assert (environ["wsgi.url_scheme"], environ["REQUEST_URI"]) == (scheme, re.sub(r"^`\w+://[^/]+|`$", "", url))


def test_every_way_in_is_in_the_table():
    assert {row[0] for row in rows("runtime.md", "Ways in")} == set(WAYS_IN)


def test_the_keys_of_the_environ_are_in_the_table():
    event = rest(context={"authorizer": {"principalId": "ada"}})
    context = Context()
    context.tenant_id = "blue"
    seen = {}

    def app(environ, start_response):
        seen.update(environ)
        start_response("200 OK", [])
        return []

    handle_request(app, event, context)
    own = {key for key in seen if "." in key and not key.startswith("wsgi.")} | {"REMOTE_USER"}
    assert own == {key for row in rows("runtime.md", "The environ") for key in re.findall(r"`([^`]+)`", row[0])}


def test_the_limits_are_those_of_the_table():
    limits = {row[0]: int(row[1].removesuffix(" MB")) for row in rows("runtime.md", "Limits")}
    for event, megabytes in ((alb(), limits["Application Load Balancer"]), (function_url(), limits["all others"])):
        whole = megabytes * 1024 * 1024
        # The answer's head, as JSON, takes the rest.
        assert run(answering(body=b"x" * (whole - 2000)), event)["statusCode"] == 200
        assert run(answering(body=b"x" * whole), event)["statusCode"] == 500


def test_the_routes_of_the_page_are_understood():
    table = table_of_events()
    routes.check(table)
    assert {key.partition(":")[0] for key in table} == {"schedule", "sqs", "s3", "json"}
    sources = [source for row in rows("events.md", "Keys") for source in re.findall(r"`([^`]+)`", row[0])]
    assert sources and set(sources) <= set(routes.SOURCES)


PROGRAM = """
import json, os, sys
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["shop"])
django.setup()
from wsgi_lambda import make_handler
table = json.loads(os.environ["TABLE"])
handler = make_handler(lambda environ, start_response: [], events=table, report_batch_item_failures=True)
print(json.dumps(handler(json.load(sys.stdin), None)))
"""


@pytest.mark.parametrize(
    ("event", "printed"),
    [
        (sqs('{"id": 1}', '{"id": 2}'), ["order 1", "order 2", '{"batchItemFailures": []}']),
        (sqs('{"id": 1}', "no order"), ["order 1", '{"batchItemFailures": [{"itemIdentifier": "message-2"}]}']),
        (s3("shop-uploads"), ["uploaded a+b.png", "null"]),
        ({"report": 5}, ["report 5", "{}"]),
    ],
)
def test_the_code_of_the_page_takes_what_the_table_routes(tmp_path, event, printed):
    for text in fences("events.md", "python"):
        path = tmp_path / text.partition("\n")[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.parents:
            if tmp_path in folder.parents:
                (folder / "__init__.py").touch()
        path.write_text(text)
    table = {key: target for key, target in table_of_events().items() if target != "manage clearsessions"}
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{RUNTIME}", "TABLE": json.dumps(table)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(event), env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == printed


VIEWS = """
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
from django.core.handlers.wsgi import WSGIHandler
from django.urls import path
import views
urlpatterns = [path("squares.csv", views.squares)]
application = WSGIHandler()
"""


@needs_client
@pytest.mark.parametrize(
    ("snippet", "source", "path", "kind", "first", "last"),
    [
        (0, VIEWS, "/squares.csv", "text/csv", b"number,square\n", b"99999,9999800001\n"),
        (1, "from countdown import app as application", "/countdown", "text/event-stream", b"data: 3\n\n", b"data: 1\n\n"),
    ],
    ids=["Django", "Flask"],
)
def test_the_code_of_the_page_streams(tmp_path, snippet, source, path, kind, first, last):
    text = fences("streaming.md", "python")[snippet]
    for whole, short in {"1_000_000": "100_000", "time.sleep(1)": "time.sleep(0.3)"}.items():  # nobody waits for it here
        text = text.replace(whole, short)
    (tmp_path / Path(text.partition("\n")[0].removeprefix("# ")).name).write_text(text)
    with Client(artifact(tmp_path, source, streaming=True)) as client:
        post = client.begin(client.api.submit(function_url(path=path)))
        head = json.loads(post.next_chunk().removesuffix(bytes(8)))
        assert (head["statusCode"], head["headers"]["Content-Type"].partition(";")[0]) == (200, kind)
        assert post.next_chunk() == first
        assert not post.complete.is_set()
        assert client.ended(post).body.endswith(last)
