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
# They say which code or program runs, whatever the command is: of Python, ld.so and libc, Django, Flask (where each option has
# a variable, that of the file of more variables too), bash (functions, and what a trace prints), git, OpenSSL, Perl, Ruby, Node.
# Or whom the role's clients talk to and trust: of AWS (a profile may also name a program, `credential_process`), of TLS.
_LEADING_VARIABLES = (
    "PYTHON", "LD_", "GCONV_PATH", "DJANGO_SETTINGS_MODULE", "FLASK_", "BASH", "GIT_", "OPENSSL_", "PERL", "RUBY", "NODE_",
    "AWS_", "SSL_CERT_",
)  # fmt: skip
_LEADING_NAMES = frozenset(
    {"PATH", "HOME", "ENV", "SHELL", "SHELLOPTS", "PS4", "EDITOR", "VISUAL", "PAGER", "BROWSER", "JAVA_TOOL_OPTIONS"}
    | {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}
)


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
        unsafe = max((number for number in range(1, len(words)) if _runs_anything(words, number)), default=0)
        if any(words[: len(entry)] == entry and len(entry) > unsafe for entry in self._entries):
            return None if kind in ("exec", "shell") else self._refusal_of_variables(variables)
        wanted = " ".join(words[: max(unsafe + 1, 2)])
        return (
            f"{wanted!r} is not allowed on this function (allowed: {self._allowed() or 'none'}). "
            f"To allow it, set commands to {self._allowed(wanted)}, and deploy again.\n"
        )

    def _allowed(self, *more: str) -> str:
        return ", ".join([*(" ".join(entry) for entry in self._entries), *more])

    def _refusal_of_variables(self, variables: Iterable[str]) -> str | None:
        leading = sorted(name for name in variables if name in _LEADING_NAMES or name.startswith(_LEADING_VARIABLES))
        if not leading or ["exec"] in self._entries or ["shell"] in self._entries:
            return None
        return (
            f"{', '.join(leading)} may not be given to a command of this function, because it decides which code runs, or whom it trusts. "
            f"To allow it, set it in the function's environment, or set commands to {self._allowed('exec')}, and deploy again.\n"
        )


def _runs_anything(words: Sequence[str], number: int) -> bool:
    """Django's option for the import path counts too, however far it is abbreviated (argparse)."""
    word = words[number]
    name = word.partition("=")[0]
    if word in _RUN_ANYTHING or (len(name) > 2 and "--pythonpath".startswith(name)):
        return True
    return words[0] == "flask" and word.startswith("-") and _names_a_file_to_run(words[1:number], word)


def _names_a_file_to_run(before: Sequence[str], option: str) -> bool:
    """Flask's file of variables, which decide it as well, and the folder of Flask-Migrate: both may be the caller's."""
    if "db" in before:
        return option.startswith("--directory") or (not option.startswith("--") and "d" in option)
    return option.startswith(("--env-file", "-e")) and all(
        word.startswith("-") or before[number - 1] in ("-A", "--app") for number, word in enumerate(before)
    )
