"""Statement counters from CSV files and live databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.telemetry.digests import Digests, read_digests
from tests.support.commands import CAPTURE, auditor
from tests.support.servers import mariadb, postgres

VALUE = "ann.canary@example.com"
POSTGRES = f"""datname,rolname,queryid,query,calls,rows,toplevel
shop,app,1,"SELECT email
FROM users WHERE id = $1",5,5,t
shop,app,2,"SET x = '{VALUE}'",2,0,t
shop,app,3,SELECT ssn FROM users,1,0,f
shop,app,4,<insufficient privilege>,7,0,t
shop,app,5,SELECT 1,not a number,0,t
"""
MYSQL = "SCHEMA_NAME,DIGEST,DIGEST_TEXT,COUNT_STAR\nshop,x,SELECT `email` FROM `users` WHERE `id` = ?,5\n,y,,3\n"
BANK = Path("../shared/data/captures/bank-of-anthos").resolve()


def read(folder: Path, text: str, store: str = "") -> Digests:
    (folder / "counters.csv").write_text(text)
    return read_digests([f"{store}{folder / 'counters.csv'}"])


def test_postgres(tmp_path: Path) -> None:
    found = read(tmp_path, POSTGRES)
    assert [(s.database, s.shape, s.calls, s.inner, s.store) for s in found.statements] == [
        ("shop", "SELECT email FROM users WHERE id = ?", 5, False, None),
        ("shop", "SET x = '?'", 2, False, None),
        ("shop", "SELECT ssn FROM users", 1, True, None),
    ]
    assert {(gap.kind, gap.where, gap.count) for gap in found.gaps} == {
        ("hidden_statement", "counters.csv", 7),
        ("bad_record", "counters.csv row 5", 1),
    }
    assert VALUE not in repr(found)


def test_mysql(tmp_path: Path) -> None:
    found = read(tmp_path, MYSQL, "mine=")
    (statement,) = found.statements
    assert (statement.system, statement.database, statement.store, statement.calls) == ("mysql", "shop", "mine", 5)
    assert [(gap.kind, gap.count) for gap in found.gaps] == [("hidden_statement", 3)]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "query\nSELECT 1\n", '"', "\x00\xff"])
def test_what_is_no_table_of_counters_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"counters\.csv: no counters"):
        read(tmp_path, text)


def test_a_missing_file_and_a_database_without_counters(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_digests([str(tmp_path / "none.csv")])
    with pytest.raises(InputError, match="SQLite counts no statements"):
        read_digests(["sqlite:////x.db"])


@given(st.text(max_size=200))
def test_any_rows_give_an_answer(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "counters.csv").write_bytes(b"query,calls\n" + text.encode("utf-8", "surrogatepass"))
    read_digests([str(folder / "counters.csv")])


def test_live_postgres() -> None:
    with postgres() as server:
        server.run("CREATE DATABASE shop", "postgres")
        server.run("CREATE EXTENSION pg_stat_statements; CREATE TABLE users (id int, email text)", "shop")
        server.run(
            f"SELECT email FROM users WHERE email = '{VALUE}'; SELECT email FROM users WHERE email = 'b'", "shop"
        )
        found = read_digests([f"orders={server.url}/shop"])
        with pytest.raises(InputError, match="not there"):
            read_digests([f"{server.url}/postgres"])
    counted = {statement.shape: statement for statement in found.statements if statement.database == "shop"}
    assert counted["SELECT email FROM users WHERE email = ?"].calls == 2
    assert {statement.store for statement in found.statements} == {"orders"}
    assert found.inputs[0].name.startswith("postgresql://127.0.0.1:")
    assert VALUE not in repr(found)


def test_live_mariadb() -> None:
    with mariadb() as server:
        server.run("CREATE DATABASE shop; USE shop; CREATE TABLE users (id int, email text)")
        server.run(
            f"SELECT email FROM users WHERE email = '{VALUE}'; SELECT email FROM users WHERE email = 'b'", "shop"
        )
        found = read_digests([server.url])
    counted = {statement.shape: statement.calls for statement in found.statements if statement.database == "shop"}
    assert counted["SELECT `email` FROM `users` WHERE `email` = ?"] == 2
    assert VALUE not in repr(found)


def test_scan_tells_what_traces_show_of_what_was_counted(tmp_path: Path) -> None:
    traces, schema = str(CAPTURE / "traces.otlp.jsonl.gz"), str(CAPTURE / "schema.sql")
    plain = auditor("scan", traces, "--schema", schema, "--out", "plain", folder=tmp_path)
    assert plain.returncode == 0
    audit = json.loads((tmp_path / "plain" / "audit.json").read_text())
    store = next(s["name"] for s in audit["stores"] if any(table.endswith("patients") for table in s["tables"]))
    (tmp_path / "c.csv").write_text(
        "query,calls\nSELECT email FROM patients WHERE nickname = $1 AND id > $2,40\nCOMMIT,9\n"
    )
    run = auditor("scan", traces, "--schema", schema, "--statements", f"{store}=c.csv", "--out", "out", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert f"traces show 0 of the 40 statement calls that {store} counted" in run.stdout
    assert f"that {store} counted" in (tmp_path / "out" / "report.html").read_text()
    audit = json.loads((tmp_path / "out" / "audit.json").read_text())
    assert audit["scope"]["coverage"] == [
        {"store": store, "counted_calls": 40, "traced_calls": 0, "counted_statements": 1, "traced_statements": 0}
    ]
    gaps = {gap["kind"]: gap for gap in audit["gaps"]}
    assert gaps["untraced_statement"]["where"] == f"{store}/patients"
    assert "email (user.contact.email)" in gaps["untraced_statement"]["what_it_hides"]


@pytest.mark.skipif(not BANK.exists(), reason="the shared captures are not here (../shared)")
def test_the_bank_counted_just_what_its_traces_show(tmp_path: Path) -> None:
    arguments = ["--statements", str(BANK / "pg_stat_statements.csv"), "--out", "out", "-q"]
    assert auditor("scan", str(BANK / "traces.otlp.jsonl.gz"), *arguments, folder=tmp_path).returncode == 0
    coverage = json.loads((tmp_path / "out" / "audit.json").read_text())["scope"]["coverage"]
    assert [(c["store"], c["traced_calls"], c["counted_calls"]) for c in coverage] == [
        ("accounts-db", 295, 295),
        ("ledger-db/postgresdb", 681, 681),
    ]
