"""Whose a database is: its names, which follow from the function and the pull request, and the comment that marks it.

The comment is written as `src/databases/mark.ts` writes it, so that a runner and a function know each other's.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_PREFIX = "wsgi-lambda "
# What a comment has to begin with, for LIKE.
PATTERN = _PREFIX + "{%"

# PostgreSQL, "Identifiers": 63 bytes. MySQL, "Identifier Length Limits": 32 characters for a user.
_LONGEST_NAME = 63
_LONGEST_USER = 32
_HASH_CHARACTERS = 8


class DatabaseError(Exception):
    """What could not be done, and what to do."""

    def __init__(self, title: str, detail: str, hint: str) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint


class OwnDatabase:
    """A database or a schema, and the one user who may use it."""

    def __init__(self, engine: str, scope: str, name: str, user: str, repository: str, pr: int, preview: str) -> None:
        self.engine = engine
        self.scope = scope
        self.name = name
        self.user = user
        self.repository = repository
        self.pr = pr
        self.preview = preview

    @staticmethod
    def read(fields: Mapping[str, Any]) -> OwnDatabase:
        """Of a command. Raises DatabaseError."""
        mark = fields.get("mark")
        mark = mark if isinstance(mark, dict) else {}
        words = [fields.get(key) for key in ("engine", "scope", "name", "user")] + [mark.get("repositoryId"), mark.get("preview")]
        pr = mark.get("pr")
        scopes = {"postgresql": ("database", "schema"), "mysql": ("database",)}
        if not all(isinstance(word, str) for word in words) or type(pr) is not int or words[1] not in scopes.get(str(words[0]), ()):
            raise DatabaseError("The command does not name a database", "", "Deploy the main function with this version of wsgi-lambda.")
        engine, scope, name, user, repository, preview = map(str, words)
        return OwnDatabase(engine, scope, name, user, repository, pr, preview)

    def fields(self) -> dict[str, object]:
        """As a command has it."""
        mark = {"repositoryId": self.repository, "pr": self.pr, "preview": self.preview}
        return {"engine": self.engine, "scope": self.scope, "name": self.name, "user": self.user, "mark": mark}

    def is_of(self, function: str) -> bool:
        """Whether it is one of that function's previews, with the names that it must have then."""
        words = re.sub("[^a-z0-9]+", "_", function.lower())
        first = f"f_{words}" if words.startswith("pg_") or words[:1].isdigit() else words
        ending = f"_pr_{self.pr}"
        names = _shortened(first, ending, _LONGEST_NAME), _shortened(first, ending, _LONGEST_USER)
        return self.pr > 0 and self.preview == function and (self.name, self.user) == names

    def mark(self) -> str:
        content = {
            "repository": self.repository, "pr": self.pr, "preview": self.preview,
            "scope": self.scope, "name": self.name, "user": self.user,
        }  # fmt: skip
        return _PREFIX + json.dumps(content, separators=(",", ":"), ensure_ascii=False)

    def is_marked_by(self, comment: object) -> bool:
        found = read_mark(comment, self.engine)
        return found is not None and found.mark() == self.mark()


def read_mark(comment: object, engine: str) -> OwnDatabase | None:
    """None for a comment of somebody else."""
    if not isinstance(comment, str) or not comment.startswith(_PREFIX):
        return None
    try:
        fields = json.loads(comment[len(_PREFIX) :])
        mark = {"repositoryId": fields["repository"], "pr": fields["pr"], "preview": fields["preview"]}
        return OwnDatabase.read({**fields, "engine": engine, "mark": mark})
    except (DatabaseError, KeyError, TypeError, ValueError):
        return None


def whose(comment: object, engine: str) -> str:
    found = read_mark(comment, engine)
    if found is None:
        return "It has no mark of wsgi-lambda."
    return (
        f"It is marked as made for pull request {found.pr} of the repository with the number {found.repository}, preview of "
        f"{found.preview}."
    )


def foreign(what: str, detail: str) -> DatabaseError:
    """The refusal to touch what was there before."""
    return DatabaseError(
        f"{what} exists, and was not made for this preview",
        detail,
        "It is left as it is. Rename or remove it, or let the function of the preview have another name.",
    )


def _shortened(name: str, ending: str, longest: int) -> str:
    """As `src/settings/names.ts` does it."""
    most = longest - len(ending)
    if len(name) <= most:
        return name + ending
    digest = sha256(name.encode()).hexdigest()[:_HASH_CHARACTERS]
    return name[: most - _HASH_CHARACTERS - 1] + "_" + digest + ending


def postgres_name(name: str) -> str:
    """PostgreSQL, "Identifiers and Key Words"."""
    return '"' + name.replace('"', '""') + '"'


def postgres_text(words: str) -> str:
    """PostgreSQL, "String Constants with C-Style Escapes"."""
    return "E'" + words.replace("\\", "\\\\").replace("'", "''") + "'"


def mysql_name(name: str) -> str:
    """MySQL, "Schema Object Names"."""
    return "`" + name.replace("`", "``") + "`"


def mysql_grant_name(name: str) -> str:
    """MySQL, "GRANT Statement": there `_` and `%` stand for other characters."""
    return mysql_name(re.sub(r"([\\_%])", r"\\\1", name))


def mysql_text(words: str) -> str:
    """MySQL, "String Literals", without NO_BACKSLASH_ESCAPES."""
    return "'" + words.replace("\\", "\\\\").replace("'", "''") + "'"
