import platform

from flask import Blueprint, jsonify, render_template
from sqlalchemy import select, text

from bookshelf.models import Book, db

blueprint = Blueprint("bookshelf", __name__)


def all_books() -> list[Book]:
    return list(db.session.scalars(select(Book).order_by(Book.year)))


@blueprint.get("/")
def index():
    return render_template(
        "index.html", books=all_books(), python_version=platform.python_version(), database=db.engine.dialect.name
    )


@blueprint.get("/api/books")
def books():
    return jsonify([book.as_json() for book in all_books()])


@blueprint.get("/api/books/<int:book_id>")
def book(book_id: int):
    return jsonify(db.get_or_404(Book, book_id).as_json())


@blueprint.get("/health")
def health():
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok", database=db.engine.dialect.name)
