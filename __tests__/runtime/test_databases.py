"""Databases of previews, made by the function. What servers do is proven by the end-to-end tests: here, what they are told."""

import re
import ssl
import sys
import types

import pytest

from wsgi_lambda import databases, secrets
from wsgi_lambda.databases import address, drivers, marks, postgresql
from wsgi_lambda.databases.marks import DatabaseError, Mark, OwnDatabase

URL = "postgresql://admin:hunter2@db.internal/postgres"
FIELDS = {
    "engine": "postgresql", "scope": "database", "name": "shop_pr_7", "user": "shop_pr_7",
    "mark": {"host": "github.com", "repositoryId": "42", "pr": 7, "preview": "shop", "place": "123456789012/eu-west-1"},
}  # fmt: skip
MARK = (
    'wsgi-lambda {"host":"github.com","repository":"42","pr":7,"preview":"shop","place":"123456789012/eu-west-1",'
    '"scope":"database","name":"shop_pr_7","user":"shop_pr_7"}'
)
OURS = types.SimpleNamespace(
    client_context={"custom": {"wsgi-lambda": "1"}},
    aws_request_id="request-1",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:shop:live-databases",
)
OWNER = {"host": "github.com", "repositoryId": "42", "place": "123456789012/eu-west-1"}


class Connection:
    """What a driver gives: answers by the beginning of a statement, and what it was told."""

    def __init__(self, driver):
        self.driver = driver
        self.closed = False

    def cursor(self):
        return Cursor(self.driver)

    def close(self):
        self.closed = True


class Cursor:
    description = None

    def __init__(self, driver):
        self.driver = driver

    def execute(self, sql, values=()):
        self.driver.statements.append(sql % tuple(repr(value) for value in values) if values else sql)
        for pattern, rows in self.driver.answers:
            if re.search(pattern, sql):
                if isinstance(rows, Exception):
                    raise rows
                self.description, self.rows = True, rows
                return

    def fetchall(self):
        return self.rows

    def close(self):
        pass


class Driver(types.ModuleType):
    def __init__(self, *answers):
        super().__init__("driver")
        self.answers = [*answers]
        self.statements, self.connections, self.options = [], [], []

    def connect(self, **options):
        self.options.append(options)
        self.connections.append(Connection(self))
        return self.connections[-1]

    def told(self):
        return [statement for statement in self.statements if not statement.startswith("SET ")]

    def writes(self):
        return [statement for statement in self.told() if not statement.lstrip().startswith(("SELECT", "WITH"))]


@pytest.fixture
def ask(monkeypatch):
    """Asks the handler, with one driver that the artifact has."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "shop")
    monkeypatch.setenv("WSGI_LAMBDA_DATABASES", "secretsmanager:shop/admin")

    def ask(driver, command, admin=URL, name=None, **fields):
        for names in drivers._DRIVERS.values():
            for known in names:
                monkeypatch.setitem(sys.modules, known, None)
        name = name or ("psycopg" if admin.startswith("postgres") else "pymysql")
        monkeypatch.setitem(sys.modules, name, driver)
        monkeypatch.setattr(secrets, "value_of", lambda reference: admin)
        reply = databases.handler({databases.KEY: {"command": command, **fields}}, OURS)
        assert all(connection.closed for connection in driver.connections)
        return reply.get("result", reply)

    return ask


def with_mark(**changes):
    return {**FIELDS, "mark": {**FIELDS["mark"], **changes}}


def postgres(role=None, place=None, version=160004, is_superuser=False, more=()):
    """`role` is its comment, `place` owner and comment; None where there is none."""
    return Driver(
        *more,
        ("server_version_num", [(version, "postgres", is_superuser)]),
        ("FROM pg_roles WHERE rolname = %s$", [] if role is None else [(role,)]),
        ("FROM pg_database WHERE|FROM pg_namespace WHERE nspname =", [] if place is None else [place]),
        ("has_database_privilege", [(True,)]),
        ("WITH objects", [("table", "public.orders"), ("view", 'public."Odd"')]),
    )


class TestTheHandler:
    @pytest.mark.parametrize(
        ("event", "context"),
        [
            ({databases.KEY: {}}, None),
            ({databases.KEY: {}, "more": 1}, OURS),
            ({"_serverless-wsgi": {"command": "exec", "data": "1"}}, OURS),
            ([], OURS),
        ],
    )
    def test_answers_only_its_own_client_and_only_commands(self, event, context):
        with pytest.raises(databases.UnsupportedEvent):
            databases.handler(event, context)

    def test_describes_the_server(self, ask):
        place = {"engine": "postgresql", "host": "db.internal", "port": 5432, "database": "postgres", "sslMode": None}
        assert ask(postgres(), "describe") == place
        assert ask(postgres(), "describe", URL + "?sslmode=verify-full")["sslMode"] == "verify-full"

    def test_knows_no_other_command(self, ask, capsys):
        error = ask(postgres(), "drop hunter2")["error"]
        assert error["hint"] == "Known: describe, prepare, remove, list."
        assert "hunter2" not in "".join(capsys.readouterr())

    def test_says_what_to_do_without_the_secret(self, monkeypatch, capsys):
        monkeypatch.setenv("WSGI_LAMBDA_DATABASES", "hunter2")
        error = databases.handler({databases.KEY: {"command": "list"}}, OURS)["error"]
        assert error["title"] == "The administrator's secret could not be read"
        assert "database-role" in error["hint"] and "hunter2" not in str(error)
        assert "has no secret" in capsys.readouterr().out

    def test_says_no_password_in_its_log(self, ask, capsys):
        assert ask(postgres(), "prepare", database=FIELDS, password="hunter2") == "created"
        refused = postgres(more=[("CREATE DATABASE", ValueError("no right\nPASSWORD hunter2"))])
        assert ask(refused, "prepare", database=FIELDS, password="hunter2")["error"]["detail"] == "no right"
        log = "".join(capsys.readouterr())
        assert "database command prepare" in log and "was refused" in log and "hunter2" not in log

    @pytest.mark.parametrize(
        ("database", "title"),
        [
            (None, "The command does not name a database"),
            ({**FIELDS, "mark": "x"}, "The command does not name a database"),
            ({**FIELDS, "scope": "server"}, "The command does not name a database"),
            (with_mark(pr="7"), "The command does not name a database"),
            ({**FIELDS, "engine": "mysql"}, "The server is one of postgresql, and the database one of mysql"),
            (with_mark(preview="other"), "database shop_pr_7 is none of a preview of shop in 123456789012/eu-west-1"),
            (with_mark(place="123456789012/us-east-1"), "database shop_pr_7 is none of a preview of shop in 123456789012/eu-west-1"),
            (with_mark(host=None), "The command does not name a database"),
            (with_mark(pr=8), "database shop_pr_7 is none of a preview of shop in 123456789012/eu-west-1"),
            ({**FIELDS, "name": "production"}, "database production is none of a preview of shop in 123456789012/eu-west-1"),
            ({**FIELDS, "user": "admin"}, "database shop_pr_7 is none of a preview of shop in 123456789012/eu-west-1"),
            ({**with_mark(pr=-7), "name": "shop_pr_-7", "user": "shop_pr_-7"}, "database shop_pr_-7 is none of a preview of shop in 123456789012/eu-west-1"),
        ],
    )
    def test_touches_what_is_its_own_alone(self, ask, database, title):
        for command in ("prepare", "remove"):
            driver = postgres(role=MARK, place=("shop_pr_7", MARK))
            assert ask(driver, command, database=database)["error"]["title"] == title
            assert driver.told() == []


@pytest.mark.parametrize(
    ("function", "name", "user"),
    [
        ("shop", "shop_pr_7", "shop_pr_7"),
        ("Shop--API", "shop_api_pr_7", "shop_api_pr_7"),
        ("pg_shop", "f_pg_shop_pr_7", "f_pg_shop_pr_7"),
        ("1shop", "f_1shop_pr_7", "f_1shop_pr_7"),
        # As src/settings/names.ts shortens them.
        ("a" * 60, "a" * 49 + "_11ee3912_pr_7", "a" * 18 + "_11ee3912_pr_7"),
    ],
)
def test_names_follow_from_the_function(function, name, user):
    own = OwnDatabase("postgresql", "database", name, user, Mark("github.com", "42", 7, function, "1/eu-west-1"))
    assert own.is_of(function, "1/eu-west-1")
    assert not own.is_of("other", "1/eu-west-1") and not own.is_of(function, "2/eu-west-1")


def test_marks_are_read_as_they_are_written():
    own = OwnDatabase.read(FIELDS)
    assert own.mark() == MARK and own.is_marked_by(MARK) and own.fields() == FIELDS
    for comment in (None, "", "wsgi-lambda", "wsgi-lambda {", "wsgi-lambda []", 'wsgi-lambda {"pr":7}', MARK.replace("7,", '"7",')):
        assert marks.read_mark(comment, "postgresql") is None


def test_what_is_there_already_says_whose_it_is():
    own = OwnDatabase.read(FIELDS)
    for comment, owner, detail in (
        (None, "", "It has no mark of wsgi-lambda."),
        ("theirs", "admin", "It belongs to admin. It has no mark of wsgi-lambda."),
        (
            MARK.replace(":7,", ":8,"),
            "",
            "It is marked as made for pull request 8 of the repository with the number 42 of github.com, preview of shop in 123456789012/eu-west-1.",
        ),
    ):
        error = marks.foreign("The role shop_pr_7", comment, own, owner)
        assert error.detail == detail
        assert error.hint == "It is left as it is. Rename or remove it, or let the function of the preview have another name."
    elsewhere = marks.foreign("The role shop_pr_7", MARK.replace("eu-west-1", "us-east-1"), own)
    assert "function-name: shop-{{stage}}" in elsewhere.hint


def test_texts_are_quoted():
    assert marks.postgres_name('a"b') == '"a""b"'
    assert marks.postgres_text("a'\\b") == "E'a''\\\\b'"
    assert marks.mysql_name("a`b") == "`a``b`"
    assert marks.mysql_grant_name("a_b%c\\") == "`a\\_b\\%c\\\\`"
    assert marks.mysql_text("a'\\b") == "'a''\\\\b'"


def test_a_password_is_told_as_its_verifier():
    # RFC 7677, 3: the example of an exchange, with this salt and these rounds.
    verifier = postgresql.scram_verifier("pencil", bytes.fromhex("5b6d99689d12358eeca04b141236fa81"))
    stored, server = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    assert verifier == f"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==${stored}:{server}"


def shown(statements):
    return [re.sub(r"SCRAM[^']*", "…", statement).replace(MARK, "MARK") for statement in statements]


class TestPostgresql:
    def test_makes_a_database(self, ask):
        driver = postgres()
        assert ask(driver, "prepare", database=FIELDS, password="x") == "created"
        assert shown(driver.writes()) == [
            "BEGIN",
            "CREATE ROLE \"shop_pr_7\" LOGIN PASSWORD E'…'",
            "COMMENT ON ROLE \"shop_pr_7\" IS E'MARK'",
            'GRANT "shop_pr_7" TO CURRENT_USER',
            "COMMIT",
            'CREATE DATABASE "shop_pr_7" OWNER "shop_pr_7"',
            "BEGIN",
            'REVOKE ALL ON DATABASE "shop_pr_7" FROM PUBLIC',
            "COMMENT ON DATABASE \"shop_pr_7\" IS E'MARK'",
            "COMMIT",
        ]

    def test_gives_what_is_there_a_new_password(self, ask):
        driver = postgres(role=MARK, place=("shop_pr_7", MARK), is_superuser=True)
        assert ask(driver, "prepare", database=FIELDS, password="x") == "there"
        assert shown(driver.writes()) == ["ALTER ROLE \"shop_pr_7\" LOGIN PASSWORD E'…'"]

    def test_copies_no_other_database_than_its_template(self, ask, monkeypatch):
        driver = postgres(is_superuser=True)
        for name in ("", "base"):
            monkeypatch.setenv("WSGI_LAMBDA_DATABASES_TEMPLATE", name)
            error = ask(driver, "prepare", database=FIELDS, password="x", template="production")["error"]
            assert error["title"] == "production is not the template that shop was deployed with"
        assert not driver.statements

    def test_copies_a_template_and_hands_it_over(self, ask, monkeypatch):
        monkeypatch.setenv("WSGI_LAMBDA_DATABASES_TEMPLATE", "base")
        driver = postgres(is_superuser=True)
        assert ask(driver, "prepare", database=FIELDS, password="x", template="base") == "created"
        assert shown(driver.writes())[4:9] == [
            'CREATE DATABASE "shop_pr_7" OWNER "shop_pr_7" TEMPLATE "base"',
            "BEGIN",
            'ALTER table public.orders OWNER TO "shop_pr_7"',
            'ALTER view public."Odd" OWNER TO "shop_pr_7"',
            "COMMIT",
        ]
        assert [options["dbname"] for options in driver.options] == ["postgres", "shop_pr_7"]

    def test_goes_on_with_what_was_begun(self, ask):
        driver = postgres(role=MARK, place=("shop_pr_7", None))
        assert ask(driver, "prepare", database=FIELDS, password="x") == "created"
        assert not [statement for statement in driver.writes() if "DATABASE" in statement and "CREATE" in statement]
        driver = postgres(role=MARK, place=("somebody", MARK))
        assert ask(driver, "prepare", database=FIELDS, password="x") == "there"
        assert 'ALTER DATABASE "shop_pr_7" OWNER TO "shop_pr_7"' in driver.writes()

    def test_makes_a_schema(self, ask):
        fields = {**FIELDS, "scope": "schema"}
        driver = postgres(more=[("has_database_privilege", [(False,)])])
        assert ask(driver, "prepare", database=fields, password="x") == "created"
        assert [statement for statement in driver.writes() if "ROLE" not in statement][4:-1] == [
            'GRANT "shop_pr_7" TO CURRENT_USER',
            'CREATE SCHEMA "shop_pr_7" AUTHORIZATION "shop_pr_7"',
            f"COMMENT ON SCHEMA \"shop_pr_7\" IS E'{MARK.replace('database', 'schema')}'",
            'GRANT CONNECT ON DATABASE "postgres" TO "shop_pr_7"',
        ]
        driver = postgres(role=MARK.replace("database", "schema"), place=("shop_pr_7", None))
        assert ask(driver, "prepare", database=fields, password="x") == "created"
        assert 'ALTER SCHEMA "shop_pr_7" OWNER TO "shop_pr_7"' in driver.writes()

    @pytest.mark.parametrize(
        ("role", "place", "title"),
        [
            (None, ("admin", None), "The database shop_pr_7 exists, and was not made for this preview"),
            ("", ("shop_pr_7", MARK.replace('"42"', '"43"')), "The database shop_pr_7 exists, and was not made for this preview"),
            ("somebody's", None, "The role shop_pr_7 exists, and was not made for this preview"),
        ],
    )
    def test_refuses_what_was_there_before(self, ask, role, place, title):
        driver = postgres(role=role, place=place)
        assert ask(driver, "prepare", database=FIELDS, password="x")["error"]["title"] == title
        assert ask(driver, "remove", database=FIELDS) == "kept"
        assert driver.writes() == []

    def test_removes_all_of_it(self, ask):
        driver = postgres(role=MARK, place=("shop_pr_7", MARK))
        assert ask(driver, "remove", database=FIELDS) == "removed"
        assert driver.writes() == [
            "BEGIN",
            'ALTER ROLE "shop_pr_7" NOLOGIN',
            'GRANT "shop_pr_7" TO CURRENT_USER',
            "COMMIT",
            'DROP DATABASE "shop_pr_7" WITH (FORCE)',
            "BEGIN",
            'DROP OWNED BY "shop_pr_7" CASCADE',
            'DROP ROLE "shop_pr_7"',
            "COMMIT",
        ]
        assert any("usename = 'shop_pr_7'" in statement for statement in driver.told())

    def test_removes_what_is_left(self, ask):
        driver = postgres(role=MARK)
        assert ask(driver, "remove", database=FIELDS) == "removed"
        assert not [statement for statement in driver.writes() if "DATABASE" in statement]
        driver = postgres(place=("admin", MARK), version=120000)
        assert ask(driver, "remove", database=FIELDS) == "removed"
        assert driver.writes() == ['DROP DATABASE "shop_pr_7"']
        assert any("datname = 'shop_pr_7'" in statement for statement in driver.told()[3:])
        fields = {**FIELDS, "scope": "schema"}
        driver = postgres(place=("admin", MARK.replace("database", "schema")))
        assert ask(driver, "remove", database=fields) == "removed"
        assert driver.writes() == ['DROP SCHEMA "shop_pr_7" CASCADE']

    def test_lists_its_own(self, ask):
        rows = [(MARK,), (MARK.replace('"42"', '"43"'),), (MARK.replace("github.com", "git.example.com"),), (MARK.replace("eu-west", "us-east"),), (MARK.replace('"preview":"shop"', '"preview":"other"'),), ("wsgi-lambda {",)]
        driver = postgres(more=[("LIKE", rows)])
        assert ask(driver, "list", owner=OWNER) == [FIELDS]


MYSQL_URL = "mysql://admin:hunter2@db.internal"
MYSQL_FIELDS = {**FIELDS, "engine": "mysql"}


def mysql(mark=None, has_database=False, has_user=False, has_marks=True, more=()):
    """`mark` is that of the name; None where there is none."""
    return Driver(
        *more,
        ("information_schema.TABLES", [("marks",)] if has_marks else []),
        ("SELECT mark", [] if mark is None else [(mark,)]),
        ("SCHEMATA", [("shop_pr_7",)] if has_database else []),
        ("PROCESSLIST", [(5,), (6,)]),
        ("mysql.user", [("shop_pr_7",)] if has_user else []),
    )


class TestMysql:
    @pytest.mark.parametrize("has_marks", [True, False])
    def test_makes_a_database(self, ask, has_marks):
        driver = mysql(has_marks=has_marks)
        assert ask(driver, "prepare", MYSQL_URL, database=MYSQL_FIELDS, password="x") == "created"
        assert driver.writes() == [
            "CREATE DATABASE IF NOT EXISTS wsgi_lambda CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS wsgi_lambda.marks (name VARCHAR(64) PRIMARY KEY, mark VARCHAR(2000) NOT NULL)",
            f"INSERT INTO wsgi_lambda.marks (name, mark) VALUES ('shop_pr_7', {MARK!r})",
            "CREATE DATABASE `shop_pr_7` CHARACTER SET utf8mb4",
            "CREATE USER 'shop_pr_7'@'%' IDENTIFIED BY 'x'",
            "GRANT ALL PRIVILEGES ON `shop\\_pr\\_7`.* TO 'shop_pr_7'@'%'",
        ]

    def test_gives_what_is_there_a_new_password(self, ask):
        driver = mysql(MARK, has_database=True, has_user=True)
        assert ask(driver, "prepare", MYSQL_URL, database=MYSQL_FIELDS, password="x") == "there"
        assert driver.writes()[0] == "ALTER USER 'shop_pr_7'@'%' IDENTIFIED BY 'x'"

    def test_makes_again_what_somebody_has_dropped(self, ask):
        driver = mysql(MARK, has_user=True)
        assert ask(driver, "prepare", MYSQL_URL, database=MYSQL_FIELDS, password="x") == "created"
        assert driver.writes()[:2] == ["CREATE DATABASE `shop_pr_7` CHARACTER SET utf8mb4", "ALTER USER 'shop_pr_7'@'%' IDENTIFIED BY 'x'"]

    @pytest.mark.parametrize(
        ("driver", "title"),
        [
            (mysql(has_database=True), "The database shop_pr_7"),
            (mysql(has_user=True), "The user shop_pr_7"),
            (mysql(MARK.replace("eu-west-1", "us-east-1"), has_database=True, has_user=True), "The database shop_pr_7"),
        ],
    )
    def test_refuses_what_was_there_before(self, ask, driver, title):
        error = ask(driver, "prepare", MYSQL_URL, database=MYSQL_FIELDS, password="x")["error"]
        assert error["title"] == f"{title} exists, and was not made for this preview"
        assert ask(driver, "remove", MYSQL_URL, database=MYSQL_FIELDS) == "kept"
        assert driver.writes() == []

    def test_removes_all_of_it(self, ask):
        denied = ValueError("it is not yours")
        more = [("KILL 6", denied), (r"rds_kill\(6", denied)]
        driver = mysql(MARK, has_database=True, has_user=True, more=more)
        assert ask(driver, "remove", MYSQL_URL, database=MYSQL_FIELDS) == "removed"
        assert driver.writes() == [
            "DROP USER IF EXISTS 'shop_pr_7'@'%'",
            *("KILL 5", "KILL 6", "CALL mysql.rds_kill(6)"),
            "DROP DATABASE IF EXISTS `shop_pr_7`",
            "DELETE FROM wsgi_lambda.marks WHERE name = 'shop_pr_7'",
        ]

    @pytest.mark.parametrize("has_marks", [True, False])
    def test_has_nothing_to_remove_where_nothing_is(self, ask, has_marks):
        driver = mysql(has_marks=has_marks)
        assert ask(driver, "remove", MYSQL_URL, database=MYSQL_FIELDS) == "missing"
        assert ask(driver, "list", MYSQL_URL, owner=OWNER) == []
        assert driver.writes() == []

    def test_lists_its_own(self, ask):
        rows = [("shop_pr_7", MARK), ("copy", MARK), ("odd", "wsgi-lambda {")]
        assert ask(mysql(more=[("LIKE", rows)]), "list", MYSQL_URL, owner=OWNER) == [MYSQL_FIELDS]


class TestTheAddress:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("postgres://u:p%40@h", ("postgresql", "h", 5432, "u", "p@", "postgres", "", "")),
            ("postgresql+psycopg://u@h:1/d?sslmode=verify-ca&sslrootcert=ca.pem", ("postgresql", "h", 1, "u", "", "d", "verify-ca", "ca.pem")),
            ("mysql://u:p@h/d?ssl-mode=REQUIRED&ssl-ca=system", ("mysql", "h", 3306, "u", "p", "d", "require", "")),
            ('{"engine": "aurora-mysql", "host": "h", "username": "u", "password": 1, "port": 2}', ("mysql", "h", 2, "u", "1", "", "", "")),
            (' {"engine": "postgres", "host": "h", "username": "u", "dbname": "d"}', ("postgresql", "h", 5432, "u", "", "d", "", "")),
        ],
    )
    def test_is_read(self, text, expected):
        admin = address.Admin.read(text)
        found = (admin.engine, admin.host, admin.port, admin.user, admin.password, admin.database, admin.ssl_mode, admin.ssl_root)
        assert found == expected

    @pytest.mark.parametrize(
        "text",
        ["hunter2", "{hunter2", "oracle://u:hunter2@h", "mysql://:hunter2@h", "mysql://u:hunter2@", "mysql://u@h/hunter2?sslmode=x", "mysql://u:hunter2@h:x"],
    )
    def test_is_not_repeated(self, text):
        with pytest.raises(DatabaseError) as raised:
            address.Admin.read(text)
        error = raised.value
        assert "hunter2" not in error.title + error.detail + error.hint

    @pytest.mark.parametrize(
        ("host", "mode", "expected"),
        [("db", "", "require"), ("127.0.0.1", "", "disable"), ("localhost", "", "disable"), ("localhost", "require", "require")],
    )
    def test_says_whether_there_is_tls(self, host, mode, expected):
        assert address.Admin("postgres", host, "", "u", "p", "", mode, "").ssl() == expected


class TestDrivers:
    @pytest.mark.parametrize(
        ("name", "url", "options"),
        [
            ("psycopg", URL, {"sslmode": "require", "dbname": "postgres"}),
            ("psycopg2", URL + "?sslmode=verify-full&sslrootcert=ca.pem", {"sslmode": "verify-full", "sslrootcert": "/var/task/ca.pem"}),
            ("pg8000.dbapi", URL + "?sslmode=disable", {"ssl_context": None, "database": "postgres"}),
            ("pymysql", MYSQL_URL + "?sslmode=disable", {"ssl": None, "database": None}),
            ("MySQLdb", MYSQL_URL, {"ssl_mode": "REQUIRED", "passwd": "hunter2"}),
            ("MySQLdb", MYSQL_URL + "/d?sslmode=verify-ca&sslrootcert=ca.pem", {"db": "d", "ssl": {"ca": "/var/task/ca.pem"}}),
            ("mysql.connector", MYSQL_URL, {"ssl_disabled": False, "ssl_verify_cert": False, "database": None}),
            (
                "mysql.connector",
                MYSQL_URL + "?sslmode=verify-full&sslrootcert=ca.pem",
                {"ssl_verify_identity": True, "ssl_ca": "/var/task/ca.pem"},
            ),
        ],
    )
    def test_are_told_how_to_connect(self, ask, monkeypatch, name, url, options):
        monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
        driver = Driver()
        if name == "mysql.connector":
            monkeypatch.setitem(sys.modules, "mysql", types.ModuleType("mysql"))
        if name == "pg8000.dbapi":
            monkeypatch.setitem(sys.modules, "pg8000", types.ModuleType("pg8000"))
        assert "error" not in ask(driver, "describe", url, name=name)
        assert options.items() <= driver.options[0].items()

    @pytest.mark.parametrize(
        ("mode", "verifies", "checks_host"),
        [("require", ssl.CERT_NONE, False), ("verify-ca", ssl.CERT_REQUIRED, False), ("verify-full", ssl.CERT_REQUIRED, True)],
    )
    def test_look_at_certificates_as_they_are_told(self, ask, mode, verifies, checks_host):
        driver = Driver()
        ask(driver, "describe", f"{MYSQL_URL}?sslmode={mode}")
        context = driver.options[0]["ssl"]
        assert (context.verify_mode, context.check_hostname) == (verifies, checks_host)

    @pytest.mark.parametrize(
        ("given", "detail"), [((), ""), (("no route\nmore",), "no route"), (({"S": "FATAL", "M": "no role"},), "no role"), (({},), "{}")]
    )
    def test_that_cannot_connect_say_why(self, ask, given, detail):
        driver = Driver()
        driver.connect = lambda **options: (_ for _ in ()).throw(LookupError(*given))
        error = ask(driver, "describe")["error"]
        assert (error["title"], error["detail"]) == ("The database server db.internal:5432 refuses (LookupError)", detail)


def test_a_connection_that_takes_no_settings_is_closed(ask):
    driver = Driver(("SET search_path", ValueError("no")))
    assert ask(driver, "describe")["error"]["detail"] == "no"
    assert [connection.closed for connection in driver.connections] == [True]


def test_an_artifact_without_a_driver_is_told_so(monkeypatch):
    for name in drivers._DRIVERS["postgresql"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DatabaseError, match="no driver for postgresql"):
        address.Admin.read(URL).connect("postgres")
