"""A connection of the administrator's, through whichever driver the artifact has for its application."""

from __future__ import annotations

import os
from importlib import import_module

from .marks import DatabaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .address import Admin

    Connect = Callable[[str], "Session"]

_SECONDS = 10
# Nobody waits for somebody else's locks for ever. And whoever owns a database decides where the administrator's names are looked for in
# it, unless we do: functions of a preview's user would run with the administrator's rights.
_SETTINGS = {
    "postgresql": (
        "SET search_path = pg_catalog, pg_temp",
        *("SET lock_timeout = '30s'", "SET statement_timeout = '10min'", "SET client_min_messages = 'error'"),
    ),
    "mysql": ("SET SESSION sql_mode = ''", "SET SESSION lock_wait_timeout = 30", "SET SESSION innodb_lock_wait_timeout = 30"),
}


class Session:
    """Every statement is a transaction of its own, but for those between `begin` and `commit`."""

    def __init__(self, connection: Any, where: str) -> None:
        self._connection = connection
        self._where = where

    def query(self, sql: str, values: Sequence[object] = ()) -> list[Sequence[Any]]:
        """The rows, where there are any. Raises DatabaseError."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql, tuple(values)) if values else cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []
        except Exception as error:
            raise _failure(error, self._where) from None
        finally:
            cursor.close()

    def in_one_transaction(self, statements: Sequence[str]) -> None:
        """What fails is undone with the end of the connection."""
        for statement in ("BEGIN", *statements, "COMMIT"):
            self.query(statement)

    def close(self) -> None:
        self._connection.close()


def connect(admin: Admin, database: str) -> Session:
    """Raises DatabaseError."""
    where = f"{admin.host}:{admin.port}"
    for name, opening in _DRIVERS[admin.engine].items():
        try:
            driver = import_module(name)
        except ImportError:
            continue
        try:
            connection = opening(driver, admin, database)
        except Exception as error:
            raise _failure(error, where) from None
        session = Session(connection, where)
        try:
            for statement in _SETTINGS[admin.engine]:
                session.query(statement)
        except DatabaseError:
            session.close()
            raise
        return session
    raise DatabaseError(
        f"The artifact has no driver for {admin.engine}",
        "",
        f"Require one of {', '.join(_DRIVERS[admin.engine])}, as an application needs that has such a database.",
    )


def _failure(error: Exception, where: str) -> DatabaseError:
    """What the server or the driver says. Statements are no part of it; passwords are never in one, but for MySQL's own."""
    said = error.args[0] if error.args else ""
    lines = str(said["M"] if isinstance(said, dict) and "M" in said else error).strip().splitlines()  # pg8000 has fields
    return DatabaseError(
        f"The database server {where} refuses ({type(error).__name__})",
        lines[0] if lines else "",
        "Where it cannot be reached, check the security groups of the function and of the server.",
    )


def _psycopg(driver: Any, admin: Admin, database: str) -> Any:
    connection = driver.connect(
        host=admin.host, port=admin.port, user=admin.user, password=admin.password, dbname=database, connect_timeout=_SECONDS,
        application_name="wsgi-lambda", sslmode=admin.ssl(), **({"sslrootcert": _file(admin)} if admin.ssl_root else {}),
    )  # fmt: skip
    connection.autocommit = True
    return connection


def _pg8000(driver: Any, admin: Admin, database: str) -> Any:
    connection = driver.connect(
        host=admin.host, port=admin.port, user=admin.user, password=admin.password, database=database, timeout=_SECONDS,
        application_name="wsgi-lambda", ssl_context=_ssl_context(admin),
    )  # fmt: skip
    connection.autocommit = True
    return connection


def _pymysql(driver: Any, admin: Admin, database: str) -> Any:
    return driver.connect(
        host=admin.host, port=admin.port, user=admin.user, password=admin.password, database=database or None, charset="utf8mb4",
        connect_timeout=_SECONDS, autocommit=True, ssl=_ssl_context(admin),
    )  # fmt: skip


def _mysqldb(driver: Any, admin: Admin, database: str) -> Any:
    modes = {"disable": "DISABLED", "require": "REQUIRED", "verify-ca": "VERIFY_CA", "verify-full": "VERIFY_IDENTITY"}
    return driver.connect(
        host=admin.host, port=admin.port, user=admin.user, passwd=admin.password, charset="utf8mb4", connect_timeout=_SECONDS,
        autocommit=True, ssl_mode=modes[admin.ssl()], **({"db": database} if database else {}),
        **({"ssl": {"ca": _file(admin)}} if admin.ssl_root else {}),
    )  # fmt: skip


def _connector(driver: Any, admin: Admin, database: str) -> Any:
    return driver.connect(
        host=admin.host, port=admin.port, user=admin.user, password=admin.password, database=database or None, charset="utf8mb4",
        connection_timeout=_SECONDS, autocommit=True, ssl_disabled=admin.ssl() == "disable",
        ssl_verify_cert=admin.ssl().startswith("verify"), ssl_verify_identity=admin.ssl() == "verify-full",
        **({"ssl_ca": _file(admin)} if admin.ssl_root else {}),
    )  # fmt: skip


_DRIVERS: dict[str, dict[str, Callable[[Any, Admin, str], Any]]] = {
    "postgresql": {"psycopg": _psycopg, "psycopg2": _psycopg, "pg8000.dbapi": _pg8000},
    "mysql": {"MySQLdb": _mysqldb, "pymysql": _pymysql, "mysql.connector": _connector},
}


def _file(admin: Admin) -> str:
    """A name is one in the artifact."""
    return os.path.join(os.environ.get("LAMBDA_TASK_ROOT", ""), admin.ssl_root)


def _ssl_context(admin: Admin) -> Any:
    mode = admin.ssl()
    if mode == "disable":
        return None
    import ssl

    context = ssl.create_default_context(cafile=_file(admin) if admin.ssl_root else None)
    context.check_hostname = mode == "verify-full"
    context.verify_mode = ssl.CERT_NONE if mode == "require" else ssl.CERT_REQUIRED
    return context
