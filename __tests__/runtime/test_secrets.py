"""Secrets, read by the real boto3 from the two services on loopback."""

import json
import logging
import os
import sys

import pytest
from lambda_events import function_url
from runtime_interface import Client, artifact, needs_client
from secret_services import ACCOUNT, Refused, SecretServices

from wsgi_lambda.secrets import SecretsError, resolve, value_of

PARAMETER = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:shop/db-a1B2c3"
FORMS = (
    "the reference must be ssm:NAME, secretsmanager:NAME, or the ARN of a parameter or a secret; for one key of a JSON object, "
    "#KEY stands behind it."
)
DATABASE = json.dumps({"url": "postgres://u:hunter2@db/shop", "port": 5432, "is_ready": True})


@pytest.fixture
def services(monkeypatch):
    with SecretServices() as services:
        monkeypatch.setattr(os, "environ", os.environ.copy())  # what is resolved goes at the end of the test
        os.environ.update(services.environment())
        for name in ("A", "B", "C", "D", "WSGI_LAMBDA_SECRETS"):
            os.environ.pop(name, None)
        yield services


def values(**references):
    resolve(references)
    return {name: os.environ.get(name) for name in references}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("ssm:/shop/key", "one"),
        ("ssm:plain.name", "plain"),
        ("ssm:/shop/key:3", "three"),
        ("ssm:/shop/key:stable", "stable one"),
        ("ssm:/shop/db#port", "5432"),
        (f"{PARAMETER}/shop/key", "one"),
        (f"{PARAMETER}/shop/key:3", "three"),
        ("secretsmanager:shop/db", DATABASE),
        ("secretsmanager:shop/db#url", "postgres://u:hunter2@db/shop"),
        ("secretsmanager:shop/db#is_ready", "true"),
        ("secretsmanager:shop/odd#a#b:c", "odd"),
        (SECRET, DATABASE),
        (f"{SECRET}#url", "postgres://u:hunter2@db/shop"),
    ],
)
def test_references(services, reference, value):
    services.parameters.update(
        {"/shop/key": "one", "/shop/key:3": "three", "/shop/key:stable": "stable one", "plain.name": "plain",
         "/shop/db": DATABASE}
    )  # fmt: skip
    services.secrets.update({"shop/db": DATABASE, SECRET: DATABASE, "shop/odd": '{"a#b:c": "odd"}'})
    assert values(A=reference) == {"A": value}
    (region, _, _), = services.calls
    assert region == ("us-east-1" if reference.startswith("arn:") else "eu-west-1")


def test_few_requests(services):
    names = [f"/shop/{number}" for number in range(21)]
    services.parameters.update(dict.fromkeys(names, "value"))
    services.secrets["shop/db"] = DATABASE
    references = {f"V{number}": f"ssm:{name}" for number, name in enumerate(names)}
    found = values(**references, AGAIN="ssm:/shop/0", URL="secretsmanager:shop/db#url", PORT="secretsmanager:shop/db#port")
    assert set(found.values()) == {"value", "postgres://u:hunter2@db/shop", "5432"}
    assert [action for _, action, _ in services.calls] == ["GetParameters"] * 3 + ["GetSecretValue"]


def test_the_environment_wins_over_the_file(services):
    services.parameters.update({"/file": "of the file", "/own": "of the environment"})
    os.environ.update(A="plain", B="plain", WSGI_LAMBDA_SECRETS='{"B": "ssm:/own", "C": "ssm:/own"}')
    resolve({"A": "ssm:/file", "B": "ssm:/file", "C": "ssm:/file", "D": "ssm:/file"})
    assert [os.environ[name] for name in "ABCD"] == ["plain", "of the environment", "of the environment", "of the file"]


@pytest.mark.parametrize("variable", ["", "{}"])
def test_nothing_is_asked_for_nothing(services, monkeypatch, variable):
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    os.environ["WSGI_LAMBDA_SECRETS"] = variable
    resolve({})


def test_all_failures_are_told_at_once_and_no_value(services, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    denied = "User: arn:aws:sts::123456789012:assumed-role/shop is not authorized to perform: it."
    services.parameters.update({"/fine": "hunter2", "/denied": Refused("AccessDeniedException", denied), "/null": "hunter2\0",
                                "/half": "hunter2\ud800"})  # fmt: skip
    services.secrets.update(
        {"db": '{"url": "hunter2", "port": 1}', "list": '["hunter2"]', "text": "hunter2", "binary": b"hunter2", "empty": "{}",
         "denied": Refused("AccessDeniedException", denied), "key": Refused("DecryptionFailure", "no key"),
         "gone": Refused("InvalidRequestException", "it is marked for deletion")}
    )  # fmt: skip
    references = {
        "FINE": "ssm:/fine", "P_DENIED": "ssm:/denied", "P_GONE": "ssm:/gone", "P_NULL": "ssm:/null", "P_HALF": "ssm:/half",
        "S_KEY": "secretsmanager:db#password", "S_LIST": "secretsmanager:list#url", "S_TEXT": "secretsmanager:text#url",
        "S_BINARY": "secretsmanager:binary", "S_EMPTY": "secretsmanager:empty#url", "S_DENIED": "secretsmanager:denied",
        "S_KMS": "secretsmanager:key", "S_NONE": "secretsmanager:none", "S_GONE": "secretsmanager:gone",
        "PASTED": "hunter2", "HALF": "secretsmanager:db#",
    }  # fmt: skip
    with pytest.raises(SecretsError) as raised:
        resolve(references)
    head, *lines = str(raised.value).split("\n- ")
    assert head == "15 of 16 secrets could not be read:"
    told = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}
    role = "User: arn:aws:sts::123456789012:assumed-role/shop is not authorized to perform: it"
    own_key = "and kms:Decrypt for its key if that is one of your own."
    assert told == {
        "PASTED": FORMS,
        "HALF": "no key follows the # of the reference.",
        "P_DENIED (ssm:/denied)": f"AccessDeniedException: {role}; allow the function's role ssm:GetParameters for it, {own_key}",
        "P_GONE (ssm:/gone)": "there is no such parameter, or no such version of it, in eu-west-1.",
        "P_NULL (ssm:/null)": "it has a null character, which no variable can have.",
        "P_HALF (ssm:/half)": "it has half of a surrogate pair, which no variable can have.",
        "S_KEY (secretsmanager:db#password)": "its JSON object has no such key, but url, port.",
        "S_LIST (secretsmanager:list#url)": "it holds no JSON object, and so no key.",
        "S_TEXT (secretsmanager:text#url)": "it holds no JSON object, and so no key.",
        "S_BINARY (secretsmanager:binary)": "it is binary, which no variable can be, in eu-west-1.",
        "S_EMPTY (secretsmanager:empty#url)": "its JSON object has no such key, but none at all.",
        "S_DENIED (secretsmanager:denied)":
            f"AccessDeniedException: {role}; allow the function's role secretsmanager:GetSecretValue for it, {own_key}",
        "S_KMS (secretsmanager:key)":
            f"DecryptionFailure: no key; allow the function's role secretsmanager:GetSecretValue for it, {own_key}",
        "S_NONE (secretsmanager:none)":
            "there is no such secret in eu-west-1, or it has no value (ResourceNotFoundException).",
        "S_GONE (secretsmanager:gone)": "InvalidRequestException: it is marked for deletion.",
    }  # fmt: skip
    assert "FINE" not in os.environ
    # The log level DEBUG of the function makes botocore log what it receives.
    assert "hunter2" not in caplog.text + "".join(capfd.readouterr()) + str(raised.value)


def test_botocore_logs_as_before_afterwards(services, caplog):
    caplog.set_level(logging.DEBUG, "botocore")
    services.parameters["/shop/key"] = "hunter2"
    values(A="ssm:/shop/key")
    assert "hunter2" not in caplog.text
    assert logging.getLogger("botocore").level == logging.DEBUG


@pytest.mark.parametrize(
    "reference",
    ["", "hunter2", "ssm:", "ssm:/with space", " ssm:/shop/key", "env:HOME", "secretsmanager:", "secretsmanager:a:b",
     "https://hunter2@host", f"{SECRET}:url::", "arn:aws:s3:::bucket", f"arn:aws:ssm:us-east-1:{ACCOUNT}:document/x"],
)  # fmt: skip
def test_what_is_no_reference_is_not_shown(services, reference):
    with pytest.raises(SecretsError) as raised:
        resolve({"A": reference})
    assert str(raised.value) == f"1 of 1 secrets could not be read:\n- A: {FORMS}"
    assert services.calls == []


@pytest.mark.parametrize("content", ["{", "[]", '{"A": 1}', '"hunter2"'])
def test_the_variable_must_hold_an_object_of_strings(services, content):
    os.environ["WSGI_LAMBDA_SECRETS"] = content
    with pytest.raises(SecretsError, match="WSGI_LAMBDA_SECRETS must hold a JSON object of strings") as raised:
        resolve({})
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("name", ["", "A-B", "1A", "A=B", "É"])
def test_names_of_variables(services, name):
    with pytest.raises(SecretsError, match="Not names of variables"):
        resolve({name: "ssm:/shop/key"})


def test_without_boto3(services, monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(SecretsError, match="read with boto3, which cannot be imported.*a container image must install it"):
        resolve({"A": "ssm:/shop/key"})


def test_an_address_that_nobody_reaches_is_given_up_at_once(services):
    """A function in a VPC without a way to AWS: one attempt to connect must not follow the other until the time is over."""
    services.secrets["shop/db"] = "text"
    os.environ["AWS_ENDPOINT_URL_SSM"] = "http://127.0.0.1:9"
    names = {f"V{number}": f"ssm:/shop/{number}" for number in range(11)}
    with pytest.raises(SecretsError) as raised:
        resolve({"A": "secretsmanager:shop/db", **names, "B": f"{PARAMETER}/shop/key"})
    message = str(raised.value)
    assert message.startswith("12 of 13 secrets")
    assert message.count("AWS gave no answer: Could not connect to the endpoint URL") == 12
    assert message.count("; in a VPC, the function needs a NAT gateway or endpoints") == 12


def test_without_credentials(services):
    del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    with pytest.raises(SecretsError, match=r"A \(ssm:/shop/key\): AWS gave no answer: Unable to locate credentials\.$"):
        resolve({"A": "ssm:/shop/key"})


def test_without_a_region(services):
    del os.environ["AWS_DEFAULT_REGION"]
    with pytest.raises(SecretsError, match=r"AWS gave no answer: You must specify a region\.$"):
        resolve({"A": "ssm:/shop/key"})


APP = """
import os
at_import = os.environ["DATABASE_URL"]

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [at_import.encode()]
"""


@needs_client
def test_a_function_has_its_secrets_when_the_application_is_imported(services, tmp_path):
    services.parameters["/shop/url"] = "postgres://u:hunter2@db/shop"
    folder = artifact(tmp_path, APP, secrets={"DATABASE_URL": "ssm:/shop/url"})
    with Client(folder, AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="DEBUG", **services.environment()) as client:
        assert client.invoke(function_url()).json()["body"] == "postgres://u:hunter2@db/shop"
        assert "hunter2" not in client.log()


@needs_client
def test_a_secret_that_cannot_be_read_fails_the_initialisation_whatever_is_set(services, tmp_path):
    """Else a command would run with the defaults of the settings: `manage migrate` on another database."""
    folder = artifact(tmp_path, APP, **{"on-import-error": "serve"})
    references = json.dumps({"DATABASE_URL": "ssm:/shop/none"})
    with Client(folder, WSGI_LAMBDA_SECRETS=references, **services.environment()) as client:
        error = client.init_error().json()
    assert error["errorType"] == "SecretsError"
    assert "DATABASE_URL (ssm:/shop/none): there is no such parameter" in error["errorMessage"]


def test_one_value_is_read_by_itself(services):
    services.secrets["shop/admin"] = json.dumps({"username": "admin"})
    assert value_of("secretsmanager:shop/admin#username") == "admin"
    assert "SHOP" not in os.environ
    with pytest.raises(SecretsError, match="secretsmanager:missing: there is no such secret"):
        value_of("secretsmanager:missing")
    with pytest.raises(SecretsError) as raised:
        value_of("postgresql://admin:hunter2@db")
    assert "hunter2" not in str(raised.value)
