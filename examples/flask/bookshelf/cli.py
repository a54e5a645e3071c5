"""`flask init-db` and `flask seed`. Both can be run again without harm."""

import click
from flask import Blueprint
from sqlalchemy import select

from bookshelf.models import Book, db

blueprint = Blueprint("commands", __name__, cli_group=None)

BOOKS = [
    ("The Mythical Man-Month", "Frederick P. Brooks", 1975),
    ("Structure and Interpretation of Computer Programs", "Harold Abelson and Gerald Jay Sussman", 1985),
    ("Refactoring", "Martin Fowler", 1999),
]


@blueprint.cli.command("init-db")
def init_db() -> None:
    """Create the tables that do not exist yet."""
    db.create_all()
    click.echo("The tables are there.")


@blueprint.cli.command("seed")
def seed() -> None:
    """Put the first books on the shelf."""
    titles = set(db.session.scalars(select(Book.title)))
    missing = [Book(title=title, author=author, year=year) for title, author, year in BOOKS if title not in titles]
    db.session.add_all(missing)
    db.session.commit()
    click.echo(f"Books added: {len(missing)}.")
