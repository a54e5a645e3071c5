import pytest
from running import Context, answering

from wsgi_lambda import handle_request, make_handler
from wsgi_lambda.options import DEFAULT_COMMANDS
from wsgi_lambda.policy import Policy, PolicyError


@pytest.mark.parametrize(
    ("commands", "allowed", "refused"),
    [
        (
            DEFAULT_COMMANDS,
            ["manage", "manage migrate", "flask db upgrade", "manage migrate --noinput shop 0003"],
            ["exec", "shell", "manage shell", "manage dbshell", "manage shell_plus", "manage runscript x", "flask shell",
             "flask --debug shell", "flask --env-file x shell", "manage tenant_command shell",
             "manage startproject --template=https://evil.example/x.zip x /tmp", "manage startapp x", "manage test x",
             "manage check --pythonpath=/tmp", "manage check --pythonpath /tmp", "manage check --py=/tmp",
             "flask --env-file /dev/stdin run --reload", "flask --env-file=x routes", "flask -ex routes",
             "flask --debug --app x -e x routes", "flask db upgrade -d /tmp/x", "flask db upgrade --directory=/tmp/x",
             "flask --debug db history -vd /tmp/x"],
        ),
        (
            DEFAULT_COMMANDS,
            ["flask seed -e production", "flask --app x seed --env-file x", "flask seed -d db", "flask db downgrade --sql"],
            [],
        ),
        (
            ["flask db", "flask db upgrade -d other", "flask -e x"],
            ["flask db upgrade -d other", "flask -e x routes"],
            ["flask db upgrade -d /tmp", "flask -e y routes", "flask db upgrade -d other -d /tmp"],
        ),
        (["manage migrate"], ["manage migrate --plan"], ["manage migrate --pythonpath=/tmp", "manage migrate --p /tmp"]),
        (["manage", "manage test"], ["manage test shop"], ["manage shell"]),
        (["manage migrate"], ["manage migrate", "manage migrate shop"], ["manage", "manage migrate_all", "flask", "exec"]),
        (["flask db", "exec"], ["flask db upgrade", "exec", "exec shell"], ["flask", "flask routes", "shell"]),
        (["manage shell"], ["manage shell", "manage shell -c x"], ["manage migrate", "manage dbshell"]),
        (["manage", "manage shell"], ["manage shell", "manage migrate"], ["manage dbshell", "flask"]),
        (["shell"], ["shell"], ["exec", "manage shell", "flask shell"]),
        (["none"], [], ["manage migrate", "flask", "exec", "shell"]),
        ([], [], ["manage migrate", "flask", "exec", "shell"]),
    ],
)  # fmt: skip
def test_policy(commands, allowed, refused):
    policy = Policy(commands)
    for line in allowed:
        kind, *arguments = line.split()
        assert policy.refusal(kind, arguments) is None, line
    for line in refused:
        kind, *arguments = line.split()
        assert policy.refusal(kind, arguments), line


@pytest.mark.parametrize(
    ("kind", "data", "commands", "parts"),
    [
        ("exec", "print(1)", DEFAULT_COMMANDS, ["'exec' is not allowed", "allowed: manage, flask", 'set commands to manage, flask, exec,']),
        ("command", "ls", ["none"], ["'shell' is not allowed", "allowed: none", 'set commands to shell,']),
        ("manage", ["shell"], DEFAULT_COMMANDS, ['set commands to manage, flask, manage shell,']),
        ("manage", "dbshell --x", ["manage migrate"], ['set commands to manage migrate, manage dbshell,', "allowed: manage migrate"]),
    ],
)
def test_a_refusal_says_what_to_set(kind, data, commands, parts):
    event = {"_serverless-wsgi": {"command": kind, "data": data}}
    code, output = handle_request(answering(), event, Context(), commands=commands)
    assert code == 126
    assert all(part in output for part in parts), output


@pytest.mark.parametrize(
    ("commands", "variables", "refused"),
    [
        (DEFAULT_COMMANDS, ["DJANGO_SUPERUSER_PASSWORD", "LDAP_URL", "ENVIRONMENT"], None),
        (DEFAULT_COMMANDS, ["A", "PYTHONPATH", "PATH", "LD_PRELOAD"], "LD_PRELOAD, PATH, PYTHONPATH"),
        (["manage migrate"], ["DJANGO_SETTINGS_MODULE"], "DJANGO_SETTINGS_MODULE"),
        (DEFAULT_COMMANDS, ["BASH_FUNC_ls%%", "PS4", "SHELLOPTS"], "BASH_FUNC_ls%%, PS4, SHELLOPTS"),
        (DEFAULT_COMMANDS, ["AWS_CONFIG_FILE", "AWS_ENDPOINT_URL_S3", "https_proxy"], "AWS_CONFIG_FILE, AWS_ENDPOINT_URL_S3, https_proxy"),
        (DEFAULT_COMMANDS, ["FLASK_ENV_FILE", "FLASK_DB_UPGRADE_DIRECTORY"], "FLASK_DB_UPGRADE_DIRECTORY, FLASK_ENV_FILE"),
        (DEFAULT_COMMANDS, ["GCONV_PATH", "HOME", "NODE_OPTIONS"], "GCONV_PATH, HOME, NODE_OPTIONS"),
        (["manage", "exec"], ["PYTHONPATH"], None),
        (["manage", "shell"], ["PYTHONPATH"], None),
        (["manage", "manage shell"], ["PYTHONPATH"], "PYTHONPATH"),
    ],
)
def test_variables_that_decide_which_code_runs(commands, variables, refused):
    refusal = Policy(commands).refusal("manage", ["migrate"], dict.fromkeys(variables, ""))
    assert refusal is None if refused is None else refusal.startswith(f"{refused} may not be given")


def test_exec_and_shell_may_run_anything_anyway():
    assert Policy(["exec"]).refusal("exec", [], ["PYTHONPATH"]) is Policy(["shell"]).refusal("shell", [], ["PATH"]) is None
    assert Policy([]).refusal("exec", [], ["PYTHONPATH"]).startswith("'exec' is not allowed")


@pytest.mark.parametrize("commands", [["none", "manage"], ["mange"], [""], ["shell ls"], ["exec print"]])
def test_a_wrong_entry_fails_at_the_start(commands):
    with pytest.raises(PolicyError):
        make_handler(answering(), commands=commands)
