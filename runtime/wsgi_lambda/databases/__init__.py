"""Databases of previews, made and removed by a version of the function that alone may read the administrator's secret.

Where `WSGI_LAMBDA_DATABASES` names that secret, the handler answers nothing but this event, from wsgi-lambda's own client, and the
application is not imported:

    {"_wsgi-lambda-databases": {"command": "prepare", "database": {…}, "password": "…", "template": null}}

| command | reply |
| --- | --- |
| describe | `{"engine", "host", "port", "database", "sslMode"}` |
| prepare | "created" or "there" |
| remove | "removed", "missing", or "kept": what is there is not marked as this one |
| list | the databases that are marked as those of `owner`: host and number of the repository, account and region |

The reply is `{"result": …}`, or `{"error": {"title", "detail", "hint"}}`. Only databases of this function's own previews are touched,
by their names and by their marks, which say in which account and
region the function is; and only the template that `WSGI_LAMBDA_DATABASES_TEMPLATE` names is copied. A password stands in no log.
"""

from __future__ import annotations

import os

from .. import log, secrets
from ..environ import request_id_of
from ..event import mapping, text
from ..own_client import is_own_client
from . import mysql, postgresql
from .address import Admin
from .marks import DatabaseError, OwnDatabase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .drivers import Connect

KEY = "_wsgi-lambda-databases"
VARIABLE = "WSGI_LAMBDA_DATABASES"
TEMPLATE_VARIABLE = "WSGI_LAMBDA_DATABASES_TEMPLATE"

_SERVERS = {"postgresql": postgresql.Server, "mysql": mysql.Server}


class UnsupportedEvent(Exception):
    """The event is no command for databases."""


def _answer(event: object, context: object) -> object:
    if not isinstance(event, dict) or list(event) != [KEY] or not is_own_client(context):
        raise UnsupportedEvent("This version of the function answers only wsgi-lambda's own client, and only commands for databases.")
    fields = mapping(event[KEY])
    command, request_id = text(fields.get("command")), request_id_of({}, context)
    what = f"database command {command if command in _COMMANDS else '?'}"
    try:
        reply: dict[str, Any] = {"result": _run(command, fields, _place(context))}
        log.audit(what, request_id)
    except DatabaseError as error:
        log.audit(f"{what} was refused: {error.title!r}", request_id)
        reply = {"error": {"title": error.title, "detail": error.detail, "hint": error.hint}}
    except secrets.SecretsError as error:
        log.audit(f"{what} has no secret", request_id)
        reply = {"error": {"title": "The administrator's secret could not be read", "detail": str(error), "hint": _ROLE}}
    return reply


# The function's handler, in the version for databases.
handler: Callable[[object, object], object] = _answer

_ROLE = "The role of the version for databases (database-role) needs to read it."


def _run(command: str, fields: dict[str, Any], place: str) -> object:
    if command not in _COMMANDS:
        raise DatabaseError("There is no such database command", "", f"Known: {', '.join(_COMMANDS)}.")
    admin = Admin.read(secrets.value_of(os.environ[VARIABLE]))
    return _COMMANDS[command](admin, fields, place)


def _describe(admin: Admin, _: dict[str, Any], __: str) -> object:
    """Also whether the server answers."""
    admin.connect(admin.database).close()
    return {"engine": admin.engine, "host": admin.host, "port": admin.port, "database": admin.database, "sslMode": admin.ssl_mode or None}


def _prepare(admin: Admin, fields: dict[str, Any], place: str) -> object:
    server, own, template = _server(admin.connect, admin), _own(admin, fields, place), text(fields.get("template"))
    if template and template != os.environ.get(TEMPLATE_VARIABLE):
        raise DatabaseError(
            f"{template} is not the template that {_function()} was deployed with",
            "Whoever may ask this version could else get a copy of any database, production's too.",
            "Set preview-database-template, and deploy the main function with it.",
        )
    return server.prepare(own, text(fields.get("password")), template)


def _remove(admin: Admin, fields: dict[str, Any], place: str) -> object:
    return _server(admin.connect, admin).remove(_own(admin, fields, place))


def _list(admin: Admin, fields: dict[str, Any], place: str) -> object:
    found, owner = _server(admin.connect, admin).list(), mapping(fields.get("owner"))
    return [own.fields() for own in found if own.made_for.is_for(owner) and own.is_of(_function(), place)]


_COMMANDS = {"describe": _describe, "prepare": _prepare, "remove": _remove, "list": _list}


def _server(connect: Connect, admin: Admin) -> Any:
    return _SERVERS[admin.engine](connect, admin.database)


def _own(admin: Admin, fields: dict[str, Any], place: str) -> OwnDatabase:
    own = OwnDatabase.read(mapping(fields.get("database")))
    if own.engine != admin.engine:
        raise DatabaseError(f"The server is one of {admin.engine}, and the database one of {own.engine}", "", "")
    if not own.is_of(_function(), place):
        raise DatabaseError(
            f"{own.scope} {own.name} is none of a preview of {_function()} in {place}",
            "",
            "The version for databases makes and removes those of its own function's previews only.",
        )
    return own


def _place(context: Any) -> str:
    """`ACCOUNT/REGION` of this function, as AWS tells it."""
    _, _, _, region, account, *_ = context.invoked_function_arn.split(":")
    return f"{account}/{region}"


def _function() -> str:
    return os.environ["AWS_LAMBDA_FUNCTION_NAME"]
