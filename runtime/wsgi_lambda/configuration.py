"""`wsgi_lambda.json`, which says what the artifact runs.

    {"app": "project.wsgi:application", "version": "0.1.0", "commands": ["manage migrate", "flask"]}

Only `app` is required. Keys that this version does not know are left to later ones.
"""

from __future__ import annotations

import json
import os

from .policy import DEFAULT_COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FILE_NAME = "wsgi_lambda.json"


class ConfigurationError(Exception):
    """wsgi_lambda.json is missing or says something that cannot be."""


class Configuration:
    """`root` is the folder that the file was found in."""

    def __init__(self, root: str, app: str, version: str, commands: Sequence[str]) -> None:
        self.root = root
        self.app = app
        self.version = version
        self.commands = commands


def read(*roots: str) -> Configuration:
    """Read the first wsgi_lambda.json in `roots`. Raises ConfigurationError with what is wrong in it."""
    root = next((folder for folder in roots if os.path.isfile(os.path.join(folder, FILE_NAME))), None)
    if root is None:
        raise ConfigurationError(f'No {FILE_NAME} in {" or ".join(roots)}: write {{"app": "module:attribute"}} into it.')
    path = os.path.join(root, FILE_NAME)
    with open(path, encoding="utf-8") as file:
        try:
            content = json.load(file)
        except ValueError as error:
            raise ConfigurationError(f"{path} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path} must hold a JSON object.")
    app, commands = content.get("app"), content.get("commands", list(DEFAULT_COMMANDS))
    if not isinstance(app, str) or not app:
        raise ConfigurationError(f'{path}: "app" must name the application, such as "module:attribute".')
    if not isinstance(commands, list) or not all(isinstance(entry, str) for entry in commands):
        raise ConfigurationError(f'{path}: "commands" must be a list of strings, such as ["manage migrate"].')
    return Configuration(root, app, str(content.get("version", "")), commands)
