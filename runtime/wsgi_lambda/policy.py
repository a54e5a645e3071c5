"""Which remote commands a function obeys. The function itself enforces it: whoever may invoke it gets no further."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = ("manage", "flask", "exec", "shell")

# Whatever these are given, they run: `manage` alone does not stand for them.
_RUN_ANYTHING = frozenset(
    {"shell", "shell_plus", "dbshell", "sqlshell", "runscript", "debugsqlshell"}
    # They write files of a template that may be an address, and import files from anywhere.
    | {"startproject", "startapp", "test"}
)
# They say which code or program runs (Python, ld.so, a shell, Django, Flask), whatever the command is.
_LEADING_VARIABLES = ("PYTHON", "LD_", "DJANGO_SETTINGS_MODULE", "FLASK_APP", "BASH_ENV")
_LEADING_NAMES = frozenset({"PATH", "ENV", "SHELL", "EDITOR", "VISUAL", "PAGER", "BROWSER"})


class PolicyError(ValueError):
    """An entry of `commands` cannot be understood."""


class Policy:
    """`entries`: kinds ("exec"), prefixes of `manage` and `flask` commands ("manage migrate"), or only "none"."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = [entry.split() for entry in ([entries] if isinstance(entries, str) else entries)]
        if ["none"] in self._entries:
            if len(self._entries) > 1:
                raise PolicyError('"commands" has "none" and others: keep one or the other.')
            self._entries = []
        for words in self._entries:
            if not words or words[0] not in KINDS:
                raise PolicyError(f'"commands" has {" ".join(words)!r}: an entry begins with {", ".join(KINDS)}.')
            if len(words) > 1 and words[0] in ("exec", "shell"):
                raise PolicyError(
                    f'"commands" has {" ".join(words)!r}: {words[0]} can be allowed only as a whole, '
                    "because the rest of a line or script can do anything."
                )

    def refusal(self, kind: str, arguments: Sequence[str], variables: Iterable[str] = ()) -> str | None:
        """None when the command is allowed with these variables of the environment; else why it is not, and what to set."""
        words = [kind, *arguments] if kind in ("manage", "flask") else [kind]
        # Wherever it stands: `flask --debug shell` and `manage tenant_command shell` open the same door.
        unsafe = next((number for number, word in enumerate(words) if number and _runs_anything(word)), 0)
        if any(words[: len(entry)] == entry and len(entry) > unsafe for entry in self._entries):
            return None if kind in ("exec", "shell") else self._refusal_of_variables(variables)
        wanted = " ".join(words[: max(unsafe + 1, 2)])
        allowed = ", ".join(" ".join(entry) for entry in self._entries) or "none"
        return (
            f"{wanted!r} is not allowed on this function (allowed: {allowed}). To allow it, add "
            f'"{wanted}" to the setting commands and deploy again.\n'
        )

    def _refusal_of_variables(self, variables: Iterable[str]) -> str | None:
        leading = sorted(name for name in variables if name in _LEADING_NAMES or name.startswith(_LEADING_VARIABLES))
        if not leading or ["exec"] in self._entries or ["shell"] in self._entries:
            return None
        return (
            f"{', '.join(leading)} may not be given to a command of this function, because it decides which code runs. "
            "To allow it, set it in the function's environment, or add \"exec\" to the setting commands, and deploy again.\n"
        )


def _runs_anything(word: str) -> bool:
    """Django's option for the import path counts too, however far it is abbreviated (argparse)."""
    name = word.partition("=")[0]
    return word in _RUN_ANYTHING or (len(name) > 2 and "--pythonpath".startswith(name))
