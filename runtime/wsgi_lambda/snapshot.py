"""SnapStart: what is done once before AWS takes its snapshot of the process, and in each process that comes out of it.

Imported only where Lambda says that it takes a snapshot.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pkgutil import iter_modules

from . import __path__ as _here
from . import log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_is_registered = False


def register() -> None:
    """Register the hooks with AWS's own module, once.

    Before the application is imported: AWS runs what was registered first last before the snapshot and first after it, so
    the application's own hooks run between these.
    """
    global _is_registered
    if _is_registered:
        return
    try:
        hooks = import_module("snapshot_restore_py")
    except ModuleNotFoundError:
        log.info("SnapStart is on, but snapshot_restore_py is missing: nothing is loaded beforehand or reset", "")
        return
    _is_registered = True
    hooks.register_before_snapshot(_before_snapshot)
    hooks.register_after_restore(_after_restore)


def _before_snapshot() -> None:
    _each(_load_own_modules, _load_django, _close_connections, gc.collect)


def _after_restore() -> None:
    _each(_reseed, _close_connections)


def _each(*steps: Callable[[], object]) -> None:
    """A step that fails costs time or a connection, and is no reason to serve nothing."""
    for step in steps:
        try:
            step()
        except Exception as error:
            log.error(f"SnapStart: {step.__name__} failed", "", error)


def _load_own_modules() -> None:
    """Whatever a first request or a first error would import."""
    for module in iter_modules(_here, f"{__package__}."):
        import_module(module.name)
    for name in ("binascii", "traceback"):
        import_module(name)


def _load_django() -> None:
    """What Django loads with the first request, if this is Django: views, template engines, the default translation."""
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return
    import_module("django.template").engines.all()
    import_module("django.urls").get_resolver().url_patterns
    import_module("django.utils.translation").gettext("Yes")


def _close_connections() -> None:
    """A socket does not survive: the other end has long given up when the process comes back."""
    databases = sys.modules.get("django.db")
    if databases is not None:
        databases.connections.close_all()


def _reseed() -> None:
    """All processes out of one snapshot would draw the same numbers."""
    for name in ("random", "numpy.random"):
        module = sys.modules.get(name)
        if module is not None:
            module.seed()
