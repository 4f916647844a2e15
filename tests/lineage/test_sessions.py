"""Temporary tables belong to a session: one operation of one service against one store."""

from __future__ import annotations

import pytest

from lineage.access import read_statements
from lineage.catalog import Catalog, Declared
from lineage.model import Operation, Seen
from lineage.sessions import earlier
from lineage.system import StatementUse, StoreSeen
from lineage.tables import Column, Table

JOB = Operation("billing", "job")
PEOPLE = Table("people", (Column("id"), Column("email"), Column("ssn")), source="a.sql")


def use(shape: str, operation: Operation = JOB, at: int = 0, store: str = "s") -> StatementUse:
    return StatementUse(f"{shape}/{operation}", operation, store, "postgresql", shape, None, None, Seen(1, first=at))


def touched(*uses: StatementUse, system: str = "postgresql") -> dict[str, set[tuple[str, str, bool]]]:
    """By service: (field, role, returned)."""
    catalog = Catalog([Declared(PEOPLE)], [StoreSeen(store, system, store) for store in ("s", "other")])
    read = read_statements(uses, catalog)
    found: dict[str, set[tuple[str, str, bool]]] = {}
    for touch in read.touches:
        found.setdefault(touch.use.operation.service, set()).add((touch.field, touch.role, touch.returned))
    return found


@pytest.mark.parametrize(
    "texts",
    [
        ["CREATE TEMP TABLE due AS SELECT ssn AS who FROM people", "SELECT who FROM due"],
        ["CREATE TEMPORARY TABLE due ON COMMIT DROP AS SELECT ssn AS who FROM people", "SELECT d.who FROM due d"],
        ["SELECT ssn AS who INTO TEMP due FROM people", "SELECT who FROM due"],
        ["CREATE TEMP TABLE due (who text)", "INSERT INTO due SELECT ssn FROM people", "SELECT who FROM due"],
        ["CREATE TEMP TABLE a AS SELECT ssn FROM people", "CREATE TEMP TABLE due AS SELECT ssn FROM a", "TABLE due"],
    ],
)
def test_reading_a_temporary_table_reads_what_it_was_made_from(texts: list[str]) -> None:
    found = touched(*(use(text, at=number) for number, text in enumerate(texts)))
    assert found == {"billing": {("s/people.ssn", "projected", False), ("s/people.ssn", "projected", True)}}


def test_transact_sql_names_say_it() -> None:
    texts = ["SELECT ssn AS who INTO #due FROM people", "SELECT who FROM #due WHERE who = @p0"]
    uses = [use(text, at=number) for number, text in enumerate(texts)]
    uses = [StatementUse(u.id, u.operation, u.store, "mssql", u.shape, None, None, u.seen) for u in uses]
    assert touched(*uses)["billing"] == {
        ("s/people.ssn", "projected", False),
        ("s/people.ssn", "projected", True),
        ("s/people.ssn", "filtered", False),
    }


@pytest.mark.parametrize(
    ("operation", "store"), [(Operation("web", "job"), "s"), (Operation("billing", "GET /"), "s"), (JOB, "other")]
)
def test_nobody_else_meets_it(operation: Operation, store: str) -> None:
    made = use("CREATE TEMP TABLE due AS SELECT ssn AS who FROM people")
    read = use("SELECT who FROM due", operation, 1, store)
    found = touched(made, read)
    assert (f"{store}/due.who", "projected", True) in found[operation.service]
    assert ("s/people.ssn", "projected", True) not in found[operation.service]


def test_two_services_may_use_one_name() -> None:
    web = Operation("web", "job")
    found = touched(
        use("CREATE TEMP TABLE due AS SELECT ssn AS who FROM people"),
        use("CREATE TEMP TABLE due AS SELECT email AS who FROM people", web),
        use("SELECT who FROM due", at=1),
        use("SELECT who FROM due", web, 1),
    )
    assert {field for field, _, returned in found["billing"] if returned} == {"s/people.ssn"}
    assert {field for field, _, returned in found["web"] if returned} == {"s/people.email"}


def test_order_is_that_of_telemetry() -> None:
    made, filled = use("CREATE TEMP TABLE t (a text)", at=1), use("INSERT INTO t SELECT ssn FROM people", at=2)
    read, other = use("SELECT a FROM t", at=3), use("SELECT id FROM people", at=4)
    assert earlier([read, other, filled, made]) == {
        0: (made.shape, filled.shape),
        2: (made.shape,),
    }
    assert earlier([use("SELECT temporary FROM people"), other]) == {}


def test_what_is_made_to_stay_is_a_table_of_the_store() -> None:
    found = touched(use("CREATE TABLE due AS SELECT ssn AS who FROM people"), use("SELECT who FROM due", at=1))
    assert ("s/due.who", "projected", True) in found["billing"]
