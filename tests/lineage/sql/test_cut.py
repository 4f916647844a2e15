"""Truncated texts: half a name at the end is no name, and a whole text loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.analyse import analyse
from lineage.sql.shape import shape

SCHEMA = {"accounts": ["id", "email", "email_verified", "owner"], "account_owners": ["id", "name"]}
STATEMENT = (
    "SELECT accounts.email, account_owners.name FROM accounts INNER JOIN account_owners ON accounts.owner = "
    "account_owners.id WHERE accounts.email_verified = true AND (account_owners.name = 'jane') ORDER BY accounts.id"
)


def _columns(sql: str, schema: dict[str, list[str]] | None = None) -> set[str]:
    return {f"{use.table}.{use.column}" for use in analyse(sql, "postgres", schema).columns}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(STATEMENT)), st.booleans())
def test_with_the_schema_no_cut_invents_a_name(cut: int, stored: bool) -> None:
    text = shape(STATEMENT[:cut], "postgresql").text if stored else STATEMENT[:cut]
    facts = analyse(text, "postgres", SCHEMA)
    assert {*facts.read, *facts.written} <= set(SCHEMA)
    for use in facts.columns:
        assert use.table is None or use.column in SCHEMA[use.table]


@pytest.mark.parametrize(
    ("sql", "read", "columns"),
    [
        ("SELECT users.id, users.ema", ("users",), {"users.id"}),
        ('SELECT "users"."id", "users"', ("users",), {"users.id"}),
        ('SELECT "users"."id" FROM "users" WHERE "users".', ("users",), {"users.id"}),
        ("SELECT users.id FROM us", ("users",), set()),
        ("SELECT id FROM users WHERE (emai", ("users",), {"users.id"}),
        ("SELECT id FROM (SELECT id FROM use", (), set()),
        ("SELECT u.id FROM users u WHERE u.id = 1 ORDER BY u", ("users",), {"users.id"}),
    ],
)
def test_half_names_are_dropped(sql: str, read: tuple[str, ...], columns: set[str]) -> None:
    facts = analyse(sql, "postgres")
    assert set(facts.read) <= set(read)
    assert {f"{use.table}.{use.column}" for use in facts.columns if use.table} <= columns
    assert facts.parse in ("partial", "none")


@pytest.mark.parametrize("sql", ["INSERT INTO use", "INSERT US", "INSERT ALSO FAILING"])
def test_an_insert_without_rows_names_no_table(sql: str) -> None:
    assert analyse(sql, "postgres").written == ()


def test_columns_before_a_cut_stay() -> None:
    facts = analyse("INSERT INTO users (id, email, ph", "postgres")
    assert facts.written == ("users",)
    assert [use.column for use in facts.columns] == ["email", "id"]
    assert not any(use.certain for use in facts.columns)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT id FROM users ORDER BY email", {"users.id", "users.email"}),
        ("SELECT u.id AS i FROM users u ORDER BY i", {"users.id"}),
        ("SELECT p.name, v FROM people p, visits v GROUP BY p.name, v", {"people.name", "visits.*"}),
        ("SELECT a.x FROM a LEFT JOIN b", {"a.x"}),
    ],
)
def test_a_whole_text_loses_nothing(sql: str, columns: set[str]) -> None:
    assert analyse(sql, "postgres").parse == "full"
    assert _columns(sql) == columns


def test_a_column_newer_than_the_schema_is_kept() -> None:
    assert _columns("SELECT id FROM accounts ORDER BY created", SCHEMA) == {"accounts.id", "accounts.created"}
