"""The WSGI callable that the deployment serves, and the place where `flask` finds the application."""

from bookshelf import create_app

app = create_app()
