import pytest

from bookshelf import create_app, with_driver


@pytest.fixture
def app(tmp_path):
    return create_app(f"sqlite:///{tmp_path}/books.sqlite3")


@pytest.fixture
def filled(app):
    run = app.test_cli_runner().invoke
    assert run(args=["init-db"]).output == "The tables are there.\n"
    assert run(args=["seed"]).output == "Books added: 3.\n"
    return app


def test_the_page_shows_the_books(filled):
    page = filled.test_client().get("/").text
    assert "<cite>The Mythical Man-Month</cite>" in page
    assert "Martin Fowler, 1999" in page


def test_the_books_as_json(filled):
    client = filled.test_client()
    books = client.get("/api/books").json
    assert [book["year"] for book in books] == [1975, 1985, 1999]
    assert client.get(f"/api/books/{books[0]['id']}").json["title"] == "The Mythical Man-Month"
    assert client.get("/api/books/999").status_code == 404


def test_seeding_again_adds_nothing(filled):
    assert filled.test_cli_runner().invoke(args=["seed"]).output == "Books added: 0.\n"


def test_an_empty_shelf(app):
    app.test_cli_runner().invoke(args=["init-db"])
    assert "The shelf is empty." in app.test_client().get("/").text


def test_health_and_style(app):
    client = app.test_client()
    assert client.get("/health").json == {"status": "ok", "database": "sqlite"}
    assert client.get("/static/style.css").mimetype == "text/css"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://me@host/books", "postgresql+psycopg://me@host/books"),
        ("postgresql://me@host/books", "postgresql+psycopg://me@host/books"),
        ("sqlite:////tmp/books.sqlite3", "sqlite:////tmp/books.sqlite3"),
    ],
)
def test_the_driver_is_named(url, expected):
    assert with_driver(url) == expected
