"""A shelf of books: a page, a JSON route, and commands that make and fill the table."""

import os
import tempfile
from pathlib import Path

from flask import Flask

from bookshelf import cli, views
from bookshelf.models import db

SQLITE_URL = f"sqlite:///{Path(tempfile.gettempdir(), 'wsgi-lambda-flask.sqlite3').as_posix()}"


def create_app(database_url: str | None = None) -> Flask:
    """`database_url` wins over the environment's DATABASE_URL; without either, SQLite in the temporary folder."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = with_driver(database_url or os.environ.get("DATABASE_URL") or SQLITE_URL)
    # A connection may have been closed while the execution environment was frozen.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
    db.init_app(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(cli.blueprint)
    return app


def with_driver(url: str) -> str:
    """SQLAlchemy wants the driver's name in the address; hosts write postgres://."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in ("postgres", "postgresql") else url
