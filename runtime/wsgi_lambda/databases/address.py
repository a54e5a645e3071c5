"""Who administers which server: an address, or the JSON object that RDS and Secrets Manager's rotation keep.

No message repeats anything of it: it is a secret.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

from . import drivers
from .marks import DatabaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# By the beginning of what people and AWS call them.
_ENGINES = (
    (re.compile(r"(aurora-)?postgres(ql)?(\+\w+)?", re.IGNORECASE), "postgresql"),
    (re.compile(r"((aurora-)?mysql|aurora|mariadb)(\+\w+)?", re.IGNORECASE), "mysql"),
)
_DEFAULTS = {"postgresql": (5432, "postgres"), "mysql": (3306, "")}
_SSL_MODES = {
    "disable": "disable", "require": "require", "verify-ca": "verify-ca", "verify-full": "verify-full",
    "disabled": "disable", "required": "require", "verify_ca": "verify-ca", "verify_identity": "verify-full",
}  # fmt: skip


class Admin:
    """`ssl_mode` is "" where nothing was said; `ssl_root` is a file of certificates, "" for those of the system."""

    def __init__(
        self, engine: str, host: str, port: str, user: str, password: str, database: str, ssl_mode: str, ssl_root: str
    ) -> None:
        found = next((name for pattern, name in _ENGINES if pattern.fullmatch(engine)), None)
        if found is None:
            raise _wrong("It is neither of PostgreSQL nor of MySQL or MariaDB.")
        if not host or not user:
            raise _wrong("It has no host." if user else "It has no user.")
        if ssl_mode and ssl_mode.lower() not in _SSL_MODES:
            raise _wrong("Its sslmode is not known.")
        default_port, default_database = _DEFAULTS[found]
        self.engine = found
        self.host = host
        self.port = int(port) if port.isdecimal() else default_port
        self.user = user
        self.password = password
        self.database = database or default_database
        self.ssl_mode = _SSL_MODES[ssl_mode.lower()] if ssl_mode else ""
        self.ssl_root = "" if ssl_root == "system" else ssl_root

    @staticmethod
    def read(text: str) -> Admin:
        """Raises DatabaseError."""
        given = text.strip()
        try:
            return _from_secret(json.loads(given)) if given.startswith("{") else _from_url(given)
        except ValueError:
            raise _wrong("It is neither an address nor a JSON object.") from None

    def ssl(self) -> str:
        """In a network of one's own, encryption without looking at the certificate, whose authority nothing here knows."""
        is_here = self.host in ("localhost", "::1") or self.host.startswith("127.")
        return self.ssl_mode or ("disable" if is_here else "require")

    def connect(self, database: str) -> drivers.Session:
        return drivers.connect(self, database)


def _from_secret(secret: Mapping[str, Any]) -> Admin:
    """AWS Secrets Manager user guide, "JSON structure of AWS Secrets Manager database credential secrets"."""

    def field(name: str) -> str:
        value = secret.get(name)
        return "" if value is None else str(value)

    return Admin(
        field("engine"),
        field("host"),
        field("port"),
        field("username"),
        field("password"),
        field("dbname") or field("database"),
        field("sslmode"),
        field("sslrootcert"),
    )


def _from_url(text: str) -> Admin:
    url = urlsplit(text)
    query = parse_qs(url.query)

    def parameter(*names: str) -> str:
        return next((query[name][0] for name in names if name in query), "")

    return Admin(
        url.scheme,
        unquote(url.hostname or ""),
        str(url.port or ""),
        unquote(url.username or ""),
        unquote(url.password or ""),
        unquote(url.path[1:]),
        parameter("sslmode", "ssl-mode", "ssl_mode"),
        parameter("sslrootcert", "ssl-ca", "ssl_ca"),
    )


def _wrong(detail: str) -> DatabaseError:
    return DatabaseError(
        "preview-database-admin does not say which server it is",
        detail,
        "Store an address, postgresql://USER:PASSWORD@HOST/DATABASE, or an object with engine, host, username and password.",
    )
