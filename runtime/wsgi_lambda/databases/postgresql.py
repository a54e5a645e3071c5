"""Databases and schemas of PostgreSQL, as `src/databases/postgresql-server.ts` makes and removes them.

The role is made first and removed last, and created with its mark in one transaction: what it owns is ours. A database has its mark
when it is finished. So every step can be repeated after an end at any point.
"""

from __future__ import annotations

import os
from binascii import b2a_base64
from contextlib import closing
from hashlib import pbkdf2_hmac, sha256
from hmac import digest

from .marks import PATTERN, foreign, postgres_name, postgres_text, read_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .drivers import Connect, Session
    from .marks import OwnDatabase

_SCRAM_ROUNDS = 4096
_FORCE_SINCE = 130_000

# "pg_database" and "pg_namespace".
_PLACES = {
    "database": "SELECT pg_get_userbyid(datdba), shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
    "schema": "SELECT pg_get_userbyid(nspowner), obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
}
# What a copied database holds, but for what PostgreSQL itself and extensions have put there. REASSIGN OWNED would give away whole
# databases of the old owner too, the template among them.
_OBJECTS = """
WITH objects AS (
  SELECT 'pg_namespace'::regclass AS class, oid, nspowner AS owner, 0 AS rank FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL
  SELECT 'pg_class'::regclass, oid, relowner, 1 FROM pg_class AS c WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND NOT EXISTS (
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i') AND relkind = 'S'
    )
    AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_')
  UNION ALL
  SELECT 'pg_proc'::regclass, oid, proowner, 1 FROM pg_proc
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, typowner, 1 FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = typrelid
    WHERE typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND c.relkind = 'c')
  UNION ALL
  SELECT 'pg_largeobject'::regclass, oid, lomowner, 1 FROM pg_largeobject_metadata
)
SELECT i.type, i.identity FROM objects AS o, pg_identify_object(o.class, o.oid, 0) AS i
WHERE (o.oid >= 16384 OR o.class = 'pg_largeobject'::regclass) AND o.owner <> (SELECT oid FROM pg_roles WHERE rolname = %s)
  AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = o.class AND objid = o.oid AND refclassid = 'pg_extension'::regclass AND deptype = 'e'
  )
ORDER BY o.rank, i.identity"""


class _State:
    """What the server has under the names of a database."""

    def __init__(self, session: Session, own: OwnDatabase) -> None:
        self._own = own
        version, here, is_superuser = session.query(
            "SELECT current_setting('server_version_num')::int, current_database(), rolsuper FROM pg_roles WHERE rolname = current_user"
        )[0]
        self.has_force = version >= _FORCE_SINCE
        self.here: str = here
        role = session.query("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", [own.user])
        place = session.query(_PLACES[own.scope], [own.name])
        self.has_role = bool(role)
        self.is_our_role = self.has_role and own.is_marked_by(role[0][0])
        self.has_place = bool(place)
        self._role_comment: Any = role[0][0] if role else None
        self._owner: Any = place[0][0] if place else None
        self._comment: Any = place[0][1] if place else None
        self.is_owner = self._owner == own.user
        self.is_finished = own.is_marked_by(self._comment)
        self.is_our_place = self.is_finished or (self.is_our_role and self.is_owner)
        # RDS's administrator is no superuser, and gives things only to roles that it is a member of.
        self.membership = [] if is_superuser else [f"GRANT {postgres_name(own.user)} TO CURRENT_USER"]

    def refuse_foreign(self) -> None:
        own = self._own
        if self.has_place and not self.is_our_place:
            raise foreign(f"The {own.scope} {own.name}", self._comment, own, self._owner)
        if self.has_role and not self.is_our_role:
            raise foreign(f"The role {own.user}", self._role_comment, own)


class Server:
    def __init__(self, connect: Connect, database: str) -> None:
        self._connect = connect
        self._database = database

    def prepare(self, own: OwnDatabase, password: str, template: str) -> str:
        with closing(self._connect(self._database)) as session:
            state = _State(session, own)
            state.refuse_foreign()
            _prepare_role(session, state, own, password)
            if state.is_finished and state.is_owner:
                return "there"
            if own.scope == "schema":
                _create_schema(session, state, own)
            else:
                self._create_database(session, state, own, template)
            return "there" if state.is_finished else "created"

    def remove(self, own: OwnDatabase) -> str:
        with closing(self._connect(self._database)) as session:
            state = _State(session, own)
            if not state.is_our_place and not state.is_our_role:
                return "kept" if state.has_place or state.has_role else "missing"
            name, role = postgres_name(own.name), postgres_name(own.user)
            if state.is_our_role:
                # Or it would come back with its next request, before the database is gone.
                session.in_one_transaction([f"ALTER ROLE {role} NOLOGIN", *state.membership])
                _end_connections(session, "usename", own.user)
            if state.is_our_place and own.scope == "schema":
                session.query(f"DROP SCHEMA {name} CASCADE")
            elif state.is_our_place:
                if not state.has_force:
                    _end_connections(session, "datname", own.name)
                session.query(f"DROP DATABASE {name}{' WITH (FORCE)' if state.has_force else ''}")
            if state.is_our_role:
                session.in_one_transaction([f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}"])
            return "removed"

    def list(self) -> Sequence[OwnDatabase]:
        """By the roles, which are there first and last."""
        with closing(self._connect(self._database)) as session:
            comment = "shobj_description(oid, 'pg_authid')"
            rows = session.query(f"SELECT {comment} FROM pg_roles WHERE {comment} LIKE %s ORDER BY rolname", [PATTERN])
        found = [read_mark(row[0], "postgresql") for row in rows]
        return [own for own in found if own]

    def _create_database(self, session: Session, state: _State, own: OwnDatabase, template: str) -> None:
        name, role = postgres_name(own.name), postgres_name(own.user)
        if not state.has_place:
            copy = f" TEMPLATE {postgres_name(template)}" if template else ""
            session.query(f"CREATE DATABASE {name} OWNER {role}{copy}")
        elif not state.is_owner:
            session.query(f"ALTER DATABASE {name} OWNER TO {role}")
        if template:
            with closing(self._connect(own.name)) as inside:
                _hand_over(inside, own.user)
        mark = f"COMMENT ON DATABASE {name} IS {postgres_text(own.mark())}"
        session.in_one_transaction([f"REVOKE ALL ON DATABASE {name} FROM PUBLIC", mark])


def _prepare_role(session: Session, state: _State, own: OwnDatabase, password: str) -> None:
    """Without NOINHERIT: until PostgreSQL 15 the owner of a database would not own its schema public then."""
    role = postgres_name(own.user)
    options = f"LOGIN PASSWORD {postgres_text(scram_verifier(password, os.urandom(16)))}"
    if state.has_role:
        session.query(f"ALTER ROLE {role} {options}")
        return
    mark = f"COMMENT ON ROLE {role} IS {postgres_text(own.mark())}"
    session.in_one_transaction([f"CREATE ROLE {role} {options}", mark, *state.membership])


def _create_schema(session: Session, state: _State, own: OwnDatabase) -> None:
    schema, role = postgres_name(own.name), postgres_name(own.user)
    may = session.query("SELECT has_database_privilege(%s::name, current_database(), 'CONNECT')", [own.user])[0][0]
    session.in_one_transaction(
        [
            *state.membership,
            f"ALTER SCHEMA {schema} OWNER TO {role}" if state.has_place else f"CREATE SCHEMA {schema} AUTHORIZATION {role}",
            f"ALTER ROLE {role} SET search_path = {schema}",
            f"COMMENT ON SCHEMA {schema} IS {postgres_text(own.mark())}",
            # Where everybody may not, as in the databases that this program makes.
            *([] if may else [f"GRANT CONNECT ON DATABASE {postgres_name(state.here)} TO {role}"]),
        ]
    )


def _hand_over(session: Session, user: str) -> None:
    """The user becomes the owner of all that the database holds, so that migrations can change it. Identities come quoted."""
    rows = session.query(_OBJECTS, [user])
    session.in_one_transaction([f"ALTER {kind} {identity} OWNER TO {postgres_name(user)}" for kind, identity in rows])


def _end_connections(session: Session, column: str, value: str) -> None:
    session.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {column} = %s", [value])


def scram_verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (RFC 5803, RFC 7677): with it in a statement, no log of the server has the password."""
    salted = pbkdf2_hmac("sha256", password.encode(), salt, _SCRAM_ROUNDS)
    stored = sha256(digest(salted, b"Client Key", "sha256")).digest()
    return f"SCRAM-SHA-256${_SCRAM_ROUNDS}:{_base64(salt)}${_base64(stored)}:{_base64(digest(salted, b'Server Key', 'sha256'))}"


def _base64(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode()
