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


class Mark:
    """Whom a database was made for: `place` is `ACCOUNT/REGION` of the function, `host` where the repository lies."""

    def __init__(self, host: str, repository: str, pr: int, preview: str, place: str) -> None:
        self.host = host
        self.repository = repository
        self.pr = pr
        self.preview = preview
        self.place = place

    @staticmethod
    def read(fields: object) -> Mark | None:
        """Of a command."""
        if not isinstance(fields, dict):
            return None
        words = [fields.get(key) for key in ("host", "repositoryId", "preview", "place")]
        pr = fields.get("pr")
        if not all(isinstance(word, str) for word in words) or type(pr) is not int:
            return None
        host, repository, preview, place = map(str, words)
        return Mark(host, repository, pr, preview, place)

    def fields(self) -> dict[str, object]:
        """As a command has it."""
        return {"host": self.host, "repositoryId": self.repository, "pr": self.pr, "preview": self.preview, "place": self.place}

    def is_for(self, owner: Mapping[str, Any]) -> bool:
        """Whether it is one of this owner's."""
        return (self.host, self.repository, self.place) == (owner.get("host"), owner.get("repositoryId"), owner.get("place"))

    def text(self) -> str:
        return f"pull request {self.pr} of the repository with the number {self.repository} of {self.host}, preview of {self.preview} in {self.place}"


class OwnDatabase:
    """A database or a schema, and the one user who may use it."""

    def __init__(self, engine: str, scope: str, name: str, user: str, mark: Mark) -> None:
        self.engine = engine
        self.scope = scope
        self.name = name
        self.user = user
        self.made_for = mark

    @staticmethod
    def read(fields: Mapping[str, Any]) -> OwnDatabase:
        """Of a command. Raises DatabaseError."""
        words = [fields.get(key) for key in ("engine", "scope", "name", "user")]
        mark = Mark.read(fields.get("mark"))
        scopes = {"postgresql": ("database", "schema"), "mysql": ("database",)}
        if mark is None or not all(isinstance(word, str) for word in words) or words[1] not in scopes.get(str(words[0]), ()):
            raise DatabaseError("The command does not name a database", "", "Deploy the main function with this version of wsgi-lambda.")
        engine, scope, name, user = map(str, words)
        return OwnDatabase(engine, scope, name, user, mark)

    def fields(self) -> dict[str, object]:
        """As a command has it."""
        return {"engine": self.engine, "scope": self.scope, "name": self.name, "user": self.user, "mark": self.made_for.fields()}

    def is_of(self, function: str, place: str) -> bool:
        """Whether it is one of that function's previews in that place, with the names that it must have then."""
        pr = self.made_for.pr
        words = re.sub("[^a-z0-9]+", "_", function.lower())
        first = f"f_{words}" if words.startswith("pg_") or words[:1].isdigit() else words
        ending = f"_pr_{pr}"
        names = _shortened(first, ending, _LONGEST_NAME), _shortened(first, ending, _LONGEST_USER)
        return pr > 0 and (self.made_for.preview, self.made_for.place) == (function, place) and (self.name, self.user) == names

    def mark(self) -> str:
        made_for = self.made_for
        content = {
            "host": made_for.host, "repository": made_for.repository, "pr": made_for.pr, "preview": made_for.preview,
            "place": made_for.place, "scope": self.scope, "name": self.name, "user": self.user,
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
        return OwnDatabase.read({**fields, "engine": engine, "mark": {**fields, "repositoryId": fields["repository"]}})
    except (DatabaseError, KeyError, TypeError, ValueError):
        return None


def foreign(what: str, comment: object, own: OwnDatabase, owner: str = "") -> DatabaseError:
    """The refusal to touch what was there before. `comment` is its mark, where it has one."""
    found = read_mark(comment, own.engine)
    made_for = found.made_for if found else None
    says = f"It is marked as made for {made_for.text()}." if made_for else "It has no mark of wsgi-lambda."
    hint = "It is left as it is. Rename or remove it, or let the function of the preview have another name."
    if made_for and made_for.place != own.made_for.place:
        hint = (
            "It is left as it is. Previews in several regions or accounts need a server of databases in each, or a function-name of "
            f"their own, as in function-name: {made_for.preview}-{{{{stage}}}} with a stage for each."
        )
    return DatabaseError(f"{what} exists, and was not made for this preview", f"It belongs to {owner}. {says}" if owner else says, hint)


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
