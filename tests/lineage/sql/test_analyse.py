"""Facts of statements: the cases of statements.txt, and what must hold for any text."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.analyse import analyse
from lineage.sql.facts import StatementFacts
from lineage.sql.shape import shape

SCHEMAS: dict[str, dict[str, list[str]] | None] = {
    "none": None,
    "shop": {
        "public.users": ["id", "email", "name", "org_id"],
        "public.orgs": ["id", "title"],
        "public.orders": ["id", "user_id", "total"],
    },
}
SYSTEMS = {"postgres": "postgresql", "tsql": "mssql", "cql": "cassandra", "base": None}


def _cases() -> list[tuple[str, str, str, str]]:
    """Blocks of `### dialect schema`, the statement, `---`, and what `_written` shows of its facts."""
    cases = []
    for block in Path(__file__).with_name("statements.txt").read_text().split("### ")[1:]:
        head, _, rest = block.partition("\n")
        sql, _, expected = rest.partition("\n---\n")
        dialect, schema = head.split()
        cases.append((dialect, schema, sql, expected.strip()))
    return cases


def _written(facts: StatementFacts) -> str:
    """`output a = t.c`: the column itself; `output a <- t.c`: made from it; `?.c`: of an unknown table."""
    lines = [f"parse {facts.parse}" + (" catalog_only" if facts.catalog_only else "")]
    lines += [f"read {' '.join(facts.read)}"] if facts.read else []
    lines += [f"written {' '.join(facts.written)}"] if facts.written else []
    roles: dict[str, list[str]] = {}
    for use in facts.columns:
        roles.setdefault(f"{use.table or '?'}.{use.column}{'' if use.certain else ' (unsure)'}", []).append(use.role)
    lines += [f"column {column}: {' '.join(found)}" for column, found in roles.items()]
    for out in facts.outputs:
        arrow = "=" if out.direct else "<-"
        lines.append(f"output {out.target or out.name or '-'} {arrow} {' '.join(out.sources)}".rstrip())
    return "\n".join(lines)


@pytest.mark.parametrize(("dialect", "schema", "sql", "expected"), _cases())
def test_facts(dialect: str, schema: str, sql: str, expected: str) -> None:
    assert _written(analyse(sql, "" if dialect == "base" else dialect, SCHEMAS[schema])) == expected


@pytest.mark.parametrize(("dialect", "schema", "sql", "expected"), _cases())
def test_a_shape_has_the_facts_of_its_statement(dialect: str, schema: str, sql: str, expected: str) -> None:
    stored = shape(sql, SYSTEMS.get(dialect, dialect)).text
    assert _written(analyse(stored, "" if dialect == "base" else dialect, SCHEMAS[schema])) == expected


def test_dialect_is_judged_by_the_text() -> None:
    assert analyse("SELECT `a` FROM `t`").read == ("t",)
    assert analyse("SELECT [a] FROM [dbo].[t]").read == ("dbo.t",)
    assert analyse("HGETALL user:1").parse == "not_sql"


def test_many_statements_in_one_text() -> None:
    facts = analyse("BEGIN; SELECT a FROM t; FROB; INSERT INTO u (b) VALUES (1); COMMIT", "postgres")
    assert (facts.read, facts.written, facts.parse) == (("t",), ("u",), "partial")


def test_a_schema_tells_tables_of_the_same_name_apart() -> None:
    schema = {"a.t": ["x"], "b.t": ["y"]}
    assert [use.table for use in analyse("SELECT y FROM b.t", "postgres", schema).columns] == ["b.t"]
    assert analyse("SELECT * FROM t", "postgres", schema).columns[0].column == "*"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT a FROM t WHERE " + "NOT " * 3000 + "b",
        "SELECT " + "f(" * 100 + "a" + ")" * 100 + " FROM t",
        "SELECT " + "CASE WHEN a THEN " * 120 + "1" + " END" * 120 + " FROM t",
        "SELECT * FROM " + "(SELECT * FROM " * 140 + "t" + ")" * 140,
        "SELECT a FROM t WHERE b = '" + "x" * 300_000,
        "SELECT a FROM t; " * 2000,
        "\0SELECT\0 a FROM t\0",
        "SELECT 'a\\",
        "'; DROP TABLE users; --",
        "\ud800",
    ],
)
def test_hostile_text_is_answered(text: str) -> None:
    assert analyse(text, "postgres").parse in ("full", "partial", "none")


def test_a_text_too_deep_to_parse_is_refused_before_the_parser() -> None:
    assert analyse("SELECT " + "(" * 100 + "a" + ")" * 100 + " FROM users", "postgres").read == ("users",)
    assert analyse("SELECT " + "(" * 151 + "a" + ")" * 151 + " FROM users", "postgres").parse == "none"


WORDS = (
    "SELECT FROM WHERE WITH AS ( ) , . * a b t 'x' \"q\" 1 ? = JOIN ON GROUP BY ORDER INSERT INTO VALUES UPDATE SET "
    "DELETE UNION ALL CASE WHEN THEN END IN EXISTS ; MERGE USING OVER PARTITION RETURNING LATERAL [ ] ->> :: CREATE "
    "TABLE VIEW COPY ALTER DROP PIVOT UNNEST"
)
DIALECTS = ["postgres", "mysql", "tsql", "", "cql", "bigquery", "snowflake"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=25), st.sampled_from(DIALECTS))
def test_no_sequence_of_words_raises(parts: list[str], dialect: str) -> None:
    facts = analyse(" ".join(parts), dialect)
    assert not any("x" in name for name in facts.read)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200))
def test_truncation_never_invents_a_table(cut: int) -> None:
    sql = (
        'SELECT "users"."id", "users"."email", "orgs"."title" FROM "users" INNER JOIN "orgs" ON ("users"."org_id" = '
        '"orgs"."id") WHERE "users"."name" = \'jane\' ORDER BY "users"."id" ASC'
    )
    facts = analyse(sql[:cut], "postgres")
    assert {*facts.read, *(use.table for use in facts.columns if use.table)} <= {"users", "orgs"}
    assert facts.parse != "not_sql"


def test_the_parser_logs_nothing(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        analyse("CREATE USER jane IDENTIFIED BY 'hunter2' frob frob", "mysql")
        analyse("SELECT 'hunter2 FROM (", "postgres")
        analyse("ALTER SESSION frob 'hunter2'; EXECUTE IMMEDIATE 'hunter2'", "snowflake")
    assert "hunter2" not in caplog.text + "".join(capfd.readouterr())


def test_a_personal_name_at_the_end_is_no_sign_of_a_cut() -> None:
    assert analyse('SAVEPOINT "?"', "postgres").parse == "full"
    assert analyse('SELECT a AS "?"', "postgres").parse != "none"
    assert analyse('SELECT a FROM t ORDER BY "?"', "postgres").parse == "full"
    assert analyse('SELECT a FROM t ORDER BY "?', "postgres").parse == "partial"
    assert analyse('SAVEPOINT "?', "postgres").catalog_only
