"""Variables whose values stand in Systems Manager or Secrets Manager: read once, before the application is imported.

| reference | value |
| --- | --- |
| ssm:NAME, ssm:NAME:VERSION, ssm:NAME:LABEL, or the ARN of a parameter | the parameter, decrypted |
| secretsmanager:NAME, or the ARN of a secret | the text of the secret |
| one of these with #KEY behind it | the value of that key, where the text is a JSON object |

No message holds a value, nor a reference that is none: that may be a value in the wrong place.
"""

from __future__ import annotations

import json
import logging
import os
import re
from importlib import import_module

from .configuration import is_object, is_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    # Service, region ("" for the function's own), name or ARN: what is asked for once, however many keys are wanted of it.
    Target = tuple[str, str, str]

VARIABLE = "WSGI_LAMBDA_SECRETS"

_NAMES = {
    "ssm": re.compile(r"[\w./-]+(:[\w.-]+)?", re.ASCII),
    "secretsmanager": re.compile(r"[\w/+=.@-]+", re.ASCII),
}
_ARNS = {
    "ssm": re.compile(r"arn:[\w-]+:ssm:([\w-]+):\d{12}:parameter/[\w./-]+(:[\w.-]+)?", re.ASCII),
    "secretsmanager": re.compile(r"arn:[\w-]+:secretsmanager:([\w-]+):\d{12}:secret:[\w/+=.@-]+", re.ASCII),
}
_FORMS = (
    "the reference must be ssm:NAME, secretsmanager:NAME, or the ARN of a parameter or a secret; for one key of a JSON object, "
    "#KEY stands behind it"
)

# "GetParameters": 10 names at most. Reading several secrets at once would need one more permission.
_BATCH = {"ssm": 10, "secretsmanager": 1}
# An initialisation has 10 seconds: an address without a route is given up in them, or nobody would learn why it ended.
_LIMITS = {"connect_timeout": 2, "read_timeout": 2, "retries": {"mode": "standard", "total_max_attempts": 3}}

_ABSENT = {
    "ssm": "there is no such parameter, or no such version of it,",
    "secretsmanager": "it is binary, which no variable can be,",
}
_ADVICE = {
    "ssm": "allow the function's role ssm:GetParameters for it, and kms:Decrypt for its key if that is one of your own",
    "secretsmanager": (
        "allow the function's role secretsmanager:GetSecretValue for it, and kms:Decrypt for its key if that is one of your own"
    ),
}
_NOT_ALLOWED = ("AccessDeniedException", "DecryptionFailure", "InvalidKeyId")


class SecretsError(Exception):
    """Variables without a value; the message names each with its reference, and says what to do."""


class _Refused(Exception):
    """Why one variable has no value."""


def resolve(configured: Mapping[str, str]) -> None:
    """Put the values of all references into os.environ, or none: raises SecretsError with all that is wrong."""
    references: dict[str, _Reference] = {}
    values: dict[str, str] = {}
    refused: list[str] = []
    for variable, text in _wanted(configured).items():
        try:
            references[variable] = _Reference(text)
        except _Refused as error:
            refused.append(f"{variable}: {error}.")
    answers = _Answers()
    if references:
        answers.fetch(list(dict.fromkeys(reference.target for reference in references.values())))
    for variable, reference in references.items():
        try:
            values[variable] = reference.value_in(answers)
        except _Refused as error:
            refused.append(f"{variable} ({reference.text}): {error}.")
    if refused:
        count = f"{len(refused)} of {len(refused) + len(values)} secrets could not be read:"
        raise SecretsError("\n- ".join([count, *refused]))
    os.environ.update(values)


def value_of(reference: str) -> str:
    """The value that a reference stands for now. Raises SecretsError."""
    answers = _Answers()
    what = "what should be a reference"
    try:
        found = _Reference(reference)
        what = reference
        answers.fetch([found.target])
        return found.value_in(answers)
    except _Refused as error:
        raise SecretsError(f"{what}: {error}.") from None


def _wanted(configured: Mapping[str, str]) -> dict[str, str]:
    """The environment wins over the file, which is the same for all stages: with a reference, and with a plain value too."""
    wanted = {variable: text for variable, text in configured.items() if variable not in os.environ}
    try:
        own: object = json.loads(os.environ.get(VARIABLE) or "{}")
    except ValueError:
        own = None
    if not is_table(own):
        raise SecretsError(f'{VARIABLE} must hold a JSON object of strings, such as {{"DATABASE_URL": "ssm:/shop/url"}}.')
    wanted.update(own)
    wrong = [variable for variable in wanted if not (variable.isascii() and variable.isidentifier())]
    if wrong:
        raise SecretsError(f"Not names of variables: {', '.join(wrong)}. They have letters, digits and _ only.")
    return wanted


class _Reference:
    """Where the value of a variable stands. `key` is "" for the whole text of `target`."""

    def __init__(self, text: str) -> None:
        self.text = text
        place, sign, self.key = text.partition("#")
        self.target = _target(place)
        if sign and not self.key:
            raise _Refused("no key follows the # of the reference")

    def value_in(self, answers: _Answers) -> str:
        text = answers.text_of(self.target)
        value = _value_of(self.key, text) if self.key else text
        if "\0" in value:
            raise _Refused("it has a null character, which no variable can have")
        try:
            os.fsencode(value)
        except UnicodeEncodeError:
            raise _Refused("it has half of a surrogate pair, which no variable can have") from None
        return value


def _target(place: str) -> Target:
    for service, pattern in _ARNS.items():
        match = pattern.fullmatch(place)
        if match:
            return service, match[1], place
    service, _, name = place.partition(":")
    if service not in _NAMES or not _NAMES[service].fullmatch(name):
        raise _Refused(_FORMS)
    return service, "", name


def _value_of(key: str, text: str) -> str:
    try:
        found: object = json.loads(text)
    except ValueError:
        found = None
    if not is_object(found):
        raise _Refused("it holds no JSON object, and so no key")
    if key not in found:
        raise _Refused(f"its JSON object has no such key, but {', '.join(found) or 'none at all'}")
    value: object = found[key]
    return value if isinstance(value, str) else json.dumps(value)


class _Answers:
    """What AWS says about targets: the text of one, or why there is none."""

    def __init__(self) -> None:
        self._texts: dict[Target, str] = {}
        self._refusals: dict[Target, str] = {}

    def text_of(self, target: Target) -> str:
        if target in self._refusals:
            raise _Refused(self._refusals[target])
        return self._texts[target]

    def fetch(self, targets: Collection[Target]) -> None:
        try:
            # The half of boto3 that is enough, and loads faster.
            session = import_module("botocore.session").get_session()
        except ImportError as error:
            raise SecretsError(
                f"Secrets are read with boto3, which cannot be imported: {error}. Lambda's own Python has it; a container "
                "image must install it."
            ) from error
        limits = import_module("botocore.config").Config(**_LIMITS)
        self._errors = import_module("botocore.exceptions")
        logger = logging.getLogger("botocore")
        level = logger.level
        logger.setLevel(logging.INFO)  # at DEBUG it logs whole answers, and the values with them
        try:
            for service, region in dict.fromkeys(target[:2] for target in targets):
                client = session.create_client(service, region_name=region or None, config=limits)
                names = [target[2] for target in targets if target[:2] == (service, region)]
                for start in range(0, len(names), _BATCH[service]):
                    self._ask(client, service, region, names[start : start + _BATCH[service]])
        except self._errors.BotoCoreError as error:  # no answer at all: asking on would take the time that is left
            for target in targets:
                if target not in self._texts:
                    self._refusals.setdefault(target, f"AWS gave no answer: {str(error).rstrip('.')}{self._advice_on_network(error)}")
        finally:
            logger.setLevel(level)

    def _ask(self, client: Any, service: str, region: str, names: list[str]) -> None:
        try:
            found = _CALLS[service](client, names)
        except self._errors.ClientError as error:
            if len(names) > 1:  # refused for the sake of one of them
                for name in names:
                    self._ask(client, service, region, [name])
            else:
                self._refusals[service, region, names[0]] = _refusal(service, client.meta.region_name, error.response["Error"])
            return
        for name in names:
            if name in found:
                self._texts[service, region, name] = found[name]
            else:
                self._refusals[service, region, name] = f"{_ABSENT[service]} in {client.meta.region_name}"

    def _advice_on_network(self, error: Exception) -> str:
        if not isinstance(error, (self._errors.ConnectionError, self._errors.HTTPClientError)):
            return ""
        return "; in a VPC, the function needs a NAT gateway or endpoints of these services to reach them"


def _refusal(service: str, region: str, error: Mapping[str, str]) -> str:
    code = error.get("Code", "")
    if code == "ResourceNotFoundException":
        return f"there is no such secret in {region}, or it has no value ({code})"
    said = ": ".join(filter(None, [code, error.get("Message", "").rstrip(".")]))
    return f"{said}; {_ADVICE[service]}" if code in _NOT_ALLOWED else said


def _parameters(client: Any, names: list[str]) -> dict[str, str]:
    """Each by its name and by its ARN, with the version or label that was asked for (`Selector`, ":3")."""
    found: dict[str, str] = {}
    for parameter in client.get_parameters(Names=names, WithDecryption=True)["Parameters"]:
        selector = parameter.get("Selector", "")
        found[parameter["Name"] + selector] = found[parameter["ARN"] + selector] = parameter["Value"]
    return found


def _secret(client: Any, names: list[str]) -> dict[str, str]:
    answer = client.get_secret_value(SecretId=names[0])
    return {names[0]: answer["SecretString"]} if "SecretString" in answer else {}


_CALLS = {"ssm": _parameters, "secretsmanager": _secret}
