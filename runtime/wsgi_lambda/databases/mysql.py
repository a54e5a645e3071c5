"""Databases of MySQL and MariaDB, as `src/databases/mysql-server.ts` makes and removes them.

The mark is there before database and user and after them, so that every step can be repeated after an end at any point. It stands in
a database of its own, which no user of a preview can change: such a user has all rights on its own database.
"""

from __future__ import annotations

from contextlib import closing

from .marks import PATTERN, DatabaseError, foreign, mysql_grant_name, mysql_name, mysql_text, read_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .drivers import Connect, Session
    from .marks import OwnDatabase

_SCHEMA = "wsgi_lambda"
_MARKS = f"{_SCHEMA}.marks"


class _State:
    """What the server has under the names of a database."""

    def __init__(self, session: Session, own: OwnDatabase) -> None:
        self._own = own
        found = session.query(f"SELECT mark FROM {_MARKS} WHERE name = %s", [own.name]) if _has_marks(session) else []
        self._mark = found[0][0] if found else None
        self.is_ours = own.is_marked_by(self._mark)
        self.has_database = bool(session.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", [own.name]))
        self.has_user = bool(session.query("SELECT User FROM mysql.user WHERE User = %s AND Host = %s", [own.user, "%"]))

    def refuse_foreign(self) -> None:
        if self.is_ours:
            return
        if self.has_database or self._mark is not None:
            raise foreign(f"The database {self._own.name}", self._mark, self._own)
        if self.has_user:
            raise foreign(f"The user {self._own.user}", None, self._own)


class Server:
    def __init__(self, connect: Connect, database: str) -> None:
        self._connect = connect
        self._database = database

    def prepare(self, own: OwnDatabase, password: str, template: str) -> str:
        with closing(self._connect(self._database)) as session:
            state = _State(session, own)
            state.refuse_foreign()
            account = _account(own.user)
            if not state.is_ours:
                _mark(session, own)
            if not state.has_database:
                session.query(f"CREATE DATABASE {mysql_name(own.name)} CHARACTER SET utf8mb4")
            verb = "ALTER" if state.has_user else "CREATE"
            session.query(f"{verb} USER {account} IDENTIFIED BY {mysql_text(password)}")
            session.query(f"GRANT ALL PRIVILEGES ON {mysql_grant_name(own.name)}.* TO {account}")
            return "there" if state.has_database and state.has_user else "created"

    def remove(self, own: OwnDatabase) -> str:
        with closing(self._connect(self._database)) as session:
            state = _State(session, own)
            if not state.is_ours:
                return "kept" if state.has_database or state.has_user else "missing"
            session.query(f"DROP USER IF EXISTS {_account(own.user)}")
            _end_connections(session, own)
            session.query(f"DROP DATABASE IF EXISTS {mysql_name(own.name)}")
            session.query(f"DELETE FROM {_MARKS} WHERE name = %s", [own.name])
            return "removed"

    def list(self) -> Sequence[OwnDatabase]:
        with closing(self._connect(self._database)) as session:
            sql = f"SELECT name, mark FROM {_MARKS} WHERE mark LIKE %s ORDER BY name"
            rows = session.query(sql, [PATTERN]) if _has_marks(session) else []
        found = [(name, read_mark(mark, "mysql")) for name, mark in rows]
        return [own for name, own in found if own and own.name == name]


def _has_marks(session: Session) -> bool:
    sql = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
    return bool(session.query(sql, _MARKS.split(".")))


def _mark(session: Session, own: OwnDatabase) -> None:
    session.query(f"CREATE DATABASE IF NOT EXISTS {_SCHEMA} CHARACTER SET utf8mb4")
    session.query(f"CREATE TABLE IF NOT EXISTS {_MARKS} (name VARCHAR(64) PRIMARY KEY, mark VARCHAR(2000) NOT NULL)")
    session.query(f"INSERT INTO {_MARKS} (name, mark) VALUES (%s, %s)", [own.name, own.mark()])


def _end_connections(session: Session, own: OwnDatabase) -> None:
    """What they have locked could not be dropped.

    Of what account they are, no server says: where another one of that name is left, for other hosts, which somebody else has made,
    only those go that use the database.
    """
    sql = (
        "SELECT ID FROM information_schema.PROCESSLIST"
        " WHERE USER = %s AND (DB = %s OR NOT EXISTS (SELECT 1 FROM mysql.user WHERE User = %s))"
    )
    for (number,) in session.query(sql, [own.user, own.name, own.user]):
        # RDS user guide, "Ending a session or query": there KILL is not for administrators.
        for statement in (f"KILL {int(number)}", f"CALL mysql.rds_kill({int(number)})"):
            try:
                session.query(statement)
                break
            except DatabaseError:
                pass  # it has ended meanwhile, or it is not for us to end: then dropping says who waits for whom


def _account(user: str) -> str:
    return f"{mysql_text(user)}@'%'"
