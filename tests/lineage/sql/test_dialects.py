"""Which dialect a database speaks, and what is never parsed as SQL."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lineage.sql.dialects import dialect_of


@pytest.mark.parametrize(
    ("system", "text", "dialect"),
    [
        ("postgresql", "", "postgres"),
        ("PostgreSQL", "SELECT `a`", "postgres"),
        ("cockroachdb", "", "postgres"),
        ("mariadb", "", "mysql"),
        ("microsoft.sql_server", "", "tsql"),
        ("mssql", "", "tsql"),
        ("oracle.db", "", "oracle"),
        ("cassandra", "", "cql"),
        ("h2", "SELECT 1", ""),
        ("other_sql", "", ""),
        ("snowflake", "", "snowflake"),
        ("redis", "SELECT 1", None),
        ("mongodb", '{"find": "a"}', None),
        ("elasticsearch", "", None),
        ("dynamodb", 'SELECT * FROM "Music"', "partiql"),
        ("dynamodb", "GetItem", None),
        (None, "", ""),
        (None, "SELECT `a` FROM t", "mysql"),
        (None, "SELECT a FROM t WHERE b = $1", "postgres"),
        (None, "SELECT [a] FROM t", "tsql"),
        (None, "/* app */ SELECT a", ""),
        (None, "GET user:1", None),
        ("somedb", '{"a": 1}', None),
    ],
)
def test_dialect(system: str | None, text: str, dialect: str | None) -> None:
    assert dialect_of(system, text) == dialect


def test_shapes_do_not_load_the_parser() -> None:
    code = "import sys, lineage.sql.shape, lineage.sql.facts; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
