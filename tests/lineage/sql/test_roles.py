"""Every statement of tests/fixtures/sql touches what is written below it; its README tells the format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from lineage.model import ROLES
from lineage.sql.analyse import analyse
from lineage.sql.dialects import dialect_of
from lineage.sql.facts import ColumnUse, StatementFacts
from lineage.sql.shape import shape

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sql"
SYSTEMS = {"postgres": "postgresql", "tsql": "mssql", "cql": "cassandra", "base": None}
KEYS = ("parse", "session", "reads", "writes", *ROLES, "gives", "fills")
Schema = dict[str, list[str]]
Answer = dict[str, str]


@dataclass(frozen=True)
class Case:
    """A statement; `right` is what it touches, `today` the wrong answer that is known of, if there is one."""

    where: str
    dialect: str
    schema: Schema | None
    sql: str
    right: Answer
    today: Answer

    @property
    def parser(self) -> str:
        return "" if self.dialect == "base" else self.dialect

    @property
    def shape(self) -> str:
        return shape(self.sql, SYSTEMS.get(self.dialect, self.dialect)).text


def _schema(text: str) -> Schema | None:
    tables = re.findall(r"([\w.]+)\(([^)]*)\)", text)
    return {name: re.split(r",\s*", columns) for name, columns in tables} or None


def _answer(lines: list[str]) -> Answer:
    """Lines such as `filtered b.y, a.x` by their first word, what they list in an order of its own."""
    answer: Answer = {}
    for line in lines:
        key, _, text = line.partition(" ")
        assert key in KEYS, f"no such word: {key}"
        assert key not in answer, f"twice: {key}"
        if key in ("gives", "fills"):
            parts = [part.split() for part in text.split(";")]
            answer[key] = "; ".join(" ".join([*part[:2], *sorted(part[2:])]) for part in parts)
        else:
            answer[key] = ", ".join(sorted(part.strip() for part in text.split(",")))
    return answer


def _cases(path: Path) -> list[Case]:
    """Blocks of comments and directives, a statement, and what it touches."""
    dialect, schema, cases = "base", None, []
    text = path.read_text()
    for block in re.finditer(r"(?:(?!--[=!])\S.*\n)+(?:--[=!].*\n)*", text):
        where, sql, right, today = "", [], [], []
        for number, line in enumerate(block.group().splitlines(), text.count("\n", 0, block.start()) + 1):
            if line.startswith("--= "):
                right.append(line[4:])
            elif line.startswith("--! "):
                today.append(line[4:])
            elif line.startswith("-- dialect: "):
                dialect = line.split()[2]
            elif line.startswith("-- schema: "):
                schema = _schema(line)
            elif sql or not line.startswith("-- "):
                where = where or f"{path.name}:{number}"
                sql.append(line)
        if sql:
            cases.append(Case(where, dialect, schema, "\n".join(sql), _answer(right), _answer(today)))
    return cases


def _column(use: ColumnUse) -> str:
    return f"{use.table or '?'}.{use.column}{'?' if use.table and not use.certain else ''}"


def _said(facts: StatementFacts) -> Answer:
    """The facts in the words of the fixtures."""
    said: dict[str, list[str]] = {
        "parse": [] if facts.parse == "full" else [facts.parse],
        "session": [""] if facts.catalog_only else [],
        "reads": list(facts.read),
        "writes": list(facts.written),
    }
    said |= {role: [_column(use) for use in facts.columns if use.role == role] for role in ROLES}
    answer = {key: ", ".join(sorted(found)) for key, found in said.items() if found}
    for key, outputs in (
        ("gives", [(out.name or "-", out) for out in facts.outputs if out.target is None]),
        ("fills", [(out.target, out) for out in facts.outputs if out.target is not None]),
    ):
        if outputs:
            lines = [" ".join([str(name), "=" if out.direct else "<-", *out.sources]) for name, out in outputs]
            answer[key] = "; ".join(lines)
    return answer


FILES = sorted(FIXTURES.glob("*.sql"))
CASES = [case for path in FILES if path.name != "known_gaps.sql" for case in _cases(path)]
GAPS = _cases(FIXTURES / "known_gaps.sql")


def _named(case: Case) -> str:
    return case.where


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_a_statement_touches_what_is_written_below_it(case: Case) -> None:
    assert not case.today, "wrong answers belong into known_gaps.sql"
    assert _said(analyse(case.sql, case.parser, case.schema)) == case.right


@pytest.mark.parametrize("case", GAPS, ids=_named)
def test_a_known_gap_is_still_open(case: Case) -> None:
    assert case.today != case.right
    assert _said(analyse(case.sql, case.parser, case.schema)) == case.today, "closed? then move it among the others"


@pytest.mark.parametrize("case", [*CASES, *GAPS], ids=_named)
def test_the_stored_shape_touches_the_same(case: Case) -> None:
    def touched(sql: str) -> StatementFacts:
        return analyse(sql, case.parser, case.schema)

    stored, original = touched(case.shape), touched(case.sql)
    assert (stored.read, stored.written) == (original.read, original.written)
    assert stored.columns == original.columns
    assert stored.outputs == original.outputs
    assert stored.parse == original.parse


def test_the_set_is_as_broad_as_it_claims() -> None:
    assert len(CASES) >= 250
    assert len({case.dialect for case in CASES}) >= 6
    assert all(dialect_of(SYSTEMS.get(case.dialect, case.dialect)) == case.parser for case in CASES)
    assert {key for case in CASES for key in case.right} == set(KEYS)
