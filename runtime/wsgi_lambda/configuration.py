"""`wsgi_lambda.json`, which says what the artifact runs.

    {"app": "project.wsgi:application", "version": "0.1.0", "commands": ["manage migrate", "flask"]}

Only `app` is required. Keys that this version does not know are left to later ones.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeGuard

    from .options import OptionFields

FILE_NAME = "wsgi_lambda.json"


class ConfigurationError(Exception):
    """wsgi_lambda.json is missing or says something that cannot be."""


class Configuration:
    """`root` is the folder that the file was found in; `options` are those of `make_handler`."""

    def __init__(self, root: str, app: str, options: OptionFields, secrets: Mapping[str, str], on_import_error: str) -> None:
        self.root = root
        self.app = app
        self.options = options
        self.secrets = secrets
        self.on_import_error = on_import_error


def read(*roots: str) -> Configuration:
    """Read the first wsgi_lambda.json in `roots`. Raises ConfigurationError with all that is wrong in it."""
    root = next((folder for folder in roots if os.path.isfile(os.path.join(folder, FILE_NAME))), None)
    if root is None:
        raise ConfigurationError(f'No {FILE_NAME} in {" or ".join(roots)}: write {{"app": "module:attribute"}} into it.')
    path = os.path.join(root, FILE_NAME)
    with open(path, encoding="utf-8") as file:
        try:
            content: object = json.load(file)
        except ValueError as error:
            raise ConfigurationError(f"{path} is not JSON: {error}") from None
    if not is_object(content):
        raise ConfigurationError(f"{path} must hold a JSON object.")
    mistakes = [f'"{key}" must be {what}' for key, (what, is_right) in _KEYS.items() if not is_right(content.get(key))]
    if not content.get("app"):
        mistakes.insert(0, '"app" must name the application, such as "module:attribute"')
    if mistakes:
        raise ConfigurationError(f"{path}: {'; '.join(mistakes)}.")
    unknown = sorted(set(content) - set(_KEYS) - _WRITTEN_BY_THE_TOOL)
    if unknown:
        from . import log

        log.warning(f"{path}: {', '.join(unknown)} is not known to this version, and is ignored")
    given = {name: content[key] for key, name in _OPTIONS.items() if content.get(key) is not None}
    return Configuration(
        root,
        content["app"],
        given,  # type: ignore[arg-type]  # checked above
        content.get("secrets") or {},
        content.get("on-import-error") or "fail",
    )


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Of a value that was read from JSON."""
    return isinstance(value, dict)


def is_table(value: object) -> TypeGuard[dict[str, str]]:
    """An object of strings."""
    return is_object(value) and all(isinstance(entry, str) for entry in value.values())


def _is_array(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_list(value: object) -> bool:
    return value is None or (_is_array(value) and all(isinstance(entry, str) for entry in value))


def _is_table(value: object) -> bool:
    return value is None or is_table(value)


def _is_flag(value: object) -> bool:
    return value is None or isinstance(value, bool)


_LIST = ("a list of strings", _is_list)
_TABLE = ("an object of strings", _is_table)
_FLAG = ("true or false", _is_flag)

_KEYS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "app": ("a string", lambda value: value is None or isinstance(value, str)),
    "commands": ('a list of strings, such as ["manage migrate"]', _is_list),
    "events": _TABLE,
    "report-batch-item-failures": _FLAG,
    "text-mime-types": _LIST,
    "binary-mime-types": _LIST,
    "non-proxy-integration": _FLAG,
    "legacy-environ": _FLAG,
    "streaming": _FLAG,
    "secrets": _TABLE,
    "on-import-error": ('"fail" or "serve"', lambda value: value in (None, "fail", "serve")),
}

# Said for people who read the file.
_WRITTEN_BY_THE_TOOL = {"version", "runtime", "architecture"}

# The key in the file → the option of the handler.
_OPTIONS = {
    key: key.replace("-", "_") for key in _KEYS if key not in ("app", "secrets", "on-import-error")
}
