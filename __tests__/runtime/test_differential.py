"""Real applications answer through the runtime what they answer behind a server, whatever way the request came."""

import contextlib
from urllib.parse import urlsplit

import pytest
from applications import FILES, bottle_app, django_app, falcon_app, flask_app, pyramid_app
from encoding import SHAPES, Request
from reference import Reference
from running import run
from situations import SITUATIONS

BUILDERS = {
    "bottle": bottle_app.build,
    "django": django_app.project,
    "falcon": falcon_app.build,
    "flask": flask_app.build,
    "pyramid": pyramid_app.build,
}

# The server writes these itself; a gateway's are its own.
OF_THE_SERVER = {"date", "server", "connection"}

pytestmark = [
    pytest.mark.filterwarnings("error::wsgiref.validate.WSGIWarning"),
    # A file that an application opened for its answer, and nobody closed.
    pytest.mark.filterwarnings("error::ResourceWarning"),
    pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def reference():
    with Reference() as server:
        yield server


@pytest.fixture(scope="module", params=BUILDERS)
def framework(request):
    return request.param


@pytest.fixture(scope="module")
def app(framework, tmp_path_factory):
    folder = tmp_path_factory.mktemp(framework)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    built = BUILDERS[framework](folder)
    with built if framework == "django" else contextlib.nullcontext(built) as application:
        yield application


def through_lambda(app, shape, request, **options):
    return shape.answer(run(app, shape.event(request, **options)))


def headers_of(answer, shape):
    """Where a result has one value for a name, repeated headers are one header with a list (RFC 9110, 5.3)."""
    return {
        name: values if name == "set-cookie" or shape.has_lists else [", ".join(values)]
        for name, values in answer.headers.items()
        if name not in OF_THE_SERVER
    }


def assert_same(ours, theirs, shape):
    our_headers, their_headers = headers_of(ours, shape), headers_of(theirs, shape)
    if "content-length" not in our_headers and "content-length" in their_headers:
        # The server counted, as the gateway does.
        assert their_headers.pop("content-length") == [str(len(theirs.body))]
    assert (shape.name, ours.status, our_headers, ours.body) == (shape.name, theirs.status, their_headers, theirs.body)
    if ours.reason is not None:
        assert ours.reason == theirs.reason


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_answer_is_the_server_s(app, reference, situation, capsys):
    request = SITUATIONS[situation]
    for shape in [shape for shape in SHAPES.values() if not shape.refuses(request)]:
        theirs = reference.answer(app, shape, request)
        capsys.readouterr()
        assert_same(through_lambda(app, shape, request), theirs, shape)
        # The validator cannot raise where an iterable is collected unclosed: it prints.
        assert "without being closed" not in capsys.readouterr().err, shape.name


@pytest.mark.parametrize("name", SHAPES)
def test_an_unhandled_error(framework, app, reference, name):
    shape, request = SHAPES[name], Request(path="/fail")
    ours, theirs = through_lambda(app, shape, request), reference.answer(app, shape, request)
    assert (ours.status, theirs.status) == (500, 500)
    # Pyramid leaves the page of a failure to the server: there each has its own.
    if framework != "pyramid":
        assert_same(ours, theirs, shape)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", ["relative", "absolute"])
def test_redirects_stay_below_the_mount(app, name, kind):
    shape = SHAPES[name]
    answer = through_lambda(app, shape, Request(path=f"/redirect/{kind}"))
    location = urlsplit(answer.headers["location"][0])
    assert location.path.startswith(shape.mount + "/echo/")
    assert (location.scheme, location.netloc) in (("", ""), (shape.scheme, shape.host))


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("situation", ["form", "multipart text", "JSON", "text body"])
def test_a_body_in_base64_is_the_same_body(app, name, situation):
    shape, request = SHAPES[name], SITUATIONS[situation]
    assert_same(through_lambda(app, shape, request, as_base64=True), through_lambda(app, shape, request), shape)


@pytest.mark.parametrize("framework", ["django"], indirect=True)
@pytest.mark.parametrize("name", SHAPES)
def test_django_finishes_every_request_that_it_starts(app, framework, name):
    counts = {"started": 0, "finished": 0}
    with django_app.counted_signals(counts):
        for request in SITUATIONS.values():
            through_lambda(app, SHAPES[name], request)
    assert counts == {"started": len(SITUATIONS), "finished": len(SITUATIONS)}
