"""Databases of MySQL and MariaDB, as `src/databases/mysql-server.ts` makes and removes them.

The marked database is there before its user and after it, so that every step can be repeated after an end at any point. The mark is
the comment of a table: so both are made by one statement, and an application that empties its tables leaves it.
"""

from __future__ import annotations

from contextlib import closing

from .marks import DatabaseError, PATTERN, foreign, mysql_grant_name, mysql_name, mysql_text, read_mark, whose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .drivers import Connect, Session
    from .marks import OwnDatabase

_MARK_TABLE = "_wsgi_lambda_preview"


class _State:
    """What the server has under the names of a database."""

    def __init__(self, session: Session, own: OwnDatabase, is_named_by_tags: bool) -> None:
        self._own = own
        self.is_there = bool(session.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", [own.name]))
        objects = session.query(
            "SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s "
            "UNION ALL SELECT ROUTINE_NAME, NULL FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = %s",
            [own.name, own.name],
        )
        self.has_user = bool(session.query("SELECT User FROM mysql.user WHERE User = %s AND Host = %s", [own.user, "%"]))
        self.comment = next((comment for name, comment in objects if name == _MARK_TABLE), None)
        # Without a mark, it may be what an end between creating and marking has left.
        is_begun = self.comment is None and not objects and is_named_by_tags
        self.is_ours = self.is_there and (own.is_marked_by(self.comment) or is_begun)

    def refuse_foreign(self) -> None:
        """A user has no mark: the marked database is what says whose it is."""
        if self.is_there and not self.is_ours:
            raise foreign(f"The database {self._own.name}", whose(self.comment, "mysql"))
        if self.has_user and self.comment is None:
            raise foreign(f"The user {self._own.user}", "Its database has no mark.")


class Server:
    def __init__(self, connect: Connect, database: str) -> None:
        self._connect = connect
        self._database = database

    def prepare(self, own: OwnDatabase, password: str, template: str, is_named_by_tags: bool) -> str:
        with closing(self._connect(self._database)) as session:
            state = _State(session, own, is_named_by_tags)
            state.refuse_foreign()
            name, account = mysql_name(own.name), _account(own.user)
            if not state.is_there:
                session.query(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            if state.comment is None:
                table = f"{name}.{mysql_name(_MARK_TABLE)}"
                session.query(f"CREATE TABLE {table} (made_by VARCHAR(16)) COMMENT {mysql_text(own.mark())}")
            verb = "ALTER" if state.has_user else "CREATE"
            session.query(f"{verb} USER {account} IDENTIFIED BY {mysql_text(password)}")
            session.query(f"GRANT ALL PRIVILEGES ON {mysql_grant_name(own.name)}.* TO {account}")
            return "there" if state.has_user else "created"

    def remove(self, own: OwnDatabase, is_named_by_tags: bool) -> str:
        with closing(self._connect(self._database)) as session:
            state = _State(session, own, is_named_by_tags)
            if not state.is_ours:
                return "missing"
            if state.comment is not None:
                session.query(f"DROP USER IF EXISTS {_account(own.user)}")
                _end_connections(session, own.user)
            session.query(f"DROP DATABASE IF EXISTS {mysql_name(own.name)}")
            return "removed"

    def list(self) -> Sequence[OwnDatabase]:
        """A copy of a database has a copy of its mark."""
        with closing(self._connect(self._database)) as session:
            rows = session.query(
                "SELECT TABLE_SCHEMA, TABLE_COMMENT FROM information_schema.TABLES "
                "WHERE TABLE_NAME = %s AND TABLE_COMMENT LIKE %s ORDER BY TABLE_SCHEMA",
                [_MARK_TABLE, PATTERN],
            )
        found = [(name, read_mark(comment, "mysql")) for name, comment in rows]
        return [own for name, own in found if own and own.name == name]


def _end_connections(session: Session, user: str) -> None:
    """What they have locked could not be dropped."""
    for (number,) in session.query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s", [user]):
        # RDS user guide, "Ending a session or query": there KILL is not for administrators.
        for statement in (f"KILL {int(number)}", f"CALL mysql.rds_kill({int(number)})"):
            try:
                session.query(statement)
                break
            except DatabaseError:
                pass  # it has ended meanwhile, or it is not for us to end: then dropping says who waits for whom


def _account(user: str) -> str:
    return f"{mysql_text(user)}@'%'"
