"""`module:attribute` → the application."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from types import ModuleType
    from typing import Any


class LoadingError(Exception):
    """The reference to the application is wrong."""


def load(reference: str, root: str) -> WSGIApplication:
    """Import the application.

    `module.sub:attribute`, `module:factory()`, `module.attribute`; a folder in front (`backend/module:attribute`,
    relative to `root`) comes first on the import path. What the import raises is not touched; raises LoadingError where
    the module has no such attribute, or where that is not callable.
    """
    folder, _, name = reference.strip().rpartition("/")
    module_name, _, attribute = name.partition(":") if ":" in name else name.rpartition(".")
    is_factory = attribute.endswith("()")
    attribute = attribute.removesuffix("()")
    if not module_name or not attribute:
        raise LoadingError(f'"app" is {reference!r}; it must look like "module:attribute" or "module:factory()".')
    if folder:
        sys.path.insert(0, os.path.join(root, folder))
    found: Any = imported(module_name)
    for part in attribute.split("."):
        found = _attribute(found, part, reference)
    if is_factory:
        factory = _callable(found, f"{attribute} of {module_name}", "which cannot be called as a factory")
        found = factory()
        attribute += "()"
    app: WSGIApplication = _callable(found, f"{attribute} of {module_name}", "not a WSGI application, which can be called")
    return app


def load_or_stand_in(reference: str, root: str) -> WSGIApplication:
    """As `load`, but where the application cannot be imported, one that says so stands in for it."""
    try:
        return load(reference, root)
    except (Exception, SystemExit) as error:
        from .stand_in import StandIn

        return StandIn(error)


def imported(module: str) -> ModuleType:
    """As `importlib.import_module`, whose machinery would stand in the traceback of an import that fails: from that of the
    statement Python leaves it out.
    """
    __import__(module)
    return sys.modules[module]


def _attribute(owner: object, name: str, reference: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        public = sorted(key for key in vars(owner) if not key.startswith("_")) if hasattr(owner, "__dict__") else []
        callables = ", ".join(key for key in public if callable(getattr(owner, key, None))) or "nothing callable"
        where = getattr(owner, "__name__", type(owner).__name__)
        raise LoadingError(f'"app" is {reference!r}, but {where} has no {name!r}; it has {callables}.') from None


def _callable(value: Any, name: str, complaint: str) -> Any:
    if callable(value):
        return value
    raise LoadingError(f"{name} is {'None' if value is None else f'of type {type(value).__name__}'}, {complaint}.")
