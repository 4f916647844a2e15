"""Several statements in one text: temporary tables, views, renamed tables, T-SQL without semicolons, locations."""

from __future__ import annotations

import pytest

from lineage.sql.analyse import analyse
from lineage.sql.jsonl import answer
from lineage.sql.shape import shape


def _result(sql: str, dialect: str = "postgres") -> dict[str | None, tuple[str, ...]]:
    return {out.name: out.sources for out in analyse(sql, dialect).outputs if out.target is None}


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW v AS SELECT email AS mail FROM users",
        "CREATE TEMP TABLE v AS SELECT email AS mail FROM users",
        "CREATE TEMP TABLE v (mail text); INSERT INTO v SELECT email FROM users",
        "CREATE TEMP TABLE v (mail text); INSERT INTO v (mail) SELECT u.email FROM users u",
        "SELECT email AS mail INTO v FROM users",
    ],
)
def test_lineage_continues_through_what_the_text_made(made: str) -> None:
    sql = f"{made}; SELECT mail FROM v WHERE mail LIKE 'a%'"
    facts = analyse(sql, "postgres")
    assert (facts.read, facts.written) == (("users",), ("v",))
    assert _result(sql) == {"mail": ("users.email",)}
    assert ("users", "email", "filtered") in {(use.table, use.column, use.role) for use in facts.columns}


def test_rows_of_two_sources_meet_in_a_temporary_table() -> None:
    sql = "CREATE TEMP TABLE t (a text); INSERT INTO t SELECT x FROM u; INSERT INTO t SELECT y FROM w; SELECT a FROM t"
    assert _result(sql) == {"a": ("u.x", "w.y")}


def test_a_table_made_and_dropped_leaves_no_trace() -> None:
    facts = analyse("CREATE TABLE t AS SELECT * FROM a; INSERT INTO b SELECT * FROM t; DROP TABLE t", "")
    assert (facts.read, facts.written) == (("a",), ("b",))
    assert not any(use.table == "t" for use in facts.columns)
    assert not any((out.target or "").startswith("t.") for out in facts.outputs)


def test_a_dropped_table_that_was_there_before_is_written() -> None:
    assert analyse("DROP TABLE t", "").written == ("t",)


def test_a_renamed_table_is_written_under_its_new_name() -> None:
    facts = analyse("INSERT INTO t SELECT a FROM s; ALTER TABLE t RENAME TO u", "")
    assert (facts.read, facts.written) == (("s",), ("u",))
    assert analyse("ALTER TABLE t RENAME TO u", "").read == ("t",)


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("insert into a select x from s insert into b select y from u", ("s", "u"), ("a", "b")),
        ("INSERT INTO a (x) VALUES (@p0) SELECT id FROM a WHERE id = SCOPE_IDENTITY()", ("a",), ("a",)),
        ("SET NOCOUNT ON INSERT INTO a (x) VALUES (@p0) DELETE FROM b WHERE y = @p1", (), ("a", "b")),
        ("WITH c AS (SELECT x FROM s) INSERT INTO a (x) SELECT x FROM c", ("s",), ("a",)),
        ("MERGE INTO a USING s ON a.x = s.x WHEN MATCHED THEN UPDATE SET y = s.y;", ("s",), ("a",)),
    ],
)
def test_transact_sql_needs_no_semicolons(sql: str, read: tuple[str, ...], written: tuple[str, ...]) -> None:
    facts = analyse(sql, "tsql")
    assert (set(read) <= set(facts.read), facts.written) == (True, written)
    assert set(facts.read) <= {*read, *written}


def test_names_in_brackets_are_read_in_any_dialect() -> None:
    assert analyse("SELECT [a] FROM [s].[t]", "redshift").read == ("s.t",)


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("COPY t FROM 's3://bucket/path'", ["s3://bucket/path"], ["t"]),
        ("UNLOAD ('SELECT a FROM t') TO 's3://bucket/out_' IAM_ROLE 'x'", ["t"], ["s3://bucket/out_"]),
        ("INSERT OVERWRITE DIRECTORY 'hdfs://h/p' SELECT a FROM t", ["t"], ["hdfs://h/p"]),
        ("COPY t FROM 's3://bucket/jane@example.org'", [], ["t"]),
        ("COPY t FROM 's3://bucket/x?token=secret'", [], ["t"]),
        ("COPY t FROM 's3://bucket/4915112345678'", [], ["t"]),
        ("SELECT a FROM t WHERE b = 's3://bucket/x'", ["t"], []),
    ],
)
def test_locations_count_as_tables_in_answers_alone(sql: str, read: list[str], written: list[str]) -> None:
    tables = answer({"id": 1, "sql": sql, "dialect": "redshift"})["tables"]
    assert tables == {"read": read, "written": written}
    facts = analyse(sql, "redshift")
    assert not any("://" in name for name in (*facts.read, *facts.written))
    assert "://" not in shape(sql, "redshift").text


def test_stars_of_stars_are_given_up() -> None:
    steps = ",".join(f"c{i} AS (SELECT x.*, y.* FROM c{i - 1} x, c{i - 1} y)" for i in range(1, 40))
    facts = analyse(f"WITH c0 AS (SELECT a, b FROM t), {steps} SELECT * FROM c39", "postgres")
    assert facts.parse != "full"
    assert facts.read == ("t",)
