"""Live databases: what they declare, that nothing is written, and that no password or value comes out."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.errors import InputError
from auditor.schemas.connection import reading, shown_name
from auditor.schemas.database import Databases, divide, read_database, read_databases
from tests.support.commands import CAPTURE, auditor
from tests.support.servers import Server, mariadb, postgres

PASSWORD, VALUE = "hunter2secret", "ann.canary@example.com"
SHOP = f"""
CREATE TABLE users (id int primary key, email varchar(200), ref1 varchar(100), note text);
INSERT INTO users VALUES (1, '{VALUE}', '{VALUE}', 'x'), (2, 'b.{VALUE}', 'b.{VALUE}', 'y');
CREATE VIEW contacts AS SELECT u.email AS reach, lower(u.ref1) AS other FROM users u WHERE u.note <> '{VALUE}';
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript(SHOP)
    connection.close()
    return path


@pytest.fixture(scope="module")
def pg() -> Iterator[Server]:
    with postgres() as server:
        server.run("CREATE DATABASE shop", "postgres")
        server.run(SHOP, "shop")
        server.run(
            f"""CREATE SCHEMA crm;
            CREATE TYPE mood AS ENUM ('{VALUE}', 'glad');
            CREATE TABLE crm.leads (id serial, phone text, m mood, tags text[], "Odd Name" jsonb);
            CREATE MATERIALIZED VIEW crm.calls AS SELECT phone AS p FROM crm.leads;
            CREATE TABLE crm.closed (x text);
            COMMENT ON TABLE users IS 'people';
            COMMENT ON COLUMN users.note IS 'privacy: user.name';
            CREATE ROLE peek LOGIN PASSWORD '{PASSWORD}';
            GRANT USAGE ON SCHEMA crm TO peek;
            GRANT SELECT ON users, crm.leads TO peek""",
            "shop",
        )
        yield server


@pytest.fixture(scope="module")
def maria() -> Iterator[Server]:
    with mariadb() as server:
        server.run("CREATE DATABASE shop")
        server.run(SHOP, "shop")
        server.run(f"CREATE TABLE kinds (k enum('{VALUE}', 'b') comment 'kind of', t tinyint(1))", "shop")
        yield server


def columns(found: Databases, table: str) -> dict[str, tuple[str | None, str | None]]:
    (declared,) = [each.table for each in found.declared if each.table.name == table]
    return {column.name: (column.type, column.comment) for column in declared.columns}


def fills(found: Databases) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(output.target, output.sources) for _, output in found.views}


def test_sqlite(file: Path) -> None:
    found = read_database(f"sqlite:///{file}")
    assert columns(found, "users") == {
        "id": ("INTEGER", None),
        "email": ("VARCHAR(200)", None),
        "ref1": ("VARCHAR(100)", None),
        "note": ("TEXT", None),
    }
    assert set(columns(found, "contacts")) == {"reach", "other"}
    assert fills(found) == {("contacts.reach", ("users.email",)), ("contacts.other", ("users.ref1",))}
    assert {each.table.database for each in found.declared} == {"shop.db"}
    assert (found.inputs[0].name, found.inputs[0].format) == ("sqlite:///shop.db", "live database")
    assert str(file.parent) not in repr(found)
    assert not found.sampled
    assert VALUE not in repr(found)


def test_a_sample_leaves_labels_and_no_value(file: Path) -> None:
    found = read_database(f"sqlite:///{file}", sample=10)
    labels = {label.category: label for label in found.sampled["users", "ref1"]}
    assert "2 of 2 distinct values" in " ".join(labels["user.contact.email"].evidence)
    assert VALUE not in repr(found)


def test_nothing_can_be_written(file: Path) -> None:
    before = file.read_bytes()
    for statement in ("INSERT INTO users (id) VALUES (9)", "CREATE TABLE extra (id int)", "DROP TABLE users"):
        with pytest.raises(InputError), reading(f"sqlite:///{file}") as connection:
            connection.exec_driver_sql(statement)
    assert file.read_bytes() == before


def test_postgres(pg: Server) -> None:
    url = pg.url.replace("postgres:unused", f"peek:{PASSWORD}") + "/shop"
    found = read_databases([f"orders={url}"], sample=5)
    assert {each.table.name for each in found.declared} == {
        *("public.users", "public.contacts", "crm.leads", "crm.calls", "crm.closed")
    }
    assert {each.store for each in found.declared} == {"orders"}
    assert {each.table.database for each in found.declared} == {"shop"}
    assert columns(found, "public.users")["note"] == ("TEXT", "privacy: user.name")
    leads = {"id": "INTEGER", "phone": "TEXT", "m": "mood", "tags": "TEXT[]", "Odd Name": "JSONB"}
    assert {name: type_ for name, (type_, _) in columns(found, "crm.leads").items()} == leads
    assert ("crm.calls.p", ("crm.leads.phone",)) in fills(found)
    assert ("public.contacts.reach", ("users.email",)) in fills(found)
    assert [gap.where.rpartition(" ")[2] for gap in found.gaps] == ["crm.closed"]
    assert any(label.category == "user.contact.email" for label in found.sampled["users", "ref1"])
    assert not {PASSWORD, VALUE, "peek"} & set(repr(found).replace("'", " ").split())
    assert PASSWORD not in repr(found)
    assert VALUE not in repr(found)


def test_postgres_is_only_read_even_by_its_owner(pg: Server) -> None:
    with pytest.raises(InputError, match="cannot be read"), reading(pg.url + "/shop") as connection:
        connection.exec_driver_sql("INSERT INTO users (id) VALUES (9)")
    with reading(pg.url + "/shop") as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 2
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "30s"


def test_mariadb(maria: Server) -> None:
    one, every = read_database(maria.url + "/shop", sample=5), read_database(maria.url)
    assert columns(one, "kinds") == {"k": ("ENUM", "kind of"), "t": ("TINYINT(1)", None)}
    assert fills(one) == fills(every) == {("contacts.reach", ("users.email",)), ("contacts.other", ("users.ref1",))}
    assert {(each.table.name, each.table.database) for each in every.declared} == {
        *(("users", "shop"), ("contacts", "shop"), ("kinds", "shop"))
    }
    assert any(label.category == "user.contact.email" for label in one.sampled["users", "ref1"])
    assert VALUE not in repr(one)
    with pytest.raises(InputError, match="cannot be read"), reading(maria.url + "/shop") as connection:
        connection.exec_driver_sql("INSERT INTO users (id) VALUES (9)")
    with reading(maria.url + "/shop") as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql://aleena:{PASSWORD}@127.0.0.1:1/db", "cannot be reached"),
        (f"postgres://aleena:{PASSWORD}@127.0.0.1:1/db", "cannot be reached"),
        (f"mysql://aleena:{PASSWORD}@127.0.0.1:1/db", "cannot be reached"),
        (f"postgresql://aleena:{PASSWORD}@127.0.0.1:port/db", "not a database URL"),
        (f"postgresql://aleena:{PASSWORD}@more@127.0.0.1/db", "%40"),
        (f"mysql+nosuchdriver://aleena:{PASSWORD}@h/db", r"privacy-auditor\[db\]"),
        ("sqlite:///nowhere.db", "no such file"),
        ("sqlite://", "no such file"),
        (f"oracle://aleena:{PASSWORD}@h/db", "no database that can be read"),
        (f"oracle://aleena:=://{PASSWORD}@h/db", "no database that can be read"),
        (f"store=oracle://aleena:{PASSWORD}@h/db", "no database that can be read"),
    ],
)
def test_errors_are_clear_and_tell_no_password(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        read_databases(divide([url])[0])
    assert PASSWORD not in str(raised.value)
    assert "aleena" not in str(raised.value)


def test_what_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(InputError, match=r"pip install 'privacy-auditor\[db\]'"):
        read_database(f"postgresql://aleena:{PASSWORD}@h/db")


def test_the_name_shown() -> None:
    assert shown_name("mysql+pymysql://u:p/w?x@h:3306/db?ssl_key=k#f") == "mysql://h:3306/db"
    assert shown_name("sqlite:////home/ann/shop.db") == "sqlite:///shop.db"
    assert shown_name("postgres:///db?password=p") == "postgresql:///db"


def test_files_and_urls_are_told_apart() -> None:
    live, files = divide(["a.sql", "x=b.sql", "sqlite:///c.db", "x=postgresql://h/d?options=a=b"])
    assert live == ["sqlite:///c.db", "x=postgresql://h/d?options=a=b"]
    assert files == ["a.sql", "x=b.sql"]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(InputError, match="no database"):
        read_database(f"sqlite:///{tmp_path / 'no.db'}")


def test_scan_takes_a_database_for_a_schema(file: Path, tmp_path: Path) -> None:
    traces = str(CAPTURE / "traces.otlp.jsonl.gz")
    run = auditor(
        "scan", traces, "--schema", f"shop=sqlite:///{file}", "--sample", "9", "--out", "out", folder=tmp_path
    )
    assert run.returncode == 0, run.stderr
    text = (tmp_path / "out" / "audit.json").read_text()
    fields = {field["id"]: field for field in json.loads(text)["fields"]}
    assert "user.contact.email" in {label["category"] for label in fields["shop/users.ref1"]["labels"]}
    assert "user.contact.email" in {label["category"] for label in fields["shop/contacts.other"]["labels"]}
    assert VALUE not in text + (tmp_path / "out" / "report.html").read_text() + run.stdout
