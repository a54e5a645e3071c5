"""A database address, as most hosts give it in DATABASE_URL, in the form that Django's settings want."""

from urllib.parse import parse_qsl, unquote, urlsplit


def database_from_url(url: str) -> dict:
    """`postgres://user:password@host:5432/name?sslmode=require` or `sqlite:////absolute/path.sqlite3` → an entry of DATABASES."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]) or ":memory:"}
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL starts with {parts.scheme!r}: only postgres:// and sqlite:// are understood")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": dict(parse_qsl(parts.query)),
        # An execution environment serves one request at a time and is kept for the next one: so is its connection.
        # It may have been closed while the environment was frozen, hence the health check.
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }
